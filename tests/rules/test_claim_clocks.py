"""By when a claim must go on: examples counted by hand on the calendar."""

from datetime import date, datetime
from itertools import product

import pytest

from rules.claim_clock import OURS, Due, Limit, due, limit
from rules.claims import FINAL, MOVES, Kind, State

JKM_PAYMENT = ("o12", "o4")
TODAY = date(2026, 11, 20)
OWN = {
    "reported": 2,
    "verified": 5,
    "papers_missing": 10,
    "complete": 2,
    "in_treatment": 20,
    "recovered": 2,
    "disabled": 2,
    "dead": 2,
    "second_report": 2,
    "rejected": 10,
    "objection": 10,
}
BY_LAW = {
    ("jkk", "notified"): Limit(48, "hours", True, ("r5", "o19")),
    ("jkm", "lodged"): Limit(3, "working_days", True, JKM_PAYMENT),
    ("jkm", "field_check"): Limit(3, "working_days", False, (*JKM_PAYMENT, "n1")),
    ("jkm", "approved"): Limit(3, "working_days", True, JKM_PAYMENT),
    ("jkk", "lodged"): Limit(7, "working_days", True, ("r2",)),
    ("jkk", "approved"): Limit(7, "working_days", True, ("r2",)),
}


@pytest.mark.parametrize(("kind", "state"), [(kind, s) for kind in Kind for s in MOVES[kind]])
def test_every_state_that_is_not_over_has_a_limit(kind: Kind, state: State) -> None:
    found = limit(kind, state, TODAY)
    if state in FINAL:
        assert found is None
    elif state in OWN:
        assert found == Limit(OWN[state], "working_days", False, ())
    else:
        assert found == BY_LAW[(kind, state)]


def test_the_limits_of_our_own_are_no_others() -> None:
    assert OURS == OWN


@pytest.mark.parametrize(("kind", "state"), list(product(Kind, State)))
def test_a_state_of_the_other_kind_has_no_limit_but_an_error(kind: Kind, state: State) -> None:
    if state in MOVES[kind]:
        return
    with pytest.raises(ValueError, match=f"^{kind} has no state {state}$"):
        limit(kind, state, TODAY)
    with pytest.raises(ValueError, match=f"^{kind} has no state {state}$"):
        due(kind, state, at("2026-11-20T08:00:00+08:00"), None)


@pytest.mark.parametrize(
    ("kind", "state", "first"),
    [
        ("jkk", "notified", date(2025, 2, 24)),
        ("jkm", "lodged", date(2020, 1, 1)),
        ("jkm", "field_check", date(2020, 1, 1)),
        ("jkk", "approved", date(2020, 1, 1)),
    ],
)
def test_before_a_rule_was_in_force_it_sets_no_limit(kind: str, state: str, first: date) -> None:
    eve = date.fromordinal(first.toordinal() - 1)
    assert limit(Kind(kind), State(state), first) is not None
    assert limit(Kind(kind), State(state), eve) is None
    since = datetime.combine(eve, datetime.min.time(), at("2026-01-01T00:00:00+07:00").tzinfo)
    assert due(Kind(kind), State(state), since, eve) is None


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def by(
    kind: str, state: str, since: str, complete_on: str | None = None
) -> tuple[str, bool, tuple[str, ...], bool]:
    """When it is due, written out, with the rest of the answer."""
    complete = date.fromisoformat(complete_on) if complete_on else None
    found = due(Kind(kind), State(state), at(since), complete)
    assert isinstance(found, Due)
    return found.at.isoformat(), found.is_law, found.sources, found.estimated


def test_the_first_report_is_due_48_hours_after_the_accident_over_lebaran_too() -> None:
    expected = ("2026-03-22T15:30:05+08:00", True, ("r5", "o19"), False)
    assert by("jkk", "notified", "2026-03-20T15:30:05+08:00") == expected
    assert by("jkk", "notified", "2026-03-20T15:30:05+08:00", "2026-03-27") == expected


