"""An offered seat: accepted, passed on, or left unanswered until its deadline."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot import kept_seats, notices, places, quiet
from bot.house import House
from conversations.model import Words
from rules.registration import State
from storage import outbox, registrations, seats, timers
from storage.audit import Actor, Change
from storage.models import Registration

UNANSWERED = "offer_unanswered"
STILL = timedelta(days=3)  # to take an offer up, after news of a death that was false


def accept(house: House, db: Session, row: Registration, by: Actor, now: datetime) -> bool:
    """Take an offer up: the village confirms once more that the person works. The seat is kept."""
    if row.state != State.OFFERED or row.offered_until is None or row.offered_until < now:
        return False
    change = Change("offer_accepted", "registration", row.id)
    values = {"offered_until": None, "line": ""}
    if not registrations.change_state(db, row, State.PENDING, (by, change), now, **values):
        return False
    timers.drop(db, places.KIND, row.id)
    kept_seats.watch(house, db, row, now)
    return True


def pass_on(
    house: House, db: Session, row: Registration, by: Actor, now: datetime, why: str
) -> bool:
    """Back to the end of the line; the seat goes to the next."""
    if row.state != State.OFFERED or not _back_in_line(house, db, row, by, now, why):
        return False
    places.free(house, db, row, now, why)
    return True


def _back_in_line(
    house: House, db: Session, row: Registration, by: Actor, now: datetime, why: str
) -> bool:
    places.lock(house, db, row)
    line, said = places.at_the_end(house, row, now)
    change = Change(why, "registration", row.id, reason=said)
    # Who says "not now" has answered: only silence counts towards the last offer.
    offers = row.offers if why == UNANSWERED else 0
    values = {"offered_until": None, "line": line, "offers": offers}
    return registrations.change_state(db, row, State.WAITING, (by, change), now, **values)


def remind(house: House, db: Session, registration: str, now: datetime) -> None:
    """Say once more that a seat is kept, on the day before the offer ends."""
    row = registrations.by_id(db, registration)
    if row is None or row.state != State.OFFERED or row.offered_until is None:
        return
    if row.offered_until > now:
        day = house.day(row.offered_until, row.village)
        values = {"name": registrations.name(house.keys, row), "day": day}
        words, rank = Words("notice.offer_ends", values), outbox.REMINDER
        buttons = places.answers_to_offer(row)
        notices.tell(house, db, row.person_id, words, now, buttons=buttons, kind="offer", rank=rank)


def ends(house: House, db: Session, registration: str, now: datetime) -> None:
    """The deadline of an offer has come, or that of a correction for which a seat is kept."""
    row = registrations.by_id(db, registration)
    if row is None:
        return
    if row.state in (State.OFFERED, State.RETURNED) and quiet.is_quiet(db, row.id):
        _put_off(db, row, now)
        return
    if row.state == State.RETURNED and seats.held_by(db, row.id):
        _expire(house, db, row, now, "no correction")
        return
    if row.state == State.REJECTED:
        places.free(house, db, row, now, "rejected")
        return
    if row.state != State.OFFERED or row.offered_until is None or row.offered_until > now:
        return
    if row.offers >= places.MOST_OFFERS:
        _back_in_line(house, db, row, places.SYSTEM, now, UNANSWERED)
        _expire(house, db, row, now, "offers unanswered")
        return
    pass_on(house, db, row, places.SYSTEM, now, UNANSWERED)
    if row.state == State.WAITING:  # nobody else stood in line: then it is offered anew
        words = Words("notice.offer_passed", {"name": registrations.name(house.keys, row)})
        notices.decided(house, db, row, words, now)


def _put_off(db: Session, row: Registration, now: datetime) -> None:
    """While a death is only reported nobody loses a seat: there stays time once it was false."""
    until = now + STILL
    if row.state == State.OFFERED:
        registrations.offer_until(db, row, until)
        timers.set_timer(db, places.REMIND, row.id, now + quiet.PAUSE)
    timers.set_timer(db, places.KIND, row.id, until + places.NIGHT)


def _expire(house: House, db: Session, row: Registration, now: datetime, why: str) -> None:
    places.lock(house, db, row)
    change = Change("expired", "registration", row.id, reason=why)
    by = (places.SYSTEM, change)
    if registrations.change_state(db, row, State.EXPIRED, by, now, line=""):
        places.free(house, db, row, now, "expired")
        words = Words("notice.expired", {"name": registrations.name(house.keys, row)})
        notices.decided(house, db, row, words, now)
