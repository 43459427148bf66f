"""Makes a picture anew in a process of its own, with limits and without our token and keys."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from bot import pictures
from bot.pictures import BadPicture

LONGEST = 30.0  # seconds one may take
WHY = {
    **{status: why for why, status in pictures.STATUSES.items()},
    -signal.SIGXCPU: pictures.UNREADABLE,  # no picture of a paper takes so long
}


class Failed(Exception):
    """The process came to no good end (killed, or too slow): nothing is known of the picture."""


async def reencode(raw: bytes) -> bytes:
    """As `pictures.reencode`; also raises `Failed`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", pictures.NAME),
        cwd=Path(__file__).parent.parent,
        env={"PATH": os.environ.get("PATH", "")},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(LONGEST):
            done, _ = await process.communicate(raw)
    except TimeoutError as error:
        raise Failed("too slow") from error
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    status = process.returncode
    if status in WHY:
        raise BadPicture(WHY[status])
    if status or not done:
        raise Failed(f"exit status {status}")
    return done
