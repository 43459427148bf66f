"""Leaving: what it makes of a sign-up in each state, and on which day a membership ends."""

from datetime import date

import pytest

from rules.departures import Effect, Kind, check_day, effect, ends_on, too_old_on
from rules.eligibility import age
from rules.membership import DayError
from rules.registration import MOVES, SEATED_STATES, State

DAY = date(2026, 11, 20)
NOVEMBER, JANUARY = date(2026, 11, 1), date(2027, 1, 1)

WHAT_HAPPENS = {
    State.PENDING: Effect.WITHDRAW,
    State.CONFIRMED: Effect.WITHDRAW,
    State.RETURNED: Effect.WITHDRAW,
    State.REJECTED: None,
    State.WAITING: Effect.WITHDRAW,
    State.OFFERED: Effect.WITHDRAW,
    State.WITHDRAWN: None,
    State.EXPIRED: None,
    State.SUBMITTED: Effect.AWAIT,
    State.ACTIVE: Effect.END,
    State.REFUSED: None,
    State.LAPSED: Effect.END,
    State.ENDED: None,
}


@pytest.mark.parametrize("state", State)
def test_what_leaving_makes_of_a_sign_up_hangs_on_its_state(state: State) -> None:
    assert effect(state) is WHAT_HAPPENS[state]


@pytest.mark.parametrize("state", State)
def test_each_effect_is_a_move_that_the_state_allows(state: State) -> None:
    to = {Effect.WITHDRAW: State.WITHDRAWN, Effect.END: State.ENDED}
    happens = effect(state)
    assert happens not in to or to[happens] in MOVES[state]


def test_nobody_with_a_seat_stays_when_leaving() -> None:
    assert all(effect(state) for state in SEATED_STATES)


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.DIED}))
@pytest.mark.parametrize(
    ("months", "last"),
    [
        ((), DAY),
        ((date(2026, 9, 1), date(2026, 10, 1)), DAY),
        ((NOVEMBER,), date(2026, 11, 30)),
        ((JANUARY, NOVEMBER), date(2027, 1, 31)),
    ],
)
def test_a_member_who_leaves_stays_one_for_the_months_that_are_paid(
    kind: Kind, months: tuple[date, ...], last: date
) -> None:
    assert ends_on(kind, DAY, months) == last


@pytest.mark.parametrize("months", [(), (NOVEMBER,), (NOVEMBER, JANUARY)])
def test_a_membership_ends_with_the_death_whatever_was_paid(months: tuple[date, ...]) -> None:
    assert ends_on(Kind.DIED, DAY, months) == DAY


@pytest.mark.parametrize("day", [date(2026, 11, 2), DAY])
def test_the_sign_up_and_today_are_days_on_which_somebody_may_have_left(day: date) -> None:
    check_day(day, date(2026, 11, 2), DAY)


@pytest.mark.parametrize(
    ("day", "reason", "limit"),
    [
        (date(2026, 11, 1), "before_sign_up", date(2026, 11, 2)),
        (date(2026, 11, 21), "in_future", DAY),
    ],
)
def test_nobody_left_before_the_sign_up_or_in_days_to_come(
    day: date, reason: str, limit: date
) -> None:
    with pytest.raises(DayError) as refused:
        check_day(day, date(2026, 11, 2), DAY)
    assert (refused.value.reason, refused.value.day) == (reason, limit)


@pytest.mark.parametrize(
    ("born", "day"),
    [
        (date(1961, 11, 21), date(2027, 11, 21)),
        (date(1960, 2, 29), date(2026, 3, 1)),
        (date(1962, 2, 28), date(2028, 2, 28)),
    ],
)
def test_somebody_is_too_old_from_the_birthday_after_the_oldest_year(born: date, day: date) -> None:
    assert too_old_on(born, 65) == day
    assert age(born, day) == 66
    assert age(born, date.fromordinal(day.toordinal() - 1)) == 65
