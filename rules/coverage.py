"""Who is covered on a day, from the months that were paid and the days on which that was received.

A spell is a membership without a lapse: it begins with the acceptance, once a contribution for it
was received within the time for arrears, and lasts while each next one comes within that time.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from rules.months import first_day, first_days, last_day, later
from rules.parameters import Parameter, parameter

ARREARS_MONTHS = parameter("bpu_arrears_months")
JKM_LEAST_MONTHS = parameter("jkm_full_least_months")
SCHOLARSHIP_LEAST_MONTHS = parameter("scholarship_least_months")
REMIND_DAYS_BEFORE = (30, 7)

Payer = Literal["programme", "self", "other"]


@dataclass(frozen=True)
class PaidMonth:
    """A month, named by its first day, whose contribution BPJS received on a day."""

    month: date
    payer: Payer
    received: date

    def __post_init__(self) -> None:
        if self.month.day != 1:
            raise ValueError(f"a paid month is named by its first day, not by {self.month}")


@dataclass(frozen=True)
class Ledger:
    """`active_from` is the day on which BPJS accepted the member; `ended` the last day as one."""

    active_from: date
    months: tuple[PaidMonth, ...]
    ended: date | None = None


class CoverState(StrEnum):
    COVERED = "covered"
    NOT_YET = "not_yet"
    UNPAID = "unpaid"  # protection has stopped, and paying the arrears restores it
    PAID_LATE = "paid_late"  # paid in time, but after the day: no source says if it was covered
    ENDED = "ended"


class NotCovered(Exception):
    """The day is not one of cover, so that no benefit of it is full or less than full."""

    def __init__(self, state: CoverState, on: date) -> None:
        super().__init__(f"{state} on {on.isoformat()}")
        self.state = state
        self.on = on


@dataclass(frozen=True)
class Cover:
    """How someone stands on a day.

    `since` is the first day of the spell that holds the day; None where none does. `interrupted`
    says that some day of that spell before this one was not covered. `begins` is, where nothing has
    begun yet, the first day on which cover is sure; None where no day is.
    `paid_until` is the last day of the run of paid months that holds the day, or of the last paid
    month before it; `payer` is who paid that month of the day, or the last one before it.
    `arrears_until` is the last day on which what follows `paid_until` may still be paid; None once
    the member has left. `months` counts the paid months of the spell up to the day that were
    received by then, `earlier_months` those of the spells before.
    """

    state: CoverState
    since: date | None = None
    paid_until: date | None = None
    payer: Payer | None = None
    arrears_until: date | None = None
    months: int = 0
    earlier_months: int = 0
    begins: date | None = None
    interrupted: bool = False


@dataclass(frozen=True)
class Reminder:
    """A day on which to say that cover runs out, or that arrears can last be paid, `last_day`."""

    day: date
    kind: Literal["funding", "arrears"]
    last_day: date
    payer: Payer


@dataclass(frozen=True)
class _Spell:
    since: date
    months: tuple[PaidMonth, ...]

    def until(self, on: date) -> tuple[PaidMonth, ...]:
        return tuple(paid for paid in self.months if paid.month <= on)

    def run_end(self, month: date) -> date:
        paid = {one.month for one in self.months}
        while later(month, 1) in paid:
            month = later(month, 1)
        return last_day(month)

    def interrupted(self, on: date) -> bool:
        received = {paid.month: paid.received for paid in self.months}
        starts = ((month, max(month, self.since)) for month in first_days(self.since, on))
        return any(start < min(received.get(month, on), on) for month, start in starts)

    def in_time(self) -> dict[date, date]:
        """The months received before they were over, and the first day of cover in each."""
        return {
            paid.month: max(self.since, paid.month, paid.received)
            for paid in self.months
            if paid.received <= last_day(paid.month)
        }


def cover(ledger: Ledger, on: date) -> Cover:
    """How someone stands on a day, by all that was ever received; or NotInForce.

    By PP 44/2015 Pasal 1 (a member is who has paid) and Perdir 22/2022 (start, arrears, end).
    """
    spells = _spells(ledger)
    begun = [spell for spell in spells if spell.since <= on]
    spell = begun[-1] if begun else next(iter(spells), None)
    paid = spell.until(on) if spell else ()
    state = _state(ledger, on, paid[-1] if begun else None)
    begins = _begins(ledger, spells) if state is CoverState.NOT_YET else None
    if not spell or not paid:
        return Cover(state, begins=begins)
    held = state not in (CoverState.NOT_YET, CoverState.ENDED)
    paid_until = spell.run_end(paid[-1].month)
    return Cover(
        state,
        since=spell.since if held else None,
        paid_until=paid_until,
        payer=paid[-1].payer,
        arrears_until=None if _left(ledger, on) else _arrears_until(paid_until),
        months=sum(one.received <= on for one in paid) if held else 0,
        earlier_months=sum(len(one.until(on)) for one in (begun[:-1] if held else begun)),
        begins=begins,
        interrupted=held and spell.interrupted(on),
    )


def full_jkm(ledger: Ledger, on: date) -> bool | None:
    """Whether a death on a day is paid in full, and not the funeral alone.

    Since Permenaker 1/2025 that takes three months of contributions and of membership. None where
    no source settles it: ask the branch. Raises NotCovered and NotInForce.
    """
    return _reaches(ledger, on, JKM_LEAST_MONTHS)


def full_scholarship(ledger: Ledger, on: date) -> bool | None:
    """Whether contributions reach the three years that a scholarship takes.

    For a death that no work accident caused. None where no source settles it: ask the branch.
    Raises NotCovered and NotInForce.
    """
    return _reaches(ledger, on, SCHOLARSHIP_LEAST_MONTHS)


def payable(ledger: Ledger, on: date) -> tuple[date, ...]:
    """The first days of the unpaid months up to a day that may still be paid on it."""
    held = cover(ledger, on).since
    if held is None:
        return ()
    paid = {one.month for spell in _spells(ledger) for one in spell.months}
    last = first_day(held)
    found = []
    for month in first_days(held, on):
        if month in paid:
            last = month
        elif on <= _arrears_until(last):
            found.append(month)
    return tuple(found)


def reminders(ledger: Ledger) -> tuple[Reminder, ...]:
    """Before the last paid month ends, and before its arrears can no longer be paid.

    Some days may be past. None for who has left or never paid.
    """
    spells = _spells(ledger)
    if not spells or ledger.ended:
        return ()
    last = spells[-1].months[-1]
    paid_until = last_day(last.month)
    kinds: list[tuple[Literal["funding", "arrears"], date]] = [
        ("funding", paid_until),
        ("arrears", _arrears_until(paid_until)),
    ]
    return tuple(
        Reminder(end - timedelta(days=days), kind, end, last.payer)
        for kind, end in kinds
        for days in REMIND_DAYS_BEFORE
    )


def _spells(ledger: Ledger) -> list[_Spell]:
    spells: list[_Spell] = []
    for paid in sorted(ledger.months, key=lambda one: (one.month, one.received)):
        last = spells[-1].months[-1].month if spells else None
        if paid.month == last or _left(ledger, paid.month):
            continue
        if last and _in_time(paid, last):
            spells[-1] = replace(spells[-1], months=(*spells[-1].months, paid))
            continue
        since = _since(ledger, paid, last)
        if since and not _left(ledger, since):
            spells.append(_Spell(since, (paid,)))
    return spells


def _since(ledger: Ledger, paid: PaidMonth, lapsed: date | None) -> date | None:
    """The first day of the spell that this contribution begins, if it does.

    After a lapse, with the last month `lapsed`, who pays registers anew (BPJS Serang); on which
    day, where that was for a month already over, is in no source.
    """
    if paid.received > _arrears_until(paid.month):
        return None
    if lapsed and paid.month <= _arrears_until(lapsed):
        return None
    since = max(ledger.active_from, paid.month)
    if lapsed and first_day(paid.received) == paid.month:
        since = max(since, paid.received)
    return since if first_day(since) == paid.month else None


def _in_time(paid: PaidMonth, last: date) -> bool:
    limit = _arrears_until(last)
    return paid.received <= limit and paid.month <= limit + timedelta(days=1)


def _arrears_until(paid: date) -> date:
    stopped = last_day(paid) + timedelta(days=1)
    return later(stopped, ARREARS_MONTHS.whole(stopped)) - timedelta(days=1)


def _left(ledger: Ledger, on: date) -> bool:
    return ledger.ended is not None and on > ledger.ended


def _state(ledger: Ledger, on: date, last: PaidMonth | None) -> CoverState:
    if _left(ledger, on):
        return CoverState.ENDED
    if last is None:
        return CoverState.NOT_YET
    if last.month == first_day(on):
        return CoverState.COVERED if last.received <= on else CoverState.PAID_LATE
    return CoverState.UNPAID if on <= _arrears_until(last.month) else CoverState.ENDED


def _begins(ledger: Ledger, spells: list[_Spell]) -> date | None:
    days = (day for spell in spells for day in spell.in_time().values())
    return min((day for day in days if not _left(ledger, day)), default=None)


def _reaches(ledger: Ledger, on: date, least: Parameter) -> bool | None:
    state = cover(ledger, on).state
    if state is CoverState.PAID_LATE:
        return None
    if state is not CoverState.COVERED:
        raise NotCovered(state, on)
    months = least.whole(on)
    if _surely(ledger, on, months):
        return True
    # Whether months paid late, or before a gap, count, and the time from the acceptance to the
    # first day of cover, is in no source.
    first = first_day(ledger.active_from)
    paid = {one.month for one in ledger.months if first <= one.month <= on}
    possibly = len(paid) >= months and later(ledger.active_from, months) <= on
    return None if possibly else False


def _surely(ledger: Ledger, on: date, months: int) -> bool:
    """Whether each of the last months was paid before it was over, after as long a membership."""
    spell = [one for one in _spells(ledger) if one.since <= on][-1]
    in_time = spell.in_time()
    asked = {later(first_day(on), -back) for back in range(months)}
    begins = min(in_time.values())
    end = later(begins, months)
    # In a month without such a day, whether its last day is enough is in no source.
    return asked <= in_time.keys() and end + timedelta(days=end.day != begins.day) <= on
