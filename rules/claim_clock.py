"""The clock of a claim: how long a state may last, by when the next step is due, who is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Literal

from rules import working_days
from rules.claims import Kind, State, Turn, turn
from rules.parameters import Parameter, parameter

_S = State

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


def limit(kind: Kind, state: State, on: date) -> Limit | None:
    """How long a state may last by what holds on a day: of the accident, or of complete papers.

    None for a state that is over, and where the parameter has no value on the day. Raises
    ValueError for a state that this kind of claim does not have.
    """
    turn(kind, state)  # raises for a state of the other kind
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


def escalates_to(whose: Turn, times_late: int) -> tuple[str, ...]:
    """The offices to be told that a limit has passed, for the first or a later time in one state.

    The first time the village, which can still help at once, and the regency, which then knows;
    from the second time on the regency and the operator, since the village did not move it. The
    family is always told besides. Nobody is told of a claim that is over or not late.
    """
    if whose is Turn.NOBODY or times_late < 1:
        return ()
    return ("village", "regency") if times_late == 1 else ("regency", "operator")


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
