"""kill -9 while photos are fetched: each is fetched once more, and kept once."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from bot.demo.server import Server, serve
from bot.house import House
from bot.settings import Settings
from storage import photos
from storage.models import ClaimPhoto, Outbound
from tests.bot.test_photo_loop import asked_for, sent, settled, want
from tests.bot.test_pictures import shown
from tests.conftest import TOKEN, opened, settings_for
from tests.odd_pictures import GOOD
from tests.steps import all_of, audited

KILLS = 3
PROJECT = Path(__file__).parents[2]
FAMILY = 6_300_000_001
CHILD = """
import asyncio, sys
from dataclasses import replace
from datetime import timedelta
from bot import logs, running
from bot.house import open_house, real_clock
from bot.settings import Settings
from tests.conftest import NeverWaits
logs.set_up("INFO")
later = timedelta(seconds=float(sys.argv[1]))
settings = Settings()
house = replace(open_house(settings), clock=lambda: real_clock() + later)
asyncio.run(running.until_stopped(house, settings, NeverWaits()))
"""


def begun(settings: Settings, later: timedelta) -> "subprocess.Popen[bytes]":
    """The bot in a process of its own, so much later: no lease of the one before holds it up."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PROJECT),
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_BASE_URL": settings.telegram_base_url,
        "TELEGRAM_FILE_BASE_URL": settings.telegram_file_base_url,
        "LINDUNG_HOME": str(settings.lindung_home),
        "DATABASE_URL": settings.database_url,
    }
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(later.total_seconds())],
        env=environment,
        cwd=settings.lindung_home,
        stderr=subprocess.PIPE,
    )


def killed(process: "subprocess.Popen[bytes]", server: Server, chance: random.Random) -> None:
    """Kill the bot some time after it has begun to fetch a photo."""
    was, ends = asked_for(server), time.monotonic() + 30
    while asked_for(server) == was:
        assert process.poll() is None
        assert time.monotonic() < ends
        time.sleep(0.01)
    time.sleep(chance.random() * 0.6)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL


@pytest.mark.long
def test_killed_again_and_again_every_photo_is_kept_in_the_end_and_once(
    database_url: str, tmp_path: Path
) -> None:
    chance = random.Random(20)
    with serve(port=0, token=TOKEN) as server:
        settings = settings_for(tmp_path / "home", database_url, server)
        with opened(settings) as house:
            phone = server.phones.add("Made")
            kinds = ["a jpeg of twelve megapixels", "just 25 megapixels", "the sample"]
            files = [sent(phone, GOOD[kind]()) for kind in kinds * 2]
            want(house, FAMILY, *files)
            for number in range(KILLS):
                killed(begun(settings, number * photos.LEASE), server, chance)
            assert any(row.state == "wanted" for row in all_of(house, ClaimPhoto))
            last = begun(settings, KILLS * photos.LEASE)
            rows = settled(house)
            last.terminate()
            _, errors = last.communicate()
            assert last.returncode == 0, errors.decode()
            everything_is_kept_once(house, rows, files)
            assert asked_for(server) <= len(files) + KILLS


def everything_is_kept_once(house: House, rows: list[ClaimPhoto], files: list[str]) -> None:
    assert {row.state for row in rows} == {"kept"}
    assert sorted(photos.file_id(house.keys, row) for row in rows) == sorted(files)
    for row in rows:
        shown(photos.content(house.keys, row))
    assert len(audited(house, "photo_kept")) == len(files)
    assert not all_of(house, Outbound)
