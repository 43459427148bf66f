"""Who left: noted first, carried out when nobody has taken it back for ten minutes.

Nothing here commits. The rows are locked by whoever read them (`registrations.by_id`).
"""

from collections.abc import Iterable
from datetime import date, datetime

from sqlmodel import Session, col, select

from rules.departures import Effect, Kind, effect, ends_on
from rules.registration import UNDO, State
from storage import audit, members, registrations, timers
from storage.audit import Actor, Change
from storage.models import Registration, Timer

TIMER = "departure"
IN_THE_PROGRAMME = (
    *(State.WAITING, State.OFFERED, State.CONFIRMED),
    *(State.SUBMITTED, State.ACTIVE, State.LAPSED),
)
TO = {Effect.WITHDRAW: State.WITHDRAWN, Effect.END: State.ENDED}


def note(db: Session, row: Registration, why: tuple[Kind, date], by: Actor, now: datetime) -> bool:
    """Note why and on which day somebody left; it takes effect in ten minutes.

    False if somebody changed the sign-up meanwhile.
    """
    if not _write(db, row, why):
        return False
    timers.set_timer(db, TIMER, row.id, now + UNDO)
    change = Change("departure_noted", "registration", row.id, reason=why[0])
    audit.record(db, by, change, now)
    return True


def note_at_once(db: Session, row: Registration, why: tuple[Kind, date]) -> bool:
    """As `note`, for what is sure and to be carried out in the same transaction."""
    return _write(db, row, why)


def _write(db: Session, row: Registration, why: tuple[Kind, date] | None) -> bool:
    if not registrations.touch(db, row):
        return False
    row.left_why, row.left_on = why or ("", None)
    db.add(row)
    db.flush()
    return True


def unwatched(
    db: Session, programmes: Iterable[str], kind: str, after: str, most: int
) -> list[Registration]:
    """Who is on a seat of these programmes, or in line, without a timer of a kind; by their ids."""
    watched = select(Timer.key).where(Timer.kind == kind, Timer.key == Registration.id)
    here = (
        col(Registration.programme).in_(list(programmes)),
        col(Registration.state).in_(IN_THE_PROGRAMME),
        col(Registration.id) > after,
        ~watched.exists(),
    )
    query = select(Registration).where(*here).order_by(col(Registration.id)).limit(most)
    return list(db.exec(query))


def due(db: Session, registration: str) -> datetime | None:
    """When a noted departure will take effect; None if none is waiting for that."""
    timer = db.get(Timer, (TIMER, registration), populate_existing=True)
    return timer.due_at if timer else None


def take_back(db: Session, row: Registration, by: Actor, now: datetime) -> bool:
    """Take a noted departure back; False if it has taken effect, or somebody was faster."""
    if due(db, row.id) is None or not _write(db, row, None):
        return False
    timers.drop(db, TIMER, row.id)
    audit.record(db, by, Change("departure_undone", "registration", row.id), now)
    return True


def forget(db: Session, row: Registration, by: Actor, now: datetime) -> bool:
    """Forget a departure that came to nothing; False where none is noted, or it is still to come.

    No new version: what the sign-up says besides is as it was.
    """
    if not row.left_why or due(db, row.id) is not None:
        return False
    row.left_why, row.left_on = "", None
    db.add(row)
    db.flush()
    audit.record(db, by, Change("departure_undone", "registration", row.id), now)
    return True


def carry_out(db: Session, row: Registration, by: Actor, now: datetime) -> Effect | None:
    """Do what the departure on record makes of the sign-up; None where it can make nothing."""
    happens = effect(State(row.state))
    if happens is None or not row.left_why or row.left_on is None:
        return None
    kind, day = Kind(row.left_why), row.left_on
    change = Change("left", "registration", row.id, reason=kind)
    if happens is Effect.AWAIT:
        audit.record(db, by, change, now)
        return happens
    values = {"line": "", "offered_until": None}
    if not registrations.change_state(db, row, TO[happens], (by, change), now, **values):
        return None
    if happens is Effect.END:
        _end(db, row.id, kind, day, now)
    return happens


def _end(db: Session, registration: str, kind: Kind, day: date, now: datetime) -> None:
    member = members.of_registration(db, registration)
    if member is not None:
        months = (one.month for one in members.contributions(db, registration))
        member.ended_on, member.changed_at = ends_on(kind, day, months), now
        db.add(member)
        db.flush()
