"""Part two of a sign-up: who may complete it, keeping it, and a conflict that it shows late."""

from typing import cast

from sqlmodel import col, update

from bot import doors, notices, own_card
from bot.done import Doing, Done, LookUp
from bot.doors import Door
from bot.here import Here
from conversations.model import Given, Turn, Words
from conversations.outcomes import SaveDetails
from rules import areas
from rules.conflicts import Case, conflicts
from rules.permissions import Action, Role
from rules.registration import State
from storage import audit, evidence, proof, records, registrations, staff
from storage import own_card as cards
from storage.audit import Change
from storage.models import Registration

COMPLETABLE = frozenset(
    {State.PENDING, State.RETURNED, State.REFUSED, State.WAITING, State.OFFERED, State.CONFIRMED}
)


def may_complete(here: Here, row: Registration) -> bool:
    """Whether this account may fill in part two: who typed it, or an office of the village.

    An officer who may not decide on a case may not rewrite its family card either.
    """
    if row.state not in COMPLETABLE:
        return False
    if row.person_id == here.person.id:
        return True
    return here.may(Action.ENTER, row.village) and not own_card.is_barred(here, row)


def _details_of(here: Here, registration: str) -> str:
    row = registrations.by_id(here.db, registration)
    return registrations.name(here.house.keys, row) if row and may_complete(here, row) else ""


def _save(here: Here, turn: Turn) -> Done:
    outcome = cast(SaveDetails, turn.outcome)
    row = store(here, turn)
    here.end()
    if row is None:
        here.refused("registration", outcome.registration)
        return Done([doors.home(here, Words("turn.stale"))])
    others = row.person_id != here.person.id
    done = [doors.home(here, Words("details.done"))]
    return Done(done, Door("desk") if others else None)


def store(here: Here, turn: Turn) -> Registration | None:
    """Keep the answers of part two given so far; they are nobody's to lose. None if not allowed."""
    row = registrations.by_id(here.db, turn.session.about.get("registration", ""))
    if row is None or not may_complete(here, row):
        return None
    path = {name for name in turn.path if name.startswith("details.")}
    answers = {name: given for name, given in turn.session.answers.items() if name in path}
    by = here.acting(Action.ENTER, row.village)
    new = proof.store(here.db, here.house.keys, row.id, answers, here.now)
    evidence.add_answers(here.db, here.house.keys, row.id, new, by, here.now)
    if family_card := answers.get("details.family_card"):
        _keep_family_card(here, row, family_card)
    records.keep(here.db, here.house.keys, row)
    change = Change("details", "registration", row.id)
    audit.record(here.db, by, change, here.now)
    return row


def _keep_family_card(here: Here, row: Registration, given: Given) -> None:
    if not given.value.isdecimal():
        return
    kk = here.house.keys.index("kk", given.value)
    here_is = col(Registration.id) == row.id
    here.db.exec(update(Registration).where(here_is).values(kk_hash=kk))
    here.db.refresh(row)
    _find_late_conflict(here, row)


def _find_late_conflict(here: Here, row: Registration) -> None:
    """The family card came after the decision: was it the deciding officer's own household?"""
    if row.officer_id is None or "family" in row.mark.split():
        return
    case = Case(row.person_id, row.whom, row.nik_hash, row.kk_hash)
    if "family" not in conflicts(cards.of(here.db, row.officer_id), case):
        return
    mark = " ".join(sorted({*row.mark.split(), "family"}))
    here.db.exec(update(Registration).where(col(Registration.id) == row.id).values(mark=mark))
    here.db.refresh(row)
    change = Change("conflict_found", "registration", row.id, reason="conflict=family")
    audit.record(here.db, here.actor, change, here.now)
    village = areas.village(row.village)
    values = {"code": row.code, "village": village.title if village else row.village}
    for office in staff.holders(here.db, Action.READ_AUDIT, row.village):
        if office.role == Role.REGENCY_OFFICER:
            words = Words("notice.conflict_found", values)
            notices.tell(here.house, here.db, office.person_id, words, here.now, kind="staff")


LOOKUPS: dict[str, LookUp] = {"details_of": _details_of}
OUTCOMES: dict[type, Doing] = {SaveDetails: _save}
