"""Times of day as people say them; one that may be of the morning or the evening is asked about."""

import re

from conversations.model import Invalid, Option, Words, plain

HALF_A_DAY = 12
_WHOLE = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d")  # as it is kept
LAST_OF_SIANG, LAST_OF_SORE = 3, 6  # "jam 3 siang" is 15.00; "jam 11 siang" stays 11.00
_TIME = re.compile(
    r"(?:jam|jm|pukul|pkl|pk|sekitar|kira kira|kira-kira|\s)*"
    r"(?P<half>setengah\s+)?(?P<hour>\d{1,2})(?:\s*[.:,]\s*(?P<minute>\d{2}))?"
    r"(?:\s*(?P<part>pagi|pgi|subuh|siang|sore|sre|petang|malam|malem|mlm|am|pm))?"
    r"[\s.]*(?:wib|wita|wit)?[\s.]*",
)


def written_time(typed: str) -> str:
    """The time in a text such as "14.30" or "jam 2 siang", as "1430"; raises Invalid.

    "jam 2" may be in the night or in the afternoon: both are offered. "02.00" is in the night.
    """
    if whole := _WHOLE.fullmatch(typed.strip()):
        return whole[0]
    match = _TIME.fullmatch(typed.casefold().strip())
    if match is None:
        raise Invalid(Words("accident.time.unclear"))
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["half"]:
        hour, minute = hour - 1, 30
    if not (0 <= hour <= 24 and minute < 60) or (match["half"] and match["minute"]):
        raise Invalid(Words("accident.time.unclear"))
    if match["part"]:
        return _said(_in_part(hour, match["part"]), minute)
    exact = hour > HALF_A_DAY or hour == 0 or (match["hour"].startswith("0") and match["minute"])
    if exact:
        return _said(hour, minute)
    first, second = hour % HALF_A_DAY, hour % HALF_A_DAY + HALF_A_DAY
    offered = tuple(_offer(_said(one, minute)) for one in (first, second))
    raise Invalid(Words("accident.time.which"), offered)


def shown(time: str) -> str:
    """A time as it is kept, as people read it: "14.30"."""
    return f"{time[:2]}.{time[2:]}"


def _in_part(hour: int, part: str) -> int:
    """The hour of 24 that is meant by an hour of a part of the day."""
    if hour > HALF_A_DAY:
        return hour
    hour %= HALF_A_DAY
    match part:
        case "pagi" | "pgi" | "subuh" | "am":
            return hour
        case "siang":
            return hour + HALF_A_DAY if hour <= LAST_OF_SIANG else hour
        case "malam" | "malem" | "mlm":
            return hour + HALF_A_DAY if hour > LAST_OF_SORE - 1 else hour
    return hour + HALF_A_DAY


def _said(hour: int, minute: int) -> str:
    return f"{hour % 24:02}{minute:02}"


def _offer(time: str) -> Option:
    return Option(time, plain(shown(time)))
