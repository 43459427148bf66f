"""The audit: who did what, when, from which state to which, and why. Rows are only added."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, insert, select

from storage.models import Audit


@dataclass(frozen=True)
class Actor:
    """Who acts (a Telegram id, 0 for the operator's own commands), and as what."""

    id: int
    role: str


@dataclass(frozen=True)
class Change:
    """What was done to one object; never a personal value."""

    action: str
    object_type: str
    object_id: str
    from_state: str = ""
    to_state: str = ""
    reason: str = ""


def record(db: Session, actor: Actor, change: Change, now: datetime) -> None:
    """Add one row."""
    row = {"at": now, "actor_id": actor.id, "role": actor.role, **vars(change)}
    db.connection().execute(insert(Audit), row)


def history(db: Session, object_type: str, object_id: str) -> list[Audit]:
    """Everything done to one object, oldest first."""
    here = (Audit.object_type == object_type, Audit.object_id == object_id)
    return list(db.exec(select(Audit).where(*here).order_by(col(Audit.id))))
