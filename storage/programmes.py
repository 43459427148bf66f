"""Which programmes the operator has opened."""

from datetime import datetime

from sqlmodel import Session

from storage import audit
from storage.audit import Actor, Change
from storage.models import ProgrammeState


def is_open(db: Session, key: str) -> bool:
    """Whether a programme takes sign-ups; one that nobody opened does not."""
    row = db.get(ProgrammeState, key)
    return row is not None and row.is_open


def set_open(db: Session, key: str, is_open: bool, now: datetime) -> None:
    """Open or close a programme, on record."""
    row = db.get(ProgrammeState, key) or ProgrammeState(key=key, is_open=False, changed_at=now)
    row.is_open, row.changed_at = is_open, now
    db.add(row)
    change = Change("opened" if is_open else "closed", "programme", key)
    audit.record(db, Actor(0, "operator"), change, now)
