"""The quiet hours: from one full hour of the night to another nobody is woken."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

OFF = "off"
_HOURS = re.compile(r"([01]?\d|2[0-3])-([01]?\d|2[0-3])")


@dataclass(frozen=True)
class QuietHours:
    """Quiet from the hour `begins` on, until `ends`, often on the next day; both 0 to 23."""

    begins: int
    ends: int


def read(text: str) -> QuietHours | None:
    """What is written as "21-7", or None for "off"; ValueError for anything else."""
    if text == OFF:
        return None
    hours = _HOURS.fullmatch(text)
    if hours is None or int(hours[1]) == int(hours[2]):
        raise ValueError(f'not quiet hours: {text!r}; write them like "21-7", or "{OFF}"')
    return QuietHours(int(hours[1]), int(hours[2]))


def over_at(quiet: QuietHours | None, local: datetime) -> datetime | None:
    """When the night that it is locally is over; None where it is not quiet now."""
    if quiet is None or not _is_quiet(quiet, local.hour):
        return None
    morning = local.replace(hour=quiet.ends, minute=0, second=0, microsecond=0)
    return morning if morning > local else morning + timedelta(days=1)


def _is_quiet(quiet: QuietHours, hour: int) -> bool:
    if quiet.begins < quiet.ends:
        return quiet.begins <= hour < quiet.ends
    return hour >= quiet.begins or hour < quiet.ends
