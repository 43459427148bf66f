"""Days of the calendar counted in months."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date


def first_day(on: date) -> date:
    """The first day of a day's month."""
    return on.replace(day=1)


def last_day(on: date) -> date:
    """The last day of a day's month."""
    return on.replace(day=monthrange(on.year, on.month)[1])


def later(on: date, months: int) -> date:
    """The same day some months on, or the month's last day where it has no such day."""
    years, month = divmod(on.month - 1 + months, 12)
    first = date(on.year + years, month + 1, 1)
    return first.replace(day=min(on.day, last_day(first).day))


def first_days(since: date, until: date) -> Iterator[date]:
    """The first days of the months from that of one day to that of another."""
    month = first_day(since)
    while month <= until:
        yield month
        month = later(month, 1)
