"""What the bot does by the clock: the daily digest, and forgetting what need not be kept."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlmodel import func, select

from bot import timers
from bot.replies import Call
from bot.stage import Stage, appoint, open_stage
from storage import inbox, staff
from storage.database import transaction
from storage.models import Inbound, Outbound, StoredSession
from tests.conftest import TEGAL_HARUM
from tests.people import MADE, WAYAN


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Friday 20 November 2026, ten in the morning in Bali, with an officer in office."""
    with open_stage(date(2026, 11, 20)) as stage:
        appoint(stage, "officer", TEGAL_HARUM)
        yield stage


def sign_up(stage: Stage, name: str, answers: tuple[str, ...]) -> list[tuple[str, Call]]:
    stage.do(name, "/start v_5171032008")
    return [told for what in answers for told in stage.do(name, what)]


def said_to(name: str, told: list[tuple[str, Call]]) -> list[str]:
    return [call["text"] for whom, call in told if whom == name and "text" in call]


def test_a_sign_up_alone_does_not_ping_the_officer(stage: Stage) -> None:
    assert said_to("officer", sign_up(stage, "worker", WAYAN.answers)) == []


def test_the_officer_hears_once_a_day_at_eight_how_many_wait(stage: Stage) -> None:
    sign_up(stage, "worker", WAYAN.answers)
    sign_up(stage, "other", MADE.answers)
    assert said_to("officer", stage.pass_time(timedelta(hours=21, minutes=50))) == []
    [digest] = said_to("officer", stage.pass_time(timedelta(minutes=10)))
    assert "<b>2</b>" in digest
    assert said_to("officer", stage.pass_time(timedelta(hours=23))) == []
    assert len(said_to("officer", stage.pass_time(timedelta(hours=1)))) == 1


def test_nothing_is_said_when_nobody_waits(stage: Stage) -> None:
    assert said_to("officer", stage.pass_time(timedelta(days=1))) == []


def test_the_digest_leads_to_the_desk(stage: Stage) -> None:
    sign_up(stage, "worker", WAYAN.answers)
    stage.pass_time(timedelta(days=1))
    stage.do("officer", "[Periksa sekarang]")
    [card] = said_to("officer", stage.do("officer", "[Satu per satu]"))
    assert WAYAN.name in card


def test_after_a_month_a_sign_up_goes_on_and_after_two_it_is_forgotten(stage: Stage) -> None:
    timers.begin(stage.house)
    stage.do("worker", "/start v_5171032008")
    stage.do("worker", "[Saya sendiri]")
    stage.pass_time(timedelta(days=29))
    [asked] = said_to("worker", stage.do("worker", "/start"))
    assert "Setuju?" in asked
    stage.pass_time(timedelta(days=32))
    with transaction(stage.house.engine) as db:
        assert db.exec(select(StoredSession).where(StoredSession.slot == "enrolment")).all() == []


def test_updates_and_notices_are_forgotten_after_a_week_when_they_are_done(stage: Stage) -> None:
    sign_up(stage, "worker", WAYAN.answers)
    clock = stage.clock
    with transaction(stage.house.engine) as db:
        inbox.store(db, stage.house.keys, [inbox.Received(1, 7, {"update_id": 1})], clock())
    clock.moment += timedelta(days=8)
    with transaction(stage.house.engine) as db:
        timers.sweep(db, clock())
    with transaction(stage.house.engine) as db:
        left = db.exec(select(Inbound.update_id)).all()
        assert list(left) == [1]
        assert db.exec(select(func.count()).select_from(Outbound)).one() == 0


def test_an_officer_who_left_hears_no_digest(stage: Stage) -> None:
    sign_up(stage, "worker", WAYAN.answers)
    with transaction(stage.house.engine) as db:
        [office] = staff.all_offices(db)
        staff.end(db, office.id, stage.clock())
    assert said_to("officer", stage.pass_time(timedelta(days=1))) == []
