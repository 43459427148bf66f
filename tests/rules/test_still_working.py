"""The yearly question: on which days it is asked, and of which years it may be answered."""

from datetime import date

import pytest

from rules.still_working import last_year, next_day, was_asked

START = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("start", "today", "day"),
    [
        (START, START, date(2027, 11, 20)),
        (START, date(2027, 11, 19), date(2027, 11, 20)),
        (START, date(2027, 11, 20), date(2028, 11, 20)),
        (START, date(2026, 11, 1), date(2027, 11, 20)),
        (date(2024, 2, 29), date(2026, 3, 1), date(2027, 2, 28)),
        (date(2024, 2, 29), date(2027, 3, 1), date(2028, 2, 29)),
    ],
)
def test_the_next_question_comes_on_the_next_anniversary(
    start: date, today: date, day: date
) -> None:
    assert next_day(start, today) == day


@pytest.mark.parametrize(
    ("today", "year"),
    [(START, 0), (date(2027, 11, 19), 0), (date(2027, 11, 20), 2027), (date(2029, 1, 1), 2028)],
)
def test_the_year_in_question_is_that_of_the_last_anniversary(today: date, year: int) -> None:
    assert last_year(START, today) == year


@pytest.mark.parametrize(
    ("year", "asked"), [(2026, False), (2027, True), (2028, True), (2029, False), (1, False)]
)
def test_only_years_whose_anniversary_has_come_were_asked_about(year: int, asked: bool) -> None:
    assert was_asked(START, year, date(2029, 1, 1)) is asked
