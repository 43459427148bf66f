"""Nights and shown times are those of the village, whatever the clock of the machine shows."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot import notices
from bot.stage import Stage, appoint, open_stage
from conversations.model import Words
from storage import outbox
from storage.database import transaction
from tests.conftest import TEGAL_HARUM
from tests.on_stage import LINK, act, said
from tests.people import WAYAN

EVENING = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # half past midnight in Bali
MORNING = datetime(2026, 11, 20, 23, tzinfo=UTC)  # seven there
ROOT = Path(__file__).parents[2]
SHOW_TIMES = ("test_quiet_hours.py", "test_claim_news.py", "test_reminders.py", "test_overdue.py")


@pytest.fixture(params=["America/New_York", "Pacific/Kiritimati"])
def elsewhere(request: pytest.FixtureRequest) -> Iterator[None]:
    """The process lives in another time zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


@pytest.mark.usefixtures("elsewhere")
def test_the_night_and_the_day_are_those_of_the_village() -> None:
    with open_stage(date(2026, 11, 20)) as stage:
        appoint(stage, "officer", TEGAL_HARUM)
        stage.pass_time(EVENING - stage.clock.moment)
        act(stage, "worker", LINK, *WAYAN.answers)
        act(stage, "officer", "/petugas", "[Satu per satu]")
        told_at_night = said(stage, "officer", "[Sahkan]", "[Ya, saya tahu]")
        assert told_at_night
        tell(stage, "kabar")
        assert heard(stage, MORNING - timedelta(minutes=1)) == []
        assert any("kabar" in text for text in heard(stage, MORNING + timedelta(minutes=1)))
        [page] = said(stage, "worker", "/status")
        assert "21 November 2026" in page or "21/11" in page


def tell(stage: Stage, words: str) -> None:
    """Queue a notice that can wait."""
    with transaction(stage.house.engine) as db:
        who, what = stage.chat("worker").id, Words("plain", {"text": words})
        notices.tell(stage.house, db, who, what, stage.clock(), rank=outbox.CLAIM)


def heard(stage: Stage, at: datetime) -> list[str]:
    """What the worker is told until a moment."""
    told = stage.pass_time(at - stage.clock.moment)
    return [call["text"] for who, call in told if who == "worker"]


@pytest.mark.long
@pytest.mark.parametrize("zone", ["America/New_York"])
def test_what_hangs_on_the_hour_passes_in_a_process_of_another_zone(zone: str) -> None:
    files = [str(Path(__file__).with_name(name)) for name in SHOW_TIMES]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *files]
    environment = os.environ | {"TZ": zone}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout[-3000:]
