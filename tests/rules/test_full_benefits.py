"""From when a death is paid in full, and from when there is a scholarship: the edges."""

from datetime import date, timedelta

import pytest

from rules.coverage import cover, full_jkm, full_scholarship
from tests.rules.ledgers import ledger, paid


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "exactly"),
    [
        ("2026-01-01", "2026-04-01"),
        ("2026-01-15", "2026-04-15"),
        ("2025-11-30", "2026-02-28"),
        ("2027-11-30", "2028-02-29"),
        ("2026-01-31", "2026-04-30"),
        ("2027-11-29", "2028-02-29"),
    ],
)
def test_three_months_of_membership_are_full_on_the_very_day(start: str, exactly: str) -> None:
    """Permenaker 1/2025, as Kemnaker says it on 26 April 2025."""
    begun = day(start)
    months = [f"{year}-{month:02}" for year in (2025, 2026, 2027, 2028) for month in range(1, 13)]
    one = ledger(start, paid(*months[months.index(start[:7]) :], received=start))
    end = day(exactly)
    assert cover(one, end).since == begun
    assert [full_jkm(one, end - timedelta(days=1)), full_jkm(one, end)] == [False, True]


def test_three_months_of_contributions_are_asked_too() -> None:
    three = ledger("2026-01-01", paid("2026-01", "2026-02", "2026-05"))
    two = ledger("2026-01-01", paid("2026-01", "2026-04"))
    assert full_jkm(three, day("2026-05-01")) is True
    assert full_jkm(two, day("2026-04-30")) is False


@pytest.mark.parametrize(
    ("death", "full"),
    [
        ("2024-12-31", True),
        ("2025-02-23", True),
        ("2025-02-24", False),
        ("2025-03-31", False),
    ],
)
def test_before_permenaker_1_2025_one_day_was_enough(death: str, full: bool) -> None:
    """BPJS Palu, July 2025; so paid in Pandeglang in 2023."""
    one = ledger(death, paid(death[:7], received=death))
    assert full_jkm(one, day(death)) is full


def test_who_is_not_covered_is_not_paid_in_full() -> None:
    one = ledger("2026-01-01", paid("2026-01", "2026-02", "2026-03"))
    for text in ("2025-12-31", "2026-04-01", "2026-07-01"):
        assert full_jkm(one, day(text)) is False
        assert full_scholarship(one, day(text)) is False


def test_a_death_on_a_day_paid_for_only_afterwards_is_a_question_for_the_branch() -> None:
    late = paid("2026-04", received="2026-04-20")
    one = ledger("2026-01-01", paid("2026-01", "2026-02", "2026-03"), late)
    assert full_jkm(one, day("2026-04-10")) is None
    assert full_scholarship(one, day("2026-04-10")) is None
    assert full_jkm(one, day("2026-04-20")) is True


def test_whether_a_spell_before_counts_is_a_question_for_the_branch() -> None:
    before = paid("2025-10", "2025-11")
    one = ledger("2025-10-01", before, paid("2026-05", "2026-06", "2026-07", "2026-08"))
    assert full_jkm(one, day("2026-05-01")) is None
    assert full_jkm(one, day("2026-07-31")) is None
    assert full_jkm(one, day("2026-08-01")) is True


def test_a_spell_before_that_is_too_short_changes_nothing() -> None:
    one = ledger("2025-10-01", paid("2025-10"), paid("2026-05", "2026-06"))
    assert full_jkm(one, day("2026-05-31")) is False
    assert full_jkm(one, day("2026-06-01")) is None


def test_whether_months_paid_after_the_death_count_is_a_question_for_the_branch() -> None:
    after = paid("2026-02", "2026-03", received="2026-04-20")
    one = ledger("2026-01-01", paid("2026-01", "2026-04"), after)
    assert full_jkm(one, day("2026-04-01")) is None
    assert full_jkm(one, day("2026-04-10")) is None
    assert full_jkm(one, day("2026-04-20")) is True


def test_months_paid_late_never_make_up_for_a_membership_that_is_too_short() -> None:
    after = paid("2026-02", received="2026-03-20")
    one = ledger("2026-01-10", paid("2026-01", received="2026-01-10"), paid("2026-03"), after)
    assert full_jkm(one, day("2026-03-10")) is False


def long_ledger(months: int, skipped: int | None = None) -> list[str]:
    named = [f"{2023 + number // 12}-{number % 12 + 1:02}" for number in range(months)]
    return [month for number, month in enumerate(named) if number != skipped]


def test_the_scholarship_takes_three_years_of_contributions() -> None:
    """PP 82/2019, as detik quotes it on 14 January 2020."""
    one = ledger("2023-01-31", paid(*long_ledger(40), received="2023-01-31"))
    assert [full_scholarship(one, day(text)) for text in ("2025-11-30", "2025-12-01")] == [
        False,
        True,
    ]


def test_the_scholarship_counts_contributions_and_not_the_time_of_membership() -> None:
    one = ledger("2023-01-01", paid(*long_ledger(37, skipped=20), received="2023-01-01"))
    assert full_scholarship(one, day("2025-12-31")) is False
    assert full_scholarship(one, day("2026-01-01")) is True


def test_whether_the_scholarship_counts_a_spell_before_is_a_question_for_the_branch() -> None:
    before = paid(*long_ledger(35), received="2023-01-01")
    one = ledger("2023-01-01", before, paid("2026-05"))
    assert full_scholarship(one, day("2026-05-10")) is None
    assert full_jkm(one, day("2026-05-10")) is None
