"""What is due: digests, reminders, and the daily sweep; each is a row in the database."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from bot import (
    absence,
    arrivals,
    claim_news,
    departures,
    kept_seats,
    notices,
    offers,
    places,
    quiet,
    quiet_hours,
    reminders,
    unfinished,
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
from storage.database import gave_way, transaction
from storage.models import Staff
from storage.timers import is_due as is_due

log = logging.getLogger(__name__)

SOME = 50  # timers in one transaction: after a long stop nobody waits for all of them
TRY_AGAIN = timedelta(hours=1)
TRY_SOON = timedelta(minutes=1)  # where the database refused it, as it may where two meet
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
    unfinished.KIND: unfinished.remind,
    absence.KIND: absence.watch,
}
# Not said while the person's death is reported, but later; their keys begin with the sign-up.
MUTED = frozenset({reminders.KIND, places.REMIND, departures.AGED_OUT, *working.DUE})


def run_some(house: House, now: datetime) -> bool:
    """Do some of what is due, in a transaction of its own; True where there may be more."""
    with transaction(house.engine) as db:
        return run(house, db, now, SOME) == SOME


def run(house: House, db: Session, now: datetime, most: int | None = None) -> int:
    """Do what is due, and set what comes again; how many there were.

    One that fails stops no other, and is retried.
    """
    due = timers.take_due(db, now, most)
    due.sort(key=lambda one: one[0] != absence.KIND)  # what it says is then not said again
    for kind, key in due:
        try:
            with db.begin_nested():
                _fire(house, db, kind, key, now)
        except Exception as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise  # the database is away: all of them are due again
            if gave_way(error):
                log.warning("the timer %s of %s gave way to a turn; again soon", kind, key)
            else:
                log.exception("the timer %s of %s failed", kind, key)
            refused = isinstance(error, OperationalError)
            timers.set_timer(db, kind, key, now + (TRY_SOON if refused else TRY_AGAIN))
    return len(due)


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
        # One that is late, and would be read only in the morning, gives way to the morning's own.
        if quiet_hours.night_over(house, office.area, now) is None:
            notices.digest(house, db, office, now)
        timers.set_timer(db, "digest", office.id, notices.next_digest(office.area, now))


def set_all(db: Session, now: datetime) -> None:
    """Set what must come again, unless it is set."""
    timers.set_once(db, "sweep", "daily", now)
    absence.begin(db, now)
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
    sessions.drop_older(db, now - sessions.KEEP)
    inbox.prune(db, now - KEEP_MESSAGES)
    outbox.prune(db, now - KEEP_MESSAGES)
    claim_codes.prune(db, now)
    sheet_people.prune(db, now - KEEP_SHEETS)
