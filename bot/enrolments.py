"""What a worker's forms end in: a sign-up sent, corrected, completed or withdrawn."""

from typing import cast

from bot import doors, places
from bot.done import Doing, Done
from bot.doors import Door
from bot.here import Here
from conversations.model import Given, Turn, Words
from conversations.outcomes import (
    RequestNotice,
    SaveDetails,
    SubmitRegistration,
    Withdraw,
)
from rules import areas
from rules.registration import State
from storage import audit, people, proof, registrations, sessions
from storage.audit import Change
from storage.models import Registration


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
    here.end()
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
    here.end()
    if row is None or row.person_id != here.person.id:
        return Done([doors.home(here, Words("turn.stale"))])
    if not registrations.correct(here.db, here.house.keys, row, new, here.now):
        return Done([doors.home(here, Words("enrolment.too_late"))], Door("status", row.id))
    return Done([doors.home(here, _receipt("enrolment.corrected", row.code, new))])


def _request_notice(here: Here, turn: Turn) -> Done:
    outcome = cast(RequestNotice, turn.outcome)
    people.add_interest(here.db, outcome.programme, outcome.village, here.person.id, here.now)
    here.end()
    return Done([doors.home(here, Words("enrolment.will_tell"))])


def _save_details(here: Here, turn: Turn) -> Done:
    row = store_details(here, turn)
    here.end()
    others = row is not None and row.person_id != here.person.id
    done = [doors.home(here, Words("details.done"))]
    return Done(done, Door("desk") if others else None)


def store_details(here: Here, turn: Turn) -> Registration | None:
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
    here.end()
    if row is None or row.person_id != here.person.id:
        return Done([doors.home(here, Words("turn.stale"))])
    by = (here.actor, Change("withdrawn", "registration", row.id))
    if not registrations.change_state(here.db, row, State.WITHDRAWN, by, here.now):
        return Done([], Door("status", row.id))
    places.free(here.house, here.db, row, here.now, "withdrawn")
    sessions.drop(here.db, here.person.id, f"enrolment.{row.id}")
    return Done([doors.home(here, Words("status.withdrawn", {"code": row.code}))])


OUTCOMES: dict[type, Doing] = {
    SubmitRegistration: _submit,
    RequestNotice: _request_notice,
    SaveDetails: _save_details,
    Withdraw: _withdraw,
}
