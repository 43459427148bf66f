"""Ledgers of the tests, and a slow walk through their days that shares no code with the rules."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import strategies as st

from rules.coverage import Ledger, PaidMonth, Payer

DAY = timedelta(days=1)
PAYERS: tuple[Payer, ...] = ("programme", "self", "other")


def paid(*months: str, by: Payer = "programme", received: str | None = None) -> list[PaidMonth]:
    """Months ("2026-01") received on their first days, or all on one day."""
    firsts = [date.fromisoformat(f"{month}-01") for month in months]
    day = date.fromisoformat(received) if received else None
    return [PaidMonth(first, by, day or first) for first in firsts]


def ledger(active_from: str, *groups: list[PaidMonth], ended: str | None = None) -> Ledger:
    months = tuple(one for group in groups for one in group)
    left = date.fromisoformat(ended) if ended else None
    return Ledger(date.fromisoformat(active_from), months, left)


def number(day: date) -> int:
    return day.year * 12 + day.month


def days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


@dataclass
class Spell:
    since: date
    paid: dict[int, PaidMonth] = field(default_factory=dict)

    def last_before(self, month: int) -> int | None:
        return max((one for one in self.paid if one < month), default=None)


@dataclass
class Walk:
    """Goes through the days as they came, knowing on each only what had been received by then."""

    ledger: Ledger
    spells: list[Spell] = field(default_factory=list)
    alive: bool = False
    seen: dict[date, tuple[str, int]] = field(default_factory=dict)
    known: dict[int, PaidMonth] = field(default_factory=dict)

    def through(self, first: date, last: date) -> "Walk":
        coming = sorted(self.ledger.months, key=lambda one: one.received)
        for today in days(first, last):
            self._this_month(today)
            self._lapse(today)
            while coming and coming[0].received <= today:
                arrived = coming.pop(0)
                self.known.setdefault(number(arrived.month), arrived)
                self._arrears(arrived, today)
            self._this_month(today)
            self.seen[today] = (self._plain_state(today), len(self.spells))
        return self

    def state(self, day: date) -> str:
        """The state of a day, with what is known at the end of the walk."""
        state, spells = self.seen[day]
        if state == "unpaid" and number(day) in self.spells[spells - 1].paid:
            return "paid_late"
        return state

    def spell(self, day: date) -> Spell | None:
        """The spell that holds a day, or that came before it."""
        spells = self.seen[day][1]
        return self.spells[spells - 1] if spells else None

    def spells_before(self, day: date) -> list[Spell]:
        """The spells that began until a day and do not hold it."""
        held = self.seen[day][0] in ("covered", "unpaid")
        return self.spells[: self.seen[day][1] - held]

    def _gone(self, today: date) -> bool:
        return self.ledger.ended is not None and today > self.ledger.ended

    def _arrears(self, arrived: PaidMonth, today: date) -> None:
        month = number(arrived.month)
        if not self.alive or month >= number(today) or month in self.spells[-1].paid:
            return
        before = self.spells[-1].last_before(month)
        if before is not None and number(today) - before <= 3 and not self._gone(arrived.month):
            self.spells[-1].paid[month] = arrived

    def _this_month(self, today: date) -> None:
        one = self.known.get(number(today))
        if one is None or self._gone(one.month):
            return
        if not self.alive and today >= self.ledger.active_from and not self._gone(today):
            self.spells.append(Spell(today))
            self.alive = True
        if self.alive:
            self.spells[-1].paid.setdefault(number(today), one)

    def _lapse(self, today: date) -> None:
        if self.alive and not self._gone(today):
            last = self.spells[-1].last_before(number(today) + 1)
            assert last is not None
            self.alive = number(today) - last <= 3

    def _plain_state(self, today: date) -> str:
        if self._gone(today):
            return "ended"
        if not self.spells:
            return "not_yet"
        if not self.alive:
            return "ended"
        return "covered" if number(today) in self.spells[-1].paid else "unpaid"


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Runs of paid months with holes between them, paid early, in time, late or too late."""
    at = date(2024, draw(st.integers(1, 12)), 1)
    active_from = at + timedelta(days=draw(st.integers(-40, 70)))
    months: list[PaidMonth] = []
    for _ in range(draw(st.integers(0, 4))):
        run = [at := _next(at) for _ in range(draw(st.integers(1, 5)))]
        months += [PaidMonth(month, *draw(_how_paid(month))) for month in run]
        for _ in range(draw(st.integers(0, 5))):
            at = _next(at)
    months += draw(st.lists(st.sampled_from(months), max_size=2)) if months else []
    left = draw(st.none() | st.none() | st.integers(0, 400).map(lambda day: at - day * DAY))
    return Ledger(active_from, tuple(draw(st.permutations(months))), left)


def _next(month: date) -> date:
    return (month + 31 * DAY).replace(day=1)


def _how_paid(month: date) -> st.SearchStrategy[tuple[Payer, date]]:
    delay = (
        st.just(0)
        | st.integers(-330, 0)
        | st.integers(0, 30)
        | st.integers(28, 140)
        | st.sampled_from([89, 90, 91, 92, 93, 119, 120, 121, 122, 123])
    )
    return st.tuples(st.sampled_from(PAYERS), delay.map(lambda later: month + later * DAY))
