"""From when a death is surely paid in full, and a scholarship; and when the branch must say."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from rules.coverage import Ledger, NotCovered, cover, full_jkm, full_scholarship
from rules.parameters import NotInForce
from tests.rules.ledgers import day, ledger, paid

Full = Callable[[Ledger, date], bool | None]
YEARS = [f"{year}-{month:02}" for year in range(2023, 2029) for month in range(1, 13)]


def months_from(first: str, count: int) -> list[str]:
    return YEARS[YEARS.index(first) :][:count]


def each(full: Full, one: Ledger, *days: str) -> list[bool | None]:
    return [full(one, day(text)) for text in days]


@pytest.mark.parametrize(
    ("start", "exactly"),
    [
        ("2026-01-01", "2026-04-01"),
        ("2026-01-15", "2026-04-15"),
        ("2025-11-28", "2026-02-28"),
        ("2027-11-29", "2028-02-29"),
    ],
)
def test_three_months_of_membership_are_full_on_the_very_day(start: str, exactly: str) -> None:
    """Permenaker 1/2025, as Kemnaker says it on 26 April 2025."""
    one = ledger(start, paid(*months_from(start[:7], 12), received=start))
    end = day(exactly)
    assert cover(one, end).since == day(start)
    assert [full_jkm(one, end - timedelta(days=1)), full_jkm(one, end)] == [False, True]


@pytest.mark.parametrize(
    ("start", "last", "sure"),
    [
        ("2025-11-29", "2026-02-28", "2026-03-01"),
        ("2025-11-30", "2026-02-28", "2026-03-01"),
        ("2027-11-30", "2028-02-29", "2028-03-01"),
        ("2026-01-31", "2026-04-30", "2026-05-01"),
    ],
)
def test_where_the_month_has_no_such_day_its_last_day_is_a_question_for_the_branch(
    start: str, last: str, sure: str
) -> None:
    one = ledger(start, paid(*months_from(start[:7], 12), received=start))
    before = day(last) - timedelta(days=1)
    found = [full_jkm(one, before), full_jkm(one, day(last)), full_jkm(one, day(sure))]
    assert found == [False, None, True]


def test_three_months_paid_ahead_count_from_the_acceptance_only_for_the_branch() -> None:
    """Accepted on 20 November, paid for from January on: as long as a member, or not?"""
    one = ledger("2025-11-20", paid(*months_from("2026-01", 4), received="2025-11-20"))
    days = ("2026-01-01", "2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01")
    assert each(full_jkm, one, *days) == [False, False, None, None, True]


def test_the_acceptance_counts_to_the_day() -> None:
    one = ledger("2025-12-20", paid(*months_from("2026-01", 4), received="2025-12-20"))
    assert each(full_jkm, one, "2026-03-19", "2026-03-20") == [False, None]


def test_a_programme_of_three_months_is_over_before_the_benefit_is_full() -> None:
    one = ledger("2026-01-05", paid(*months_from("2026-01", 3), received="2026-01-05"))
    assert each(full_jkm, one, "2026-03-31") == [False]
    with pytest.raises(NotCovered):
        full_jkm(one, day("2026-04-05"))


def test_three_months_of_contributions_are_asked_too() -> None:
    two = ledger("2026-01-01", paid("2026-01", "2026-04"))
    assert full_jkm(two, day("2026-04-30")) is False


def test_months_before_a_gap_are_a_question_for_the_branch() -> None:
    """January and February paid, March to May never, June paid on 30 May."""
    again = paid(*months_from("2026-06", 4), received="2026-05-30")
    one = ledger("2026-01-01", paid("2026-01", "2026-02"), again)
    assert each(full_jkm, one, "2026-06-01", "2026-07-31") == [None, None]
    assert each(full_jkm, one, "2026-08-01", "2026-09-30") == [True, True]


def test_months_paid_late_are_a_question_for_the_branch() -> None:
    """November paid; December to February all paid on 20 February."""
    late = paid("2025-12", "2026-01", "2026-02", received="2026-02-20")
    after = paid("2026-03", "2026-04")
    one = ledger("2025-11-01", paid("2025-11"), late, after)
    days = ("2026-02-20", "2026-02-28", "2026-03-31", "2026-04-01")
    assert each(full_jkm, one, *days) == [None, None, None, True]


@pytest.mark.parametrize(("received", "full"), [("2026-03-31", True), ("2026-04-01", None)])
def test_a_month_paid_on_its_last_day_is_paid_in_time(received: str, full: bool | None) -> None:
    march = paid("2026-03", received=received)
    one = ledger("2026-01-01", paid("2026-01", "2026-02", "2026-04", "2026-05"), march)
    assert each(full_jkm, one, "2026-04-01", "2026-05-31") == [full, full]


@pytest.mark.parametrize("death", ["2024-12-31", "2025-02-23"])
def test_before_permenaker_1_2025_one_day_was_enough(death: str) -> None:
    """BPJS Palu, July 2025; so paid in Pandeglang in 2023."""
    one = ledger(death, paid(death[:7], received=death))
    assert full_jkm(one, day(death)) is True


@pytest.mark.parametrize("death", ["2025-02-24", "2025-02-28"])
def test_in_the_days_after_the_promulgation_of_permenaker_1_2025_no_rule_is_named(
    death: str,
) -> None:
    """Promulgated on 24 February 2025; its day in force is in no source seen."""
    one = ledger("2024-06-01", paid(*months_from("2024-06", 12)))
    with pytest.raises(NotInForce):
        full_jkm(one, day(death))


def test_from_march_2025_three_months_are_asked() -> None:
    new = ledger("2025-02-24", paid("2025-02", "2025-03", received="2025-02-24"))
    assert each(full_jkm, new, "2025-03-01", "2025-03-31") == [False, False]
    old = ledger("2024-06-01", paid(*months_from("2024-06", 12)))
    assert full_jkm(old, day("2025-03-01")) is True


@pytest.mark.parametrize("full", [full_jkm, full_scholarship])
@pytest.mark.parametrize(
    ("text", "state"),
    [("2025-12-31", "not_yet"), ("2026-04-01", "unpaid"), ("2026-07-01", "ended")],
)
def test_on_a_day_without_cover_nothing_is_full_and_nothing_is_less(
    full: Full, text: str, state: str
) -> None:
    one = ledger("2026-01-01", paid("2026-01", "2026-02", "2026-03"))
    with pytest.raises(NotCovered) as caught:
        full(one, day(text))
    assert (caught.value.state, caught.value.on) == (state, day(text))
    assert str(caught.value) == f"{state} on {text}"


def test_a_death_on_a_day_paid_for_only_afterwards_is_a_question_for_the_branch() -> None:
    late = paid("2026-04", received="2026-04-20")
    one = ledger("2026-01-01", paid("2026-01", "2026-02", "2026-03"), late)
    assert full_jkm(one, day("2026-04-10")) is None
    assert full_scholarship(one, day("2026-04-10")) is None
    assert full_jkm(one, day("2026-04-20")) is True


def test_whether_a_spell_before_counts_is_a_question_for_the_branch() -> None:
    before = paid("2025-10", "2025-11")
    one = ledger("2025-10-01", before, paid("2026-05", "2026-06", "2026-07", "2026-08"))
    assert each(full_jkm, one, "2026-05-01", "2026-07-31") == [None, None]
    assert full_jkm(one, day("2026-08-01")) is True


def test_a_spell_before_that_is_too_short_changes_nothing() -> None:
    one = ledger("2025-10-01", paid("2025-10"), paid("2026-05", "2026-06"))
    assert each(full_jkm, one, "2026-05-31", "2026-06-01") == [False, None]


def test_whether_months_paid_after_the_death_count_is_a_question_for_the_branch() -> None:
    after = paid("2026-02", "2026-03", received="2026-04-20")
    one = ledger("2026-01-01", paid("2026-01", "2026-04"), after)
    assert each(full_jkm, one, "2026-04-01", "2026-04-20") == [None, None]


def test_whether_months_that_came_too_late_count_is_a_question_for_the_branch() -> None:
    """Perdir 22/2022 has a procedure for government money that was delayed."""
    too_late = paid("2026-02", "2026-03", received="2026-05-20")
    one = ledger("2026-01-01", paid("2026-01"), too_late, paid("2026-05", received="2026-05-20"))
    assert cover(one, day("2026-05-20")).earlier_months == 1
    assert full_jkm(one, day("2026-05-20")) is None


def test_months_before_the_acceptance_count_for_nobody() -> None:
    one = ledger("2026-03-01", paid(*months_from("2025-11", 8), received="2025-11-01"))
    assert each(full_jkm, one, "2026-05-31", "2026-06-01") == [False, True]


def test_months_paid_late_never_make_up_for_a_membership_that_is_too_short() -> None:
    after = paid("2026-02", received="2026-03-20")
    one = ledger("2026-01-10", paid("2026-01", received="2026-01-10"), paid("2026-03"), after)
    assert full_jkm(one, day("2026-03-10")) is False


def test_the_scholarship_takes_three_years_of_contributions_and_of_membership() -> None:
    """PP 82/2019, as detik quotes it on 14 January 2020."""
    one = ledger("2023-01-15", paid(*months_from("2023-01", 40), received="2023-01-15"))
    days = ("2025-12-31", "2026-01-14", "2026-01-15", "2026-04-30")
    assert each(full_scholarship, one, *days) == [False, False, True, True]


def test_one_month_late_in_three_years_leaves_the_scholarship_to_the_branch() -> None:
    late = paid("2024-06", received="2024-07-01")
    months = [month for month in months_from("2023-01", 60) if month != "2024-06"]
    one = ledger("2023-01-01", paid(*months, received="2023-01-01"), late)
    days = ("2025-12-31", "2026-01-01", "2027-05-31", "2027-06-01")
    assert each(full_scholarship, one, *days) == [False, None, None, True]


def test_whether_the_scholarship_counts_a_spell_before_is_a_question_for_the_branch() -> None:
    before = paid(*months_from("2023-01", 35), received="2023-01-01")
    one = ledger("2023-01-01", before, paid("2026-05"))
    assert full_scholarship(one, day("2026-05-10")) is None
    assert full_jkm(one, day("2026-05-10")) is None
