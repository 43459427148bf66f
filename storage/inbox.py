"""The inbox: every update by its id. Queue, memory of repeats and dead-letter box in one table.

An update is open until the reply to it was sent. The oldest open one of a lane is its head, and
nothing else of that lane is served: whoever holds the row of the head holds the lane.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import func, text
from sqlmodel import Session, bindparam, col, delete, select, update

from storage.database import is_postgresql
from storage.many import Inserts, Updates, among
from storage.models import OPEN, Inbound
from storage.sealing import Keyring

BODY, REPLY = "inbox.body", "inbox.reply"
TRIES = 5
IS_OPEN = text(OPEN)  # written out, not bound: else SQLite does not take the index


@dataclass(frozen=True)
class Received:
    """One raw update and its lane: updates of one lane are served in order.

    `state` is `new`, or what an update is that will not be served: `dead`, `flood`.
    """

    update_id: int
    lane: int
    body: dict[str, Any]
    state: str = "new"
    why: str = ""


@dataclass(frozen=True)
class Head:
    """The oldest open update of a lane, kept from other workers until the transaction ends."""

    update_id: int
    lane: int
    state: str
    attempts: int
    holder: int | None
    received_at: datetime
    body_sealed: bytes
    reply_sealed: bytes | None


# Made once: to build a statement takes longer than to run it.
FIRST = (
    select(func.min(Inbound.update_id))
    .where(IS_OPEN, among(col(Inbound.lane), "lanes"))
    .group_by(col(Inbound.lane))
)
OLDEST = select(Inbound.lane, Inbound.update_id, Inbound.holder).where(
    col(Inbound.update_id).in_(FIRST)
)
HEADS = (
    select(*(col(getattr(Inbound, name)) for name in Head.__dataclass_fields__))
    .where(among(col(Inbound.update_id), "ids"), col(Inbound.sent_at).is_(None))
    .order_by(col(Inbound.update_id))
    .with_for_update(skip_locked=True)
)
REPLIED = select(Inbound.lane, Inbound.holder).where(
    IS_OPEN, col(Inbound.holder).is_not(None), among(col(Inbound.lane), "lanes")
)
CROWDED = (
    select(Inbound.lane)
    .where(IS_OPEN, Inbound.state == "new", among(col(Inbound.lane), "lanes"))
    .group_by(col(Inbound.lane))
    .having(func.count() > bindparam("most"))
)
STORE = Inserts(
    Inbound,
    ["update_id", "lane", "body_sealed", "state", "attempts", "received_at", "sent_at", "why"],
    key=["update_id"],
    told="update_id",
)
FINISH = Updates(Inbound, ["update_id", "state", "reply_sealed", "holder"])
SENT = (
    update(Inbound)
    .where(among(col(Inbound.update_id), "ids"))
    .values(sent_at=bindparam("at"), reply_sealed=None)
)


def store(db: Session, keys: Keyring, batch: Iterable[Received], now: datetime) -> set[int]:
    """Store updates that are not yet known; the ids that were new."""
    rows = {one.update_id: _row(keys, one, now) for one in batch}
    if not rows:
        return set()
    return set(STORE.write(db, list(rows.values())).scalars())


def _row(keys: Keyring, one: Received, now: datetime) -> dict[str, Any]:
    try:
        sealed = keys.seal_json(BODY, one.update_id, one.body)
    except RecursionError:  # it could just be read, and is too deep to be written down again
        dead = replace(one, body={"unreadable": "too deep"}, state="dead", why="too deep")
        return _row(keys, dead, now)
    return {
        "update_id": one.update_id,
        "lane": one.lane,
        "body_sealed": sealed,
        "state": one.state,
        "attempts": 0,
        "received_at": now,
        "sent_at": now if one.state == "flood" else None,
        "why": one.why,
    }


def open_lanes(db: Session, since: datetime, most: int = 1_000) -> list[int]:
    """The lanes in which something is open that came until a moment, that of the oldest first."""
    here = (IS_OPEN, col(Inbound.received_at) <= since)
    query = select(Inbound.lane).where(*here).group_by(col(Inbound.lane))
    return list(db.exec(query.order_by(func.min(Inbound.update_id)).limit(most)))


def open_among(db: Session, lanes: Collection[int]) -> set[int]:
    """Those of these lanes in which something is open. Nobody else stores anything on SQLite."""
    if not is_postgresql(db):
        return set()
    return {one.lane for one in db.connection().execute(OLDEST, {"lanes": list(lanes)})}


def heads(
    db: Session, lanes: Collection[int], others: Callable[[set[int]], set[int]]
) -> tuple[dict[int, Head], set[int]]:
    """The heads of lanes that nobody else is at work on, and the lanes in which somebody is.

    `others` are those of some processes that are at work elsewhere. What they hold is not locked,
    not even for a moment: they would have to wait for us in order to let go of it.
    """
    oldest = db.connection().execute(OLDEST, {"lanes": list(lanes)}).all()
    busy = others({one.holder for one in oldest if one.holder})
    free = [one.update_id for one in oldest if one.holder not in busy]
    rows = db.connection().execute(HEADS, {"ids": free}).all() if free else []
    heads = [Head(*row) for row in rows]
    # One of them may have been served by somebody else between the two looks.
    busy |= others({head.holder for head in heads if head.holder})
    found = {head.lane: head for head in heads if head.holder not in busy}
    return found, {one.lane for one in oldest} - found.keys()


def replied(
    db: Session, lanes: Collection[int], others: Callable[[set[int]], set[int]]
) -> set[int]:
    """Those of these lanes in which another process sends a reply just now, to any update.

    One that came too late has a lower id than that, and is the head before it is replied to. To be
    asked when the people are locked: what is served from then on waits for us. On SQLite there is
    no other process.
    """
    if not is_postgresql(db) or not lanes:
        return set()
    rows = db.connection().execute(REPLIED, {"lanes": list(lanes)}).all()
    there = others({row.holder for row in rows}) if rows else set()
    return {row.lane for row in rows if row.holder in there}


def over(db: Session, lanes: Collection[int], most: int, now: datetime) -> set[int]:
    """Set aside what is open in a lane beyond so many, the newest; the lanes of which it was.

    It is kept, as `flood`, but not served.
    """
    wanted = {"lanes": list(lanes), "most": most}
    crowded = set(db.connection().execute(CROWDED, wanted).scalars())
    for lane in crowded:
        here = (IS_OPEN, Inbound.state == "new", Inbound.lane == lane)
        query = select(Inbound.update_id).where(*here)
        late = list(db.exec(query.order_by(col(Inbound.update_id)).offset(most)))
        gone = update(Inbound).where(col(Inbound.update_id).in_(late))
        db.exec(gone.values(state="flood", sent_at=now))
    return crowded


def locked(db: Session, update_id: int) -> Inbound | None:
    """One row of the inbox, kept from other workers until the transaction ends."""
    query = select(Inbound).where(Inbound.update_id == update_id).with_for_update()
    return db.exec(query).first()


def body(keys: Keyring, row: Head | Inbound) -> dict[str, Any]:
    """The raw update."""
    return cast(dict[str, Any], keys.open_json(BODY, row.update_id, row.body_sealed))


def finish(
    db: Session, keys: Keyring, done: Sequence[tuple[Head, list[dict[str, Any]]]], holder: int
) -> None:
    """Mark updates done with the calls that answer each, in the transaction of their effects.

    `holder` is the process that will send them.
    """
    rows = [
        {
            "update_id": head.update_id,
            "state": "done",
            "reply_sealed": keys.seal_json(REPLY, head.update_id, calls),
            "holder": holder,
        }
        for head, calls in done
    ]
    if rows:
        FINISH.write(db, rows)


def take_over(db: Session, head: Head, holder: int) -> Head:
    """Send on what a process was about to send that is gone."""
    this = update(Inbound).where(col(Inbound.update_id) == head.update_id)
    db.exec(this.values(holder=holder))
    return replace(head, holder=holder)


def reply(keys: Keyring, row: Head) -> list[dict[str, Any]]:
    """The calls that answer an update that is done."""
    if row.reply_sealed is None:
        return []
    return cast(list[dict[str, Any]], keys.open_json(REPLY, row.update_id, row.reply_sealed))


def mark_sent(db: Session, update_ids: Sequence[int], now: datetime) -> None:
    """Note that replies went out; their words are forgotten at once."""
    db.connection().execute(SENT, {"ids": list(update_ids), "at": now})


def failed(db: Session, update_id: int, why: str) -> bool:
    """Count a failed try; after `TRIES` the update is a dead letter. True when it is dead.

    `why` is the kind of the error, without its words.
    """
    row = locked(db, update_id)
    if row is None:
        return True
    row.attempts, row.why = row.attempts + 1, why
    if row.attempts >= TRIES:
        row.state = "dead"
    return row.state == "dead"


def dead(db: Session, most: int = 100) -> list[Inbound]:
    """The dead letters, the newest first."""
    query = select(Inbound).where(Inbound.state == "dead")
    return list(db.exec(query.order_by(col(Inbound.update_id).desc()).limit(most)))


def again(db: Session, update_id: int) -> bool:
    """Let a dead letter be served once more; False where there is none."""
    this = (col(Inbound.update_id) == update_id, col(Inbound.state) == "dead")
    values = {"state": "new", "attempts": 0, "holder": None}
    return bool(db.exec(update(Inbound).where(*this).values(**values)).rowcount)


def prune(db: Session, older_than: datetime) -> int:
    """Delete finished updates received before a moment; how many."""
    old = (col(Inbound.received_at) < older_than, col(Inbound.state) != "new")
    return int(db.exec(delete(Inbound).where(*old)).rowcount)
