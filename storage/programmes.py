"""Which programmes the operator has opened."""

from datetime import datetime

from sqlmodel import Session, select

from storage import audit
from storage.audit import Actor, Change
from storage.models import ProgrammeState

OPEN = "open programmes"  # in the session's notes, read once in a transaction
STATES = select(ProgrammeState.key, ProgrammeState.is_open)


def is_open(db: Session, key: str) -> bool:
    """Whether a programme takes sign-ups; one that nobody opened does not."""
    if OPEN not in db.info:
        db.info[OPEN] = dict(db.connection().execute(STATES).all())
    return bool(db.info[OPEN].get(key))


def set_open(db: Session, key: str, is_open: bool, now: datetime) -> None:
    """Open or close a programme, on record."""
    row = db.get(ProgrammeState, key) or ProgrammeState(key=key, is_open=False, changed_at=now)
    db.info.pop(OPEN, None)
    row.is_open, row.changed_at = is_open, now
    db.add(row)
    db.flush()
    change = Change("opened" if is_open else "closed", "programme", key)
    audit.record(db, Actor(0, "operator"), change, now)
