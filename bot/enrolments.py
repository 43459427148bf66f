"""What a worker's forms end in: a sign-up sent, corrected, completed or withdrawn."""

from typing import cast

from bot import doors, kept_seats, offers, overview, places
from bot.done import Doing, Done
from bot.doors import Door
from bot.here import Here
from conversations.model import Given, Turn, Words
from conversations.outcomes import (
    RequestNotice,
    SubmitRegistration,
    Withdraw,
)
from conversations.status import CORRECTABLE, WITHDRAWABLE, PassOffer
from rules import areas
from rules.permissions import Action
from rules.registration import State
from rules.seats import Pool
from storage import people, registrations, sessions
from storage.audit import Change
from storage.models import Registration

OF_ANOTHER = {
    "enrolment.receipt": "enrolment.receipt.other",
    "enrolment.corrected": "enrolment.corrected.other",
}


def _submit(here: Here, turn: Turn) -> Done:
    outcome = cast(SubmitRegistration, turn.outcome)
    new = registrations.Submission(
        programme=outcome.programme,
        village=outcome.village,
        whom=outcome.whom,
        nik=outcome.nik,
        name=outcome.name,
        born=outcome.born,
        warnings=outcome.warnings + _typist_warnings(here, outcome),
        typed_by=here.person.id,
        answers=_answers(turn, "enrolment."),
    )
    if outcome.registration:
        return _correct(here, outcome.registration, new)
    receipt = registrations.receive(here.db, here.house.keys, new, here.now)
    here.end()
    return Done([doors.home(here, _receipt("enrolment.receipt", receipt.code, new))])


def _typist_warnings(here: Here, outcome: SubmitRegistration) -> tuple[str, ...]:
    """Who calls himself a cadre of the village ought to be known there as one."""
    is_cadre = outcome.whom == "cadre"
    unknown = is_cadre and not here.may(Action.ENTER, outcome.village)
    return tuple(key for key, holds in (("typed_by_unknown_cadre", unknown),) if holds)


def _answers(turn: Turn, prefix: str) -> dict[str, Given]:
    """Those on the path, in the order in which they were given."""
    path = {name for name in turn.path if name.startswith(prefix)}
    return {name: given for name, given in turn.session.answers.items() if name in path}


def _receipt(key: str, code: str, new: registrations.Submission) -> Words:
    village = areas.village(new.village)
    place = village.title if village else new.village
    key = key if new.whom == "self" else OF_ANOTHER[key]
    return Words(key, {"code": code, "name": new.name, "village": place})


def _correct(here: Here, registration: str, new: registrations.Submission) -> Done:
    row = registrations.by_id(here.db, registration)
    here.end()
    if row is None or row.person_id != here.person.id:
        return Done([doors.home(here, Words("turn.stale"))])
    before = places.pool_of(here.house, row)
    _leave_village(here, row, new)
    if not registrations.correct(here.db, here.house.keys, row, new, here.now):
        return Done([doors.home(here, Words("enrolment.too_late"))], Door("status", row.id))
    _join_line(here, row, before)
    kept_seats.watch(here.house, here.db, row, here.now)
    return Done([doors.home(here, _receipt("enrolment.corrected", row.code, new))])


def _leave_village(here: Here, row: Registration, new: registrations.Submission) -> None:
    """A seat that is kept for a correction is one of the village: it does not move elsewhere."""
    moves = (row.programme, row.village) != (new.programme, new.village)
    if moves and row.state in CORRECTABLE:
        places.free(here.house, here.db, row, here.now, "moved")


def _join_line(here: Here, row: Registration, before: Pool) -> None:
    """Who waits and has moved to another village stands in its line, as of now."""
    if row.state != State.WAITING or places.pool_of(here.house, row) == before:
        return
    line, said = places.queue_up(here.house, here.db, row, here.now)
    change = Change("moved_line", "registration", row.id, reason=said)
    if registrations.move_line(here.db, row, line, (here.actor, change), here.now):
        places.fill(here.house, here.db, row, here.now, "room")


def _request_notice(here: Here, turn: Turn) -> Done:
    outcome = cast(RequestNotice, turn.outcome)
    people.add_interest(here.db, outcome.programme, outcome.village, here.person.id, here.now)
    here.end()
    return Done([doors.home(here, Words("enrolment.will_tell"))])


def _withdraw(here: Here, turn: Turn) -> Done:
    outcome = cast(Withdraw, turn.outcome)
    row = registrations.by_id(here.db, outcome.registration)
    here.end()
    if row is None or row.person_id != here.person.id:
        return Done([doors.home(here, Words("turn.stale"))])
    places.lock_if_seated(here.house, here.db, row)
    if row.state not in WITHDRAWABLE or not _take_back(here, row):
        return Done([], Door("status", row.id))
    places.free(here.house, here.db, row, here.now, "withdrawn")
    sessions.drop(here.db, here.person.id, f"enrolment.{row.id}")
    return Done([doors.home(here, Words("status.withdrawn", {"code": row.code}))])


def _take_back(here: Here, row: Registration) -> bool:
    by = (here.actor, Change("withdrawn", "registration", row.id))
    cleared = {"line": "", "offered_until": None}
    return registrations.change_state(here.db, row, State.WITHDRAWN, by, here.now, **cleared)


def _pass_offer(here: Here, turn: Turn) -> Done:
    outcome = cast(PassOffer, turn.outcome)
    row = registrations.by_id(here.db, outcome.registration)
    here.end()
    if row is None or row.person_id != here.person.id:
        return Done([doors.home(here, Words("turn.stale"))])
    if not offers.pass_on(here.house, here.db, row, here.actor, here.now, "offer_passed"):
        return Done([], Door("status", row.id))
    name = registrations.name(here.house.keys, row)
    if row.state != State.WAITING:
        # Nobody else stood in line, so it was his turn again.
        return Done([doors.home(here, Words("status.passed.alone", {"name": name}))])
    place = overview.line_words(here.house, here.db, row)
    return Done([doors.home(here, [Words("status.passed", {"name": name}), place])])


OUTCOMES: dict[type, Doing] = {
    SubmitRegistration: _submit,
    RequestNotice: _request_notice,
    Withdraw: _withdraw,
    PassOffer: _pass_offer,
}
