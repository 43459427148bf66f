"""One sign-up on its officer's desk: the card, who holds it, and what its buttons do."""

from dataclasses import replace
from typing import cast

from bot import covers, decisions, doors, own_card
from bot.done import Doing, Done, LookUp
from bot.doors import Door
from bot.here import Here
from bot.replies import Call
from conversations.desk import Card, NextCase
from conversations.form import occupation_words
from conversations.model import PROVEN, Chose, Event, Session, Turn, Words
from conversations.outcomes import Decide, PassOver, ShowPhone
from rules import areas, nik, phones
from rules.permissions import Action
from rules.registration import State
from storage import audit, proof, queue, registrations, seats, tallies
from storage.audit import Change
from storage.models import Registration

OF_A_CASE = ("desk.card", "desk.attest", "desk.reject", "desk.which", "desk.why")


def opened(here: Here, row: Registration, kind: str = "", put_off: str = "") -> Session:
    """A fresh look at one sign-up; `kind` is "clean" where clean ones are gone through.

    `put_off` are the ids of those that were put off in this round.
    """
    here.person.slot = "desk"
    about = {"case": row.id, "village": row.village, "kind": kind, "put_off": put_off}
    return Session("case", about=about)


def reopened(here: Here, session: Session | None, what: Event) -> Session | None:
    """The card that a press belongs to, which is good for as long as its sign-up is unchanged.

    None where it is open already, is nobody's to decide any more, or is held by another officer.
    """
    if not isinstance(what, Chose) or what.question not in OF_A_CASE:
        return None
    id, _, version = what.nonce.partition(".")
    if session and session.conversation == "case" and session.about.get("case") == id:
        return None
    row = registrations.by_id(here.db, id)
    if row is None or str(row.version) != version or not here.may(Action.DECIDE, row.village):
        return None
    if not queue.hold(here.db, [row.id], here.person.id, here.now):
        return None
    queue.release(here.db, here.person.id, but=[row.id])
    return opened(here, row)


def _find(here: Here, id: str) -> Card | None:
    """None for what is not this officer's to decide, now: another may have it open."""
    row = registrations.by_id(here.db, id)
    if row is None or row.state != State.PENDING or not here.may(Action.DECIDE, row.village):
        return None
    if not own_card.is_declared(here):
        return None
    if not queue.hold(here.db, [row.id], here.person.id, here.now):
        return None
    return _card(here, row)


def _card(here: Here, row: Registration) -> Card:
    answers = {
        kept.question: kept.given.value for kept in proof.load(here.db, here.house.keys, row.id)
    }
    occupation = occupation_words(answers.get("enrolment.occupation", ""))
    name = registrations.name(here.house.keys, row)
    facts = {**_place(here, row), **_person(here, row, answers), "name": name}
    conflicts = own_card.conflicts_with(here, row)
    return Card(
        id=row.id,
        version=row.version,
        name=name,
        occupation=occupation,
        warnings=tuple(row.warnings.split()),
        facts={**facts, "occupation": occupation},
        conflicts=conflicts,
        alone=bool(conflicts) and own_card.is_alone(here, row),
        keeps=seats.held_by(here.db, row.id) is not None,
        left=_left(row),
    )


def _left(row: Registration) -> Words | None:
    """That somebody noted the person as having left, and what."""
    if not row.left_why:
        return None
    return Words("desk.left", {"what": Words(f"left.{row.left_why}"), "day": row.left_on})


def _place(here: Here, row: Registration) -> dict[str, object]:
    return {
        "village": village_name(row.village),
        "waiting": tallies.of(here.db, row.village, State.PENDING),
        "seats": seats_words(here, row.village),
    }


def village_name(code: str) -> str:
    """The name of a village as on signs; its code where the register has none."""
    village = areas.village(code)
    return village.title if village else code


def seats_words(here: Here, village: str) -> Words:
    """How many seats of a village's programme are taken."""
    taken = covers.places(here, village)
    if taken is None:
        return Words("desk.seats.none")
    return Words("desk.seats", {"used": taken[0], "cap": taken[1]})


def _person(here: Here, row: Registration, answers: dict[str, str]) -> dict[str, object]:
    number = registrations.nik(here.house.keys, row)
    return {
        "code": row.code,
        "nik": nik.read(number, here.today).masked,
        "phone": _phone(answers.get("enrolment.phone", "none")),
        "whom": Words(f"desk.whom.{row.whom}"),
        "sent": here.house.day(row.created_at, row.village),
        **{
            field: Words(f"enrolment.{field}.{answers[f'enrolment.{field}']}")
            for field in ("work", "able", "tie", "residence")
        },
    }


def _phone(kept: str) -> Words:
    if kept == "none":
        return Words("enrolment.phone.none")
    key = "proven" if kept.endswith(PROVEN) else "unproven"
    number = phones.masked(kept.removesuffix(PROVEN))
    return Words(f"enrolment.phone.{key}", {"phone": number})


def _decide(here: Here, turn: Turn) -> Done:
    calls = decisions.decide(here, cast(Decide, turn.outcome), turn)
    return _on(here, turn, calls)


def _pass_over(here: Here, turn: Turn) -> Done:
    outcome = cast(PassOver, turn.outcome)
    row = registrations.by_id(here.db, outcome.registration)
    if row is not None and here.may(Action.DECIDE, row.village):
        queue.pass_over(here.db, row.id, here.now)
    return _on(here, turn, [], outcome.registration)


def _next(here: Here, turn: Turn) -> Done:
    """The sign-up is decided, gone or held; what is to be said of it stands above the next."""
    row = registrations.by_id(here.db, turn.session.about.get("case", ""))
    if row is None or not queue.is_held(row, here.person.id, here.now):
        return _on(here, turn, [])
    note = Words("desk.held") if here.may(Action.DECIDE, row.village) else turn.note
    return _on(here, replace(turn, note=note), [])


def _on(here: Here, turn: Turn, calls: list[Call], put_off: str = "") -> Done:
    """To the next of the round; what was put off in it does not come again."""
    here.end()
    about = turn.session.about
    seen = f"{about.get('put_off', '')} {put_off}".strip()
    key = f"{about.get('village', '')}/{about.get('kind', '')}/{seen}"
    return Done(calls, Door("case", key, turn.note))


def _show_phone(here: Here, turn: Turn) -> Done:
    """The number goes into the pop-up of the press: seen by the officer, kept in no chat."""
    outcome = cast(ShowPhone, turn.outcome)
    row = registrations.by_id(here.db, outcome.registration)
    # The card stays as it is, with its buttons: only this answer is taken back.
    session = replace(turn.session, answers={}, resting=False)
    here.keep(replace(turn, session=session))
    if row is None or not here.may(Action.SEE_PHONE, row.village):
        here.refused("registration", row.id if row else "")
        return Done([doors.home(here, Words("turn.stale"))])
    if not here.incoming.press_id:
        words = Words("desk.phone.press")
        here.end()
        return Done([here.page.message(words)], Door("case", row.village))
    change = Change("saw_phone", "registration", row.id)
    audit.record(here.db, here.acting(Action.SEE_PHONE, row.village), change, here.now)
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


LOOKUPS: dict[str, LookUp] = {"case": _find}
OUTCOMES: dict[type, Doing] = {
    Decide: _decide,
    PassOver: _pass_over,
    NextCase: _next,
    ShowPhone: _show_phone,
}
