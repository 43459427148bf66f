"""The outbox: what the bot sends unasked, written in the transaction of its cause."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast

from sqlmodel import Session, col, delete, insert, select

from storage.models import Outbound
from storage.sealing import Keyring

PLACE = "outbox.call"
TRIES = 8
REPLY, CLAIM, STAFF, REMINDER, BROADCAST = range(5)


def queue(
    db: Session, keys: Keyring, call: dict[str, Any], kind: str, due_at: datetime, rank: int = STAFF
) -> str:
    """Queue one Bot API call (`method` and its parameters, `chat_id` among them); its id."""
    row = Outbound(**_values(keys, call, kind, due_at, rank))
    db.add(row)
    return row.id


def queue_many(
    db: Session,
    keys: Keyring,
    calls: Iterable[dict[str, Any]],
    kind: str,
    due_at: datetime,
    rank: int,
) -> None:
    """Queue many calls in one statement."""
    rows = [_values(keys, call, kind, due_at, rank) for call in calls]
    if rows:
        db.execute(insert(Outbound), rows)


def _values(
    keys: Keyring, call: dict[str, Any], kind: str, due_at: datetime, rank: int
) -> dict[str, Any]:
    id = secrets.token_hex(8)
    return {
        "id": id,
        "person_id": call["chat_id"],
        "kind": kind,
        "rank": rank,
        "call_sealed": keys.seal_json(PLACE, id, call),
        "state": "new",
        "attempts": 0,
        "due_at": due_at,
        "created_at": due_at,
    }


def due(db: Session, now: datetime, most: int = 50) -> list[Outbound]:
    """What is to be sent now, by rank, then by when it is due, then by age."""
    query = select(Outbound).where(Outbound.state == "new", col(Outbound.due_at) <= now)
    order = (col(Outbound.rank), col(Outbound.due_at), col(Outbound.created_at))
    return list(db.exec(query.order_by(*order).limit(most)))


def call(keys: Keyring, row: Outbound) -> dict[str, Any]:
    """The Bot API call of a row."""
    return cast(dict[str, Any], keys.open_json(PLACE, row.id, row.call_sealed))


def finish(db: Session, id: str, state: str, now: datetime) -> None:
    """Settle a row as `sent`, `failed` or `cancelled`."""
    row = db.get(Outbound, id)
    if row is not None:
        row.state, row.sent_at = state, now


def postpone(db: Session, id: str, until: datetime) -> None:
    """Try again later; after `TRIES` the row has failed."""
    row = db.get(Outbound, id)
    if row is not None:
        row.attempts += 1
        row.due_at = until
        if row.attempts >= TRIES:
            row.state = "failed"


def pause(attempts: int) -> timedelta:
    """How long to wait before the next try: 2 s, 4 s ... at most an hour."""
    return timedelta(seconds=min(3600, 2 ** (attempts + 1)))


def prune(db: Session, older_than: datetime) -> int:
    """Delete settled rows made before a moment; how many."""
    old = (col(Outbound.created_at) < older_than, col(Outbound.state) != "new")
    return int(db.exec(delete(Outbound).where(*old)).rowcount)
