"""Where villages stand: seats, waiting lists, who has named nobody; the history of a sign-up."""

from collections import Counter
from typing import cast

from sqlmodel import Session as Database

from bot import doors, histories, places, unnamed
from bot.done import Doing, Done, LookUp
from bot.doors import Door, Opened, Opening
from bot.here import Here
from bot.house import House
from bot.offices import place_name
from conversations.model import Looked, Session, Turn, Words
from conversations.overview import (
    Area,
    AreaPage,
    NotAllowed,
    ReadHistory,
    SheetButton,
    VillagePage,
)
from rules import areas, programmes, seats
from rules.areas import Village
from rules.permissions import Action
from rules.programmes import Programme
from rules.registration import OPEN_STATES, State
from storage import cards, line, overview, registrations, staff, tallies
from storage import seats as taken
from storage.models import Registration

SHOWN = (
    *(State.PENDING, State.WAITING, State.OFFERED),
    *(State.CONFIRMED, State.SUBMITTED, State.ACTIVE),
)
HEAD = 3  # of a line, shown to its own officer
FULLEST = 3  # desks that a regency sees first


def line_words(house: House, db: Database, row: Registration) -> Words:
    """Where somebody stands in line, and by which rule the line is ordered."""
    pool = places.pool_of(house, row)
    criteria = places.programme_of(house, row).ranking.value
    facts: dict[str, object] = {
        "place": line.place(db, pool, row),
        "of": overview.in_line(db, pool),
        "rule": tuple(Words(f"ranking.{criterion}") for criterion in criteria),
    }
    return Words("line.place", facts)


def _standing_in_line(here: Here, registration: str) -> Words | None:
    """For the own sign-up that waits, or is offered a seat: where it stands, until when."""
    row = registrations.by_id(here.db, registration)
    if row is None or row.person_id != here.person.id:
        return None
    if row.state == State.WAITING:
        return line_words(here.house, here.db, row)
    if row.state == State.OFFERED and row.offered_until is not None:
        return Words("line.offered", {"day": here.house.day(row.offered_until, row.village)})
    return None


def _areas(here: Here, _key: str) -> tuple[Area, ...]:
    codes = dict.fromkeys(here.areas(Action.SEE_SEATS))
    return tuple(Area(code, place_name(code)) for code in codes)


def _village_page(here: Here, code: str) -> VillagePage | None:
    village = areas.village(code)
    if village is None or not here.may(Action.SEE_SEATS, code):
        return None
    counts = tallies.of_area(here.db, code).get(code, Counter())
    facts: dict[str, object] = {
        **_facts(counts),
        "village": village.title,
        "seats": _seats_of(here, village),
        "cards": cards.counts(here.db, code)[1],
        "marked": overview.marked(here.db, code),
        "line": _head_of_line(here, code),
    }
    return VillagePage(facts, has_desk=here.may(Action.SEE_QUEUE, code))


def _facts(counts: Counter[str]) -> dict[str, object]:
    return {str(state): counts[state] for state in SHOWN}


def _head_of_line(here: Here, village: str) -> Words:
    """Who is next: names are for the officers of the village alone."""
    if not here.may(Action.SEE_QUEUE, village):
        return Words("overview.next.hidden")
    rows = overview.next_of(here.db, village, HEAD)
    if not rows:
        return Words("overview.next.none")
    return Words("overview.next", {"people": tuple(_next(here, row) for row in rows)})


def _next(here: Here, row: Registration) -> Words:
    facts: dict[str, object] = {
        "name": registrations.name(here.house.keys, row),
        "code": row.code,
        "place": line.place(here.db, places.pool_of(here.house, row), row),
        "since": here.house.day(row.created_at, row.village),
    }
    return Words("overview.next.one", facts)


def _seats_of(here: Here, village: Village) -> Words:
    """The seats taken in a village, and of how many; in all where the programme shares them."""
    programme = programmes.for_village(village.code, here.house.programmes)
    if programme is None or not programmes.accepts_kind(programme, village.kind):
        return Words("overview.seats.none")
    own, whole = _used(here, programme, village.code)
    if own[1] is not None:
        return Words("overview.seats", {"used": own[0], "cap": own[1]})
    if whole[1] is None:
        return Words("overview.seats.uncapped", {"used": own[0]})
    shared = {"used": own[0], "used_in_all": whole[0], "cap": whole[1]}
    return Words("overview.seats.shared", shared)


Used = tuple[int, int | None]


def _used(here: Here, programme: Programme, village: str) -> tuple[Used, Used]:
    """Seats taken, and the cap, of a village and of its programme, in the stages of today."""
    stages = seats.stages_on(programme, here.house.day(here.now, village))
    pairs = [seats.counters(programme, village, stage=stage) for stage in stages]
    own, whole = zip(*pairs, strict=True)
    return _sum(here, own), _sum(here, whole)


def _sum(here: Here, counters: tuple[seats.SeatCounter, ...]) -> Used:
    caps = [counter.cap for counter in counters if counter.cap is not None]
    used = sum(taken.used(here.db, counter.key) for counter in counters)
    return used, sum(caps) if len(caps) == len(counters) else None