def test_hours_are_never_estimated() -> None:
    late = by("jkk", "notified", "2028-02-26T10:00:00+07:00")
    assert late == ("2028-02-28T10:00:00+07:00", True, ("r5", "o19"), False)


@pytest.mark.parametrize(
    ("complete_on", "jkm", "jkk"),
    [
        ("2026-11-16", "2026-11-19", "2026-11-25"),  # a plain Monday
        ("2026-11-20", "2026-11-25", "2026-12-01"),  # over weekends
        ("2026-03-16", "2026-03-26", "2026-04-01"),  # over Nyepi and Lebaran 2026
        ("2025-03-27", "2025-04-10", "2025-04-16"),  # over Lebaran 2025
        ("2025-08-14", "2025-08-20", "2025-08-26"),  # 17 Agustus a Sunday, with a joint Monday
        ("2025-12-23", "2025-12-30", "2026-01-06"),  # over Christmas and the year
    ],
)
def test_payment_is_due_in_working_days_after_the_papers_were_complete(
    complete_on: str, jkm: str, jkk: str
) -> None:
    later = "2026-05-04T09:00:00+08:00"
    for state in ("lodged", "approved"):
        first = by("jkm", state, later, complete_on)
        assert first == (f"{jkm}T23:59:59+08:00", True, JKM_PAYMENT, False)
        second = by("jkk", state, later, complete_on)
        assert second == (f"{jkk}T23:59:59+08:00", True, ("r2",), False)


def test_a_check_in_the_field_has_the_same_days_but_no_law_says_so() -> None:
    found = by("jkm", "field_check", "2026-11-18T09:00:00+08:00", "2026-11-16")
    assert found == ("2026-11-19T23:59:59+08:00", False, (*JKM_PAYMENT, "n1"), False)


def test_without_the_day_of_complete_papers_the_days_run_from_the_state_and_are_not_law() -> None:
    found = by("jkm", "lodged", "2026-11-16T23:00:00+09:00")
    assert found == ("2026-11-19T23:59:59+09:00", False, JKM_PAYMENT, False)


@pytest.mark.parametrize(
    ("kind", "state", "since", "expected"),
    [
        ("jkm", "reported", "2026-11-20T23:59:00+07:00", "2026-11-24"),
        ("jkm", "verified", "2026-11-21T00:00:00+07:00", "2026-11-27"),
        ("jkm", "papers_missing", "2026-11-16T08:00:00+07:00", "2026-11-30"),
        ("jkm", "complete", "2026-03-16T08:00:00+07:00", "2026-03-25"),
        ("jkk", "in_treatment", "2026-02-13T08:00:00+07:00", "2026-03-17"),
        ("jkk", "second_report", "2026-11-16T08:00:00+07:00", "2026-11-18"),
        ("jkk", "objection", "2026-11-16T08:00:00+07:00", "2026-11-30"),
    ],
)
def test_a_limit_of_our_own_ends_with_its_working_day_and_never_counts_as_law(
    kind: str, state: str, since: str, expected: str
) -> None:
    found = (f"{expected}T23:59:59+07:00", False, (), False)
    assert by(kind, state, since) == by(kind, state, since, "2026-01-05") == found


def test_a_limit_over_an_estimated_lebaran_says_so() -> None:
    over = by("jkm", "lodged", "2027-03-05T08:00:00+07:00", "2027-03-05")
    assert over == ("2027-03-18T23:59:59+07:00", True, JKM_PAYMENT, True)
    until = by("jkm", "reported", "2027-03-01T08:00:00+07:00")
    assert until == ("2027-03-03T23:59:59+07:00", False, (), False)


def test_a_state_that_is_over_is_due_never() -> None:
    for kind, state in product(Kind, FINAL):
        assert due(kind, state, at("2026-11-16T08:00:00+07:00"), TODAY) is None
