"""At night nobody is woken: whom, where, and what is told all the same."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot import notices, outbox_loop, quiet_hours
from bot.stage import Stage, appoint, open_stage
from conversations.model import Words
from rules.permissions import Role
from storage import outbox, registrations
from storage.database import transaction
from storage.models import Outbound
from tests.conftest import TEGAL_HARUM
from tests.on_stage import act, said
from tests.people import WAYAN, submission

ROOT = Path(__file__).parents[2]
IN_THE_WEST, IN_THE_EAST = "61.07.01.2001", "91.03.01.1001"
NIGHT = datetime(2026, 11, 20, 15, tzinfo=UTC)  # eleven at night in Bali
MORNING = datetime(2026, 11, 20, 23, tzinfo=UTC)  # seven
AWAKE = {"reply", "accident", "export", "forget"}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with open_stage(date(2026, 11, 20)) as stage:
        act(stage, "worker", "halo")
        yield stage


def tell(stage: Stage, kind: str, rank: int, who: str = "worker") -> None:
    now, words = stage.clock(), Words("plain", {"text": f"{kind} {rank}"})
    with transaction(stage.house.engine) as db:
        notices.tell(stage.house, db, stage.chat(who).id, words, now, kind=kind, rank=rank)


def heard(stage: Stage, at: datetime) -> list[str]:
    return [call["text"] for _, call in stage.pass_time(at - stage.clock.moment)]


@pytest.mark.parametrize(
    ("rank", "kind", "at_once"),
    [
        (outbox.REPLY, "apology", True),
        (outbox.REPLY, "photo", True),
        (outbox.CLAIM, "accident", True),
        (outbox.CLAIM, "export", True),
        (outbox.STAFF, "forget", True),
        (outbox.CLAIM, "death", False),
        (outbox.CLAIM, "decision", False),
        (outbox.CLAIM, "claim_office", False),
        (outbox.STAFF, "digest", False),
        (outbox.STAFF, "alarm", False),
        (outbox.STAFF, "staff", False),
        (outbox.REMINDER, "reminder", False),
        (outbox.BROADCAST, "opened", False),
    ],
)
def test_what_can_wait_waits_for_the_morning(
    stage: Stage, rank: int, kind: str, at_once: bool
) -> None:
    stage.clock.moment = NIGHT
    tell(stage, kind, rank)
    assert heard(stage, NIGHT) == [f"{kind} {rank}"] * at_once
    assert heard(stage, MORNING - timedelta(seconds=1)) == []
    assert heard(stage, MORNING) == [f"{kind} {rank}"] * (not at_once)


def test_every_kind_that_is_told_is_weighed_above() -> None:
    source = "".join(path.read_text() for path in (ROOT / "bot").glob("*.py"))
    assert set(re.findall(r'kind="(\w+)"', source)) <= {
        *("apology", "photo", "export", "decision", "claim_office", "digest", "alarm", "staff"),
        *("opened", "offer"),
    }


def test_nothing_is_counted_as_a_try_and_the_order_stays(stage: Stage) -> None:
    stage.clock.moment = NIGHT
    for number in range(4):
        tell(stage, f"note{number}", outbox.STAFF)
        stage.clock.moment += timedelta(seconds=1)
        assert not any(outbox_loop.take(stage.here, stage.house))
    with transaction(stage.house.engine) as db:
        assert {row.attempts for row in db.exec(select(Outbound)).all()} == {0}
    assert heard(stage, MORNING) == [f"note{number} 2" for number in range(4)]


def test_what_is_held_keeps_back_nothing_behind_it(stage: Stage) -> None:
    stage.clock.moment = NIGHT
    for _ in range(60):
        tell(stage, "decision", outbox.CLAIM)
    tell(stage, "forget", outbox.STAFF)
    assert heard(stage, NIGHT) == ["forget 2"]


def test_without_quiet_hours_everything_goes_at_once(stage: Stage) -> None:
    stage.house = replace(stage.house, quiet_hours=None)
    stage.clock.moment = NIGHT
    tell(stage, "decision", outbox.CLAIM)
    assert heard(stage, NIGHT) == ["decision 1"]


def place(stage: Stage, who: str) -> str:
    with transaction(stage.house.engine) as db:
        return quiet_hours.place_of(stage.house, db, stage.chat(who).id)


def sign_up(stage: Stage, who: str, village: str) -> None:
    programme = "denpasar" if village == TEGAL_HARUM else "bengkayang"
    new = submission(WAYAN, {}, typed_by=stage.chat(who).id, village=village, programme=programme)
    with transaction(stage.house.engine) as db:
        registrations.submit(db, stage.house.keys, new, stage.clock())


def test_a_person_is_where_the_office_is_else_the_newest_sign_up_else_the_open_form(
    stage: Stage,
) -> None:
    assert place(stage, "worker") == ""
    act(stage, "worker", "/start v_5171032008", "[Saya sendiri]")
    assert place(stage, "worker") == TEGAL_HARUM
    sign_up(stage, "worker", IN_THE_WEST)
    assert place(stage, "worker") == IN_THE_WEST
    stage.clock.moment += timedelta(days=1)
    sign_up(stage, "worker", TEGAL_HARUM)
    assert place(stage, "worker") == TEGAL_HARUM
    appoint(stage, "worker", "61.07", Role.REGENCY_OFFICER)
    assert place(stage, "worker") == "61.07"


@pytest.mark.parametrize(
    ("area", "last", "first"),
    [("61.07", 13, 0), ("51.71", 12, 23), ("91.03", 11, 22)],
)
def test_the_night_is_that_of_the_place(stage: Stage, area: str, last: int, first: int) -> None:
    """`last` and `first`: the hours (UTC) in which something is sent."""
    appoint(stage, "officer", area, Role.REGENCY_OFFICER)
    awake = set()
    with transaction(stage.house.engine) as db:
        for hour in range(24):
            now = datetime(2026, 11, 20, hour, 30, tzinfo=UTC)
            person = stage.chat("officer").id
            if quiet_hours.asleep_until(stage.house, db, person, now) is None:
                awake.add(hour)
    assert awake == {hour % 24 for hour in range(first - 24 if first else 0, last + 1)}


def test_a_late_digest_gives_way_to_that_of_the_morning(stage: Stage) -> None:
    appoint(stage, "officer", TEGAL_HARUM)
    sign_up(stage, "worker", TEGAL_HARUM)
    assert heard(stage, datetime(2026, 11, 21, 15, tzinfo=UTC)) == []
    assert heard(stage, datetime(2026, 11, 21, 23, tzinfo=UTC)) == []
    [digest] = heard(stage, datetime(2026, 11, 22, 0, tzinfo=UTC))
    assert "<b>1</b>" in digest


def test_who_writes_at_night_is_answered_at_night(stage: Stage) -> None:
    stage.clock.moment = NIGHT
    assert said(stage, "worker", "/manfaat")
