"""Leaving: an officer's word that can be taken back for ten minutes, then what follows of it."""

from datetime import date, datetime, time, timedelta
from typing import cast

from sqlmodel import Session

from bot import doors, notices, places, reminders, working
from bot.done import Doing, Done, LookUp
from bot.doors import Door, Opened, Opening
from bot.here import Here
from bot.house import House
from bot.zones import zone
from conversations.cards import paid_until
from conversations.departures import Barred, Leaver, RecordDeparture
from conversations.model import Looked, Turn, Words
from conversations.model import Session as Talk
from rules import nik
from rules.departures import Effect, Kind, effect, too_old_on
from rules.permissions import Action
from rules.registration import UNDO, State
from storage import departures, evidence, members, proof, registrations, sessions, timers
from storage.audit import Actor
from storage.evidence import Fact
from storage.models import Registration

KIND = departures.TIMER
AGED_OUT = "aged_out"  # of the timer that watches the programme's age limit
AGES, SOME = "ages", 500  # of the timer that goes on watching, and how many at a time
HOUR = 8  # o'clock in the village
BY = Actor(0, "departures")


def _leaver(here: Here, registration: str) -> Leaver | None:
    row = registrations.by_id(here.db, registration)
    if row is None or not here.may(Action.RECORD_DEPARTURE, row.village):
        return None
    return Leaver(
        id=row.id,
        version=row.version,
        code=row.code,
        name=registrations.name(here.house.keys, row),
        state=State(row.state),
        signed_up=here.house.day(row.created_at, row.village),
        months=_months(here.db, row),
        has_left=bool(row.left_why),
    )


def _months(db: Session, row: Registration) -> tuple[date, ...]:
    return tuple(one.month for one in members.contributions(db, row.id))


def _open(here: Here, door: Door) -> Opened:
    here.person.slot = "departure"
    return Talk("departure", about={"registration": door.key[:32]}), Looked()


def _record(here: Here, turn: Turn) -> Done:
    outcome = cast(RecordDeparture, turn.outcome)
    row = registrations.by_id(here.db, outcome.registration)
    here.end()
    if row is None or not here.may(Action.RECORD_DEPARTURE, row.village):
        here.refused("registration", row.id if row else "")
        return Done([doors.home(here, Words("turn.stale"))])
    if row.version != outcome.version or row.left_why or effect(State(row.state)) is None:
        return Done([], Door("find", row.id, Words("find.changed")))
    by = here.acting(Action.RECORD_DEPARTURE, row.village)
    departures.note(here.db, row, (outcome.kind, outcome.day), by, here.now)
    answers = {name: turn.session.answers[name] for name in turn.path}
    proof.store(here.db, here.house.keys, row.id, answers, here.now)
    noted = Fact("departure", "noted", outcome.day, {"why": outcome.kind})
    evidence.append_if_begun(here.db, here.house.keys, row.id, noted, by, here.now)
    return _noted(here, row, outcome)


def _noted(here: Here, row: Registration, outcome: RecordDeparture) -> Done:
    values = {"what": Words(f"left.{outcome.kind}"), "day": outcome.day, **_names(here.house, row)}
    data = f"open:undo_departure:{undo_key(here.db, row)}"
    rows = [[(here.page.label(Words("departure.undo")), data)]]
    return Done([here.page.message(Words("departure.noted", values), here.page.inline(rows))])


def _names(house: House, row: Registration) -> dict[str, object]:
    return {"name": registrations.name(house.keys, row), "code": row.code}


def undo_key(db: Session, row: Registration) -> str:
    """What names a noted departure that can be taken back still, or ""."""
    due = departures.due(db, row.id)
    return f"{row.id}.{due.timestamp():.0f}" if due else ""


def _undo(here: Here, door: Door) -> Opened:
    row = registrations.by_id(here.db, door.key.partition(".")[0])
    if row is None or not here.may(Action.RECORD_DEPARTURE, row.village):
        here.refused("registration", row.id if row else "")
        return [doors.home(here, Words("turn.stale"))]
    key = undo_key(here.db, row)
    if not row.left_why:
        return [doors.home(here, Words("departure.undo.done"))]
    if not key:
        return [doors.home(here, Words("departure.undo.late"))]
    by = here.acting(Action.RECORD_DEPARTURE, row.village)
    if key != door.key or not departures.take_back(here.db, row, by, here.now):
        return [doors.home(here, Words("turn.stale"))]
    undone = Fact("departure", "undone")
    evidence.append_if_begun(here.db, here.house.keys, row.id, undone, by, here.now)
    if row.state == State.WAITING:  # meanwhile no seat was offered to this one
        places.fill(here.house, here.db, row, here.now, "room")
    return [doors.home(here, Words("departure.undone", _names(here.house, row)))]


def takes_effect(house: House, db: Session, registration: str, now: datetime) -> None:
    """Ten minutes have passed: the sign-up is given up or ended, and who signed up is told."""
    row = registrations.by_id(db, registration)
    if row is not None:
        _leave(house, db, row, now)


