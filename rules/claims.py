"""The states of a JKM or JKK claim: the moves between them, and whose turn it is."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    JKM = "jkm"
    JKK = "jkk"


class State(StrEnum):
    REPORTED = "reported"
    VERIFIED = "verified"
    PAPERS_MISSING = "papers_missing"
    COMPLETE = "complete"
    LODGED = "lodged"
    FIELD_CHECK = "field_check"
    APPROVED = "approved"
    PAID = "paid"
    REJECTED = "rejected"
    OBJECTION = "objection"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    FALSE_REPORT = "false_report"
    NOTIFIED = "notified"
    IN_TREATMENT = "in_treatment"
    RECOVERED = "recovered"
    DISABLED = "disabled"
    DEAD = "dead"
    SECOND_REPORT = "second_report"


class Turn(StrEnum):
    """Who acts next."""

    VILLAGE = "village"
    FAMILY = "family"
    BPJS = "bpjs"
    REGENCY = "regency"
    NOBODY = "nobody"


_S = State

# Each row in the order of its buttons: the usual way on first, what ends the claim last.
_FROM_APPROVAL: Mapping[State, tuple[State, ...]] = MappingProxyType(
    {
        _S.APPROVED: (_S.PAID,),
        _S.REJECTED: (_S.OBJECTION, _S.CLOSED),
        _S.OBJECTION: (_S.LODGED, _S.CLOSED),
        _S.PAID: (),
        _S.CLOSED: (),
        _S.WITHDRAWN: (),
        _S.FALSE_REPORT: (),
    }
)
_BUTTONS: Mapping[Kind, Mapping[State, tuple[State, ...]]] = MappingProxyType(
    {
        Kind.JKM: {
            _S.REPORTED: (_S.VERIFIED, _S.WITHDRAWN, _S.FALSE_REPORT),
            _S.VERIFIED: (_S.PAPERS_MISSING, _S.COMPLETE),
            _S.PAPERS_MISSING: (_S.COMPLETE,),
            _S.COMPLETE: (_S.LODGED, _S.PAPERS_MISSING),
            _S.LODGED: (_S.APPROVED, _S.FIELD_CHECK, _S.PAPERS_MISSING, _S.REJECTED),
            _S.FIELD_CHECK: (_S.APPROVED, _S.PAPERS_MISSING, _S.REJECTED),
            **_FROM_APPROVAL,
        },
        Kind.JKK: {
            _S.NOTIFIED: (
                *(_S.IN_TREATMENT, _S.RECOVERED, _S.DISABLED, _S.DEAD),
                *(_S.WITHDRAWN, _S.FALSE_REPORT),
            ),
            _S.IN_TREATMENT: (_S.RECOVERED, _S.DISABLED, _S.DEAD, _S.WITHDRAWN),
            _S.RECOVERED: (_S.SECOND_REPORT, _S.WITHDRAWN),
            _S.DISABLED: (_S.SECOND_REPORT, _S.DEAD, _S.WITHDRAWN),
            _S.DEAD: (_S.SECOND_REPORT, _S.WITHDRAWN),
            _S.SECOND_REPORT: (_S.LODGED, _S.WITHDRAWN),
            _S.LODGED: (_S.APPROVED, _S.SECOND_REPORT, _S.REJECTED),
            **_FROM_APPROVAL,
        },
    }
)

MOVES: Mapping[Kind, Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        kind: MappingProxyType({state: frozenset(to) for state, to in rows.items()})
        for kind, rows in _BUTTONS.items()
    }
)

START: Mapping[Kind, State] = MappingProxyType({Kind.JKM: State.REPORTED, Kind.JKK: State.NOTIFIED})

FINAL = frozenset({_S.PAID, _S.CLOSED, _S.WITHDRAWN, _S.FALSE_REPORT})
OPEN_STATES = frozenset(State) - FINAL

# What somebody died of: an illness; an accident not of work; an accident at the workplace, on the
# road at or to or from work, or at work at sea; not known yet, which goes on as JKM.
CAUSES = ("illness", "accident", "work", "road_work", "sea_work", "unknown")
WORK_CAUSES = frozenset({"work", "road_work", "sea_work"})

# While a death is in one of these its cause, and who claims, can be said anew: somebody pressed
# the wrong button, or the police found that it was at work.
VERIFIABLE = frozenset({_S.REPORTED, _S.VERIFIED, _S.PAPERS_MISSING, _S.DEAD})

_TURNS: Mapping[State, Turn] = MappingProxyType(
    {
        _S.REPORTED: Turn.VILLAGE,
        _S.VERIFIED: Turn.FAMILY,
        _S.PAPERS_MISSING: Turn.FAMILY,
        _S.COMPLETE: Turn.VILLAGE,
        _S.LODGED: Turn.BPJS,
        _S.FIELD_CHECK: Turn.BPJS,
        _S.APPROVED: Turn.BPJS,
        _S.PAID: Turn.NOBODY,
        _S.REJECTED: Turn.FAMILY,
        _S.OBJECTION: Turn.REGENCY,
        _S.CLOSED: Turn.NOBODY,
        _S.WITHDRAWN: Turn.NOBODY,
        _S.FALSE_REPORT: Turn.NOBODY,
        _S.NOTIFIED: Turn.VILLAGE,
        _S.IN_TREATMENT: Turn.FAMILY,
        _S.RECOVERED: Turn.FAMILY,
        _S.DISABLED: Turn.FAMILY,
        _S.DEAD: Turn.FAMILY,
        _S.SECOND_REPORT: Turn.VILLAGE,
    }
)


class IllegalMove(Exception):
    """A move that MOVES does not hold for this kind of claim."""

    def __init__(self, kind: Kind, state: State, to: State) -> None:
        super().__init__(f"{kind}: {state} -> {to}")
        self.kind = kind
        self.state = state
        self.to = to


def move(kind: Kind, state: State, to: State) -> State:
    """The state after an allowed move; raises IllegalMove for any other."""
    if to not in moves(kind, state):
        raise IllegalMove(kind, state, to)
    return to


def moves(kind: Kind, state: State) -> tuple[State, ...]:
    """Where a claim may go on to, the usual way first; nowhere from a state not of its kind."""
    return _BUTTONS[kind].get(state, ())


def verified(cause: str) -> tuple[Kind, State]:
    """What a reported death becomes once an officer has verified its cause, one of CAUSES.

    A death of a work accident goes on as JKK. Raises ValueError for another cause.
    """
    if cause not in CAUSES:
        raise ValueError(f"not a cause of death: {cause}")
    if cause in WORK_CAUSES:
        return Kind.JKK, State.DEAD
    return Kind.JKM, State.VERIFIED


def by_papers(kind: Kind, state: State, *, complete: bool, returned: bool) -> State | None:
    """Where the papers of a JKM claim take it by themselves, if anywhere.

    All accepted makes it complete; one sent back, or the first one looked at, says that some are
    missing. A claim for JKK goes on by its second report, which an officer makes.
    """
    if kind is not Kind.JKM or state not in _GATHERING:
        return None
    to = State.COMPLETE if complete and not returned else State.PAPERS_MISSING
    if to is state or (state is State.COMPLETE and not returned):
        return None
    return to


_GATHERING = frozenset({_S.VERIFIED, _S.PAPERS_MISSING, _S.COMPLETE})


def turn(kind: Kind, state: State) -> Turn:
    """Who acts next; raises ValueError for a state that this kind of claim does not have."""
    _check(kind, state)
    return _TURNS[state]


def _check(kind: Kind, state: State) -> None:
    if state not in _BUTTONS[kind]:
        raise ValueError(f"{kind} has no state {state}")
