"""Once a year: is this member working still? Nothing ends by itself, the village is told."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import cast

from sqlmodel import Session

from bot import doors, notices
from bot.done import Doing, Done, LookUp
from bot.doors import Door, Opened, Opening
from bot.here import Here
from bot.house import House
from bot.replies import Call
from bot.zones import zone
from conversations.model import Given, Looked, Turn, Words
from conversations.model import Session as Talk
from conversations.working import NoLongerWorking, StillWorking
from rules import still_working
from rules.permissions import Action
from rules.registration import State
from storage import audit, evidence, members, outbox, proof, registrations, staff, timers
from storage.audit import Change
from storage.models import Registration

KIND = "working"
AGAIN, OFFICERS = "working_again", "working_officers"  # of the timers while no answer comes
PAUSE = timedelta(days=14)
HOUR = 8  # o'clock in the village


def schedule(house: House, db: Session, row: Registration, now: datetime) -> None:
    """Set the question for the next anniversary of a membership."""
    member = members.of_registration(db, row.id)
    if member is not None and row.state == State.ACTIVE:
        due = next_at(member.active_from, row.village, house.day(now, row.village))
        timers.set_timer(db, KIND, row.id, due)


def next_at(active_from: date, village: str, today: date) -> datetime:
    """When to ask a member next."""
    return _morning(still_working.next_day(active_from, today), village)


def _morning(day: date, village: str) -> datetime:
    return datetime.combine(day, time(HOUR), zone(village))


def _row(house: House, db: Session, key: str) -> tuple[Registration, int] | None:
    """The member of a timer, and the year of it that waits for an answer; None if none does."""
    id, _, year = key.partition(".")
    row = registrations.by_id(db, id)
    if row is None or row.state != State.ACTIVE or row.left_why:
        return None
    return None if year and _answered(house, db, row, int(year)) else (row, int(year or 0))


def ask(house: House, db: Session, key: str, now: datetime) -> None:
    """Ask on the anniversary, and set the next."""
    found = _row(house, db, key)
    if found is None:
        return
    row = found[0]
    schedule(house, db, row, now)
    member = members.of_registration(db, row.id)
    today = house.day(now, row.village)
    year = still_working.last_year(member.active_from, today) if member else 0
    if year and not _answered(house, db, row, year):
        _ask(house, db, row, (year, "notice.working"), now)
        timers.set_timer(db, AGAIN, f"{row.id}.{year}", _morning(today + PAUSE, row.village))


def ask_again(house: House, db: Session, key: str, now: datetime) -> None:
    """Ask once more of who has not answered."""
    if found := _row(house, db, key):
        row, year = found
        _ask(house, db, row, (year, "notice.working.again"), now)
        later = _morning(house.day(now, row.village) + PAUSE, row.village)
        timers.set_timer(db, OFFICERS, key, later)


def give_up(house: House, db: Session, key: str, now: datetime) -> None:
    """Tell the village that nobody answers."""
    if found := _row(house, db, key):
        row = found[0]
        _tell_village(house, db, row, Words("notice.working.silent", _names(house, row)), now)


DUE = {KIND: ask, AGAIN: ask_again, OFFICERS: give_up}


def _ask(
    house: House, db: Session, row: Registration, asked: tuple[int, str], now: datetime
) -> None:
    year, key = asked
    buttons = [
        ("working.yes", f"open:working:{row.id}.{year}.y"),
        ("working.no", f"open:working:{row.id}.{year}.n"),
    ]
    words, rank = Words(key, _names(house, row)), outbox.REMINDER
    notices.tell(house, db, row.person_id, words, now, buttons=buttons, kind=KIND, rank=rank)


def _names(house: House, row: Registration) -> dict[str, object]:
    return {"name": registrations.name(house.keys, row), "code": row.code}


def _tell_village(
    house: House, db: Session, row: Registration, words: Words, now: datetime
) -> None:
    """Tell each of the village's officers once, with the way to that person's page."""
    button = ("notice.find", f"open:find:{row.id}")
    holders = staff.holders(db, Action.RECORD_DEPARTURE, row.village)
    for person_id in dict.fromkeys(office.person_id for office in holders):
        rank = outbox.STAFF
        notices.tell(house, db, person_id, words, now, buttons=[button], kind="staff", rank=rank)


def _question(year: int) -> str:
    """Under which name the answer of a year is kept."""
    return f"working.{year}"


def _answered(house: House, db: Session, row: Registration, year: int) -> bool:
    kept = proof.load(db, house.keys, row.id)
    return any(one.question == _question(year) for one in kept)


def _asked(here: Here, key: str) -> tuple[Registration, int] | None:
    """The person's own sign-up and the year that was asked about and is not answered yet."""
    id, _, year = key.partition(".")
    row = registrations.by_id(here.db, id)
    if row is None or row.person_id != here.person.id or not year.isdecimal() or len(year) != 4:
        return None
    member = members.of_registration(here.db, row.id)
    if member is None or row.state != State.ACTIVE:
        return None
    today = here.house.day(here.now, row.village)
    if not still_working.was_asked(member.active_from, int(year), today):
        return None
    return None if _answered(here.house, here.db, row, int(year)) else (row, int(year))


