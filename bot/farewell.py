"""What follows when an office ends: cases let go, the open page made blank, the holder told."""

from datetime import datetime

from sqlmodel import Session

from bot import doors
from bot.here import Here
from bot.house import House
from bot.replies import Page
from conversations.model import Chose, Words
from storage import outbox, people, queue, registrations, sessions, staff
from storage.models import Staff
from storage.people import Account

OF_AN_OFFICE = frozenset(
    {
        *("desk", "minutes", "own_card", "find", "departure"),
        *("overview", "offices", "member", "claims"),
    }
)


def office_ended(house: House, db: Session, row: Staff, words: Words, now: datetime) -> None:
    """Close what stands open of an office that has just ended, and tell its holder in `words`.

    Below the words stands the home keyboard of the offices that are left.
    """
    queue.release(db, row.person_id)
    person = people.find(db, row.person_id)
    page = Page(house.texts, row.person_id, person.language if person else "id")
    if person is not None:
        _close(house, db, person, now)
    keyboard = page.home_keyboard(doors.home_buttons(staff.offices_of(db, row.person_id)))
    call = page.message(words, keyboard)
    outbox.queue(db, house.keys, call, "staff", now, outbox.CLAIM)


def _close(house: House, db: Session, person: Account, now: datetime) -> None:
    """Forget the conversations of an office; the page that is open loses names and buttons."""
    slots = {*sessions.slots(db, person.id), person.slot}
    over = {slot for slot in slots if _was_of_it(db, person, slot)}
    for slot in over:
        sessions.drop(db, person.id, slot)
    if person.slot not in over:
        return
    if person.asked_message:
        page = Page(house.texts, person.id, person.language)
        blank = {**page.message(Words("offices.over")), "method": "editMessageText"}
        call = {**blank, "message_id": person.asked_message}
        outbox.queue(db, house.keys, call, "farewell", now, outbox.REPLY)
    people.leave(db, person)


def is_of_an_ended_office(here: Here, press: Chose) -> bool:
    """Whether somebody who held office presses on one of its pages, and holds none any more."""
    if press.question.partition(".")[0] not in OF_AN_OFFICE or here.offices:
        return False
    return staff.has_held_office(here.db, here.person.id)


def _was_of_it(db: Session, person: Account, slot: str) -> bool:
    """Whether a conversation is an office's: the desk and its pages, part two of another's."""
    kind, _, id = slot.partition(".")
    if kind != "details":
        return kind in OF_AN_OFFICE
    row = registrations.by_id(db, id)
    return row is None or row.person_id != person.id
