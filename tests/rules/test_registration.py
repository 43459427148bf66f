"""The moves of a registration, all pairs of states."""

from datetime import date, datetime, timedelta
from itertools import product

import pytest

from rules.registration import (
    MOVES,
    OPEN_STATES,
    SEATED_STATES,
    UNDO,
    IllegalMove,
    State,
    may_undo,
    move,
    waits_long,
)
from rules.working_days import between, is_working_day

# As the plan of the house lists them.
ALLOWED = {
    "pending": "confirmed returned rejected waiting withdrawn expired",
    "returned": "pending withdrawn expired",
    "waiting": "pending offered withdrawn expired",
    "offered": "pending waiting withdrawn",
    "rejected": "pending",
    "confirmed": "pending submitted withdrawn",
    "submitted": "active refused",
    "refused": "pending",
    "active": "lapsed ended",
    "lapsed": "active ended",
    "withdrawn": "",
    "expired": "",
    "ended": "",
}


@pytest.mark.parametrize(("state", "to"), list(product(State, State)))
def test_a_move_of_the_table_is_made_and_every_other_raises(state: State, to: State) -> None:
    if to in ALLOWED[state].split():
        assert move(state, to) is to
        return
    with pytest.raises(IllegalMove) as caught:
        move(state, to)
    assert (caught.value.state, caught.value.to) == (state, to)
    assert str(caught.value) == f"{state} -> {to}"


def test_the_table_has_a_row_for_every_state() -> None:
    assert set(MOVES) == set(State) == set(ALLOWED)


def test_every_state_can_be_reached_from_pending() -> None:
    reached, fresh = {State.PENDING}, {State.PENDING}
    while fresh:
        fresh = {to for state in fresh for to in MOVES[state]} - reached
        reached |= fresh
    assert reached == set(State)


def test_nothing_moves_to_where_it_stands() -> None:
    assert not any(state in targets for state, targets in MOVES.items())


def test_a_registration_that_stands_is_neither_rejected_nor_over() -> None:
    assert set(State) - OPEN_STATES == {"rejected", "withdrawn", "expired", "ended"}


def test_a_seat_is_held_from_confirmation_until_the_end_of_cover() -> None:
    assert {"confirmed", "submitted", "active", "lapsed"} == SEATED_STATES
    assert SEATED_STATES <= OPEN_STATES


def test_a_seat_is_only_ever_taken_by_confirming() -> None:
    entries = {
        (state, to)
        for state, targets in MOVES.items()
        for to in targets
        if to in SEATED_STATES and state not in SEATED_STATES
    }
    assert entries == {(State.PENDING, State.CONFIRMED)}


@pytest.mark.parametrize(
    ("later", "allowed"),
    [
        (timedelta(0), True),
        (UNDO, True),
        (UNDO + timedelta(microseconds=1), False),
        (timedelta(days=1), False),
    ],
)
def test_a_decision_can_be_taken_back_for_ten_minutes(later: timedelta, allowed: bool) -> None:
    decided = datetime.fromisoformat("2026-11-20T08:00:00+08:00")
    assert timedelta(minutes=10) == UNDO
    assert may_undo(decided, decided + later) is allowed


@pytest.mark.parametrize("number", range(400))
def test_on_a_working_day_those_wait_long_who_came_two_working_days_ago(number: int) -> None:
    today = date(2026, 1, 1) + timedelta(days=number)
    before = waits_long(today)
    if not is_working_day(today):
        assert before is None
        return
    assert before is not None
    assert between(before - timedelta(days=1), today) == 2
    assert between(before, today) == 1


def test_who_came_on_friday_waits_long_on_tuesday() -> None:
    assert waits_long(date(2026, 11, 23)) == date(2026, 11, 20)
    assert waits_long(date(2026, 11, 24)) == date(2026, 11, 23)
