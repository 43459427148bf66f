"""Ledgers of the tests, and a slow walk through their days that shares no code with the rules."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import strategies as st

from rules.coverage import Ledger, PaidMonth, Payer, cover

DAY = timedelta(days=1)
PAYERS: tuple[Payer, ...] = ("programme", "self", "other")
YEAR = [f"2026-{month:02}" for month in range(1, 13)]


def paid(*months: str, by: Payer = "programme", received: str | None = None) -> list[PaidMonth]:
    """Months ("2026-01") received on their first days, or all on one day."""
    firsts = [date.fromisoformat(f"{month}-01") for month in months]
    day = date.fromisoformat(received) if received else None
    return [PaidMonth(first, by, day or first) for first in firsts]


def ledger(active_from: str, *groups: list[PaidMonth], ended: str | None = None) -> Ledger:
    months = tuple(one for group in groups for one in group)
    left = date.fromisoformat(ended) if ended else None
    return Ledger(date.fromisoformat(active_from), months, left)


def day(text: str) -> date:
    return date.fromisoformat(text)


def states(one: Ledger, *days: str) -> list[str]:
    return [cover(one, day(text)).state.value for text in days]


def number(day: date) -> int:
    return day.year * 12 + day.month


def days_between(first: date, last: date) -> Iterator[date]:
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
    """Goes through the days as they came, and writes the days behind anew when money comes late.

    `seen` is for each day its state and the spells that had begun by it; `over` the last month in
    which arrears of a spell that has lapsed could be paid.
    """

    ledger: Ledger
    spells: list[Spell] = field(default_factory=list)
    alive: bool = False
    over: int = 0
    seen: dict[date, tuple[str, int]] = field(default_factory=dict)
    known: dict[int, PaidMonth] = field(default_factory=dict)

    def through(self, first: date, last: date) -> "Walk":
        coming = sorted(self.ledger.months, key=lambda one: one.received)
        for today in days_between(first, last):
            self._this_month(today)
            self._lapse(today)
            while coming and coming[0].received <= today:
                self._receive(coming.pop(0), today)
            self._this_month(today)
            self.seen[today] = (self._plain_state(today), len(self.spells))
        return self

    def state(self, day: date) -> str:
        """The state of a day, with what is known at the end of the walk."""
        return self.seen.get(day, ("not_yet", 0))[0]

    def held(self, day: date) -> bool:
        return self.state(day) in ("covered", "unpaid", "paid_late")

    def spell(self, day: date) -> Spell | None:
        """The spell that holds a day, or that came before it."""
        spells = self.seen[day][1]
        return self.spells[spells - 1] if spells else None

    def spells_before(self, day: date) -> list[Spell]:
        """The spells that began until a day and do not hold it."""
        return self.spells[: self.seen[day][1] - self.held(day)]

    def _gone(self, today: date) -> bool:
        return self.ledger.ended is not None and today > self.ledger.ended

    def _receive(self, arrived: PaidMonth, today: date) -> None:
        """Note a month; one that is over is taken only inside the time for arrears."""
        month = number(arrived.month)
        if month in self.known:
            return
        self.known[month] = arrived
        if month >= number(today) or self._gone(arrived.month):
            return
        before = self.spells[-1].last_before(month) if self.alive else None
        if before is None:
            self._begin_behind(arrived, today)
        elif number(today) - before <= 3:
            self._take(arrived, today)

    def _begin_behind(self, arrived: PaidMonth, today: date) -> None:
        month = number(arrived.month)
        since = max(self.ledger.active_from, arrived.month)
        too_late = number(today) - month > 3 or month <= self.over
        if too_late or number(since) != month or self._gone(since):
            return
        if self.alive:
            self.spells[-1].since = since
        else:
            self.spells.append(Spell(since))
            self.alive = True
        self._take(arrived, today)
        for later in range(month + 1, number(today) + 1):  # paid before the first of all was
            one = self.known.get(later)
            if one and later not in self.spells[-1].paid and not self._gone(one.month):
                self._take(one, today)

    def _this_month(self, today: date) -> None:
        one = self.known.get(number(today))
        if one is None or self._gone(one.month):
            return
        if not self.alive and today >= self.ledger.active_from:
            since = today if self.spells else max(self.ledger.active_from, one.month)
            if not self._gone(since):
                self.spells.append(Spell(since))
                self.alive = True
        if self.alive and number(today) not in self.spells[-1].paid:
            self._take(one, today)

    def _take(self, one: PaidMonth, today: date) -> None:
        """A month is paid: what was said of days behind, but in this spell, is no longer so."""
        spell, month = self.spells[-1], number(one.month)
        spell.paid[month] = one
        for day in days_between(spell.since, today - DAY):
            mine = self.seen[day][1] == len(self.spells)
            if not mine or number(day) == month:
                late = "paid_late" if number(day) in spell.paid else "unpaid"
                state = "ended" if self._gone(day) else late
                self.seen[day] = (state, len(self.spells))

    def _lapse(self, today: date) -> None:
        if self.alive and not self._gone(today):
            last = self.spells[-1].last_before(number(today) + 1)
            assert last is not None
            self.alive = number(today) - last <= 3
            self.over = self.over if self.alive else number(today) - 1

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
