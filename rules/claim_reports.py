"""What the branch of BPJS reports of a claim, and the steps that such a report implies."""

from collections import deque

from rules.claims import FINAL, MOVES, Kind, State

# What the branch says of a claim, in its own order.
REPORTED = (
    State.LODGED,
    State.FIELD_CHECK,
    State.PAPERS_MISSING,
    State.APPROVED,
    State.PAID,
    State.REJECTED,
)
NEEDS_REASON = frozenset({State.PAPERS_MISSING, State.REJECTED})

# Steps that must have been taken if a later one is reported. Of all others the branch knows
# nothing: that a death is verified, how an accident ended, that a family objects.
IMPLIED = frozenset({State.COMPLETE, State.SECOND_REPORT, State.LODGED, State.APPROVED})


def meant(kind: Kind, reported: State) -> State | None:
    """The state that a report means for a kind of claim; None where that kind has none.

    A claim for JKK goes back to its second report when papers are missing.
    """
    if kind is Kind.JKK and reported is State.PAPERS_MISSING:
        return State.SECOND_REPORT
    return reported if reported in MOVES[kind] else None


def steps(kind: Kind, state: State, reported: State) -> tuple[State, ...]:
    """The shortest allowed way from a state to what is reported; empty where there is none."""
    to = meant(kind, reported)
    if to is None:
        return ()
    if to is not State.SECOND_REPORT:
        return _shortest(kind, state, to)
    # Papers that the branch finds missing were lodged there.
    if state is State.LODGED:
        return (to,)
    lodged = _shortest(kind, state, State.LODGED)
    return (*lodged, to) if lodged else ()


def is_step(kind: Kind, reported: State, was: State | str, to: State) -> bool:
    """Whether a step on record, from `was`, is the one that a report means."""
    if kind is Kind.JKK and reported is State.PAPERS_MISSING:
        return (was, to) == (State.LODGED, State.SECOND_REPORT)
    return to is reported


def no_way(state: State) -> str:
    """Why nothing reported leads on from a state, as the end of a message key."""
    if state in FINAL:
        return "over"
    if state in (State.REPORTED, State.NOTIFIED, State.IN_TREATMENT, State.REJECTED):
        return str(state)
    return "other"


def _shortest(kind: Kind, state: State, to: State) -> tuple[State, ...]:
    moves = MOVES[kind]
    ways: deque[tuple[State, ...]] = deque((one,) for one in sorted(moves.get(state, ())))
    seen: set[State] = set()
    while ways:
        way = ways.popleft()
        if way[-1] is to:
            return way
        if way[-1] in IMPLIED and way[-1] not in seen:
            seen.add(way[-1])
            ways.extend((*way, one) for one in sorted(moves[way[-1]]))
    return ()
