"""What is due: digests, reminders, and the daily sweep; each is a row in the database."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from bot import departures, notices, offers, places, reminders, unnamed, working
from bot.house import House
from rules.permissions import Action
from storage import inbox, outbox, sessions, staff, tallies, timers
from storage.models import Staff

KEEP_SESSIONS = timedelta(days=30)
KEEP_MESSAGES = timedelta(days=7)

# What is done of a timer of each kind, with its key.
DUE: dict[str, Callable[[House, Session, str, datetime], None]] = {
    reminders.KIND: reminders.remind,
    places.KIND: offers.ends,
    places.FILL: places.go_on,
    departures.KIND: departures.takes_effect,
    departures.AGED_OUT: departures.ages_out,
    **working.DUE,
    unnamed.KIND: unnamed.remind,
}


def run(house: House, db: Session, now: datetime) -> None:
    """Do what is due, and set what comes again."""
    for timer in timers.take_due(db, now):
        if timer.kind == "digest":
            _digest(house, db, timer.key, now)
        if timer.kind in DUE:
            DUE[timer.kind](house, db, timer.key, now)
        if timer.kind == "sweep":
            sweep(db, now)
            tallies.recount(db)
            places.fill_everywhere(house, db, now)
            unnamed.watch(house, db, now)
            timers.set_timer(db, "sweep", "daily", now + timedelta(days=1))


def _digest(house: House, db: Session, office_id: str, now: datetime) -> None:
    office = db.get(Staff, office_id)
    if office is not None and _has_digest(office):
        notices.digest(house, db, office, now)
        timers.set_timer(db, "digest", office.id, notices.next_digest(office.area, now))


def set_all(db: Session, now: datetime) -> None:
    """Set what must come again, unless it is set."""
    timers.set_once(db, "sweep", "daily", now)
    for office in filter(_has_digest, staff.all_offices(db)):
        timers.set_once(db, "digest", office.id, notices.next_digest(office.area, now))


def _has_digest(office: Staff) -> bool:
    """Whether somebody who holds this office has a queue to hear of."""
    return office.ended_at is None and Action.SEE_QUEUE in staff.allowed(office)


def sweep(db: Session, now: datetime) -> None:
    """Forget what need not be kept: unfinished conversations, raw updates, sent messages."""
    sessions.drop_older(db, now - KEEP_SESSIONS)
    inbox.prune(db, now - KEEP_MESSAGES)
    outbox.prune(db, now - KEEP_MESSAGES)
