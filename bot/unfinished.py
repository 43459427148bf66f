"""A sign-up that was begun and not sent: once, after a day of silence, its person is told of it."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot import notices, quiet_hours
from bot.house import House
from conversations.model import Session as Talk
from conversations.model import Words
from storage import outbox, people, sessions, timers
from storage.people import Account

KIND = "unfinished"  # of the timer; its key is the account
ABSENT = "awake"  # the kind of the notice that says the same, and why nobody answered
SLOT = "enrolment"
SILENCE = timedelta(days=1)


def watch(db: Session, person_id: int, now: datetime) -> None:
    """Watch a sign-up that begins. Its timer is set here alone, so what was said is said once."""
    timers.set_once(db, KIND, str(person_id), now + SILENCE)


def remind(house: House, db: Session, key: str, now: datetime) -> None:
    """Say that the sign-up waits, or look again later; of one that is gone nothing is said."""
    person, touched = people.find(db, int(key)), sessions.touched_at(db, int(key), SLOT)
    if person is None or touched is None or outbox.told_since(db, person.id, ABSENT, now - SILENCE):
        return
    if later := _later(house, db, person, touched, now):
        timers.set_timer(db, KIND, key, later)
        return
    here = quiet_hours.place_of(house, db, person.id)
    # The last day that is kept whole: on the next one it may be deleted at any hour.
    day = house.day(touched + sessions.KEEP - timedelta(days=1), here)
    words, rank = Words("notice.unfinished", {"day": day}), outbox.REMINDER
    button = ("home.resume.yes", f"open:resume:{SLOT}")
    notices.tell(house, db, person.id, words, now, buttons=[button], kind=KIND, rank=rank)


def _later(
    house: House, db: Session, person: Account, touched: datetime, now: datetime
) -> datetime | None:
    """When to look again, where now is not the moment to say it."""
    if touched + SILENCE > now:
        return touched + SILENCE
    talk = sessions.load(db, house.keys, person.id, SLOT)
    if person.unreachable_since is not None or talk is None or not waits(talk):
        return now + SILENCE
    return quiet_hours.asleep_until(house, db, person.id, now)


def waits(talk: Talk) -> bool:
    """Whether its person has answered something and not given it up; who says "later" has not."""
    answered = any(given.by for given in talk.answers.values())
    return answered and not (talk.cancelled or talk.resting)
