"""The moves of a claim, all pairs of states; whose turn each state is, and who is told."""

from datetime import date
from itertools import product

import pytest

from rules.claim_clock import NEWS_EVERY, days, escalates_to
from rules.claims import (
    CAUSES,
    FINAL,
    MOVES,
    OPEN_STATES,
    START,
    WORK_CAUSES,
    IllegalMove,
    Kind,
    State,
    Turn,
    move,
    moves,
    turn,
    verified,
)

# As the plan of the house lists them; each row in the order of its buttons.
ALLOWED = {
    "jkm": {
        "reported": "verified withdrawn false_report",
        "verified": "papers_missing complete",
        "papers_missing": "complete",
        "complete": "lodged papers_missing",
        "lodged": "approved field_check papers_missing rejected",
        "field_check": "approved papers_missing rejected",
        "approved": "paid",
        "rejected": "objection closed",
        "objection": "lodged closed",
        "paid": "",
        "closed": "",
        "withdrawn": "",
        "false_report": "",
    },
    "jkk": {
        "notified": "in_treatment recovered disabled dead withdrawn false_report",
        "in_treatment": "recovered disabled dead withdrawn",
        "recovered": "second_report withdrawn",
        "disabled": "second_report dead withdrawn",
        "dead": "second_report withdrawn",
        "second_report": "lodged withdrawn",
        "lodged": "approved second_report rejected",
        "approved": "paid",
        "rejected": "objection closed",
        "objection": "lodged closed",
        "paid": "",
        "closed": "",
        "withdrawn": "",
        "false_report": "",
    },
}
TURNS = {
    Turn.VILLAGE: "reported notified complete second_report",
    Turn.FAMILY: ("verified papers_missing recovered disabled dead rejected in_treatment"),
    Turn.BPJS: "lodged field_check approved",
    Turn.REGENCY: "objection",
    Turn.NOBODY: "paid closed withdrawn false_report",
}


@pytest.mark.parametrize(("kind", "state", "to"), list(product(Kind, State, State)))
def test_a_move_of_the_table_is_made_and_every_other_raises(
    kind: Kind, state: State, to: State
) -> None:
    if to in ALLOWED[kind].get(state, "").split():
        assert move(kind, state, to) is to
        return
    with pytest.raises(IllegalMove) as caught:
        move(kind, state, to)
    assert (caught.value.kind, caught.value.state, caught.value.to) == (kind, state, to)
    assert str(caught.value) == f"{kind}: {state} -> {to}"


@pytest.mark.parametrize(("kind", "state"), list(product(Kind, State)))
def test_the_buttons_of_a_state_are_its_moves_the_usual_way_first(kind: Kind, state: State) -> None:
    assert moves(kind, state) == tuple(ALLOWED[kind].get(state, "").split())


@pytest.mark.parametrize("kind", Kind)
def test_the_table_holds_the_same_moves_as_sets(kind: Kind) -> None:
    assert set(MOVES) == set(Kind)
    assert MOVES[kind] == {state: set(to.split()) for state, to in ALLOWED[kind].items()}


# A death of a work accident begins as JKM and goes on as JKK.
@pytest.mark.parametrize("kind", Kind)
def test_every_state_of_a_kind_can_be_reached_from_its_start(kind: Kind) -> None:
    reached = fresh = {START[kind]}
    while fresh:
        fresh = {to for state in fresh for to in MOVES[kind][state]} - reached
        reached = reached | fresh
    assert reached == set(MOVES[kind])


@pytest.mark.parametrize("kind", Kind)
def test_a_claim_rests_only_where_it_is_over(kind: Kind) -> None:
    assert {state for state, to in MOVES[kind].items() if not to} == FINAL
    assert not any(state in to for state, to in MOVES[kind].items())


def test_a_claim_is_open_until_it_is_over() -> None:
    assert {"paid", "closed", "withdrawn", "false_report"} == FINAL
    assert set(State) - OPEN_STATES == FINAL
    assert not OPEN_STATES & FINAL


def test_a_death_begins_as_reported_and_an_accident_as_notified() -> None:
    assert START == {"jkm": "reported", "jkk": "notified"}


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ("illness", ("jkm", "verified")),
        ("accident", ("jkm", "verified")),
        ("work", ("jkk", "dead")),
        ("road_work", ("jkk", "dead")),
        ("sea_work", ("jkk", "dead")),
        ("unknown", ("jkm", "verified")),
    ],
)
def test_the_verified_cause_says_which_claim_it_is(cause: str, expected: tuple[str, str]) -> None:
    assert verified(cause) == expected
    assert (cause in WORK_CAUSES) is (expected[0] == "jkk")


def test_no_cause_is_left_out_and_no_other_is_taken() -> None:
    assert CAUSES == ("illness", "accident", "work", "road_work", "sea_work", "unknown")
    assert set(CAUSES) >= WORK_CAUSES
    with pytest.raises(ValueError, match=r"^not a cause of death: murder$"):
        verified("murder")


@pytest.mark.parametrize(("kind", "state"), list(product(Kind, State)))
def test_every_state_has_a_turn_and_a_foreign_one_raises(kind: Kind, state: State) -> None:
    if state in ALLOWED[kind]:
        assert state in TURNS[turn(kind, state)].split()
        return
    with pytest.raises(ValueError, match=f"^{kind} has no state {state}$"):
        turn(kind, state)


@pytest.mark.parametrize(
    ("times_late", "expected"),
    [
        (0, ()),
        (1, ("village", "regency")),
        (2, ("regency", "operator")),
        (3, ("regency", "operator")),
    ],
)
@pytest.mark.parametrize("whose", [whose for whose in Turn if whose is not Turn.NOBODY])
def test_a_late_state_goes_up_to_the_next_offices(
    whose: Turn, times_late: int, expected: tuple[str, ...]
) -> None:
    assert escalates_to(whose, times_late) == expected
    assert escalates_to(Turn.NOBODY, times_late) == ()


def test_the_day_of_a_timeline_counts_the_working_days_that_passed() -> None:
    monday = date(2026, 3, 16)
    passed = [days(monday, date(2026, 3, day)) for day in (16, 17, 18, 24, 25, 27)]
    assert passed == [0, 1, 1, 1, 2, 4]


def test_a_family_waits_five_working_days_for_news_at_most() -> None:
    assert NEWS_EVERY == 5
