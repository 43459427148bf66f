"""What is due: digests, reminders, and the daily sweep; each is a row in the database."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

from bot import (
    arrivals,
    claim_news,
    departures,
    kept_seats,
    notices,
    offers,
    places,
    quiet,
    reminders,
    unnamed,
    working,
)
from bot.house import House
from rules.permissions import Action
from storage import (
    anchors,
    claim_codes,
    inbox,
    outbox,
    queue,
    sessions,
    sheet_people,
    staff,
    tallies,
    timers,
)
from storage.database import transaction
from storage.models import Staff

log = logging.getLogger(__name__)

TRY_AGAIN = timedelta(hours=1)
KEEP_SESSIONS = timedelta(days=30)
KEEP_MESSAGES = timedelta(days=7)
KEEP_SHEETS = timedelta(days=30)  # who stood in one that was never marked

# What is done of a timer of each kind, with its key.
DUE: dict[str, Callable[[House, Session, str, datetime], None]] = {
    reminders.KIND: reminders.remind,
    places.KIND: offers.ends,
    places.REMIND: offers.remind,
    places.FILL: places.go_on,
    departures.KIND: departures.takes_effect,
    departures.AGED_OUT: departures.ages_out,
    departures.AGES: departures.watch_ages,
    queue.KEPT: kept_seats.remind,
    **working.DUE,
    unnamed.KIND: unnamed.remind,
    claim_news.KIND: claim_news.look,
    arrivals.KIND: arrivals.arrive,
}
# Not said while the person's death is reported, but later; their keys begin with the sign-up.
MUTED = frozenset({reminders.KIND, places.REMIND, departures.AGED_OUT, *working.DUE})


def run(house: House, db: Session, now: datetime) -> None:
    """Do what is due, and set what comes again. One that fails stops no other, and is retried."""
    for timer in timers.take_due(db, now):
        try:
            with db.begin_nested():
                _fire(house, db, timer.kind, timer.key, now)
        except (OperationalError, InterfaceError):
            raise  # the database is away, or asks to try the whole transaction once more
        except Exception:
            log.exception("the timer %s of %s failed", timer.kind, timer.key)
            timers.set_timer(db, timer.kind, timer.key, now + TRY_AGAIN)


def _fire(house: House, db: Session, kind: str, key: str, now: datetime) -> None:
    if kind in MUTED and quiet.is_quiet(db, key.partition(".")[0]):
        timers.set_timer(db, kind, key, now + quiet.PAUSE)
        return
    if kind == "digest":
        _digest(house, db, key, now)
    if kind in DUE:
        DUE[kind](house, db, key, now)
    if kind == "sweep":
        sweep(db, now)
        tallies.recount(db)
        places.fill_everywhere(house, db, now)
        unnamed.watch(house, db, now)
        anchor(house, db, now)
        departures.watch_ages(house, db, "", now)
        timers.set_timer(db, "sweep", "daily", now + timedelta(days=1))


def anchor(house: House, db: Session, now: datetime) -> None:
    """Vouch for all evidence outside of the database: in a file, and in the log."""
    if house.anchors is not None:
        log.info("anchor %s", anchors.keep(db, house.keys, house.anchors, now).line)


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


def begin(house: House) -> None:
    """Set in a transaction of its own what must come again, when a process begins."""
    with transaction(house.engine) as db:
        set_all(db, house.clock())


def _has_digest(office: Staff) -> bool:
    """Whether somebody who holds this office has a queue to hear of."""
    return office.ended_at is None and Action.SEE_QUEUE in staff.allowed(office)


def sweep(db: Session, now: datetime) -> None:
    """Forget what need not be kept: unfinished conversations, raw updates, sent messages,
    who stood in an old sheet.
    """
    sessions.drop_older(db, now - KEEP_SESSIONS)
    inbox.prune(db, now - KEEP_MESSAGES)
    outbox.prune(db, now - KEEP_MESSAGES)
    claim_codes.prune(db, now)
    sheet_people.prune(db, now - KEEP_SHEETS)