def _leave(house: House, db: Session, row: Registration, now: datetime) -> Effect | None:
    places.lock_if_seated(house, db, row)
    happened = _carry_out(house, db, row, now)
    if happened is None:
        departures.forget(db, row, BY, now)
        return None
    for kind in (reminders.KIND, working.KIND, AGED_OUT):
        timers.drop(db, kind, row.id)
    places.free(house, db, row, now, row.left_why)
    sessions.drop(db, row.person_id, f"enrolment.{row.id}")
    _tell(house, db, row, [_news(house, db, row, happened)], now)
    return happened


def _carry_out(house: House, db: Session, row: Registration, now: datetime) -> Effect | None:
    happened = departures.carry_out(db, row, BY, now)
    if happened is not None:
        member = members.of_registration(db, row.id)
        ended = member.ended_on.isoformat() if member and member.ended_on else ""
        values = {"why": row.left_why, **({"ended": ended} if ended else {})}
        left = Fact("departure", "left", row.left_on, values)
        evidence.append_if_begun(db, house.keys, row.id, left, BY, now)
    return happened


def _news(house: House, db: Session, row: Registration, happened: Effect) -> Words:
    """What the one who signed up is told."""
    kind = row.left_why
    values = {**_names(house, row), "day": row.left_on, "paid": paid_until(_months(db, row))}
    if happened is Effect.END:
        return Words(f"notice.left.{kind}", values)
    ending = "await" if happened is Effect.AWAIT else "withdraw"
    if kind == Kind.DIED:
        return Words(f"notice.left.died.{ending}", values)
    return Words(f"notice.left.{ending}", {**values, "what": Words(f"left.{kind}")})


def _tell(house: House, db: Session, row: Registration, words: list[Words], now: datetime) -> None:
    buttons = [("notice.status", f"open:status:{row.id}")]
    if row.state == State.ENDED:
        topic = "jkm.documents" if row.left_why == Kind.DIED else "coverage.self_pay"
        buttons = [(f"topic.{topic}", f"open:topic:{topic}")]
    notices.tell(house, db, row.person_id, words, now, buttons=buttons)


def settle(house: House, db: Session, row: Registration, now: datetime) -> bool:
    """BPJS has accepted somebody who left meanwhile: the membership ends at once, and who signed
    up is told both in one. False for anybody else; then nothing was done.
    """
    if row.state != State.ACTIVE or not row.left_why or departures.due(db, row.id) is not None:
        return False
    member = members.of_registration(db, row.id)
    if member is None or _carry_out(house, db, row, now) is not Effect.END:
        return False
    values = {**_names(house, row), "active_from": member.active_from}
    accepted = Words("notice.left.accepted", values)
    _tell(house, db, row, [accepted, _news(house, db, row, Effect.END)], now)
    return True


def watch_age(house: House, db: Session, row: Registration, now: datetime) -> None:
    """Set the timer for the day on which somebody on a seat, or in line for one, is too old."""
    day = _too_old_on(house, db, row, now)
    if day is not None:
        timers.set_timer(db, AGED_OUT, row.id, datetime.combine(day, time(HOUR), zone(row.village)))


def watch_ages(house: House, db: Session, after: str, now: datetime) -> None:
    """Watch the age of everybody whom nobody watches yet, after a sign-up and some at a time.

    A limit that is new in a programme's file reaches who joined before it.
    """
    limited = [one.key for one in house.programmes.values() if one.age_max.value is not None]
    rows = departures.unwatched(db, limited, AGED_OUT, after, SOME) if limited else []
    for row in rows:
        watch_age(house, db, row, now)
    if len(rows) == SOME:
        timers.set_timer(db, AGES, rows[-1].id, now)


def _too_old_on(house: House, db: Session, row: Registration, now: datetime) -> date | None:
    """None where the programme sets no limit, or nothing says when the person was born."""
    oldest = places.programme_of(house, row).age_max.value
    if oldest is None:
        return None
    answers = {kept.question: kept.given.value for kept in proof.load(db, house.keys, row.id)}
    said = answers.get("enrolment.birth_date", "")
    number = registrations.nik(house.keys, row)
    born = date.fromisoformat(said) if said else nik.read(number, house.day(now)).birth_date
    return too_old_on(born, oldest) if born else None


def ages_out(house: House, db: Session, registration: str, now: datetime) -> None:
    """A person is older than the programme pays for; one may go on paying alone."""
    row = registrations.by_id(db, registration)
    if row is None or effect(State(row.state)) is None:
        return
    if row.left_why:
        timers.set_timer(db, AGED_OUT, row.id, now + UNDO + timedelta(minutes=1))
        return
    day, today = _too_old_on(house, db, row, now), house.day(now, row.village)
    if day is None or day > today:
        watch_age(house, db, row, now)
        return
    if departures.note_at_once(db, row, (Kind.AGED_OUT, today)):
        _leave(house, db, row, now)


def _barred(here: Here, turn: Turn) -> Done:
    outcome = cast(Barred, turn.outcome)
    here.end()
    if here.incoming.press_id:
        here.refused("registration", outcome.registration)
    return Done([doors.home(here, Words(outcome.key))])


LOOKUPS: dict[str, LookUp] = {"leaver": _leaver}
OUTCOMES: dict[type, Doing] = {RecordDeparture: _record, Barred: _barred}
OPENINGS: dict[str, Opening] = {"departure": _open, "undo_departure": _undo}
