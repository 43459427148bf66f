"""Days and months as people write them, and how a month is said."""

import re
from datetime import date, datetime

from conversations.model import Words

MONTHS = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")
ALSO = {"peb": 2, "may": 5, "ags": 8, "agt": 8, "aug": 8, "oct": 10, "nop": 11, "dec": 12}


def written_day(typed: str) -> date | None:
    """The day in a text such as `17-5-1990`, `17 Mei 1990` or `1990-05-17`; None if unclear."""
    plain = typed.casefold().strip()
    try:
        return date.fromisoformat(plain)
    except ValueError:
        pass
    match = re.fullmatch(r"(\d{1,2})[\s./-]*(\d{1,2}|[a-z]{3,})[\s./-]*(\d{4})", plain)
    return _day(*match.groups()) if match else None


def _day(day: str, month: str, year: str) -> date | None:
    number = int(month) if month.isdigit() else _month(month)
    try:
        return datetime(int(year), number, int(day)).date()  # noqa: DTZ001 (a day, no moment)
    except ValueError:
        return None


def _month(name: str) -> int:
    start = name[:3]
    return MONTHS.index(start) + 1 if start in MONTHS else ALSO.get(start, 0)


def written_month(typed: str) -> date | None:
    """The first day of the month in a text such as `Januari 2026`, `1-2026` or `2026-01`."""
    plain = typed.casefold().strip()
    if match := re.fullmatch(r"(\d{4})[\s./-]+(\d{1,2})", plain):
        return _day("1", match.group(2), match.group(1))
    if match := re.fullmatch(r"(\d{1,2}|[a-z]{3,})[\s./-]+(\d{4})", plain):
        return _day("1", *match.groups())
    day = written_day(plain)
    return day.replace(day=1) if day else None


def month_words(month: date) -> Words:
    """A month with its year, as in "Januari 2027"."""
    name = Words(f"month.{MONTHS[month.month - 1]}")
    return Words("month.named", {"month": name, "year": month.year})