def _area_page(here: Here, code: str) -> AreaPage | None:
    if not here.may(Action.SEE_SEATS, code):
        return None
    tally = tallies.of_area(here.db, code)
    part = unnamed.taking_part(here.house, code)
    lists = {"unnamed": _unnamed(here, code), "unstaffed": _unstaffed(here, code)}
    standing = sum(any(counts[one] for one in OPEN_STATES) for counts in tally.values())
    sums = sum(tally.values(), Counter())
    facts: dict[str, object] = {
        **_facts(sums),
        "area": place_name(code),
        "programmes": _programmes(here, part),
        "named": standing,
        **{kind: len(villages or ()) for kind, villages in lists.items()},
    }
    return AreaPage(
        facts,
        _fullest(tally),
        _sheets(here, code, tally),
        tuple(kind for kind, villages in lists.items() if villages),
        has_history=here.may(Action.READ_AUDIT, code),
    )


def _programmes(here: Here, part: list[tuple[Village, Programme]]) -> tuple[Words, ...]:
    """The programmes of an area, each with its seats; one line that says so where there is none."""
    first = {one.key: (village, one) for village, one in reversed(part)}
    found = []
    for village, one in sorted(first.values(), key=lambda pair: pair[1].key):
        used, cap = _used(here, one, village.code)[1]
        cap = cap if cap is not None else _cap_of_villages(here, one)
        seats_words = Words("overview.seats.uncapped", {"used": used})
        if cap is not None:
            seats_words = Words("overview.seats", {"used": used, "cap": cap})
        found.append(Words("overview.programme", {"name": one.name.value, "seats": seats_words}))
    return tuple(found) or (Words("overview.programme.none"),)


def _cap_of_villages(here: Here, programme: Programme) -> int | None:
    """How many seats the villages of a programme have together."""
    each = programme.seats.per_village.value
    if each is None:
        return None
    part = (unnamed.taking_part(here.house, area) for area in programme.areas.value)
    return each * sum(one.key == programme.key for found in part for _, one in found)


def _fullest(tally: dict[str, Counter[str]]) -> tuple[tuple[Area, int], ...]:
    """The villages with the most who wait for their officer."""
    waiting = [(counts[State.PENDING], code) for code, counts in tally.items()]
    first = sorted(waiting, key=lambda one: (-one[0], one[1]))[:FULLEST]
    return tuple((Area(code, place_name(code)), count) for count, code in first if count)


def _sheets(here: Here, area: str, tally: dict[str, Counter[str]]) -> tuple[SheetButton, ...]:
    if not here.may(Action.EXPORT, area):
        return ()
    confirmed: Counter[str] = Counter()
    for code, counts in tally.items():
        programme = programmes.for_village(code, here.house.programmes)
        if programme is not None:
            confirmed[programme.key] += counts[State.CONFIRMED]
    known = here.house.programmes
    return tuple(
        SheetButton(key, known[key].region_name.value, count)
        for key, count in sorted(confirmed.items())
        if count
    )


def _unnamed(here: Here, area: str) -> tuple[Area, ...] | None:
    if not here.may(Action.SEE_SEATS, area):
        return None
    found = unnamed.silent(here.house, here.db, area)
    return tuple(Area(village.code, village.title) for village, _ in found)


def _unstaffed(here: Here, area: str) -> tuple[Area, ...] | None:
    if not here.may(Action.SEE_SEATS, area):
        return None
    held = staff.all_offices(here.db, area)
    staffed = {row.area for row in held if Action.DECIDE in staff.allowed(row)}
    part = unnamed.taking_part(here.house, area)
    return tuple(
        Area(village.code, village.title) for village, _ in part if village.code not in staffed
    )


def _open(here: Here, door: Door) -> Opened:
    """The own area, or one within it."""
    if door.key and not here.may(Action.SEE_SEATS, door.key):
        here.refused("area")
        return [doors.home(here, Words("turn.stale"))]
    here.person.slot = "overview"
    return Session("overview", about={"area": door.key} if door.key else {}), Looked()


def _history(here: Here, door: Door) -> Opened:
    """Another sign-up's history, of the same area."""
    if not here.may(Action.READ_AUDIT, door.key):
        here.refused("area")
        return [doors.home(here, Words("turn.stale"))]
    here.person.slot = "overview"
    return histories.asking(here, door.key), Looked()


def _not_allowed(here: Here, turn: Turn) -> Done:
    here.refused("area")
    here.end()
    return Done([doors.home(here, Words("overview.not_allowed"))])


def _read_history(here: Here, turn: Turn) -> Done:
    return histories.read(here, cast(ReadHistory, turn.outcome))


LOOKUPS: dict[str, LookUp] = {
    "line": _standing_in_line,
    "overview_areas": _areas,
    "village_page": _village_page,
    "area_page": _area_page,
    "unnamed": _unnamed,
    "unstaffed": _unstaffed,
}
OUTCOMES: dict[type, Doing] = {NotAllowed: _not_allowed, ReadHistory: _read_history}
OPENINGS: dict[str, Opening] = {"overview": _open, "history": _history}
