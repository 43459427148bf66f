"""At night nobody is woken: what the bot says unasked waits for the recipient's morning."""

from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.house import House
from bot.zones import zone
from rules import areas, quiet_hours
from storage import followers, outbox, registrations, sessions, staff
from storage.models import Outbound

# An accident is told at once: its two days run at night as well, and somebody may lie in hospital.
# An export was asked for a moment ago. What leaves a chat (`forget`) wakes nobody.
AT_ONCE = frozenset({"accident", "export", "forget"})
ZONES = tuple(map(ZoneInfo, get_args(areas.Zone)))


def held_until(house: House, db: Session, row: Outbound, now: datetime) -> datetime | None:
    """Until when a notice waits; None for one that may go now."""
    if row.rank == outbox.REPLY or row.kind in AT_ONCE:
        return None
    return asleep_until(house, db, row.person_id, now)


def asleep_until(house: House, db: Session, person_id: int, now: datetime) -> datetime | None:
    """When the night is over where a person is; None where it is not quiet there now."""
    if not any(_over_at(house, one, now) for one in ZONES):
        return None
    return _over_at(house, zone(place_of(house, db, person_id)), now)


def night_over(house: House, area: str, now: datetime) -> datetime | None:
    """When the night is over in an area; None where it is not quiet there now."""
    return _over_at(house, zone(area), now)


def _over_at(house: House, here: ZoneInfo, now: datetime) -> datetime | None:
    return quiet_hours.over_at(house.quiet_hours, now.astimezone(here))


def place_of(house: House, db: Session, person_id: int) -> str:
    """The area or village where a person is taken to be, by its code; "" where nothing says so.

    That of the office, of the newest sign-up, of a claim that is followed, of the open form.
    """
    if offices := staff.offices_of(db, person_id):
        return offices[0].area
    if signed_up := registrations.of_person(db, person_id, most=1):
        return signed_up[0].village
    if claims := followers.followed_by(db, person_id):
        return claims[0].village
    form = sessions.load(db, house.keys, person_id, "enrolment")
    answer = form.answers.get("enrolment.village") if form else None
    return answer.value if answer else ""
