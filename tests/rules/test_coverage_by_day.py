"""Coverage day by day, against a walk through the days that keeps state."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.coverage import Ledger, NotCovered, cover, full_jkm, payable
from rules.parameters import NotInForce
from tests.rules.ledgers import DAY, Walk, days_between, ledgers, number

# Permenaker 1/2025: the days between its promulgation and the month after are not settled.
BEFORE, RULE = date(2025, 2, 23), date(2025, 3, 1)
OTHER_DAYS = st.lists(st.dates(date(2023, 11, 1), date(2026, 12, 31)), max_size=6)
REPEATABLE = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def telling_days(one: Ledger, some: list[date]) -> list[date]:
    """The days on which something may change, those before them, and some others."""
    turns = {one.active_from, one.active_from + DAY, one.ended or one.active_from, *some}
    turns |= {one.ended + DAY} if one.ended else set()
    turns |= {paid.received for paid in one.months}
    for month in {number(paid.month) for paid in one.months}:
        turns |= {spelt(month), spelt(month) + 13 * DAY, spelt(month + 1), spelt(month + 4)}
    return sorted(turns | {day - DAY for day in turns})


def spelt(month: int) -> date:
    """The first day of a numbered month."""
    return date((month - 1) // 12, (month - 1) % 12 + 1, 1)


def last_of(month: int) -> date:
    return spelt(month + 1) - DAY


def run_end(paid: set[int], month: int) -> int:
    return month if month + 1 not in paid else run_end(paid, month + 1)


@REPEATABLE
@given(ledgers(), OTHER_DAYS)
def test_every_day_has_the_state_that_a_walk_through_the_days_finds(
    one: Ledger, some: list[date]
) -> None:
    days = telling_days(one, some)
    walk = Walk(one).through(days[0], days[-1])
    for day in days:
        seen = cover(one, day)
        spell = walk.spell(day)
        held = walk.held(day)
        assert seen.state == walk.state(day), day
        assert seen.since == (spell.since if spell and held else None), day
        counted = [
            paid
            for paid in (spell.paid.values() if spell and held else ())
            if number(paid.month) <= number(day) and paid.received <= day
        ]
        assert seen.months == len(counted), day
        earlier = [m for past in walk.spells_before(day) for m in past.paid if m <= number(day)]
        assert seen.earlier_months == len(earlier), day


@REPEATABLE
@given(ledgers(), OTHER_DAYS)
def test_gaps_behind_and_the_first_day_of_cover_ahead_are_those_that_the_walk_finds(
    one: Ledger, some: list[date]
) -> None:
    days = telling_days(one, some)
    walk = Walk(one).through(days[0], days[-1])
    for day in days:
        seen = cover(one, day)
        ahead = (later for later in days if later > day and walk.state(later) == "covered")
        expected = next(ahead, None) if walk.state(day) == "not_yet" else None
        assert seen.begins == expected, day
        spell = walk.spell(day)
        behind = days_between(spell.since, day - DAY) if spell and walk.held(day) else ()
        assert seen.interrupted is any(walk.state(past) != "covered" for past in behind), day


@pytest.mark.long
@REPEATABLE
@given(ledgers(), OTHER_DAYS)
def test_what_was_last_paid_and_until_when_arrears_can_be_is_what_the_walk_finds(
    one: Ledger, some: list[date]
) -> None:
    days = telling_days(one, some)
    walk = Walk(one).through(days[0], days[-1])
    for day in days:
        seen = cover(one, day)
        spell = walk.spell(day) or next(iter(walk.spells), None)
        last = spell.last_before(number(day) + 1) if spell else None
        if spell is None or last is None:
            assert (seen.payer, seen.paid_until, seen.arrears_until) == (None, None, None), day
            continue
        until = run_end(set(spell.paid), last)
        assert seen.payer == spell.paid[last].payer, day
        assert seen.paid_until == last_of(until), day
        gone = one.ended is not None and day > one.ended
        assert seen.arrears_until == (None if gone else last_of(until + 3)), day


@pytest.mark.long
@REPEATABLE
@given(ledgers(), OTHER_DAYS)
def test_the_months_that_can_still_be_paid_are_those_that_the_walk_finds(
    one: Ledger, some: list[date]
) -> None:
    days = telling_days(one, some)
    walk = Walk(one).through(days[0], days[-1])
    for day in days:
        expected = []
        spell = walk.spell(day)
        if spell and walk.held(day):
            for month in range(number(spell.since), number(day) + 1):
                before = spell.last_before(month)
                if month not in spell.paid and before and number(day) - before <= 3:
                    expected.append(spelt(month))
        assert list(payable(one, day)) == expected, day


def three_months_after(day: date) -> date:
    """The same day three months on, or the last of that month where it is shorter."""
    month = spelt(number(day) + 3)
    return min(month + (day.day - 1) * DAY, last_of(number(month)))


def whole_months(begun: date, day: date) -> int:
    """The months that are over since a day, each only on the same day of the calendar."""
    return number(day) - number(begun) - (day.day < begun.day)


def in_full(walk: Walk, day: date, least: int) -> bool | None:
    """What is sure of a day with cover, from the days behind; None where none can say."""
    spell = walk.spell(day)
    assert spell
    behind = (last_of(number(day) - back) for back in range(1, least))
    first = next(d for d in days_between(spell.since, day) if walk.state(d) == "covered")
    in_time = all(walk.state(end) == "covered" for end in behind)
    if in_time and whole_months(first, day) >= least:
        return True
    accepted = walk.ledger.active_from
    paid = {number(one.month) for one in walk.ledger.months}
    counting = [month for month in paid if number(accepted) <= month <= number(day)]
    long = not least or day >= three_months_after(accepted)
    return None if len(counting) >= least and long else False


def found(one: Ledger, day: date) -> bool | str | None:
    try:
        return full_jkm(one, day)
    except NotCovered as error:
        return error.state.value if error.on == day else "another day"
    except NotInForce:
        return "not in force"


@REPEATABLE
@given(ledgers(), OTHER_DAYS)
def test_jkm_is_in_full_from_the_day_that_the_walk_finds(one: Ledger, some: list[date]) -> None:
    days = telling_days(one, some)
    walk = Walk(one).through(days[0], days[-1])
    for day in days:
        state = walk.state(day)
        if state == "paid_late":
            assert found(one, day) is None, day
        elif state != "covered":
            assert found(one, day) == state, day
        elif BEFORE < day < RULE:
            assert found(one, day) == "not in force", day
        else:
            assert found(one, day) is in_full(walk, day, 3 if day >= RULE else 0), day
