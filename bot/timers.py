"""What is due: digests, reminders, and the daily sweep; each is a row in the database."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot import notices, offers, places, reminders
from bot.house import House
from storage import inbox, outbox, sessions, staff, tallies, timers
from storage.models import Staff

KEEP_SESSIONS = timedelta(days=30)
KEEP_MESSAGES = timedelta(days=7)


def run(house: House, db: Session, now: datetime) -> None:
    """Do what is due, and set what comes again."""
    for timer in timers.take_due(db, now):
        if timer.kind == "digest":
            office = db.get(Staff, timer.key)
            if office is not None and office.ended_at is None:
                notices.digest(house, db, office, now)
                due = notices.next_digest(office.area, now)
                timers.set_timer(db, "digest", office.id, due)
        if timer.kind == reminders.KIND:
            reminders.remind(house, db, timer.key, now)
        if timer.kind == places.KIND:
            offers.ends(house, db, timer.key, now)
        if timer.kind == places.FILL:
            places.go_on(house, db, timer.key, now)
        if timer.kind == "sweep":
            sweep(db, now)
            tallies.recount(db)
            places.fill_everywhere(house, db, now)
            timers.set_timer(db, "sweep", "daily", now + timedelta(days=1))


def set_all(db: Session, now: datetime) -> None:
    """Set what must come again, unless it is set."""
    timers.set_once(db, "sweep", "daily", now)
    for office in staff.all_offices(db):
        timers.set_once(db, "digest", office.id, notices.next_digest(office.area, now))


def sweep(db: Session, now: datetime) -> None:
    """Forget what need not be kept: unfinished conversations, raw updates, sent messages."""
    sessions.drop_older(db, now - KEEP_SESSIONS)
    inbox.prune(db, now - KEEP_MESSAGES)
    outbox.prune(db, now - KEEP_MESSAGES)
