"""An officer's decision on one sign-up, and taking it back for ten minutes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from bot import departures, doors, kept_seats, notices, overview, own_card, places
from bot.here import Here
from bot.reasons import why
from bot.replies import Call
from bot.zones import zone
from conversations.desk import is_listed
from conversations.model import Chose, Event, Turn, Words
from conversations.outcomes import Decide
from rules.permissions import Action, roles_for
from rules.registration import UNDO, State, may_undo
from storage import departures as kept_departures
from storage import evidence, proof, queue, records, registrations, seats, staff, timers
from storage.audit import Actor, Change
from storage.evidence import Fact
from storage.models import Registration

TO = {"confirm": State.CONFIRMED, "return": State.RETURNED, "reject": State.REJECTED}
AT_THE_DESK = ("desk.", "own_card.", "minutes.")
BARRED = Words("desk.conflict.barred")
UNDOABLE = frozenset({State.CONFIRMED, State.WAITING, State.RETURNED, State.REJECTED})


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
    conflicts = own_card.conflicts_with(here, row)
    if own_card.is_barred(here, row):
        here.refused("registration", row.id)
        return [here.page.message([Words(f"desk.conflict.{conflicts[0]}"), BARRED])]
    settled = _settle(here, row, outcome, " ".join(conflicts))
    if settled.state is None:
        return [doors.home(here, settled.words)]
    answers = {name: turn.session.answers[name] for name in turn.path}
    proof.store(here.db, here.house.keys, row.id, answers, here.now)
    freeze(here, row)
    notices.decided(here.house, here.db, row, news(here, row), here.now)
    return [_with_undo(here, row, settled)]


def freeze(here: Here, row: Registration) -> None:
    """Freeze what was confirmed, once all that it was decided on is in the proof."""
    if row.state == State.CONFIRMED:
        by = here.acting(Action.DECIDE, row.village)
        evidence.freeze(here.db, here.house.keys, row, by, here.now)


def _already(here: Here, row: Registration) -> Words:
    """One decision only: the other officer is told by whom it was taken, and when."""
    if row.officer_id is None or row.decided_at is None:
        return Words("desk.changed")
    local = row.decided_at.astimezone(zone(row.village))
    values = {
        "by": _who_decided(here, row, row.decided_at) or Words("value.unknown"),
        "day": local.date(),
        "time": f"{local:%H.%M}",
        "state": Words(f"state.{row.state}"),
    }
    return Words("desk.already", values)


def _who_decided(here: Here, row: Registration, at: datetime) -> str:
    """The name of the officer, whether the office is held still or not; or ""."""
    actors = [Actor(row.officer_id or 0, role) for role in roles_for(Action.DECIDE)]
    keys, village = here.house.keys, row.village
    names = (staff.name_then(here.db, keys, actor, village, at) for actor in actors)
    return next(filter(None, names), "")


def why_stale(here: Here, event: Event, turn: Turn) -> Words | None:
    """For a press on a card that is not to be pressed any more: who was faster, or who holds it.

    A press of somebody whose office ended, or does not reach so far, goes on record.
    """
    if not isinstance(event, Chose) or turn.note != Words("turn.stale"):
        return None
    if not event.question.startswith(AT_THE_DESK):
        return None
    row = registrations.by_id(here.db, event.nonce.partition(".")[0])
    if row is None or not here.may(Action.DECIDE, row.village):
        if row is not None or not here.areas(Action.SEE_QUEUE):
            here.refused("registration" if row else "desk", row.id if row else "")
        return None
    if row.state != State.PENDING:
        return _already(here, row)
    if own_card.is_barred(here, row):
        here.refused("registration", row.id)
        return BARRED
    free = queue.hold(here.db, [row.id], here.person.id, here.now)
    return None if free else Words("desk.held")


def _settle(here: Here, row: Registration, outcome: Decide, mark: str) -> Settled:
    if outcome.decision == "confirm":
        return confirm(here, row, mark)
    to = TO[outcome.decision]
    sealed = here.house.keys.seal("registration.note", row.id, outcome.reason)
    # A free text may hold anything, so the audit keeps the kind of reason, never the words.
    change = _change(outcome.decision, row, _kind(outcome), mark)
    values = {"note_sealed": sealed, "returned_question": outcome.question, "mark": mark}
    if not _move(here, row, to, change, **values):
        return Settled(_already(here, row))
    if seats.held_by(here.db, row.id):
        _keep_seat_for_now(here, row)
    return Settled(Words(f"desk.done.{outcome.decision}", _names(here, row)), to)


def _keep_seat_for_now(here: Here, row: Registration) -> None:
    """A seat kept for a card goes on when the decline can be undone no more, or no answer comes."""
    until = places.deadline(here.house, row, here.now) + places.NIGHT
    if row.state == State.REJECTED:
        until = here.now + UNDO
    timers.set_timer(here.db, places.KIND, row.id, until)


def _change(action: str, row: Registration, reason: str, mark: str) -> Change:
    """A decision as the audit keeps it; one under a conflict of interest says so."""
    marked = f"conflict={mark.replace(' ', ',')}" if mark else ""
    return Change(action, "registration", row.id, reason=f"{reason} {marked}".strip())


def _kind(outcome: Decide) -> str:
    reason = outcome.reason if is_listed(outcome.reason) else "own_words"
    return f"{outcome.question} {reason}".strip()


def _move(here: Here, row: Registration, to: State, change: Change, **values: object) -> bool:
    by = (here.acting(Action.DECIDE, row.village), change)
    decided = {"officer_id": here.person.id, "decided_at": here.now, **values}
    return registrations.change_state(here.db, row, to, by, here.now, **decided)


def confirm(here: Here, row: Registration, mark: str = "") -> Settled:
    """Confirm a sign-up as it was read: on a seat, or for the waiting list where none is free.

    `mark` names the conflicts of interest under which an officer without colleagues decides.
    """
    marks = " ".join(sorted({*row.mark.split(), *mark.split()}))
    values = {"officer_id": here.person.id, "decided_at": here.now, "mark": marks}
    by = (here.acting(Action.DECIDE, row.village), _change("confirm", row, "", mark))
    became = places.confirm(here.house, here.db, row, by, here.now, **values)
    if became == "duplicate":
        return Settled(Words("desk.seat_held", _names(here, row)))
    if became == "changed":
        return Settled(_already(here, row))
    if became == State.CONFIRMED:
        records.keep(here.db, here.house.keys, row)
    departures.watch_age(here.house, here.db, row, here.now)
    key = "desk.done.confirm" if became == State.CONFIRMED else "desk.done.waiting"
    return Settled(Words(key, _names(here, row)), State(became))


def _names(here: Here, row: Registration) -> dict[str, object]:
    return {"name": registrations.name(here.house.keys, row), "code": row.code}


def news(here: Here, row: Registration) -> Words:
    """What the worker is told of a decision."""
    names = _names(here, row)
    next_step = why(here, row) or Words(f"state.{row.state}.next")
    if row.state == State.WAITING:
        next_step = overview.line_words(here.house, here.db, row)
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
    if State(row.state) not in UNDOABLE or not take_back(here, row):
        return [doors.home(here, Words("turn.stale"))]
    return [doors.home(here, Words("desk.undone", _names(here, row)))]


CLEARED: Mapping[str, object] = MappingProxyType(
    {
        "officer_id": None,
        "decided_at": None,
        "note_sealed": None,
        "minutes_id": None,
        "returned_question": "",
        "mark": "",
        "line": "",
    }
)


def take_back(here: Here, row: Registration) -> bool:
    """Make a decision undone and tell the worker; False if someone else was faster."""
    places.lock(here.house, here.db, row)
    by = (here.acting(Action.DECIDE, row.village), Change("undo", "registration", row.id))
    if not registrations.change_state(here.db, row, State.PENDING, by, here.now, **CLEARED):
        return False
    places.undo(here.house, here.db, row)
    undone = Fact("decision", "undone")
    evidence.append_if_begun(here.db, here.house.keys, row.id, undone, by[0], here.now)
    kept_seats.watch(here.house, here.db, row, here.now)
    kept_departures.forget(here.db, row, by[0], here.now)
    words = Words("notice.undone", _names(here, row))
    notices.decided(here.house, here.db, row, words, here.now)
    return True
