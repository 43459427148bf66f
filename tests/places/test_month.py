"""A month of each programme, small: no seat stays empty where anybody waits, and the audit agrees.

`python -m tests.bench.month` runs the same at full size.
"""

from dataclasses import replace

import pytest

from bot.house import House
from rules.programme_facts import Seats, Sourced, Stage
from rules.programmes import Programme
from tests.places.month import Month, villages_of
from tests.places.village import with_caps, with_seats


def staged(programme: Programme, first: int, second: int) -> Programme:
    """A stage that is open, and one that opens in the middle of the month."""
    nothing: Sourced[int | None] = Sourced(value=None, source="S2", note="-")
    stages = (
        Stage(key="2026-2", opens="2026-11", places=first),
        Stage(key="2026-3", opens="2026-12-15", places=second),
    )
    caps = Seats(per_village=nothing, in_all=nothing, stages=Sourced(value=stages, source="S2"))
    return with_caps(programme, caps)


# Of each programme: how many of its villages, the places in each or in all.
SMALL = {"badung": (62, 60), "bengkayang": (12, 4), "denpasar": (9, 4), "gianyar": (70, 45)}


def month(house: House, key: str) -> Month:
    """A small month of one programme."""
    programme, (most, places) = house.programmes[key], SMALL[key]
    return replace(
        of_size(house, key, villages_of(programme)[:most], places), more=1.6, leaving=8.0
    )


def of_size(house: House, key: str, villages: list[str], places: int) -> Month:
    """A month with so many places in each village, or in all of them."""
    programme, each = house.programmes[key], places * len(villages)
    if key == "denpasar":
        return Month(house, with_seats(programme, places, None), villages, each)
    if key == "bengkayang":
        return Month(house, with_seats(programme, places, each), villages, each)
    if key == "gianyar":
        second = places // 5
        return Month(house, staged(programme, places, second), villages, places + second)
    return Month(house, with_seats(programme, None, places), villages, places)


LONG = pytest.mark.long
OTHERS = ("badung", "bengkayang", "denpasar")
KEYS = [*(pytest.param(key, marks=LONG) for key in OTHERS), "gianyar"]


@pytest.mark.parametrize("key", KEYS)
def test_at_the_end_of_a_month_every_seat_is_somebodys_wherever_anybody_waits(
    house: House, key: str
) -> None:
    run = month(house, key).run()
    assert min(run.events[name] for name in ("confirmed", "waiting", "accepted")) > 0, run.events
    assert sum(run.events[name] for name in ("died", "moved", "formal_job", "withdrawn")) > 0
    pools = run.seats_kept()
    assert pools
    assert [key for key, (cap, given, _) in pools.items() if given != cap] == []
    told = run.replayed()
    assert told.unexplained == []
    assert {key: line for key, line in told.waiting.items() if line} == run.lines()
    assert told.offers > 0
