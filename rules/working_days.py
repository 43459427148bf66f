"""Working days in Indonesia: no Saturdays, Sundays, public holidays or cuti bersama.

The days come from the library `holidays`; those that hang on the moon are estimates until decreed.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from itertools import count, islice
from types import MappingProxyType

_DAY = timedelta(days=1)
_SATURDAY = 5
# In this language the library marks an estimate so; without it the machine's language would count.
_LANGUAGE = "en_US"
_ESTIMATED = "(estimated)"


def is_working_day(day: date) -> bool:
    """Whether offices work on a day, as far as the library knows."""
    return day.weekday() < _SATURDAY and day not in _off(day.year)


def after(day: date, days: int) -> date:
    """The working day that is so many working days after a day; ValueError under one."""
    return _reached(day, days, _DAY)


def before(day: date, days: int) -> date:
    """The working day that is so many working days before a day; ValueError under one."""
    return _reached(day, days, -_DAY)


def _reached(day: date, days: int, step: timedelta) -> date:
    if days < 1:
        raise ValueError(f"not a number of working days: {days}")
    passed = (day + steps * step for steps in count(1))
    return next(islice(filter(is_working_day, passed), days - 1, None))


def between(start: date, end: date) -> int:
    """How many working days lie after a day, up to another that counts too; 0 if it is earlier."""
    return sum(is_working_day(start + step * _DAY) for step in range(1, (end - start).days + 1))


def is_estimated(start: date, end: date) -> bool:
    """Whether a count of working days over these days, both included, may yet turn out wrong.

    It may where a holiday is only estimated, and in a year whose cuti bersama the library lacks.
    """
    if not all(map(_is_decreed, range(start.year, end.year + 1))):
        return True
    return any(
        start <= day <= end and _ESTIMATED in name
        for year in range(start.year, end.year + 1)
        for day, name in _off(year).items()
    )


@cache
def _off(year: int) -> Mapping[date, str]:
    return MappingProxyType(_days(year, ("public", "government")))


@cache
def _is_decreed(year: int) -> bool:
    return bool(_days(year, ("government",)))


def _days(year: int, categories: tuple[str, ...]) -> dict[date, str]:
    # Read when it is asked for: the library brings all countries along, a tenth of a second.
    from holidays.countries.indonesia import Indonesia

    return dict(Indonesia(years=year, language=_LANGUAGE, categories=categories))
