"""Timers: rows with a due moment, so that nothing is forgotten with a process."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlmodel import Session, bindparam, col, delete, select, tuple_

from storage.database import inserting, is_postgresql
from storage.models import Timer

Row = dict[str, object]
# Made once: to build a statement takes longer than to run it.
IS_PAST = col(Timer.due_at) <= bindparam("now")
IS_DUE = select(Timer.key).where(IS_PAST).limit(1)
DUE = (
    select(Timer.kind, Timer.key)
    .where(IS_PAST)
    .order_by(col(Timer.due_at), col(Timer.kind), col(Timer.key))
)


def set_timer(db: Session, kind: str, key: str, due_at: datetime) -> None:
    """Set a timer, or move it if it is set already."""
    _write(db, [{"kind": kind, "key": key, "due_at": due_at}])


def set_many(db: Session, kind: str, due: Mapping[str, datetime | None]) -> None:
    """Set timers of one kind by their keys, or move those that are set; None takes one away."""
    gone = [key for key, due_at in due.items() if due_at is None]
    if gone:
        db.exec(delete(Timer).where(col(Timer.kind) == kind, col(Timer.key).in_(gone)))
    _write(db, [{"kind": kind, "key": key, "due_at": at} for key, at in due.items() if at])


def set_once(db: Session, kind: str, key: str, due_at: datetime) -> None:
    """Set a timer unless it is set already."""
    _write(db, [{"kind": kind, "key": key, "due_at": due_at}], move=False)


def _write(db: Session, rows: list[Row], move: bool = True) -> None:
    """Set timers in one statement: two processes that set the same one do not fail over it."""
    if not rows:
        return
    db.connection().execute(_setting(is_postgresql(db), move), rows)


@cache
def _setting(postgresql: bool, move: bool) -> Any:
    new = inserting(postgresql, Timer)
    if not move:
        return new.on_conflict_do_nothing()
    due = {"due_at": new.excluded.due_at}
    return new.on_conflict_do_update(index_elements=["kind", "key"], set_=due)


def is_due(db: Session, now: datetime) -> bool:
    """Whether any timer is due."""
    return db.connection().execute(IS_DUE, {"now": now}).first() is not None


def take_due(db: Session, now: datetime, most: int | None = None) -> list[tuple[str, str]]:
    """The timers that are due, the oldest first, as kind and key.

    They are removed in this transaction, so each fires once over all processes: who takes them
    keeps the others off, and they come back if the transaction fails.
    """
    query = DUE.limit(most).with_for_update(skip_locked=True)
    taken = list(db.exec(query, params={"now": now}))
    if taken:
        db.exec(delete(Timer).where(tuple_(col(Timer.kind), col(Timer.key)).in_(taken)))
    return taken


def is_set(db: Session, kind: str) -> bool:
    """Whether any timer of a kind is set."""
    return db.exec(select(Timer.key).where(Timer.kind == kind).limit(1)).first() is not None


def drop(db: Session, kind: str, key: str) -> None:
    """Take a timer away, if it is set."""
    db.exec(delete(Timer).where(col(Timer.kind) == kind, col(Timer.key) == key))
