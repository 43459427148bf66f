"""Timers: rows with a due moment, so that nothing is forgotten with a process."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, delete, select

from storage.database import inserting
from storage.models import Timer


def set_timer(db: Session, kind: str, key: str, due_at: datetime) -> None:
    """Set a timer, or move it if it is set already."""
    row = db.get(Timer, (kind, key)) or Timer(kind=kind, key=key, due_at=due_at)
    row.due_at = due_at
    db.add(row)


def set_many(db: Session, kind: str, due: Mapping[str, datetime | None]) -> None:
    """Set timers of one kind by their keys, or move those that are set; None takes one away."""
    gone = [key for key, due_at in due.items() if due_at is None]
    if gone:
        db.exec(delete(Timer).where(col(Timer.kind) == kind, col(Timer.key).in_(gone)))
    rows = [{"kind": kind, "key": key, "due_at": at} for key, at in due.items() if at]
    if not rows:
        return
    new = inserting(db, Timer)
    moved = new.on_conflict_do_update(
        index_elements=["kind", "key"], set_={"due_at": new.excluded.due_at}
    )
    db.flush()
    db.connection().execute(moved, rows)


def set_once(db: Session, kind: str, key: str, due_at: datetime) -> None:
    """Set a timer unless it is set already."""
    if db.get(Timer, (kind, key)) is None:
        db.add(Timer(kind=kind, key=key, due_at=due_at))


def take_due(db: Session, now: datetime) -> list[Timer]:
    """The timers that are due; they are removed, so each fires once."""
    query = select(Timer).where(col(Timer.due_at) <= now)
    rows = list(db.exec(query.with_for_update(skip_locked=True)))
    for row in rows:
        db.delete(row)
    return rows


def drop(db: Session, kind: str, key: str) -> None:
    """Take a timer away, if it is set."""
    db.exec(delete(Timer).where(col(Timer.kind) == kind, col(Timer.key) == key))
