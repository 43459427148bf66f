"""Does what a conversation ended in; one function per outcome."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import cast

from bot import decisions, doors, memberships, notices, replies
from bot.doors import Door
from bot.here import Here
from bot.replies import Call
from conversations import steps
from conversations.model import PROVEN, Given, Turn, Words
from conversations.outcomes import (
    AcceptInvitation,
    Decide,
    MendMembership,
    OpenConversation,
    PassOver,
    RecordMembership,
    Refuse,
    RequestNotice,
    SaveDetails,
    Say,
    ShowPhone,
    SubmitRegistration,
    TakeBackMonth,
    Withdraw,
)
from conversations.responses import Parked
from rules import areas
from rules.registration import State
from storage import audit, people, proof, registrations, sessions, staff, timers
from storage.audit import Change
from storage.models import Registration


@dataclass(frozen=True)
class Done:
    """What to send, and the door to go through next, if any."""

    calls: list[Call] = field(default_factory=list)
    door: Door | None = None


def do(here: Here, turn: Turn) -> Done:
    """Carry out the outcome of a turn within its transaction."""
    kinds: dict[type, Callable[[Here, Turn], Done]] = {
        Parked: _park,
        Say: _say,
        Refuse: _refuse,
        SubmitRegistration: _submit,
        RequestNotice: _request_notice,
        SaveDetails: _save_details,
        Withdraw: _withdraw,
        OpenConversation: _open,
        Decide: _decide,
        PassOver: _pass_over,
        ShowPhone: _show_phone,
        AcceptInvitation: _accept,
        RecordMembership: lambda here, turn: Done(*memberships.record(here, turn)),
        MendMembership: lambda here, turn: Done(*memberships.mend(here, turn)),
        TakeBackMonth: lambda here, turn: Done(*memberships.take_back(here, turn)),
    }
    return kinds[type(turn.outcome)](here, turn)


def _keep(here: Here, turn: Turn) -> None:
    sessions.save(here.db, here.house.keys, here.person, turn.session, here.now)


def _end(here: Here) -> None:
    sessions.drop(here.db, here.person.id, here.person.slot)
    here.person.slot = ""


def _park(here: Here, turn: Turn) -> Done:
    outcome = cast(Parked, turn.outcome)
    _keep(here, turn)
    if turn.session.conversation == "details":
        _store_details(here, turn)
    here.person.slot = ""
    key = "turn.cancelled" if outcome.cancelled else "turn.parked"
    return Done([doors.home(here, Words(key))])


def _say(here: Here, turn: Turn) -> Done:
    outcome = cast(Say, turn.outcome)
    rows = [[(here.page.label(words), data)] for words, data in steps.buttons(outcome.steps)]
    if outcome.back:
        _keep(here, turn)
        return Done([replies.resting(here.page, turn, [outcome.words], back=True, rows=rows)])
    _end(here)
    said = [*([turn.note] if turn.note else []), outcome.words]
    if rows:
        return Done([here.page.message(said, here.page.inline(rows))])
    return Done([doors.home(here, said)])


def _refuse(here: Here, turn: Turn) -> Done:
    outcome = cast(Refuse, turn.outcome)
    _keep(here, turn)
    office = outcome.office or here.house.contact
    words = [Words("refuse.intro")]
    for reason in outcome.reasons:
        source = Words(f"source.{reason.source}", {"office": office}) if reason.source else None
        words.append(Words(f"reason.{reason.key}"))
        words += [Words("refuse.source", {"source": source})] if source else []
    ways = tuple(Words(way.key, {"office": office, **way.params}) for way in outcome.way_words)
    words.append(Words("refuse.ways", {"ways": ways}))
    return Done([replies.resting(here.page, turn, words, back=bool(turn.path))])


def _submit(here: Here, turn: Turn) -> Done:
    outcome = cast(SubmitRegistration, turn.outcome)
    new = registrations.Submission(
        programme=outcome.programme,
        village=outcome.village,
        whom=outcome.whom,
        nik=outcome.nik,
        name=outcome.name,
        born=outcome.born,
        warnings=outcome.warnings,
        typed_by=here.person.id,
        answers=_answers(turn, "enrolment."),
    )
    if outcome.registration:
        return _correct(here, outcome.registration, new)
    row = registrations.submit(here.db, here.house.keys, new, here.now)
    _end(here)
    return Done([doors.home(here, _receipt("enrolment.receipt", row.code, new))])


def _answers(turn: Turn, prefix: str) -> dict[str, Given]:
    given = turn.session.answers
    return {name: given[name] for name in turn.path if name.startswith(prefix)}


def _receipt(key: str, code: str, new: registrations.Submission) -> Words:
    village = areas.village(new.village)
    place = village.title if village else new.village
    return Words(key, {"code": code, "name": new.name, "village": place})


def _correct(here: Here, registration: str, new: registrations.Submission) -> Done:
    row = registrations.by_id(here.db, registration)
    _end(here)
    if row is None or row.person_id != here.person.id:
        return Done([doors.home(here, Words("turn.stale"))])
    if not registrations.correct(here.db, here.house.keys, row, new, here.now):
        return Done([doors.home(here, Words("enrolment.too_late"))], Door("status", row.id))
    return Done([doors.home(here, _receipt("enrolment.corrected", row.code, new))])


def _request_notice(here: Here, turn: Turn) -> Done:
    outcome = cast(RequestNotice, turn.outcome)
    people.add_interest(here.db, outcome.programme, outcome.village, here.person.id, here.now)
    _end(here)
    return Done([doors.home(here, Words("enrolment.will_tell"))])


def _save_details(here: Here, turn: Turn) -> Done:
    row = _store_details(here, turn)
    _end(here)
    others = row is not None and row.person_id != here.person.id
    done = [doors.home(here, Words("details.done"))]
    return Done(done, Door("desk") if others else None)


def _store_details(here: Here, turn: Turn) -> Registration | None:
    """Keep the answers of part two given so far; they are nobody's to lose."""
    registration = turn.session.about.get("registration", "")
    row = registrations.by_id(here.db, registration)
    if row is not None:
        proof.store(here.db, here.house.keys, row.id, _answers(turn, "details."), here.now)
        change = Change("details", "registration", row.id)
        audit.record(here.db, here.actor, change, here.now)
    return row


