"""The inbox: every update by its id. Queue, memory of repeats and dead-letter box in one table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlmodel import Session, col, delete, select

from storage.models import Inbound
from storage.sealing import Keyring

BODY, REPLY = "inbox.body", "inbox.reply"
TRIES = 5


@dataclass(frozen=True)
class Received:
    """One raw update and its lane: updates of one lane are served in order."""

    update_id: int
    lane: int
    body: dict[str, Any]


def store(db: Session, keys: Keyring, batch: Sequence[Received], now: datetime) -> list[int]:
    """Store updates that are not yet known; the ids that were new."""
    ids = [received.update_id for received in batch]
    known = set(db.exec(select(Inbound.update_id).where(col(Inbound.update_id).in_(ids))).all())
    fresh = {r.update_id: r for r in batch if r.update_id not in known}
    for received in fresh.values():
        sealed = keys.seal_json(BODY, received.update_id, received.body)
        row = Inbound(
            update_id=received.update_id, lane=received.lane, body_sealed=sealed, received_at=now
        )
        db.add(row)
    return list(fresh)


def waiting(db: Session) -> list[tuple[int, int]]:
    """(update id, lane) of everything not finished: to be answered, or answered but not sent."""
    unsent = (col(Inbound.state) == "done") & col(Inbound.sent_at).is_(None)
    query = select(Inbound.update_id, Inbound.lane).where((col(Inbound.state) == "new") | unsent)
    return [(update, lane) for update, lane in db.exec(query.order_by(col(Inbound.update_id)))]


def locked(db: Session, update_id: int) -> Inbound | None:
    """One row of the inbox, kept from other workers until the transaction ends."""
    query = select(Inbound).where(Inbound.update_id == update_id).with_for_update()
    return db.exec(query).first()


def body(keys: Keyring, row: Inbound) -> dict[str, Any]:
    """The raw update."""
    return cast(dict[str, Any], keys.open_json(BODY, row.update_id, row.body_sealed))


def finish(keys: Keyring, row: Inbound, calls: list[dict[str, Any]]) -> None:
    """Mark an update done with the calls that answer it, in the transaction of its effects."""
    row.state = "done"
    row.reply_sealed = keys.seal_json(REPLY, row.update_id, calls)


def reply(keys: Keyring, row: Inbound) -> list[dict[str, Any]]:
    """The calls that answer an update that is done."""
    if row.reply_sealed is None:
        return []
    return cast(list[dict[str, Any]], keys.open_json(REPLY, row.update_id, row.reply_sealed))


def mark_sent(db: Session, update_id: int, now: datetime) -> None:
    """Note that the reply went out; its words are forgotten at once."""
    row = locked(db, update_id)
    if row is not None:
        row.sent_at, row.reply_sealed = now, None


def failed(db: Session, update_id: int) -> bool:
    """Count a failed try; after `TRIES` the update is a dead letter. True when it is dead."""
    row = locked(db, update_id)
    if row is None:
        return True
    row.attempts += 1
    if row.attempts >= TRIES:
        row.state = "dead"
    return row.state == "dead"


def prune(db: Session, older_than: datetime) -> int:
    """Delete finished updates received before a moment; how many."""
    old = (col(Inbound.received_at) < older_than, col(Inbound.state) != "new")
    return int(db.exec(delete(Inbound).where(*old)).rowcount)
