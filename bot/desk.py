"""The village's desk: what its officer sees, and what becomes of his presses."""

from dataclasses import replace
from typing import cast

from bot import covers, decisions, doors
from bot.done import Doing, Done, LookUp
from bot.doors import Door
from bot.here import Here
from bot.replies import Call
from conversations.desk import Card, Desk
from conversations.form import occupation_words
from conversations.model import PROVEN, Turn, Words
from conversations.outcomes import Decide, PassOver, ShowPhone
from rules import areas, nik, phones
from rules.permissions import Action
from rules.registration import State
from storage import audit, proof, registrations, tallies
from storage.audit import Change
from storage.models import Registration


def _desk(here: Here, _key: str) -> Desk | None:
    if not here.offices:
        return None
    office = here.offices[0]
    village = areas.village(office.area)
    row = registrations.next_in_queue(here.db, office.area)
    return Desk(
        village=village.title if village else office.area,
        waiting=tallies.of(here.db, office.area, State.PENDING),
        seats=_seats(here, office.area),
        card=_card(here, row) if row else None,
    )


def _seats(here: Here, village: str) -> Words:
    taken = covers.places(here, village)
    if taken is None:
        return Words("desk.seats.none")
    return Words("desk.seats", {"used": taken[0], "cap": taken[1]})


def _card(here: Here, row: Registration) -> Card:
    answers = {
        kept.question: kept.given.value for kept in proof.load(here.db, here.house.keys, row.id)
    }
    occupation = occupation_words(answers.get("enrolment.occupation", ""))
    name = registrations.name(here.house.keys, row)
    number = registrations.nik(here.house.keys, row)
    facts: dict[str, object] = {
        "code": row.code,
        "name": name,
        "nik": nik.read(number, here.today).masked,
        "occupation": occupation,
        "phone": _phone(answers.get("enrolment.phone", "none")),
        "whom": Words(f"desk.whom.{row.whom}"),
        "sent": here.house.day(row.created_at, row.village),
        **{
            field: Words(f"enrolment.{field}.{answers[f'enrolment.{field}']}")
            for field in ("work", "able", "tie", "residence")
        },
    }
    own = ("typed_by_you",) if row.person_id == here.person.id else ()
    return Card(row.id, row.version, name, occupation, (*own, *row.warnings.split()), facts)


def _phone(kept: str) -> Words:
    if kept == "none":
        return Words("enrolment.phone.none")
    key = "proven" if kept.endswith(PROVEN) else "unproven"
    number = phones.masked(kept.removesuffix(PROVEN))
    return Words(f"enrolment.phone.{key}", {"phone": number})


def _decide(here: Here, turn: Turn) -> Done:
    calls = decisions.decide(here, cast(Decide, turn.outcome), turn)
    here.end()
    return Done(calls, Door("desk"))


def _pass_over(here: Here, turn: Turn) -> Done:
    outcome = cast(PassOver, turn.outcome)
    row = registrations.by_id(here.db, outcome.registration)
    if row is not None and here.may(Action.DECIDE, row.village):
        registrations.pass_over(here.db, row.id, here.now)
    here.end()
    return Done([], Door("desk"))


def _show_phone(here: Here, turn: Turn) -> Done:
    """The number goes into the pop-up of the press: seen by the officer, kept in no chat."""
    outcome = cast(ShowPhone, turn.outcome)
    row = registrations.by_id(here.db, outcome.registration)
    # The card stays as it is, with its buttons: only this answer is taken back.
    here.keep(replace(turn, session=replace(turn.session, answers={}, resting=False)))
    if row is None or not here.may(Action.SEE_PHONE, row.village):
        return Done([doors.home(here, Words("turn.stale"))])
    if not here.incoming.press_id:
        return Done([here.page.message(Words("desk.phone.press"))], Door("desk"))
    change = Change("saw_phone", "registration", row.id)
    audit.record(here.db, here.actor, change, here.now)
    return Done([_pop_up(here, row)])


def _pop_up(here: Here, row: Registration) -> Call:
    kept = {one.question: one.given for one in proof.load(here.db, here.house.keys, row.id)}
    phone = kept["enrolment.phone"].value.removesuffix(PROVEN)
    names = {"name": registrations.name(here.house.keys, row), "phone": phone}
    words = Words("desk.phone.none" if phone == "none" else "desk.phone", names)
    return {
        "method": "answerCallbackQuery",
        "callback_query_id": here.incoming.press_id,
        "text": here.page.label(words),
        "show_alert": True,
    }


LOOKUPS: dict[str, LookUp] = {"desk": _desk}
OUTCOMES: dict[type, Doing] = {Decide: _decide, PassOver: _pass_over, ShowPhone: _show_phone}
