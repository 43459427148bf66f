"""Who is covered on a day, from the months that were paid and the days on which that was received.

A spell is a membership without a lapse: it begins with a contribution and lasts while each next
one comes within the time for arrears.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from rules.months import first_day, last_day, later
from rules.parameters import parameter

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


@dataclass(frozen=True)
class Cover:
    """How someone stands on a day.

    `since` is the first day of the spell that holds the day; None where none does.
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


def cover(ledger: Ledger, on: date) -> Cover:
    """How someone stands on a day, by all that was ever received; or NotInForce.

    By PP 44/2015 Pasal 1 (a member is who has paid) and Perdir 22/2022 (start, arrears, end).
    """
    spells = _spells(ledger)
    begun = [spell for spell in spells if spell.since <= on]
    spell = begun[-1] if begun else next(iter(spells), None)
    paid = spell.until(on) if spell else ()
    state = _state(ledger, on, paid[-1] if begun else None)
    if not spell or not paid:
        return Cover(state)
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
    )


def full_jkm(ledger: Ledger, on: date) -> bool | None:
    """Whether a death on a day is paid in full, and not the funeral alone; or NotInForce.

    Since Permenaker 1/2025 that takes three months of contributions and of membership. None where
    no source settles it: ask the branch.
    """
    least = JKM_LEAST_MONTHS.whole(on)
    return _reaches(ledger, on, least, membership=least)


def full_scholarship(ledger: Ledger, on: date) -> bool | None:
    """Whether contributions reach the three years that a scholarship takes; or NotInForce.

    For a death that no work accident caused. None where no source settles it: ask the branch.
    """
    return _reaches(ledger, on, SCHOLARSHIP_LEAST_MONTHS.whole(on), membership=0)


def payable(ledger: Ledger, on: date) -> tuple[date, ...]:
    """The first days of the unpaid months up to a day that may still be paid on it."""
    held = cover(ledger, on).since
    if held is None:
        return ()
    paid = {one.month for spell in _spells(ledger) for one in spell.months}
    last = month = first_day(held)
    found = []
    while month <= on:
        if month in paid:
            last = month
        elif on <= _arrears_until(last):
            found.append(month)
        month = later(month, 1)
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
        since = max(ledger.active_from, paid.month, paid.received)
        if first_day(since) == paid.month and not _left(ledger, since):
            spells.append(_Spell(since, (paid,)))
    return spells


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


def _reaches(ledger: Ledger, on: date, months: int, membership: int) -> bool | None:
    held = cover(ledger, on)
    if held.state is CoverState.PAID_LATE:
        return None
    if held.since is None or held.state is not CoverState.COVERED:
        return False
    if held.months >= months and later(held.since, membership) <= on:
        return True
    # Whether spells before, or months paid only after the day, count too is in no source.
    begun = [spell for spell in _spells(ledger) if spell.since <= on]
    together = sum(len(spell.until(on)) for spell in begun)
    in_all = together >= months and later(begun[0].since, membership) <= on
    return None if in_all else False
