"""The minutes of a village's deliberation, attached to the sign-ups that were decided."""

from typing import cast

from bot import batches, doors, offices
from bot.cases import village_name
from bot.done import Doing, Done, LookUp
from bot.doors import Door, Opened, Opening
from bot.here import Here
from bot.replies import Call
from conversations.minutes import RecordMinutes, Undocumented
from conversations.model import Looked, Session, Turn, Words
from rules.permissions import Action
from storage import audit, minutes, queue, registrations, tallies
from storage.audit import Change
from storage.minutes import Decision, Record


def _of_batch(here: Here, key: str) -> Decision | None:
    at = batches.read_moment(key) if key else None
    return Decision(here.person.id, at) if at else None


def _find(here: Here, key: str) -> Undocumented | None:
    village, _, batch = key.partition("/")
    if not here.may(Action.RECORD_MINUTES, village):
        return None
    count = minutes.missing(here.db, village, _of_batch(here, batch))
    decided = sum(tallies.of(here.db, village, state) for state in minutes.DECIDED)
    return Undocumented(village, village_name(village), count, decided)


def _record(here: Here, turn: Turn) -> Done:
    outcome = cast(RecordMinutes, turn.outcome)
    here.end()
    if not here.may(Action.RECORD_MINUTES, outcome.village):
        here.refused("area", outcome.village)
        return Done([doors.home(here, Words("turn.stale"))])
    new = Record(outcome.village, outcome.number, outcome.held_on, outcome.photo)
    of = _of_batch(here, outcome.batch)
    by = here.acting(Action.RECORD_MINUTES, outcome.village)
    attached = minutes.record(here.db, here.house.keys, new, of, by, here.now)
    words = Words("minutes.done", {"number": new.number, "count": attached})
    return Done([doors.home(here, words)], Door("desk", outcome.village))


def _open(here: Here, door: Door) -> Opened:
    """By a village, by the batch just confirmed, or by nothing: the own village."""
    villages = here.areas(Action.RECORD_MINUTES)
    if not villages and not door.key:
        return offices.OPENINGS["desk"](here, door)
    village, batch = door.key or next(iter(villages), ""), ""
    if door.key and door.key not in villages:
        village, batch = _village_of(here, door.key), door.key
        if not village:
            here.refused("batch")
            return [doors.home(here, Words("turn.stale"))]
    here.person.slot = "minutes"
    return Session("minutes", about={"village": village, "batch": batch}), Looked()


def _village_of(here: Here, batch: str) -> str:
    """The village of a batch that this officer confirmed."""
    of = _of_batch(here, batch)
    villages = here.areas(Action.RECORD_MINUTES)
    ids = queue.decided_at(here.db, villages, here.person.id, of.at) if of else []
    row = registrations.by_id(here.db, ids[0]) if ids else None
    return row.village if row else ""


def photo(here: Here, registration: str) -> list[Call]:
    """The photo of the minutes of a sign-up, for the village's officer or who reads the audit."""
    row = registrations.by_id(here.db, registration)
    rights = (Action.RECORD_MINUTES, Action.READ_AUDIT)
    by = next((one for one in rights if row and here.may(one, row.village)), None)
    if row is None or by is None:
        here.refused("registration", row.id if row else "")
        return [doors.home(here, Words("turn.stale"))]
    kept = minutes.of_registration(here.db, row)
    file = minutes.photo(here.house.keys, kept) if kept else ""
    if kept is None or not file:
        return [doors.home(here, Words("minutes.no_photo"))]
    change = Change("saw_minutes", "registration", row.id, reason=f"minutes={kept.id}")
    audit.record(here.db, here.acting(by, row.village), change, here.now)
    words = Words("find.minutes", {"number": kept.number, "day": kept.held_on})
    said = here.page.message(words)
    return [
        {
            "method": "sendPhoto",
            "chat_id": said["chat_id"],
            "photo": file,
            "caption": said["text"],
            "parse_mode": said["parse_mode"],
            "protect_content": True,
        }
    ]


def _photo(here: Here, door: Door) -> Opened:
    return photo(here, door.key)


LOOKUPS: dict[str, LookUp] = {"minutes": _find}
OUTCOMES: dict[type, Doing] = {RecordMinutes: _record}
OPENINGS: dict[str, Opening] = {"minutes": _open, "minutes_photo": _photo}
