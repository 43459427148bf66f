"""The order of a waiting list, by the criteria that the programme's file publishes."""

from dataclasses import dataclass
from datetime import UTC, datetime

from rules.programme_facts import Criterion
from rules.programmes import Programme

LONGEST = ("over_5_years", "years_1_to_5", "months_3_to_12", "under_3_months")
MICROSECONDS = 10**6


@dataclass(frozen=True)
class Candidate:
    """Who waits: the attested answers that a criterion may look at, and since when."""

    tie: str
    work: str
    since: datetime


def line(programme: Programme, who: Candidate) -> str:
    """The place in line as digits: the smaller comes first, in any collation of a database.

    One digit for each criterion but the last, then the moment in microseconds since 1970.
    """
    criteria = [one for one in programme.ranking.value if one != "first_come"]
    digits = "".join(str(_digit(one, who)) for one in criteria)
    return digits + line_of_moment(who.since)


def last_line(programme: Programme, since: datetime) -> str:
    """The place behind everybody who has not let an offer go by; among these, by the moment."""
    ranked = line(programme, Candidate("", "", since))
    digits = len(ranked) - len(line_of_moment(since))
    return "9" * digits + line_of_moment(since)


def line_of_moment(since: datetime) -> str:
    """A moment in microseconds since 1970, in 17 digits."""
    utc = since.astimezone(UTC)
    return f"{int(utc.timestamp()) * MICROSECONDS + utc.microsecond:017d}"


def _digit(criterion: Criterion, who: Candidate) -> int:
    if criterion == "not_insured":
        return int(who.tie == "insured")
    return LONGEST.index(who.work) if who.work in LONGEST else len(LONGEST)
