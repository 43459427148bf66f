"""An unfinished sign-up: reminded of once after a day of silence, and forgotten after 30 days."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from bot import timers, worker
from bot.stage import Stage, open_stage
from storage import sessions
from storage.database import transaction
from tests.on_stage import act, labels, last, said
from tests.people import WAYAN

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WAITS = "belum terkirim"
LINK = "/start v_5171032008"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with open_stage(date(2026, 11, 20)) as stage:
        yield stage


def reminded(stage: Stage, span: timedelta) -> list[str]:
    """Whom it is said to, hour by hour, over a time."""
    heard: list[str] = []
    for _ in range(span // HOUR):
        told = stage.pass_time(HOUR)
        heard += [whom for whom, call in told if WAITS in call.get("text", "")]
    return heard


def begin(stage: Stage, who: str = "worker") -> None:
    act(stage, who, LINK, "[Saya sendiri]", "[✅ Setuju]", WAYAN.nik)


def test_it_is_said_once_after_a_day_and_the_button_goes_on_where_it_stopped(stage: Stage) -> None:
    begin(stage)
    assert reminded(stage, 23 * HOUR) == []
    assert reminded(stage, HOUR) == ["worker"]
    notice = last(stage, "worker")
    assert labels(notice) == ["▶️ Lanjutkan"]
    assert "19 Desember 2026" in notice["text"]
    assert WAYAN.nik[-4:] not in notice["text"]
    [asked] = said(stage, "worker", "[▶️ Lanjutkan]")
    assert "Ketik nama lengkap" in asked
    assert reminded(stage, 5 * DAY) == []


def test_touching_it_again_moves_the_reminder(stage: Stage) -> None:
    begin(stage)
    assert reminded(stage, 20 * HOUR) == []
    act(stage, "worker", WAYAN.name)
    assert reminded(stage, 23 * HOUR) == []
    assert reminded(stage, 2 * HOUR) == ["worker"]


def test_of_one_that_was_sent_nothing_is_said(stage: Stage) -> None:
    act(stage, "worker", LINK, *WAYAN.answers)
    assert reminded(stage, 3 * DAY) == []


def test_another_one_is_reminded_of_anew(stage: Stage) -> None:
    begin(stage)
    assert reminded(stage, 25 * HOUR) == ["worker"]
    act(stage, "worker", "/start", "nanti", "/start", "[🔄 Mulai dari awal]", "[Saya sendiri]")
    assert reminded(stage, 25 * HOUR) == ["worker"]


def test_one_that_begins_where_a_refused_one_stood_is_reminded_of(stage: Stage) -> None:
    begin(stage)
    assert reminded(stage, 25 * HOUR) == ["worker"]
    act(stage, "worker", "kembali", "kembali", "[Tidak setuju]")
    assert reminded(stage, 3 * DAY) == []
    act(stage, "worker", LINK, "[Saya sendiri]")
    assert reminded(stage, 25 * HOUR) == ["worker"]


def test_who_cancelled_is_left_alone_and_who_takes_it_up_again_is_not(stage: Stage) -> None:
    begin(stage)
    act(stage, "worker", "batal", "[Ya, batal]")
    assert reminded(stage, 3 * DAY) == []
    act(stage, "worker", "/start", "[▶️ Lanjutkan]", WAYAN.name)
    assert reminded(stage, 2 * DAY) == ["worker"]


def test_who_blocked_the_bot_is_told_nothing(stage: Stage) -> None:
    begin(stage)
    blocked = {"old_chat_member": {"status": "member"}, "new_chat_member": {"status": "kicked"}}
    person = {"id": stage.chat("worker").id, "is_bot": False, "first_name": "Worker"}
    chat = {"id": person["id"], "type": "private"}
    change = {"chat": chat, "from": person, "date": 0, **blocked}
    worker.take(stage.house, stage.here, {"update_id": 9000, "my_chat_member": change})
    assert reminded(stage, 3 * DAY) == []


def test_in_the_night_it_waits_for_the_morning_and_is_not_said_to_who_went_on(stage: Stage) -> None:
    stage.pass_time(12 * HOUR)
    begin(stage, "sleeps")
    begin(stage, "wakes")
    assert reminded(stage, 30 * HOUR) == []
    act(stage, "wakes", WAYAN.name)
    stage.clock.moment = datetime(2026, 11, 21, 23, tzinfo=UTC)  # seven in the morning
    assert reminded(stage, 3 * HOUR) == ["sleeps"]


def kept(stage: Stage) -> bool:
    """Whether the form still stands after the sweep of this moment."""
    with transaction(stage.house.engine) as db:
        timers.sweep(db, stage.clock())
        return sessions.touched_at(db, stage.chat("worker").id, "enrolment") is not None


def test_it_is_kept_for_thirty_days_since_it_was_touched_last_and_no_longer(stage: Stage) -> None:
    begin(stage)
    stage.clock.moment += 20 * DAY
    act(stage, "worker", WAYAN.name)
    touched = stage.clock.moment
    stage.pass_time(2 * DAY)  # to be reminded of it is no touch
    stage.clock.moment = touched + 30 * DAY
    assert kept(stage)
    stage.clock.moment += timedelta(seconds=1)
    assert not kept(stage)
    assert "Lanjutkan" not in str(said(stage, "worker", "[▶️ Lanjutkan]"))


def test_the_day_that_is_named_is_kept_whole(stage: Stage) -> None:
    begin(stage)
    stage.pass_time(DAY)
    assert "19 Desember 2026" in last(stage, "worker")["text"]
    stage.clock.moment = datetime(2026, 12, 19, 15, 59, 59, tzinfo=UTC)  # midnight in Bali
    assert kept(stage)
