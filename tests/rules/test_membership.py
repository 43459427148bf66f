"""Which days and months of a membership may be written down."""

from datetime import date

import pytest

from rules import membership
from rules.membership import DayError

TODAY = date(2026, 11, 20)
SIGNED_UP = date(2026, 11, 2)


@pytest.mark.parametrize("day", [SIGNED_UP, TODAY, date(2026, 12, 21)])
def test_a_membership_begins_from_the_sign_up_to_a_month_ahead(day: date) -> None:
    membership.check_active_from(day, SIGNED_UP, TODAY)


@pytest.mark.parametrize(
    ("day", "reason", "limit"),
    [
        (date(2026, 11, 1), "before_sign_up", SIGNED_UP),
        (date(2026, 12, 22), "far_ahead", date(2026, 12, 21)),
    ],
)
def test_a_membership_begins_on_no_other_day(day: date, reason: str, limit: date) -> None:
    with pytest.raises(DayError) as refused:
        membership.check_active_from(day, SIGNED_UP, TODAY)
    assert (refused.value.reason, refused.value.day) == (reason, limit)


def test_a_membership_begins_no_later_than_in_the_first_month_paid() -> None:
    paid = (date(2027, 1, 1), date(2026, 12, 1))
    membership.check_before_paid(date(2026, 12, 31), paid)
    membership.check_before_paid(date(2027, 2, 1), ())
    with pytest.raises(DayError, match="after_first_paid") as refused:
        membership.check_before_paid(date(2027, 1, 1), paid)
    assert refused.value.day == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("day", "reason"),
    [(date(2026, 11, 21), "in_future"), (date(2026, 11, 1), "before_sign_up")],
)
def test_a_contribution_was_received_between_the_sign_up_and_today(day: date, reason: str) -> None:
    membership.check_received(SIGNED_UP, SIGNED_UP, TODAY)
    membership.check_received(TODAY, SIGNED_UP, TODAY)
    with pytest.raises(DayError, match=f"^{reason}$") as refused:
        membership.check_received(day, SIGNED_UP, TODAY)
    assert refused.value.day == (TODAY if reason == "in_future" else SIGNED_UP)


@pytest.mark.parametrize(
    ("month", "reason"),
    [(date(2026, 10, 1), "before_active"), (date(2028, 12, 1), "month_far_ahead")],
)
def test_months_are_paid_from_the_first_of_the_membership_to_two_years_ahead(
    month: date, reason: str
) -> None:
    membership.check_month(date(2026, 11, 1), SIGNED_UP, TODAY)
    membership.check_month(date(2028, 11, 1), SIGNED_UP, TODAY)
    with pytest.raises(DayError, match=f"^{reason}$") as refused:
        membership.check_month(month, SIGNED_UP, TODAY)
    limits = {"before_active": date(2026, 11, 1), "month_far_ahead": date(2028, 11, 1)}
    assert refused.value.day == limits[reason]


def test_months_in_a_row_go_over_the_end_of_a_year() -> None:
    assert membership.run(date(2026, 11, 1), 3) == (
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
    )
    assert membership.run_between(date(2026, 11, 1), date(2027, 1, 1)) == membership.run(
        date(2026, 11, 1), 3
    )
    assert membership.run_between(date(2026, 11, 1), date(2026, 10, 1)) == ()


def test_the_next_month_to_pay_follows_the_last_paid_one() -> None:
    assert membership.next_unpaid(date(2026, 11, 20), ()) == date(2026, 11, 1)
    paid = (date(2026, 12, 1), date(2026, 11, 1))
    assert membership.next_unpaid(date(2026, 11, 20), paid) == date(2027, 1, 1)