def _withdraw(here: Here, turn: Turn) -> Done:
    outcome = cast(Withdraw, turn.outcome)
    row = registrations.by_id(here.db, outcome.registration)
    _end(here)
    if row is None or row.person_id != here.person.id:
        return Done([doors.home(here, Words("turn.stale"))])
    by = (here.actor, Change("withdrawn", "registration", row.id))
    if not registrations.change_state(here.db, row, State.WITHDRAWN, by, here.now):
        return Done([], Door("status", row.id))
    sessions.drop(here.db, here.person.id, f"enrolment.{row.id}")
    return Done([doors.home(here, Words("status.withdrawn", {"code": row.code}))])


def _open(here: Here, turn: Turn) -> Done:
    outcome = cast(OpenConversation, turn.outcome)
    _end(here)
    kind = outcome.conversation
    if turn.session.conversation == "enrolment":
        return Done([], Door(kind, outcome.key, Words("enrolment.already")))
    if kind == "enrolment" and outcome.key:
        kind = "fix"
    return Done([], Door(kind, outcome.key))


def _decide(here: Here, turn: Turn) -> Done:
    calls = decisions.decide(here, cast(Decide, turn.outcome), turn)
    _end(here)
    return Done(calls, Door("desk"))


def _pass_over(here: Here, turn: Turn) -> Done:
    outcome = cast(PassOver, turn.outcome)
    row = registrations.by_id(here.db, outcome.registration)
    if row is not None and staff.officer_of(here.db, here.person.id, row.village):
        registrations.pass_over(here.db, row.id, here.now)
    _end(here)
    return Done([], Door("desk"))


def _show_phone(here: Here, turn: Turn) -> Done:
    """The number goes into the pop-up of the press: seen by the officer, kept in no chat."""
    outcome = cast(ShowPhone, turn.outcome)
    row = registrations.by_id(here.db, outcome.registration)
    # The card stays as it is, with its buttons: only this answer is taken back.
    _keep(here, replace(turn, session=replace(turn.session, answers={}, resting=False)))
    if row is None or not staff.officer_of(here.db, here.person.id, row.village):
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


def _accept(here: Here, turn: Turn) -> Done:
    outcome = cast(AcceptInvitation, turn.outcome)
    phone = outcome.phone.removesuffix(PROVEN)
    who = (here.person.id, here.incoming.name)
    _end(here)
    accepted = staff.accept(here.db, here.house.keys, outcome.token, phone, who, here.now)
    if accepted is None:
        return Done([doors.home(here, Words("invitation.refused"))])
    office = staff.officer_of(here.db, here.person.id, accepted.village)
    if office is not None:
        due = notices.next_digest(accepted.village, here.now)
        timers.set_once(here.db, "digest", office.id, due)
    village = areas.village(accepted.village)
    names = {"village": village.title if village else accepted.village, "name": who[1]}
    if accepted.inviter_id:
        words = Words("notice.invitation_used", names)
        notices.tell(here.house, here.db, accepted.inviter_id, words, here.now, kind="staff")
    return Done([here.page.message(Words("invitation.accepted", names))], Door("desk"))
