"""Seats kept for sign-ups that wait for their officer: shown first, and not to be forgotten.

A seat is kept where an offer was taken up, a confirmation undone while others wait, or a returned
sign-up corrected. A timer stands for each: by it the desk knows them, and officers are reminded.
"""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot import notices, places
from bot.house import House
from conversations.model import Words
from rules.permissions import Action
from rules.registration import State
from storage import outbox, registrations, seats, staff, timers
from storage.models import Registration
from storage.queue import KEPT


def watch(house: House, db: Session, row: Registration, now: datetime) -> None:
    """Begin to watch a sign-up for which a seat is kept until its officer decides; else nothing."""
    if row.state == State.PENDING and seats.held_by(db, row.id) is not None:
        days = places.programme_of(house, row).offer_days.value
        timers.set_timer(db, KEPT, row.id, now + timedelta(days=days))


def remind(house: House, db: Session, registration: str, now: datetime) -> None:
    """Remind the village's officers of one that still waits, and again after as many days."""
    row = registrations.by_id(db, registration)
    if row is None or row.state != State.PENDING or seats.held_by(db, row.id) is None:
        return
    watch(house, db, row, now)
    values = {"name": registrations.name(house.keys, row), "code": row.code}
    button = ("notice.digest.open", f"open:desk:{row.village}")
    holders = staff.holders(db, Action.DECIDE, row.village)
    for person_id in dict.fromkeys(office.person_id for office in holders):
        words, rank = Words("notice.seat_kept", values), outbox.STAFF
        notices.tell(house, db, person_id, words, now, buttons=[button], kind="staff", rank=rank)
