"""How the inbox and the outbox are: what waits, for how long, and what was given up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from storage.database import reading
from storage.models import Inbound, Outbound


@dataclass(frozen=True)
class Pulse:
    """Ages in seconds, 0 where nothing waits; the rows of the outbox by state."""

    unserved_age: float = 0.0
    due_age: float = 0.0
    dead: int = 0
    outbox: Mapping[str, int] = field(default_factory=dict)


def pulse(db: Session, now: datetime) -> Pulse:
    """Of the oldest update not served, the oldest notice due, dead letters and the outbox."""
    unserved = select(func.min(Inbound.received_at)).where(Inbound.state == "new")
    due = select(func.min(Outbound.due_at)).where(Outbound.state == "new")
    dead = select(func.count()).select_from(Inbound).where(Inbound.state == "dead")
    states = select(col(Outbound.state), func.count()).group_by(col(Outbound.state))
    return Pulse(
        unserved_age=_age(db.exec(unserved).one(), now),
        due_age=_age(db.exec(due).one(), now),
        dead=db.exec(dead).one(),
        outbox=dict(db.exec(states).all()),
    )


def answers(engine: Engine) -> None:
    """Ask the database for a word; raises where it is away."""
    with reading(engine) as db:
        db.exec(select(1)).one()


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
