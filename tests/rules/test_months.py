"""Days of the calendar counted in months."""

from datetime import date

import pytest

from rules.months import first_day, first_days, last_day, later


@pytest.mark.parametrize(
    ("on", "months", "then"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-09-15", 3, "2026-12-15"),
        ("2026-10-15", 3, "2027-01-15"),
        ("2026-10-31", 0, "2026-10-31"),
        ("2026-01-31", -2, "2025-11-30"),
    ],
)
def test_some_months_later_is_the_same_day_or_the_last_of_a_shorter_month(
    on: str, months: int, then: str
) -> None:
    assert later(date.fromisoformat(on), months) == date.fromisoformat(then)


@pytest.mark.parametrize(
    ("on", "first", "last"),
    [
        ("2026-12-01", "2026-12-01", "2026-12-31"),
        ("2028-02-29", "2028-02-01", "2028-02-29"),
        ("2027-02-10", "2027-02-01", "2027-02-28"),
        ("2026-04-30", "2026-04-01", "2026-04-30"),
    ],
)
def test_a_month_goes_from_its_first_day_to_its_last(on: str, first: str, last: str) -> None:
    day = date.fromisoformat(on)
    assert (first_day(day), last_day(day)) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        ("2026-11-20", "2027-01-01", ["2026-11-01", "2026-12-01", "2027-01-01"]),
        ("2026-11-30", "2026-11-30", ["2026-11-01"]),
        ("2026-12-01", "2026-11-30", []),
    ],
)
def test_the_months_of_two_days_and_between_are_named_by_their_first_days(
    since: str, until: str, months: list[str]
) -> None:
    found = first_days(date.fromisoformat(since), date.fromisoformat(until))
    assert [day.isoformat() for day in found] == months
