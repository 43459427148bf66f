"""Imports once, then forks a bot for every order it reads: a start costs a tenth of a second.

`python -m tests.chaos.mother`. An order is one line of JSON; the answer is one number in a line.
"""

import asyncio
import gc
import importlib
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot import cli, logs
from bot.application import Running
from bot.house import open_house, real_clock
from bot.settings import Settings
from bot.starting import StartError
from rules import areas
from tests.chaos import hooks
from tests.conftest import TEGAL_HARUM, NeverWaits, opened, settings_for

HOUR = 3600
STILL = 0.3  # seconds between two jumps of a clock
# What a bot imports only when it serves.
LATE = ("anyio._backends._asyncio", "httpcore", "uvicorn.protocols.http.auto")


def jumping(chance: random.Random) -> Callable[[], datetime]:
    """A clock that is an hour wrong at most, and jumps again and again."""
    jump, until = timedelta(), 0.0

    def clock() -> datetime:
        nonlocal jump, until
        if time.monotonic() > until:
            jump = timedelta(seconds=chance.uniform(-HOUR, HOUR))
            until = time.monotonic() + STILL
        return real_clock() + jump

    return clock


def clock_of(order: str) -> Callable[[], datetime]:
    """The clock of an order: `jumps`, or how many seconds it is ahead."""
    if order == "jumps":
        return jumping(random.Random(os.getpid()))
    ahead = timedelta(seconds=float(order or 0))
    return lambda: real_clock() + ahead


async def serve(order: Mapping[str, Any]) -> None:
    """Serve as `lindung serve` does, but for the send budget, the clock and the crash hooks."""
    settings = Settings()
    house = open_house(settings, clock_of(order["clock"]))
    passed = hooks.countdown(order["die"])
    hooks.watch_commits(house.engine, passed)
    hooks.watch_acknowledgements(passed)
    running = Running(house, settings, NeverWaits(), hooks.WatchedTransport(passed))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.stop)
    await running.run()


def bot(order: Mapping[str, Any]) -> int:
    """Be a bot; the exit status."""
    os.environ.update(order["environment"])
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    if order["do"] == "serve":
        return cli.main(["serve"])
    logs.set_up("INFO")
    try:
        asyncio.run(serve(order))
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def child(order: Mapping[str, Any]) -> int:
    """Fork a bot; its process id."""
    if pid := os.fork():
        return pid
    status = 70
    try:
        status = bot(order)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def look(pid: int) -> int:
    """The exit status of a bot, the negative signal that ended it, or 1000 while it runs."""
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else 1000


def main() -> None:
    """Obey until nobody orders any more."""
    areas.village(TEGAL_HARUM)
    with tempfile.TemporaryDirectory() as folder, opened(settings_for(Path(folder))):
        pass  # words, programmes and topics are read once, for all
    for name in LATE:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # else each child looks through all of it, and copies it by that
    for line in sys.stdin:
        order = json.loads(line)
        print(look(order["pid"]) if order["do"] == "look" else child(order), flush=True)


if __name__ == "__main__":
    main()
