"""No sign-up waits over two working days without its officer having been told that it does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlmodel import col, select

from bot import notices
from bot.stage import Stage, appoint, open_stage
from bot.zones import zone
from rules import working_days
from rules.registration import State
from storage import queue, registrations
from storage.audit import Actor, Change
from storage.database import transaction
from storage.models import Registration
from tests.conftest import TEGAL_HARUM
from tests.people import Person, submission

HOUR = timedelta(hours=1)
HOURS = 15 * 24  # hours: over Christmas, its joint holiday, New Year and two weekends
LINE = re.compile(r"menunggu 2 hari kerja atau lebih: <b>(\d+)</b>")
BALI = zone(TEGAL_HARUM)
OFFICER = Actor(6_200_000_001, "village_officer")


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Friday 18 December 2026, ten in the morning in Bali."""
    with open_stage(date(2026, 12, 18)) as stage:
        appoint(stage, "officer", TEGAL_HARUM)
        yield stage


@dataclass
class Village:
    """People come at all hours, an officer decides on some of them, and each hour is looked at."""

    stage: Stage
    chance: Random
    came: dict[str, datetime] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    lines: list[date] = field(default_factory=list)
    digests: list[date] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.stage.clock().astimezone(BALI)

    def sign_up(self) -> None:
        number = len(self.came)
        new = submission(Person(f"517103120685{number:04}", "I Wayan Contoh"), {})
        with transaction(self.stage.house.engine) as db:
            row = registrations.submit(db, self.stage.house.keys, new, self.stage.clock())
        self.came[row.id] = self.now

    def pending(self) -> list[Registration]:
        with transaction(self.stage.house.engine) as db:
            here = Registration.state == State.PENDING
            return list(db.exec(select(Registration).where(here).order_by(col(Registration.id))))

    def move(self, row: Registration) -> None:
        """The officer decides, puts off, or sends back, and the worker corrects at once."""
        house, now = self.stage.house, self.stage.clock()
        what = self.chance.choice(["reject", "put off", "return", "nothing"])
        with transaction(house.engine) as db:
            row = db.get_one(Registration, row.id)
            by = (OFFICER, Change(what, "registration", row.id))
            if what == "reject":
                registrations.change_state(db, row, State.REJECTED, by, now)
            if what == "put off":
                queue.pass_over(db, row.id, now)
            if what == "return":
                registrations.change_state(db, row, State.RETURNED, by, now)
                self.came[row.id] = self.now
                self.told.discard(row.id)
                nik = registrations.nik(house.keys, row)
                new = submission(Person(nik, "I Wayan Contoh"), {})
                assert registrations.correct(db, house.keys, row, new, now)

    def hear(self) -> None:
        """An hour passes, and what the officer is told in it is true."""
        heard = [call["text"] for who, call in self.stage.pass_time(HOUR) if who == "officer"]
        for text in heard:
            self.digests.append(self.now.date())
            if found := LINE.search(text):
                self.lines.append(self.now.date())
                long = {row.id for row in self.pending() if self.days(row) >= 2}
                assert int(found.group(1)) == len(long)
                self.told |= long

    def days(self, row: Registration) -> int:
        return working_days.between(self.came[row.id].date(), self.now.date())

    def look(self) -> None:
        """Who has waited into the evening of the second working day has been told of."""
        for row in self.pending():
            if self.days(row) >= 2 and (self.now.hour >= 8 or self.days(row) > 2):
                assert row.id in self.told, (self.came[row.id], self.now)


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in (1, 2))]
)
def test_two_weeks_over_christmas(stage: Stage, seed: int) -> None:
    village = Village(stage, Random(seed))
    stage.clock.moment = datetime(2026, 12, 18, 2, tzinfo=UTC)
    for _ in range(HOURS):
        if village.chance.random() < 0.1:
            village.sign_up()
        waiting = village.pending()
        if waiting and village.chance.random() < 0.05:
            village.move(village.chance.choice(waiting))
        village.hear()
        village.look()
    assert len(village.digests) == len(set(village.digests))
    assert len(village.told) > 10
    assert village.lines
    assert all(map(working_days.is_working_day, village.lines))


def test_neither_putting_off_nor_a_correction_makes_the_wait_begin_anew(stage: Stage) -> None:
    village = Village(stage, Random(0))
    village.sign_up()
    stage.pass_time(3 * HOUR)
    [row] = village.pending()
    with transaction(stage.house.engine) as db:
        queue.pass_over(db, row.id, stage.clock())
    with transaction(stage.house.engine) as db:
        row = db.get_one(Registration, row.id)
        new = submission(Person("5171031206850000", "I Wayan Contoh"), {})
        assert registrations.correct(db, stage.house.keys, row, new, stage.clock())
        found = queue.waiting_since_before(db, TEGAL_HARUM, stage.clock())
    assert found == (1, village.came[row.id])


@pytest.mark.parametrize(
    ("village", "hour"), [("61.07.01.2001", 1), (TEGAL_HARUM, 0), ("91.03.01.1001", 23)]
)
def test_it_is_eight_in_the_morning_of_the_village(village: str, hour: int) -> None:
    due = notices.next_digest(village, datetime(2026, 12, 18, 12, tzinfo=UTC))
    assert due.astimezone(UTC).hour == hour
    assert due.hour == 8
