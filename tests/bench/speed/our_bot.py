"""This bot as `lindung serve` runs it, but for the send budget, which books and never waits.

`python -m tests.bench.speed.our_bot`; settings from the environment. `BENCH_STALLS` names the
file for the stalls of the event loop, `BENCH_PROFILE` a folder for profiles (one per thread).
"""

import asyncio
import cProfile
import json
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError

from bot import logs, running
from bot.house import open_house
from bot.settings import Settings
from bot.shared_traffic import SharedTraffic
from bot.traffic import NONE, OwnTraffic, Traffic
from storage import programmes
from storage.database import transaction

NAP = 0.005
NOTED = 0.002  # shorter ones are not kept


def unlimited(redis_url: str) -> Traffic:
    """What books the sends, with Telegram's limits lifted."""
    return SharedTraffic(redis_url, NONE) if redis_url else OwnTraffic(NONE)


async def watch_stalls(file: Path) -> None:
    """Note how much longer than asked each short sleep took, and how much of that time the system
    kept the ready thread waiting for a processor: the rest is the bot's own.

    Each goes to the file at once, as a line of JSON: kept in memory they would look like a leak.
    """
    with Path("/proc/thread-self/schedstat").open() as waited, file.open("w") as stalls:

        def queued() -> float:
            waited.seek(0)
            return int(waited.read().split()[1]) / 1e9

        while True:
            began, before = time.monotonic(), queued()
            await asyncio.sleep(NAP)
            late = time.monotonic() - began - NAP
            if late > NOTED:
                stalls.write(f"{json.dumps((began, late, queued() - before))}\n")


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM."""
    house = open_house(settings)
    with suppress(IntegrityError), transaction(house.engine) as db:  # another process was faster
        programmes.set_open(db, "denpasar", True, house.clock())
    watching = asyncio.create_task(watch_stalls(Path(os.environ.get("BENCH_STALLS", os.devnull))))
    await running.until_stopped(house, settings, unlimited(settings.redis_url))
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching


def profiled(folder: Path) -> None:
    """Serve with a profile of each thread's processor time, from SIGUSR1 on."""
    profiles: list[cProfile.Profile] = []
    asked = threading.Event()

    def watch(*_: Any) -> None:
        if asked.is_set():
            profiles.append(cProfile.Profile(time.thread_time))
            profiles[-1].enable()

    signal.signal(signal.SIGUSR1, lambda *_: asked.set())
    threading.setprofile(watch)
    sys.setprofile(watch)
    running.run(serve(Settings()))
    for number, profile in enumerate(profiles):
        profile.create_stats()
        profile.dump_stats(str(folder / f"thread{number}.prof"))


def main() -> None:
    """Run the bot."""
    logs.set_up("WARNING")
    if folder := os.environ.get("BENCH_PROFILE"):
        profiled(Path(folder))
    else:
        running.run(serve(Settings()))


if __name__ == "__main__":
    main()
