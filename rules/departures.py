"""Who leaves a programme, and what that makes of a sign-up or a membership."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from rules.membership import DayError
from rules.months import last_day
from rules.registration import State


class Kind(StrEnum):
    """Why somebody leaves."""

    DIED = "died"
    MOVED = "moved"
    FORMAL_JOB = "formal_job"
    NOT_WORKING = "not_working"
    WITHDREW = "withdrew"
    AGED_OUT = "aged_out"


class Effect(StrEnum):
    """What becomes of the sign-up: given up, kept until BPJS answers, or ended."""

    WITHDRAW = "withdraw"
    AWAIT = "await"
    END = "end"


# What an officer may write down; the age is watched by a timer.
RECORDED = (Kind.DIED, Kind.MOVED, Kind.FORMAL_JOB, Kind.NOT_WORKING, Kind.WITHDREW)

EFFECTS: Mapping[State, Effect] = MappingProxyType(
    {
        State.PENDING: Effect.WITHDRAW,
        State.RETURNED: Effect.WITHDRAW,
        State.WAITING: Effect.WITHDRAW,
        State.OFFERED: Effect.WITHDRAW,
        State.CONFIRMED: Effect.WITHDRAW,
        # BPJS has the sheet already: what it answers decides whether there is a membership to end.
        State.SUBMITTED: Effect.AWAIT,
        State.ACTIVE: Effect.END,
        State.LAPSED: Effect.END,
    }
)


def effect(state: State) -> Effect | None:
    """What a departure, of whatever kind, makes of a sign-up; None where there is none to leave."""
    return EFFECTS.get(state)


def ends_on(kind: Kind, day: date, months: Iterable[date]) -> date:
    """The last day of a membership: of the death, else of the months that are paid already."""
    paid = max(months, default=None)
    if kind is Kind.DIED or paid is None:
        return day
    return max(day, last_day(paid))


def check_day(day: date, signed_up: date, today: date) -> None:
    """It happened between the sign-up and today; or DayError."""
    if day < signed_up:
        raise DayError("before_sign_up", signed_up)
    if day > today:
        raise DayError("in_future", today)


def too_old_on(born: date, oldest: int) -> date:
    """The first day on which somebody is older than an age in full years."""
    year = born.year + oldest + 1
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)  # born on 29 February
