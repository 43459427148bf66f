"""Working days, by the calendars of 2025 and 2026 and against a walk from day to day."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.working_days import after, before, between, is_estimated, is_working_day

DAY = timedelta(days=1)
REPEATABLE = settings(derandomize=True, deadline=None, database=None, max_examples=200)

# Days off that fall on a Monday to Friday, as the ministers' joint decrees list them.
OFF = {
    2025: (
        "01-01 01-27 01-28 01-29 03-28 03-31 04-01 04-02 04-03 04-04 04-07 04-18 05-01 05-12"
        " 05-13 05-29 05-30 06-06 06-09 06-27 08-18 09-05 12-25 12-26"
    ),
    2026: (
        "01-01 01-16 02-16 02-17 03-18 03-19 03-20 03-23 03-24 04-03 05-01 05-14 05-15 05-27"
        " 05-28 06-01 06-16 08-17 08-25 12-24 12-25"
    ),
}


@pytest.mark.parametrize("year", OFF)
def test_a_year_works_on_its_weekdays_but_those_that_the_decree_takes_out(year: int) -> None:
    days = [date(year, 1, 1) + n * DAY for n in range(365)]
    off = {f"{day:%m-%d}" for day in days if day.weekday() < 5 and not is_working_day(day)}
    assert off == set(OFF[year].split())
    assert not any(is_working_day(day) for day in days if day.weekday() >= 5)


@pytest.mark.parametrize(
    ("day", "days", "expected"),
    [
        ("2026-11-16", 1, "2026-11-17"),  # Monday
        ("2026-11-16", 3, "2026-11-19"),
        ("2026-11-20", 1, "2026-11-23"),  # Friday
        ("2026-11-21", 1, "2026-11-23"),  # Saturday
        ("2026-08-14", 1, "2026-08-18"),  # Independence Day is a Monday
        ("2026-03-17", 1, "2026-03-25"),  # Nyepi, Lebaran and the joint days between
        ("2026-03-17", 3, "2026-03-27"),
        ("2025-03-27", 3, "2025-04-10"),  # Lebaran 2025
        ("2025-12-24", 2, "2025-12-30"),
        ("2026-12-31", 1, "2027-01-04"),
    ],
)
def test_working_days_are_counted_on_from_a_day(day: str, days: int, expected: str) -> None:
    assert after(date.fromisoformat(day), days) == date.fromisoformat(expected)


@pytest.mark.parametrize("days", [0, -1])
def test_less_than_one_day_on_is_no_question(days: int) -> None:
    with pytest.raises(ValueError, match=f"^not a number of working days: {days}$"):
        after(date(2026, 1, 5), days)
    with pytest.raises(ValueError, match=f"^not a number of working days: {days}$"):
        before(date(2026, 1, 5), days)


@pytest.mark.parametrize(
    ("day", "days", "expected"),
    [
        ("2026-11-20", 1, "2026-11-19"),  # Friday
        ("2026-11-23", 1, "2026-11-20"),  # Monday
        ("2026-11-22", 1, "2026-11-20"),  # Sunday
        ("2026-11-23", 6, "2026-11-13"),
        ("2026-08-18", 1, "2026-08-14"),  # Independence Day is a Monday
        ("2026-03-25", 1, "2026-03-17"),  # Nyepi, Lebaran and the joint days between
        ("2027-01-01", 1, "2026-12-31"),
    ],
)
def test_working_days_are_counted_back_from_a_day(day: str, days: int, expected: str) -> None:
    assert before(date.fromisoformat(day), days) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-16", "2026-11-16", 0),
        ("2026-11-16", "2026-11-17", 1),
        ("2026-11-15", "2026-11-16", 1),
        ("2026-11-20", "2026-11-22", 0),
        ("2026-11-13", "2026-11-20", 5),
        ("2026-03-17", "2026-03-24", 0),
        ("2026-03-17", "2026-03-27", 3),
        ("2026-11-17", "2026-11-16", 0),
        ("2026-11-17", "2025-11-16", 0),
    ],
)
def test_working_days_after_a_day_up_to_another(start: str, end: str, expected: int) -> None:
    assert between(date.fromisoformat(start), date.fromisoformat(end)) == expected


def walked(start: date, end: date) -> int:
    passed, day = 0, start
    while day < end:
        day += DAY
        passed += 1 if is_working_day(day) else 0
    return passed


@REPEATABLE
@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.integers(1, 40))
def test_counting_on_and_counting_back_agree_with_a_walk(start: date, days: int) -> None:
    end = after(start, days)
    assert is_working_day(end)
    assert end > start
    assert walked(start, end) == between(start, end) == days
    assert walked(start, end - DAY) == between(start, end - DAY) == days - 1


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2025-01-01", "2026-12-31", False),
        ("2027-01-01", "2027-03-09", False),
        ("2027-03-09", "2027-03-10", True),  # Lebaran 2027
        ("2027-03-11", "2027-03-11", True),
        ("2027-03-12", "2027-03-15", False),
        ("2026-12-28", "2027-05-17", True),
        ("2028-06-05", "2028-06-05", True),  # the decree of the year is not known
        ("2027-12-31", "2028-01-03", True),
        ("2027-05-18", "2027-12-31", False),
    ],
)
def test_a_count_over_estimated_days_or_an_undecreed_year_is_marked(
    start: str, end: str, expected: bool
) -> None:
    assert is_estimated(date.fromisoformat(start), date.fromisoformat(end)) is expected
