"""No process ran for more than a day: who may have written in vain is told, once."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from bot import absence, timers
from bot.stage import Stage, open_stage
from storage.database import transaction
from storage.timers import set_timer
from tests.on_stage import act, labels, last, said
from tests.people import WAYAN

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WAS_AWAY, WAITS = "mungkin tidak sampai", "belum terkirim"
LINK = "/start v_5171032008"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with open_stage(date(2026, 11, 20)) as stage:
        timers.begin(stage.house)
        yield stage


def told(stage: Stage, span: timedelta, words: str = WAS_AWAY) -> list[str]:
    """Who hears these words when so much time has passed at once."""
    return [whom for whom, call in stage.pass_time(span) if words in call.get("text", "")]


def begin(stage: Stage, who: str = "worker") -> None:
    act(stage, who, LINK, "[Saya sendiri]", "[✅ Setuju]", WAYAN.nik)


def test_who_was_answering_is_told_once_and_goes_on_where_it_stopped(stage: Stage) -> None:
    begin(stage)
    assert told(stage, 2 * DAY) == ["worker"]
    notice = last(stage, "worker")
    assert "20 November 2026" in notice["text"]
    assert labels(notice) == ["▶️ Lanjutkan"]
    [asked] = said(stage, "worker", "[▶️ Lanjutkan]")
    assert "Ketik nama lengkap" in asked
    assert [told(stage, HOUR) for _ in range(48)] == [[]] * 48


def test_one_word_is_enough_it_takes_the_place_of_the_reminder(stage: Stage) -> None:
    begin(stage)
    heard = [call["text"] for _, call in stage.pass_time(2 * DAY)]
    assert len(heard) == 1
    assert [told(stage, HOUR, WAITS) for _ in range(48)] == [[]] * 48


@pytest.mark.parametrize("span", [HOUR, 23 * HOUR])
def test_what_telegram_keeps_is_not_spoken_of(stage: Stage, span: timedelta) -> None:
    begin(stage)
    assert told(stage, span) == []


def test_who_waits_while_the_bot_runs_is_told_of_no_absence(stage: Stage) -> None:
    begin(stage)
    assert [told(stage, HOUR) for _ in range(72)] == [[]] * 72


def test_who_is_in_the_midst_of_nothing_is_told_nothing(stage: Stage) -> None:
    act(stage, "sent", LINK, *WAYAN.answers)
    begin(stage, "gave up")
    act(stage, "gave up", "batal", "[Ya, batal]")
    assert told(stage, 3 * DAY) == []


def test_who_stopped_weeks_before_is_told_nothing(stage: Stage) -> None:
    begin(stage)
    for _ in range(9):
        told(stage, 20 * HOUR)
    assert told(stage, 2 * DAY) == []


def test_two_processes_that_began_at_the_same_moment_tell_once(stage: Stage) -> None:
    begin(stage)
    with transaction(stage.house.engine) as db:
        set_timer(
            db, absence.KIND, (stage.clock() + timedelta(seconds=1)).isoformat(), stage.clock()
        )
    assert told(stage, 2 * DAY) == ["worker"]
    assert [told(stage, HOUR) for _ in range(5)] == [[]] * 5