def _open(here: Here, door: Door) -> Opened:
    key, _, answer = door.key.rpartition(".")
    found = _asked(here, key)
    if found is None:
        return [doors.home(here, _why_not(here, key))]
    row, year = found
    if answer == "n":
        here.person.slot = "working"
        return Talk("working", about={"asked": key}), Looked()
    if answer != "y":
        return [doors.home(here, Words("turn.stale"))]
    return [_thanked(here, row, year)]


def _thanked(here: Here, row: Registration, year: int) -> Call:
    _keep(here, row, year, {_question(year): _given(here, row, "yes")})
    return doors.home(here, Words("working.thanks", _names(here.house, row)))


def _why_not(here: Here, key: str) -> Words:
    """A press of the owner that comes too late is answered; anybody else's is put on record."""
    row = registrations.by_id(here.db, key.partition(".")[0])
    if row is not None and row.person_id == here.person.id:
        return Words("working.answered")
    here.refused("registration", row.id if row else "")
    return Words("turn.stale")


def _given(here: Here, row: Registration, value: str) -> Given:
    texts = here.house.texts
    asked = texts.plain(Words("notice.working", _names(here.house, row)), here.person.language)
    at, by, rules = here.now.isoformat(), here.person.id, here.house.rules
    return Given(value, "", at, by, asked, texts.version, rules)


def _keep(here: Here, row: Registration, year: int, answers: dict[str, Given]) -> None:
    keys = here.house.keys
    new = proof.store(here.db, keys, row.id, answers, here.now)
    evidence.add_answers(here.db, keys, row.id, new, here.actor, here.now)
    for kind in (AGAIN, OFFICERS):
        timers.drop(here.db, kind, f"{row.id}.{year}")
    reason = f"{year} {answers[_question(year)].value}"
    change = Change("said_if_working", "registration", row.id, reason=reason)
    audit.record(here.db, here.actor, change, here.now)


def _name(here: Here, key: str) -> str | None:
    found = _asked(here, key)
    return registrations.name(here.house.keys, found[0]) if found else None


def _stopped(here: Here, turn: Turn) -> Done:
    outcome = cast(NoLongerWorking, turn.outcome)
    found = _asked(here, f"{outcome.registration}.{outcome.year}")
    here.end()
    if found is None:
        key = outcome.registration
        return Done([doors.home(here, _why_not(here, key))])
    row, year = found
    why = replace(turn.session.answers["working.why"], about="")
    answers = {_question(year): _given(here, row, "no"), f"{_question(year)}.why": why}
    _keep(here, row, year, answers)
    names = _names(here.house, row)
    if outcome.why == "died":
        _tell_village(here.house, here.db, row, Words("notice.working.died", names), here.now)
        return Done([doors.home(here, Words("working.noted.died", names))])
    said = {**names, "why": Words(f"working.why.{outcome.why}")}
    _tell_village(here.house, here.db, row, Words("notice.working.stopped", said), here.now)
    return Done([doors.home(here, Words("working.noted", names))])


def _still(here: Here, turn: Turn) -> Done:
    """The "no" was a slip: what is kept is the "yes"."""
    outcome = cast(StillWorking, turn.outcome)
    found = _asked(here, f"{outcome.registration}.{outcome.year}")
    here.end()
    if found is None:
        return Done([doors.home(here, _why_not(here, outcome.registration))])
    return Done([_thanked(here, *found)])


LOOKUPS: dict[str, LookUp] = {"still_working": _name}
OUTCOMES: dict[type, Doing] = {NoLongerWorking: _stopped, StillWorking: _still}
OPENINGS: dict[str, Opening] = {"working": _open}
