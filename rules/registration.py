"""The states of a registration and the only moves that are allowed between them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from rules import working_days


class State(StrEnum):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    REJECTED = "rejected"
    WAITING = "waiting"
    OFFERED = "offered"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUBMITTED = "submitted"
    ACTIVE = "active"
    REFUSED = "refused"
    LAPSED = "lapsed"
    ENDED = "ended"


_S = State

MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        _S.PENDING: frozenset(
            {_S.CONFIRMED, _S.RETURNED, _S.REJECTED, _S.WAITING, _S.WITHDRAWN, _S.EXPIRED}
        ),
        _S.RETURNED: frozenset({_S.PENDING, _S.WITHDRAWN, _S.EXPIRED}),
        _S.WAITING: frozenset({_S.PENDING, _S.OFFERED, _S.WITHDRAWN, _S.EXPIRED}),
        _S.OFFERED: frozenset({_S.PENDING, _S.WAITING, _S.WITHDRAWN}),
        _S.REJECTED: frozenset({_S.PENDING}),
        _S.CONFIRMED: frozenset({_S.PENDING, _S.SUBMITTED, _S.WITHDRAWN}),
        _S.SUBMITTED: frozenset({_S.ACTIVE, _S.REFUSED}),
        _S.REFUSED: frozenset({_S.PENDING}),
        _S.ACTIVE: frozenset({_S.LAPSED, _S.ENDED}),
        _S.LAPSED: frozenset({_S.ACTIVE, _S.ENDED}),
        _S.WITHDRAWN: frozenset(),
        _S.EXPIRED: frozenset(),
        _S.ENDED: frozenset(),
    }
)

# A registration that still stands for its person: who signs up again is shown this one. A
# rejected one does not stand: the person may start anew instead of objecting.
OPEN_STATES = frozenset(State) - {_S.REJECTED, _S.WITHDRAWN, _S.EXPIRED, _S.ENDED}

# A seat is taken by the village's confirmation and kept while cover is being bought, runs, or has
# lapsed and may be restored. An offer keeps it for its person until the deadline, and the pending
# sign-up that follows keeps it until the village has looked again.
SEATED_STATES = frozenset({_S.CONFIRMED, _S.SUBMITTED, _S.ACTIVE, _S.LAPSED})

UNDO = timedelta(minutes=10)
DECIDE_WITHIN = 2  # working days, after which the officer is told that somebody waits still


class IllegalMove(Exception):
    """A move that MOVES does not hold."""

    def __init__(self, state: State, to: State) -> None:
        super().__init__(f"{state} -> {to}")
        self.state = state
        self.to = to


def move(state: State, to: State) -> State:
    """The state after an allowed move; raises IllegalMove for any other."""
    if to not in MOVES[state]:
        raise IllegalMove(state, to)
    return to


def may_undo(decided: datetime, now: datetime) -> bool:
    """Whether a decision may still be taken back: ten minutes, the last moment included."""
    return now - decided <= UNDO


def waits_long(today: date) -> date | None:
    """Who has waited since before this day waits in the second working day by now, or longer.

    None where it is no working day: then nobody waits longer than on the one before.
    """
    if not working_days.is_working_day(today):
        return None
    return working_days.before(today, DECIDE_WITHIN - 1)
