"""A month of a programme: people sign up, officers confirm, some die or move, offers are answered.

Everything goes through the same functions as in the running bot; time is virtual. `Month.run` is
told how large it is to be; the full size is measured by `python -m tests.bench.month`.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar

from sqlmodel import Session, col, select

from bot import offers, places, timers
from bot.house import House
from rules import areas, seats
from rules.programmes import Programme, accepts_kind
from rules.registration import SEATED_STATES, State
from storage import line, registrations
from storage.audit import Actor, Change
from storage.database import transaction
from storage.models import Audit, Registration, Seat, Timer
from storage.replay import Lines, replay
from tests.people import given, submission

BEGIN = datetime(2026, 12, 1, 0, tzinfo=UTC)
DAYS = 30
OFFICER = Actor(6_200_000_001, "village_officer")
WORKER = Actor(6_100_000_001, "worker")
T = TypeVar("T")
AT_ONCE = 200  # steps in one transaction
LEAVE = (("died", 0.010), ("moved", 0.012), ("formal_job", 0.006), ("withdrawn", 0.008))
TIES, WORK = ("none",) * 9 + ("insured",), ("over_5_years", "years_1_to_5", "months_3_to_12")


@dataclass
class Month:
    """One programme in its villages; `more` is how many sign up for each place, `leaving` weighs
    how many leave."""

    house: House
    programme: Programme
    villages: list[str]
    places: int
    more: float = 1.12
    leaving: float = 1.0
    seed: int = 7
    now: datetime = BEGIN
    count: int = 0
    events: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.house = replace(self.house, programmes={self.programme.key: self.programme})
        self.chance = random.Random(self.seed)
        self.pending: list[str] = []

    def run(self) -> "Month":
        """Thirty days, in each of which everything happens that can."""
        people = round(self.places * self.more)
        for day in range(DAYS):
            self._morning(day)
            self._confirm()
            joining = people // 15 if day < 15 else max(1, people // 300)
            self._steps(range(joining), self._sign_up)
            self._steps(self._of(State.OFFERED), self._answer)
            self._steps(self._leaving(), self._leave)
        self._morning(DAYS)
        return self

    def _morning(self, day: int) -> None:
        """The night is over: what is due happens, as often as it asks to go on at once."""
        self.now = datetime.combine(BEGIN + timedelta(days=day), time(0, 30), UTC)
        with transaction(self.house.engine) as db:
            timers.set_all(db, self.now)
        for _ in range(400):
            with transaction(self.house.engine) as db:
                timers.run(self.house, db, self.now)
                if not db.exec(select(Timer).where(col(Timer.due_at) <= self.now)).first():
                    return
        raise AssertionError("timers do not come to rest")

    def _steps(self, items: Iterable[T], step: Callable[[Session, T], None]) -> None:
        """Do one step for each item, some in one transaction."""
        items = list(items)
        for start in range(0, len(items), AT_ONCE):
            self.now += timedelta(seconds=20)
            with transaction(self.house.engine) as db:
                for item in items[start : start + AT_ONCE]:
                    step(db, item)

    def _sign_up(self, db: Session, _number: int) -> None:
        self.count += 1
        village = self.chance.choice(self.villages)
        tie, work = self.chance.choice(TIES), self.chance.choice(WORK)
        new = submission(
            programme=self.programme.key,
            village=village,
            nik=f"{village[:8].replace('.', '')}{self.count // 9999 % 28 + 1:02}0685"
            f"{self.count % 9999 + 1:04}",
            name=f"I Contoh {self.count}",
            answers={"enrolment.tie": given(tie), "enrolment.work": given(work)},
        )
        now = self.now + timedelta(milliseconds=self.count)
        row = registrations.submit(db, self.house.keys, new, now)
        self.pending.append(row.id)

    def _confirm(self) -> None:
        """Officers confirm what came in before today, but for some that wait another day."""
        later = [id for id in self.pending if self.chance.random() < 0.1]
        kept = set(later)
        self._steps([id for id in self.pending if id not in kept], self._decide)
        self.pending = later

    def _decide(self, db: Session, id: str) -> None:
        row = registrations.by_id(db, id)
        assert row is not None
        if row.state == State.PENDING:
            by = (OFFICER, Change("confirm", "registration", id))
            became = places.confirm(self.house, db, row, by, self.now)
            self.events[became] += 1

    def _of(self, state: State) -> list[str]:
        with transaction(self.house.engine) as db:
            query = select(Registration.id).where(Registration.state == state)
            return list(db.exec(query.order_by(col(Registration.created_at))))

    def _answer(self, db: Session, id: str) -> None:
        """Of those who are offered a seat, most answer soon, some pass it on, some never do."""
        row = registrations.by_id(db, id)
        assert row is not None
        answer = self.chance.random()
        if answer < 0.6 and offers.accept(self.house, db, row, WORKER, self.now):
            self.events["accepted"] += 1
            self.pending.append(id)
        elif answer > 0.95:
            self.events["passed"] += 1
            offers.pass_on(self.house, db, row, WORKER, self.now, "offer_passed")

    def _leaving(self) -> Iterator[tuple[str, str]]:
        for id in self._of(State.CONFIRMED):
            for why, in_a_month in LEAVE:
                if self.chance.random() < self.leaving * in_a_month / DAYS:
                    yield id, why
                    break

    def _leave(self, db: Session, leaving: tuple[str, str]) -> None:
        id, why = leaving
        row = registrations.by_id(db, id)
        assert row is not None
        by = (OFFICER, Change(why, "registration", id))
        if registrations.change_state(db, row, State.WITHDRAWN, by, self.now):
            self.events[why] += 1
            places.free(self.house, db, row, self.now, why)

    def seats_kept(self) -> dict[str, tuple[int, int, int]]:
        """Of each pool in which somebody waits: places, seats given out, and those confirmed."""
        found: dict[str, tuple[int, int, int]] = {}
        with transaction(self.house.engine) as db:
            for programme, group, village in line.pools(db):
                pool = seats.pool(self.house.programmes[programme], village, group)
                cap = self.programme.seats.per_village.value if pool.village else self.places
                found[pool.key] = (cap or 0, *self._given(db, pool))
        return found

    def _given(self, db: Session, pool: seats.Pool) -> tuple[int, int]:
        query = select(Registration.state).join(Seat)
        if pool.village:
            query = query.where(Registration.village == pool.village)
        states = db.exec(query).all()
        return len(states), sum(state in SEATED_STATES for state in states)

    def replayed(self) -> Lines:
        """The waiting lists as the audit alone tells them."""
        with transaction(self.house.engine) as db:
            return replay(db.exec(select(Audit).order_by(col(Audit.id))))

    def lines(self) -> dict[str, list[tuple[str, str]]]:
        """The waiting lists as the tables have them."""
        found: dict[str, list[tuple[str, str]]] = {}
        with transaction(self.house.engine) as db:
            waiting = select(Registration).where(Registration.state == State.WAITING)
            for row in db.exec(waiting.order_by(*line.ORDER)):
                key = places.pool_of(self.house, row).key
                found.setdefault(key, []).append((row.line, row.id))
        return found


def villages_of(programme: Programme) -> list[str]:
    """The villages that take part, by code."""
    return [
        village.code
        for area in programme.areas.value
        for village in areas.villages(area)
        if accepts_kind(programme, village.kind)
    ]
