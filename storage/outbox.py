"""The outbox: what the bot sends unasked, written in the transaction of its cause."""

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, cast

from sqlmodel import Session, and_, bindparam, col, delete, insert, or_, select, update

from storage.database import CLAIMING, nobody_else
from storage.models import Outbound
from storage.sealing import Keyring

PLACE = "outbox.call"
LONGEST = timedelta(days=3)  # that a message is tried for
LONGEST_PAUSE = timedelta(minutes=10)  # between two tries, unless Telegram asks for more
DOUBT = timedelta(seconds=5)  # before what may have arrived is sent again; then longer
CRASHES = 10  # in the middle of one message: it may be what a process dies of
UNDER_WAY = ("taken", "sending")
QUEUED = "queued"  # in the session's notes: how many in this transaction
LEAVES = ("forget", "forget_nik")  # kinds of what leaves a chat: no message need wait for it
REPLY, CLAIM, STAFF, REMINDER, BROADCAST = range(5)
# Made once: to build a statement takes longer than to run it.
NOW: Any = bindparam("now")
WAS_TRIED = or_(col(Outbound.attempts) > 0, col(Outbound.unsure) > 0)
IS_UNDER_WAY = col(Outbound.state).in_(UNDER_WAY)
# What matters is tried again in a moment: what came later must wait for it. Not until the morning,
# for what wakes people at night may have come later.
IS_TRIED_SOON = and_(
    *(col(Outbound.state) == "new", WAS_TRIED, col(Outbound.rank) <= STAFF),
    *(col(Outbound.due_at) > NOW, col(Outbound.due_at) <= bindparam("soon")),
    col(Outbound.kind).not_in(LEAVES),
)
WAITING = select(Outbound.person_id).where(or_(IS_UNDER_WAY, IS_TRIED_SOON))
DUE = (
    select(Outbound)
    .where(col(Outbound.state) == "new", col(Outbound.due_at) <= NOW)
    .where(col(Outbound.person_id).not_in(WAITING))
    .order_by(col(Outbound.rank), ~WAS_TRIED, col(Outbound.due_at), col(Outbound.created_at))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
HOLDERS = select(Outbound.holder).where(IS_UNDER_WAY).distinct()


def queue(
    db: Session, keys: Keyring, call: dict[str, Any], kind: str, due_at: datetime, rank: int = STAFF
) -> str:
    """Queue one Bot API call (`method` and its parameters, `chat_id` among them); its id."""
    row = Outbound(**_values(db, keys, call, kind, due_at, rank))
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
    rows = [_values(db, keys, call, kind, due_at, rank) for call in calls]
    if rows:
        db.execute(insert(Outbound), rows)


def _values(
    db: Session, keys: Keyring, call: dict[str, Any], kind: str, due_at: datetime, rank: int
) -> dict[str, Any]:
    id = secrets.token_hex(8)
    place = db.info[QUEUED] = db.info.get(QUEUED, 0) + 1
    return {
        "id": id,
        "person_id": call["chat_id"],
        "kind": kind,
        "rank": rank,
        "call_sealed": keys.seal_json(PLACE, id, call),
        "state": "new",
        "attempts": 0,
        "due_at": due_at,
        # So that what is queued in the same moment goes out in this order.
        "created_at": due_at + timedelta(microseconds=place),
        "unsure": 0,
    }


def claim(db: Session, holder: int, now: datetime, most: int) -> list[Outbound] | None:
    """Take up what is to be sent now, by rank, then by age: it is `taken` by this process.

    None while another process does, until it has committed: else it would not be seen what that
    one took. So nobody has two under way at once, and a person's messages keep their order.
    """
    if not nobody_else(db, CLAIMING):
        return None
    first: dict[int, Outbound] = {}
    # More than are wanted, for many may be to one person, who must not keep the others waiting.
    given = {"now": now, "soon": now + LONGEST_PAUSE, "most": 4 * most}
    for row in db.exec(DUE, params=given):
        first.setdefault(row.person_id, row)
    rows = list(first.values())[:most]
    for row in rows:
        row.state, row.holder = "taken", holder
    return rows


def begin(db: Session, holder: int, ids: Collection[str]) -> set[str]:
    """Note, before the call, that messages are about to go out; which of them still may.

    What this process no longer holds, for it was thought to be gone, is another's. One that is
    `sending` here already was begun by a commit of which nobody knew.
    """
    ours = (col(Outbound.state).in_(UNDER_WAY), col(Outbound.holder) == holder)
    begun = update(Outbound).where(col(Outbound.id).in_(ids), *ours).values(state="sending")
    return set(db.execute(begun.returning(col(Outbound.id))).scalars())


def told_since(db: Session, person_id: int, kind: str, since: datetime) -> bool:
    """Whether a person was to be told something of a kind since a moment."""
    here = (Outbound.person_id == person_id, Outbound.kind == kind)
    query = select(Outbound.id).where(*here, col(Outbound.created_at) >= since)
    return db.exec(query.limit(1)).first() is not None


def holders(db: Session) -> set[int]:
    """The processes that have messages under way, by what they wrote down."""
    return {holder for holder in db.exec(HOLDERS) if holder is not None}


def let_go(db: Session, gone: Collection[int], at_hand: Collection[str], now: datetime) -> None:
    """Settle what processes had under way that are gone: what they were sending is doubtful.

    What is `at_hand` stays.
    """
    here = (col(Outbound.state).in_(UNDER_WAY), col(Outbound.holder).in_(gone))
    left = select(Outbound).where(*here, col(Outbound.id).not_in(at_hand))
    for row in db.exec(left.with_for_update(skip_locked=True)):
        if row.state == "taken":
            give_back(row, row.due_at)
        else:
            doubtful(row, now, CRASHES)
            row.due_at = min(row.due_at, now + DOUBT)  # it is no fault of the message


def give_back(row: Outbound, due_at: datetime) -> None:
    """Let a row that was taken up, and not sent, wait until a moment; no try is counted."""
    row.state, row.holder, row.due_at = "new", None, due_at


def doubtful(row: Outbound, now: datetime, most: int = 2) -> None:
    """Nobody knows whether a message arrived: what matters is sent again, `most` times in all.

    The rest is not: better no reminder than two.
    """
    row.unsure += 1
    matters = row.rank <= STAFF and row.unsure < most
    row.state, row.holder = ("new" if matters else "unsure"), None
    pause = min(LONGEST_PAUSE, DOUBT * 6 ** min(row.unsure - 1, 4))
    row.due_at = now + pause if matters else now


def call(keys: Keyring, row: Outbound) -> dict[str, Any]:
    """The Bot API call of a row."""
    return cast(dict[str, Any], keys.open_json(PLACE, row.id, row.call_sealed))


def finish(row: Outbound, state: str, now: datetime) -> None:
    """Settle a row as `sent`, `failed` or `cancelled`."""
    row.state, row.sent_at, row.holder = state, now, None


def postpone(row: Outbound, now: datetime, wait: float) -> None:
    """Try what certainly did not arrive again later; after some days it has failed.

    `wait` is how many seconds Telegram, or the limits, ask for at least.
    """
    pause = 0 if wait else min(LONGEST_PAUSE.seconds, 2 ** min(10, row.attempts + 1))
    row.attempts, row.holder = row.attempts + 1, None
    row.due_at = now + timedelta(seconds=max(wait, pause))
    row.state = "failed" if now - row.created_at > LONGEST else "new"


def pause(attempts: int) -> timedelta:
    """How long to wait before the next try: 2 s, 4 s ... at most an hour."""
    return timedelta(seconds=min(3600, 2 ** (attempts + 1)))


def prune(db: Session, older_than: datetime) -> int:
    """Delete settled rows made before a moment; how many."""
    old = (col(Outbound.created_at) < older_than, col(Outbound.state).not_in(["new", *UNDER_WAY]))
    return int(db.exec(delete(Outbound).where(*old)).rowcount)
