"""After more than a day in which no process ran, who was in the midst of a form is told.

Telegram keeps what people write for 24 hours. What was lost nobody knows; but who was answering
questions may have gone on, and must not believe that it arrived.
"""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot import notices, quiet_hours, unfinished
from bot.doors import FORMS
from bot.house import House
from conversations.model import Words
from storage import outbox, sessions, timers

KIND = unfinished.ABSENT  # of the timer; its key is the moment at which it was set
EVERY = timedelta(hours=1)
KEPT = timedelta(days=1)  # so long Telegram keeps what people write
AT_WORK = timedelta(days=7)  # who touched a form so long before may have gone on with it


def begin(db: Session, now: datetime) -> None:
    """Note that somebody is awake, unless it is noted."""
    if not timers.is_set(db, KIND):
        timers.set_timer(db, KIND, now.isoformat(), now + EVERY)


def watch(house: House, db: Session, key: str, now: datetime) -> None:
    """Note it anew. Where the last note is too old, tell who may have written in vain."""
    if timers.is_set(db, KIND):
        return  # two processes began at the same moment: one note is enough
    begin(db, now)
    since = datetime.fromisoformat(key)
    if now - since > KEPT:
        _tell(house, db, since, now)


def _tell(house: House, db: Session, since: datetime, now: datetime) -> None:
    for person_id, slot in sessions.newest_slots(db, since - AT_WORK, FORMS).items():
        talk = sessions.load(db, house.keys, person_id, slot)
        if talk is None or not unfinished.waits(talk):
            continue
        day = house.day(since, quiet_hours.place_of(house, db, person_id))
        button = ("home.resume.yes", f"open:resume:{slot}"[:64])
        words = Words("notice.absent", {"day": day})
        rank = outbox.REMINDER
        notices.tell(house, db, person_id, words, now, buttons=[button], kind=KIND, rank=rank)
