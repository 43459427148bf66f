"""What lasts as long as the bot: whatever a loop stumbles over is logged, and it goes on."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from bot.starting import StartError
from storage.database import AWAY

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds
Done = TypeVar("Done")
Work = Callable[[], Awaitable[Done]]


async def safely(name: str, work: Work[Done]) -> Done | None:
    """Do some work that is called `name` in the log; None where it went wrong.

    Raises `StartError` alone, where the bot may not run.
    """
    try:
        return await work()
    except StartError:
        raise
    except AWAY as error:
        log.warning("%s: the database is away (%s)", name, type(error).__name__)
    except Exception:
        # Whatever it was, the next round must come.
        log.exception("%s: something went wrong; it goes on", name)
    return None


async def forever(
    name: str, work: Work[object], stopping: asyncio.Event, pause: float = PAUSE
) -> None:
    """Do some work again and again, after a pause each time, until the bot stops.

    It may be a loop of its own, which is begun anew where it went wrong.
    """
    while not stopping.is_set():
        await safely(name, work)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), pause)
