"""The states of a JKM or JKK claim: the moves between them, whose turn it is, and by when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from rules import working_days
from rules.parameters import Parameter, parameter


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

# Limits that we set ourselves, in working days: no rule asks for them, and nobody is told so.
OURS: Mapping[State, int] = MappingProxyType(
    {
        _S.REPORTED: 2,  # the village looks whether it is true
        _S.VERIFIED: 5,  # the family brings the first papers
        _S.PAPERS_MISSING: 10,  # an akta kematian and an heir letter take days of offices
        _S.COMPLETE: 2,  # the village brings the papers to the branch
        _S.IN_TREATMENT: 20,  # how is the patient
        # The second report is due 48 hours on, but that article is of employers: for a member
        # without one nothing seen says so (jkk_second_report_hours).
        _S.RECOVERED: 2,
        _S.DISABLED: 2,
        _S.DEAD: 2,
        _S.SECOND_REPORT: 2,  # as COMPLETE
        _S.REJECTED: 10,  # the family decides whether to object
        _S.OBJECTION: 10,  # the regency takes it to the branch
    }
)

# In working days: a family never waits longer for news, even where nothing moved.
NEWS_EVERY = 5

_REPORT_HOURS = parameter("jkk_report_hours")
_PAYMENT: Mapping[Kind, Parameter] = MappingProxyType(
    {
        Kind.JKM: parameter("jkm_payment_working_days"),
        Kind.JKK: parameter("jkk_payment_working_days"),
    }
)
_UNTIL_PAID = frozenset({_S.LODGED, _S.FIELD_CHECK, _S.APPROVED})
_FIELD_CHECK_SOURCE = "n1"
_END_OF_DAY = time(23, 59, 59)


class IllegalMove(Exception):
    """A move that MOVES does not hold for this kind of claim."""

    def __init__(self, kind: Kind, state: State, to: State) -> None:
        super().__init__(f"{kind}: {state} -> {to}")
        self.kind = kind
        self.state = state
        self.to = to


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a state may last. `is_law`: a regulation or BPJS's own form says so, else we do.

    `sources` are keys of rules/sources.yaml, none for a limit of ours.
    """

    count: int
    unit: Literal["working_days", "hours"]
    is_law: bool
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """The last moment of a limit. `estimated`: a holiday on the way may yet move."""

    at: datetime
    is_law: bool
    sources: tuple[str, ...]
    estimated: bool


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


def limit(kind: Kind, state: State, on: date) -> Limit | None:
    """How long a state may last by what holds on a day: of the accident, or of complete papers.

    None for a state that is over, and where the parameter has no value on the day. Raises
    ValueError for a state that this kind of claim does not have.
    """
    _check(kind, state)
    if state is State.NOTIFIED:
        return _by_parameter(_REPORT_HOURS, "hours", on)
    if state in _UNTIL_PAID:
        return _payment(kind, state, on)
    if state in OURS:
        return Limit(OURS[state], "working_days", False, ())
    return None


def due(kind: Kind, state: State, since: datetime, complete_on: date | None) -> Due | None:
    """By when the next step is due; None as in `limit`, which also says what it raises.

    `since` is when the state began, for NOTIFIED the accident itself, aware and local to the
    village; the answer is in its time zone. The days of the payment run from `complete_on`; if
    that is not known they run from `since`, and the answer is no longer called law.
    """
    is_payment = state in _UNTIL_PAID
    start = complete_on if is_payment and complete_on else since.date()
    found = limit(kind, state, start)
    if found is None:
        return None
    is_law = found.is_law and not (is_payment and complete_on is None)
    if found.unit == "hours":
        return Due(since + timedelta(hours=found.count), is_law, found.sources, False)
    end = working_days.after(start, found.count)
    at = datetime.combine(end, _END_OF_DAY, since.tzinfo)
    return Due(at, is_law, found.sources, working_days.is_estimated(start, end))


def days(start: date, today: date) -> int:
    """The n of "day n of m": the working days that passed since a state began, today included."""
    return working_days.between(start, today)


def escalates_to(turn: Turn, times_late: int) -> tuple[str, ...]:
    """The offices to be told that a limit has passed, for the first or a later time in one state.

    The first time the village, which can still help at once, and the regency, which then knows;
    from the second time on the regency and the operator, since the village did not move it. The
    family is always told besides. Nobody is told of a claim that is over or not late.
    """
    if turn is Turn.NOBODY or times_late < 1:
        return ()
    return ("village", "regency") if times_late == 1 else ("regency", "operator")


def _check(kind: Kind, state: State) -> None:
    if state not in _BUTTONS[kind]:
        raise ValueError(f"{kind} has no state {state}")


def _by_parameter(row: Parameter, unit: Literal["working_days", "hours"], on: date) -> Limit | None:
    if not row.in_force(on):
        return None
    return Limit(row.whole(on), unit, True, row.sources(on))


def _payment(kind: Kind, state: State, on: date) -> Limit | None:
    found = _by_parameter(_PAYMENT[kind], "working_days", on)
    if found is None or state is not State.FIELD_CHECK:
        return found
    # BPJS may look in the field before it decides; no article says that its days run on meanwhile.
    return Limit(found.count, found.unit, False, (*found.sources, _FIELD_CHECK_SOURCE))
