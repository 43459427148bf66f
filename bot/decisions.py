"""An officer's decision on one sign-up, and taking it back for ten minutes."""

from dataclasses import dataclass

from bot import doors, notices, places
from bot.here import Here
from bot.reasons import why
from bot.replies import Call
from conversations.desk import is_listed
from conversations.model import Chose, Event, Turn, Words
from conversations.outcomes import Decide
from rules.permissions import Action
from rules.registration import State, may_undo
from storage import line as lines
from storage import proof, registrations, seats, staff, timers
from storage.audit import Change
from storage.models import Registration

TO = {"confirm": State.CONFIRMED, "return": State.RETURNED, "reject": State.REJECTED}
UNDOABLE = frozenset({State.CONFIRMED, State.RETURNED, State.REJECTED})


@dataclass(frozen=True)
class Settled:
    """What became of a decision: the words for the officer, and whether it can be undone."""

    words: Words
    state: State | None = None


def decide(here: Here, outcome: Decide, turn: Turn) -> list[Call]:
    """Carry out a decision if the officer may and nobody was faster; the words for the officer."""
    row = registrations.by_id(here.db, outcome.registration)
    if row is None or not here.may(Action.DECIDE, row.village):
        here.refused("registration", row.id if row else "")
        return [doors.home(here, Words("turn.stale"))]
    if row.state != State.PENDING or row.version != outcome.version:
        return [doors.home(here, _already(here, row))]
    settled = _settle(here, row, outcome)
    if settled.state is None:
        return [doors.home(here, settled.words)]
    answers = {name: turn.session.answers[name] for name in turn.path}
    proof.store(here.db, here.house.keys, row.id, answers, here.now)
    notices.decided(here.house, here.db, row, _news(here, row, outcome), here.now)
    return [_with_undo(here, row, settled)]


def _already(here: Here, row: Registration) -> Words:
    """One decision only: the other officer is told by whom it was taken."""
    if row.officer_id is None:
        return Words("desk.changed")
    office = staff.office_for(here.db, row.officer_id, Action.DECIDE, row.village)
    by = staff.name(here.house.keys, office) if office else ""
    state = Words(f"state.{row.state}")
    return Words("desk.already", {"by": by or Words("value.unknown"), "state": state})


def why_stale(here: Here, event: Event, turn: Turn) -> Words | None:
    """For a press on a card that another officer was faster to decide: by whom, and how."""
    if not isinstance(event, Chose) or turn.note != Words("turn.stale"):
        return None
    if not event.question.startswith("desk."):
        return None
    row = registrations.by_id(here.db, event.nonce.partition(".")[0])
    if row is None or row.state == State.PENDING:
        return None
    return _already(here, row) if here.may(Action.DECIDE, row.village) else None


def _settle(here: Here, row: Registration, outcome: Decide) -> Settled:
    if outcome.decision == "confirm":
        return _confirm(here, row)
    to = TO[outcome.decision]
    sealed = here.house.keys.seal("registration.note", row.id, outcome.reason)
    # A free text may hold anything, so the audit keeps the kind of reason, never the words.
    change = Change(outcome.decision, "registration", row.id, reason=_kind(outcome))
    changed = _move(here, row, to, change, note_sealed=sealed, returned_question=outcome.question)
    if not changed:
        return Settled(_already(here, row))
    if to is State.REJECTED:
        places.free(here.house, here.db, row, here.now, "rejected")
    elif seats.held_by(here.db, row.id):
        until = places.deadline(here.house, row, here.now)
        timers.set_timer(here.db, places.KIND, row.id, until)
    return Settled(Words(f"desk.done.{outcome.decision}", _names(here, row)), to)


def _kind(outcome: Decide) -> str:
    reason = outcome.reason if is_listed(outcome.reason) else "own_words"
    return f"{outcome.question} {reason}".strip()


def _move(here: Here, row: Registration, to: State, change: Change, **values: object) -> bool:
    by = (here.actor, change)
    decided = {"officer_id": here.person.id, "decided_at": here.now, **values}
    return registrations.change_state(here.db, row, to, by, here.now, **decided)


def _confirm(here: Here, row: Registration) -> Settled:
    taken = places.take(here.house, here.db, row, here.now)
    if taken == "duplicate":
        return Settled(Words("desk.seat_held", _names(here, row)))
    if taken == "full":
        return _to_the_line(here, row)
    if not _move(here, row, State.CONFIRMED, Change("confirm", "registration", row.id)):
        places.give_back(here.house, here.db, row)
        return Settled(_already(here, row))
    return Settled(Words("desk.done.confirm", _names(here, row)), State.CONFIRMED)


def _to_the_line(here: Here, row: Registration) -> Settled:
    """All seats are taken: the sign-up waits at its place in line."""
    line, said = places.queue_up(here.house, here.db, row, row.created_at)
    change = Change("confirm", "registration", row.id, reason=f"full {said}")
    if not _move(here, row, State.WAITING, change, line=line):
        return Settled(_already(here, row))
    return Settled(Words("desk.done.waiting", _names(here, row)), State.WAITING)


def _names(here: Here, row: Registration) -> dict[str, object]:
    return {"name": registrations.name(here.house.keys, row), "code": row.code}


def _news(here: Here, row: Registration, outcome: Decide) -> Words:
    """What the worker is told."""

    names = _names(here, row)
    next_step = why(here, row) or Words(f"state.{row.state}.next")
    return Words(f"notice.{row.state}.to_worker", {**names, "next": next_step})


def _with_undo(here: Here, row: Registration, settled: Settled) -> Call:
    if settled.state not in UNDOABLE:
        return here.page.message(settled.words)
    data = f"open:undo:{row.id}.{row.version}"
    rows = [[(here.page.label(Words("desk.undo")), data)]]
    return here.page.message(settled.words, here.page.inline(rows))


def undo(here: Here, key: str) -> list[Call]:
    """Take one's own decision back within ten minutes; the worker is told."""
    id, _, version = key.partition(".")
    row = registrations.by_id(here.db, id)
    if row is None or row.officer_id != here.person.id or str(row.version) != version:
        here.refused("registration", row.id if row else "")
        return [doors.home(here, Words("turn.stale"))]
    if not here.may(Action.DECIDE, row.village):
        here.refused("registration", row.id if row else "")
        return [doors.home(here, Words("turn.stale"))]
    if row.decided_at is None or not may_undo(row.decided_at, here.now):
        return [doors.home(here, Words("desk.undo.late"))]
    return _take_back(here, row)


def _take_back(here: Here, row: Registration) -> list[Call]:
    if State(row.state) not in UNDOABLE:
        return [doors.home(here, Words("turn.stale"))]
    change = Change("undo", "registration", row.id)
    by = (here.actor, change)
    cleared = {"officer_id": None, "decided_at": None, "note_sealed": None, "returned_question": ""}
    if not registrations.change_state(here.db, row, State.PENDING, by, here.now, **cleared):
        return [doors.home(here, Words("turn.stale"))]
    if lines.is_empty(here.db, places.pool_of(here.house, row)):
        # Where somebody waits the seat is kept for this card, or the next would be offered it.
        places.give_back(here.house, here.db, row)
    words = Words("notice.undone", _names(here, row))
    notices.decided(here.house, here.db, row, words, here.now)
    return [doors.home(here, Words("desk.undone", _names(here, row)))]
