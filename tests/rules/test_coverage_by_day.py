"""Coverage day by day, against a walk through the days that keeps state."""

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.coverage import Ledger, cover, full_jkm, payable
from tests.rules.ledgers import DAY, Walk, ledgers, number

RULE = date(2025, 2, 24)  # Permenaker 1/2025
OTHER_DAYS = st.lists(st.dates(date(2023, 11, 1), date(2026, 12, 31)), max_size=6)
REPEATABLE = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=120,
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
        held = walk.state(day) in ("covered", "paid_late", "unpaid")
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
        if spell and walk.state(day) in ("covered", "paid_late", "unpaid"):
            for month in range(number(spell.since), number(day) + 1):
                before = spell.last_before(month)
                if month not in spell.paid and before and number(day) - before <= 3:
                    expected.append(spelt(month))
        assert list(payable(one, day)) == expected, day


def three_months_after(day: date) -> date:
    """The same day three months on, or the last of that month where it is shorter."""
    month = spelt(number(day) + 3)
    return min(month + (day.day - 1) * DAY, last_of(number(month)))


def in_full(walk: Walk, day: date, least: int) -> bool | None:
    """Whether contributions and membership reach what is asked; None where none can say."""
    spell = walk.spell(day)
    if walk.state(day) == "paid_late":
        return None
    if walk.state(day) != "covered" or spell is None:
        return False
    mine = [month for month in spell.paid if month <= number(day)]
    in_time = [month for month in mine if spell.paid[month].received <= day]
    others = [m for past in walk.spells_before(day) for m in past.paid if m <= number(day)]
    long, ever_long = (
        not least or day >= three_months_after(begun)
        for begun in (spell.since, walk.spells[0].since)
    )
    if len(in_time) >= least and long:
        return True
    return None if len(mine) + len(others) >= least and ever_long else False


@REPEATABLE
@given(ledgers(), OTHER_DAYS)
def test_jkm_is_in_full_from_the_day_that_the_walk_finds(one: Ledger, some: list[date]) -> None:
    days = telling_days(one, some)
    walk = Walk(one).through(days[0], days[-1])
    for day in days:
        assert full_jkm(one, day) is in_full(walk, day, 3 if day >= RULE else 0), day
