"""Villages that have named nobody yet: which they are, and the kind word on Monday morning."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session

from bot import notices
from bot.house import House
from bot.offices import place_name
from bot.zones import zone
from conversations.model import Words
from rules import areas, programmes
from rules.areas import Village
from rules.permissions import Action, Role, lies_in
from rules.programmes import Programme
from rules.registration import OPEN_STATES
from storage import outbox, staff, tallies, timers
from storage import programmes as opened
from storage.models import Staff

KIND = "unnamed"  # of the weekly timer, one for each programme


def taking_part(house: House, area: str) -> list[tuple[Village, Programme]]:
    """The villages of an area that take part in a programme, by code."""
    found = []
    for village in areas.villages(area):
        programme = programmes.for_village(village.code, house.programmes)
        if programme is not None and programmes.accepts_kind(programme, village.kind):
            found.append((village, programme))
    return found


def silent(house: House, db: Session, area: str) -> list[tuple[Village, Programme]]:
    """Those whose programme is open, and where no sign-up stands."""
    tally = tallies.of_area(db, area)
    standing = {code for code, counts in tally.items() if any(counts[one] for one in OPEN_STATES)}
    part = [one for one in taking_part(house, area) if one[0].code not in standing]
    is_open = {key: opened.is_open(db, key) for key in {programme.key for _, programme in part}}
    return [(village, programme) for village, programme in part if is_open[programme.key]]


def watch(house: House, db: Session, now: datetime) -> None:
    """Set the weekly timer of every open programme, unless it is set."""
    for key, programme in house.programmes.items():
        if opened.is_open(db, key):
            timers.set_once(db, KIND, key, next_monday(programme, now))


def next_monday(programme: Programme, now: datetime) -> datetime:
    """The next Monday, eight o'clock in the morning, where the programme is."""
    somewhere = next(areas.villages(programme.areas.value[0])).code
    local = now.astimezone(zone(somewhere))
    day = local + timedelta(days=-local.weekday() % 7)
    monday = day.replace(hour=notices.DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return monday if monday > local else monday + timedelta(days=7)


def remind(house: House, db: Session, key: str, now: datetime) -> None:
    """Tell the officers of these villages how to begin, and the regency how many they are."""
    programme = house.programmes.get(key)
    if programme is None or not opened.is_open(db, key):
        return
    found = [one for area in programme.areas.value for one in silent(house, db, area)]
    villages = {village.code: village for village, one in found if one.key == key}
    for office in staff.all_offices(db):
        if office.area in villages and Action.SEE_QUEUE in staff.allowed(office):
            _tell_village(house, db, office, villages[office.area], now)
        if office.role == Role.REGENCY_OFFICER:
            _tell_regency(house, db, office, villages.keys(), now)
    timers.set_timer(db, KIND, key, next_monday(programme, now))


def _tell_village(
    house: House, db: Session, office: Staff, village: Village, now: datetime
) -> None:
    programme = programmes.for_village(village.code, house.programmes)
    seats = programme.seats.per_village.value if programme else None
    said = [
        Words("notice.unnamed", {"village": village.title}),
        *([Words("notice.unnamed.seats", {"seats": seats})] if seats else []),
        Words("notice.unnamed.how"),
    ]
    to, button = office.person_id, ("notice.unnamed.enrol", f"open:village:{village.code}")
    rank = outbox.REMINDER
    notices.tell(house, db, to, said, now, buttons=[button], kind=KIND, rank=rank)


def _tell_regency(
    house: House, db: Session, office: Staff, villages: Collection[str], now: datetime
) -> None:
    count = sum(lies_in(code, office.area) for code in villages)
    if not count:
        return
    said = Words("notice.unnamed.regency", {"count": count, "area": place_name(office.area)})
    to, button = office.person_id, ("notice.unnamed.list", f"open:overview:{office.area}")
    rank = outbox.REMINDER
    notices.tell(house, db, to, said, now, buttons=[button], kind=KIND, rank=rank)
