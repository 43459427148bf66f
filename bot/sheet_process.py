"""Makes a sheet in a process of its own, so that nobody's turn waits for it.

The order comes as one JSON value on stdin, keys and all: an argument could be read by others. Its
answers are JSON lines on stdout: how many rows there are, how many are done, and the files.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import sheets, texts
from bot.sheets import Made, Order, Source
from rules.programmes import Programme
from storage import exports, sealing
from storage.database import open_engine, transaction
from storage.exports import Wanted

if TYPE_CHECKING:  # the process itself needs no house, and reading it takes a third of a second
    from bot.house import House

NAME = "bot." + Path(__file__).stem  # whatever imports this
EVERY = 0.5  # seconds between two words of how far it is


class Failed(Exception):
    """The process came to no good end; what went wrong stands on its stderr."""


async def make(house: "House", order: Order) -> AsyncGenerator[tuple[int, int] | list[Made], None]:
    """How many rows are done, of how many, now and then; at last the files. Raises `Failed`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", NAME),
        cwd=Path(__file__).parent.parent,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None  # noqa: S101 (pipes were asked for)
    assert process.stdout is not None  # noqa: S101
    try:
        process.stdin.write(_written(house, order).encode())
        process.stdin.close()
        async for line in process.stdout:
            told: dict[str, Any] = json.loads(line)
            if "files" in told:
                yield [Made(Path(path), rows) for path, rows in told["files"]]
            else:
                yield told["done"], told["rows"]
        if await process.wait():
            raise Failed(f"exit status {process.returncode}")
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _written(house: "House", order: Order) -> str:
    wanted = order.wanted
    asked = {
        "url": house.engine.url.render_as_string(hide_password=False),
        "keys": sealing.written(house.keys),
        "programme": house.programmes[wanted.programme].model_dump(mode="json"),
        "area": wanted.area,
        "cutoff": wanted.cutoff.isoformat(),
        "folder": str(order.folder),
        "moment": order.moment.isoformat(),
        "most_rows": order.most_rows,
        "most_bytes": order.most_bytes,
        "sheet": order.sheet,
    }
    return json.dumps(asked)


def _read(asked: dict[str, Any]) -> tuple[Source, Order]:
    programme = Programme.model_validate(asked["programme"])
    engine = open_engine(asked["url"])
    source = Source(engine, sealing.read_keys(asked["keys"]), programme, texts.load())
    cutoff = datetime.fromisoformat(asked["cutoff"])
    order = Order(
        Wanted(programme.key, asked["area"], cutoff),
        Path(asked["folder"]),
        datetime.fromisoformat(asked["moment"]),
        asked["most_rows"],
        asked["most_bytes"],
        asked["sheet"],
    )
    return source, order


def _say(**told: object) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Do what stdin asks for."""
    source, order = _read(json.load(sys.stdin))
    with transaction(source.engine) as db:
        rows = exports.count(db, order.wanted)
    _say(done=0, rows=rows)
    done, said = 0, time.monotonic()

    def step(more: int) -> None:
        nonlocal done, said
        done += more
        if time.monotonic() - said > EVERY:
            said = time.monotonic()
            _say(done=min(done, rows), rows=rows)

    made = sheets.make(source, order, step)
    _say(files=[(str(one.path), one.rows) for one in made])
    source.engine.dispose()


if __name__ == "__main__":
    main()
