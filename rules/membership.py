"""Days and months of a membership: which may be written down, and which month comes after which."""

from collections.abc import Iterable
from datetime import date, timedelta

from rules.months import first_day, last_day, later

AHEAD = timedelta(days=31)  # BPJS may accept someone from a coming day; further off is a slip
MOST_MONTHS = 24  # that are paid at once


class DayError(Exception):
    """A day or month that cannot be right. `reason` is a key, `day` the limit it passes."""

    def __init__(self, reason: str, day: date) -> None:
        super().__init__(reason)
        self.reason = reason
        self.day = day


def check_active_from(day: date, signed_up: date, today: date) -> None:
    """A membership begins neither before the sign-up nor more than a month ahead; or DayError."""
    if day < signed_up:
        raise DayError("before_sign_up", signed_up)
    if day > today + AHEAD:
        raise DayError("far_ahead", today + AHEAD)


def check_before_paid(day: date, paid: Iterable[date]) -> None:
    """A membership begins no later than in the first month paid for it; or DayError."""
    first = min(paid, default=None)
    if first and day > last_day(first):
        raise DayError("after_first_paid", last_day(first))


def check_received(day: date, signed_up: date, today: date) -> None:
    """A contribution has been received: between the sign-up and today; or DayError."""
    if day < signed_up:
        raise DayError("before_sign_up", signed_up)
    if day > today:
        raise DayError("in_future", today)


def check_month(month: date, active_from: date, today: date) -> None:
    """A month is paid from that of `active_from` on, at most two years ahead; or DayError."""
    if month < first_day(active_from):
        raise DayError("before_active", first_day(active_from))
    last = later(first_day(today), MOST_MONTHS)
    if month > last:
        raise DayError("month_far_ahead", last)


def run(first: date, count: int) -> tuple[date, ...]:
    """So many months in a row."""
    return tuple(later(first, number) for number in range(count))


def run_between(first: date, last: date) -> tuple[date, ...]:
    """All months from one to another, both included."""
    return run(first, (last.year - first.year) * 12 + last.month - first.month + 1)


def next_unpaid(active_from: date, paid: Iterable[date]) -> date:
    """The month to be paid next: after the last paid one, else the one of `active_from`."""
    last = max(paid, default=None)
    return later(last, 1) if last else first_day(active_from)
