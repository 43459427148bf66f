"""A year of claims: officers are on leave, holidays come, families take their time; the clock runs.

Everything goes through the same functions as in the running bot; time is virtual, in ticks of an
hour. After each tick it is looked whether a claim that is late was passed on, and whether every
family that follows one has had news within five working days.
"""

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session, col, func, select

from bot import claim_news, timers
from bot.house import House
from bot.zones import zone
from rules import claim_clock, working_days
from rules import claims as rules
from rules.claims import OPEN_STATES, Kind, State, Turn
from storage import claims, followers, staff
from storage.audit import Actor
from storage.claims import Moved, Pen, Report
from storage.database import transaction
from storage.followers import Bound
from storage.models import Claim, Outbound, Timer
from storage.staff import Invited
from tests.places.village import VILLAGE

TICK = timedelta(hours=1)
BEGIN = datetime(2026, 1, 1, 0, tzinfo=UTC)
FAMILY = 6_300_000_000
OFFICER, REGENCY = 6_200_000_001, 6_200_000_002
WORK = range(8, 16)  # hours in which offices work
# How likely it is in an hour of work that who has the turn takes the next step.
PACE = {
    Turn.VILLAGE: 0.06,
    Turn.FAMILY: 0.03,
    Turn.BPJS: 0.04,
    Turn.REGENCY: 0.03,
}
LEAVES = ((date(2026, 3, 16), date(2026, 4, 3)), (date(2026, 7, 6), date(2026, 7, 24)))


@dataclass
class Year:
    """So many claims, spread over so many days; `faults` is what must not be."""

    house: House
    claims: int
    days: int
    seed: int = 11
    now: datetime = BEGIN
    events: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    news: dict[str, date] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.house = replace(self.house, clock=lambda: self.now)
        self.chance = random.Random(self.seed)

    def run(self) -> "Year":
        """Hour by hour."""
        with transaction(self.house.engine) as db:
            self._appoint(db)
        hours = self.days * 24
        # Those of the last weeks would not come to their end.
        arrivals = sorted(self.chance.randrange(hours * 2 // 3) for _ in range(self.claims))
        for hour in range(hours):
            self.now = BEGIN + hour * TICK
            with transaction(self.house.engine) as db:
                for number, at in enumerate(arrivals):
                    if at == hour:
                        self._report(db, number)
                if self._at_work():
                    self._work(db)
                self._tick(db)
                self._look(db)
        return self

    def _appoint(self, db: Session) -> None:
        for person, role, area in (
            (OFFICER, "village_officer", VILLAGE),
            (REGENCY, "regency_officer", VILLAGE[:5]),
        ):
            number = f"+62812{person % 100_000_000}"
            invited = Invited(area, number, role=staff.Role(role))
            token = staff.invite(db, self.house.keys, invited, self.now)
            staff.accept(db, self.house.keys, token, number, (person, "Ketut"), self.now)

    @property
    def _local(self) -> datetime:
        return self.now.astimezone(zone(VILLAGE))

    def _at_work(self) -> bool:
        today = self._local.date()
        return self._local.hour in WORK and working_days.is_working_day(today)

    def _pen(self, by: int = OFFICER) -> Pen:
        return Pen(self.house.keys, Actor(by, "village_officer"), self.now)

    def _report(self, db: Session, number: int) -> None:
        kind = Kind.JKK if number % 4 == 0 else Kind.JKM
        today = self._local.date()
        told = {"name": f"I Contoh {number}", "cause": "work" if kind is Kind.JKK else "illness"}
        new = Report(kind, VILLAGE, today, self.now, FAMILY + number, told)
        row = claims.report(db, self._pen(), new)
        followers.follow(db, self._pen(), row, Bound(FAMILY + number, "counter"))
        claim_news.moved(self.house, db, row, self.now)
        self.events["reported"] += 1

    def _work(self, db: Session) -> None:
        """Whoever has the turn takes a step, sooner or later; an officer on leave takes none."""
        today = self._local.date()
        away = any(first <= today <= last for first, last in LEAVES)
        for row in db.exec(select(Claim).where(col(Claim.state).in_(OPEN_STATES))).all():
            turn = rules.turn(Kind(row.kind), State(row.state))
            stuck = turn is Turn.VILLAGE and away
            if not stuck and self.chance.random() < PACE[turn]:
                self._step(db, row, today)

    def _step(self, db: Session, row: Claim, today: date) -> None:
        kind, state = Kind(row.kind), State(row.state)
        if kind is Kind.JKM and state is State.REPORTED and self.chance.random() < 0.95:
            told = {"cause": self.chance.choice(["illness", "work"]), "heir": "wife"}
            claims.verify(db, self._pen(), row, told, Moved(State.VERIFIED, today))
        else:
            usual, *others = rules.moves(kind, state)
            to = self.chance.choice([*3 * [usual], *others])
            complete = to in (State.COMPLETE, State.SECOND_REPORT)
            values = {"complete_on": today} if complete else {}
            claims.move(db, self._pen(), row, Moved(to, today, "", values))
        claim_news.moved(self.house, db, row, self.now)
        self.events[row.state] += 1

    def _tick(self, db: Session) -> None:
        """The timers that are due, as often as they ask to go on at once."""
        for _ in range(20):
            timers.run(self.house, db, self.now)
            if not db.exec(select(Timer).where(col(Timer.due_at) <= self.now)).first():
                return
        self.faults.append(f"{self.now}: timers do not come to rest")

    def _look(self, db: Session) -> None:
        """What must hold after every tick."""
        today = self._local.date()
        for row in db.exec(select(Claim).where(col(Claim.state).in_(OPEN_STATES))).all():
            if row.due_at is not None and row.due_at + TICK <= self.now:
                self.faults.append(f"{self.now}: {row.id} in {row.state} is late and nobody knows")
            told = row.told_at.astimezone(zone(VILLAGE)).date()
            if working_days.between(told, today) > claim_clock.NEWS_EVERY:
                self.faults.append(f"{self.now}: the family of {row.id} waits since {told}")


def notices(db: Session, person: int) -> int:
    """How many notices somebody was sent, or will be."""
    mine = Outbound.person_id == person
    return db.exec(select(func.count()).select_from(Outbound).where(mine)).one()
