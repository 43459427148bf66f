"""When a member is asked whether the work goes on: on every anniversary of the membership."""

from datetime import date

from rules.months import later


def next_day(active_from: date, today: date) -> date:
    """The first anniversary after a day."""
    years = 1
    while (day := later(active_from, 12 * years)) <= today:
        years += 1
    return day


def last_year(active_from: date, today: date) -> int:
    """The year of the last anniversary up to a day; 0 before the first."""
    coming = next_day(active_from, today).year
    return coming - 1 if coming - 1 > active_from.year else 0


def was_asked(active_from: date, year: int, today: date) -> bool:
    """Whether the anniversary of a year has come."""
    return active_from.year < year <= last_year(active_from, today)
