"""What the scholarship for a child comes to, level by level."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from rules.contributions import Money
from rules.parameters import parameter

Level = Literal["tk", "sd", "smp", "sma", "college"]

LEVELS: tuple[Level, ...] = get_args(Level)
YEARLY = {level: parameter(f"scholarship_{level}_yearly") for level in LEVELS}
YEARS = {level: parameter(f"scholarship_{level}_years") for level in LEVELS}
END_AGE = parameter("scholarship_end_age")


@dataclass(frozen=True)
class Child:
    """A child at school, or before it ("tk"); `age` in full years."""

    level: Level
    age: int


def years(child: Child, on: date) -> int:
    """The most years that are paid on the child's present level; 0 from the end age on."""
    return max(0, min(YEARS[child.level].whole(on), _years_left(child, on)))


def ahead(child: Child, on: date) -> Money:
    """The most that is still paid for a child, from its present level on; or NotInForce.

    How many years of that level are behind the child is not asked: of all that are possible the
    dearest counts, as fewer years of school may leave more for college before the end age.
    """
    here = range(1, years(child, on) + 1)
    return max((_sum(child, lasting, on) for lasting in here), default=Money(0))


def _sum(child: Child, here: int, on: date) -> Money:
    total, left = 0, _years_left(child, on)
    for level in LEVELS[LEVELS.index(child.level) :]:
        lasts = min(here if level == child.level else YEARS[level].whole(on), left)
        total += lasts * YEARLY[level].whole(on)
        left -= lasts
    return Money(total)


def _years_left(child: Child, on: date) -> int:
    return END_AGE.whole(on) - child.age
