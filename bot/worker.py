"""The work of the bot on the database: each function is one piece of a transaction.

Everything here is synchronous and runs in a worker thread; the event loop does the network. Who
calls (`bot/together.py`) begins and ends the transaction, which several people's work may share.
"""

import logging
import reprlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session

from bot import turn, updates
from bot.house import House
from bot.replies import Call, Page
from conversations.model import SentPhoto, Words
from storage import inbox, outbox, people, presence, registrations, sessions, staff
from storage.database import reading, transaction
from storage.inbox import Head, Received
from storage.presence import Presence

log = logging.getLogger(__name__)

MOST_OPEN = 30  # updates of one person that wait; nobody types faster, but a flood does


@dataclass(frozen=True)
class Stored:
    """What of a batch is to be served, as (update id, lane); how many were new; who floods."""

    fresh: list[tuple[int, int]]
    new: int = 0
    flooding: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Served:
    """What to send after a turn, and to whom the asked message is to be noted.

    `photo` when it took one, which is perhaps to be fetched.
    """

    update_id: int
    lane: int
    received_at: datetime
    calls: list[Call] = field(default_factory=list)
    photo: bool = False


@dataclass(frozen=True)
class Nothing:
    """Nothing to do in a lane; `busy` where another process is at work on it."""

    busy: bool = False


def store(house: House, db: Session, batches: Sequence[Sequence[object]]) -> list[Stored]:
    """Store raw batches; what of each was new."""
    now = house.clock()
    received = [[_received(raw) for raw in raws] for raws in batches]
    fresh = inbox.store(db, house.keys, (one for batch in received for one in batch), now)
    lanes = {one.lane for batch in received for one in batch if one.update_id in fresh} - {0}
    flooding = inbox.over(db, lanes, MOST_OPEN, now) if lanes else set()
    results = []
    for batch in received:
        new = [one for one in batch if one.update_id in fresh]
        served = [(one.update_id, one.lane) for one in new if one.state == "new"]
        theirs = frozenset(lane for _, lane in served) & flooding
        results.append(Stored(served, len(new), theirs))
    return results


def _received(raw: object) -> Received:
    """An update with its lane. What has no id of its own is a dead letter from the start."""
    body = raw if isinstance(raw, dict) else {"unreadable": reprlib.repr(raw)}
    id = body.get("update_id")
    if not updates.is_id(id):
        return Received(-1 - secrets.randbelow(updates.LARGEST), 0, body, "dead", "no update id")
    return Received(id, updates.lane(body), body)


def serve(
    here: Presence, house: House, db: Session, lanes: Sequence[int]
) -> list[Served | Nothing]:
    """Serve the oldest open update of each lane. One that is done changes nothing again."""
    others = partial(_others, here, db)
    heads, busy = inbox.heads(db, lanes, others)
    new = [lane for lane, head in heads.items() if head.state == "new" and lane]
    _read_ahead(db, new)
    for lane in inbox.replied(db, new, others):
        # A later update came first. What it asks is not on the phone yet: this is no answer to it.
        del heads[lane]
        busy.add(lane)
    served: dict[int, Served | Nothing] = {}
    done = []
    for lane, head in heads.items():
        if head.state == "done":
            inbox.take_over(db, head, here.number)
            calls = inbox.reply(house.keys, head)
            served[lane] = Served(head.update_id, lane, head.received_at, calls)
        else:
            served[lane] = turned = _turn(house, db, head)
            done.append((head, turned.calls))
    inbox.finish(db, house.keys, done, here.number)
    return [served.get(lane, Nothing(lane in busy)) for lane in lanes]


def _others(here: Presence, db: Session, holders: set[int]) -> set[int]:
    """Those of these processes that are there still, but for this one."""
    return presence.alive(db, here, holders) - {here.number}


def _read_ahead(db: Session, person_ids: list[int]) -> None:
    """Read for all turns at once what each of them begins with."""
    if person_ids:
        people.lock(db, person_ids)
        sessions.read_ahead(db, person_ids)
        staff.read_ahead(db, person_ids)
        registrations.read_ahead(db, person_ids)


def _turn(house: House, db: Session, head: Head) -> Served:
    incoming = updates.understand(inbox.body(house.keys, head))
    calls = turn.take(house, db, incoming, house.clock()) if incoming else []
    photo = incoming is not None and isinstance(incoming.what, SentPhoto)
    return Served(head.update_id, head.lane, head.received_at, calls, photo)


@dataclass(frozen=True)
class Sent:
    """A reply that went out, and the message id of the question that it asked, if any."""

    served: Served
    asked: int = 0


def sent(house: House, db: Session, replies: Sequence[Sent]) -> list[bool]:
    """Note that replies went out; whether something that others stored is open in the lane now."""
    inbox.mark_sent(db, [one.served.update_id for one in replies], house.clock())
    people.mark_asked(db, {one.served.lane: one.asked for one in replies if one.asked})
    more = inbox.open_among(db, [one.served.lane for one in replies])
    return [one.served.lane in more for one in replies]


@dataclass(frozen=True)
class Failure:
    """A turn that came to no end, and the kind of its error."""

    lane: int
    why: str


def failed(here: Presence, house: House, db: Session, failures: Sequence[Failure]) -> list[bool]:
    """Count failed tries. The last one makes a dead letter and one apology; True then."""
    heads, _ = inbox.heads(db, [one.lane for one in failures], set)
    return [one.lane in heads and _failed(house, db, heads[one.lane], one) for one in failures]


def _failed(house: House, db: Session, head: Head, failure: Failure) -> bool:
    if head.state != "new":
        return False
    dead = inbox.failed(db, head.update_id, failure.why)
    if dead and head.lane > 0:
        page = Page(house.texts, head.lane, people.language(db, head.lane))
        call = page.message(Words("turn.broken"))
        outbox.queue(db, house.keys, call, "apology", house.clock(), outbox.REPLY)
    if dead:
        _forget_typed_nik(house, db, head)
    return dead


def _forget_typed_nik(house: House, db: Session, head: Head) -> None:
    """A NIK leaves the chat even where its turn never came to an end."""
    try:
        incoming = updates.understand(inbox.body(house.keys, head))
    except Exception:
        # What cannot be read at all cannot be found in the chat either. Whatever it was, the try
        # must be counted: else this update would be tried for ever.
        return
    if incoming:
        turn.forget_typed_nik(house, db, incoming, house.clock())


def open_lanes(house: House, waits: float = 0.0) -> list[int]:
    """Where something has been open for so many seconds, of whatever process."""
    with reading(house.engine) as db:
        return inbox.open_lanes(db, house.clock() - timedelta(seconds=waits))


def take(house: House, here: Presence, raw: dict[str, Any]) -> Served:
    """Store one update and serve what is oldest in its lane, in a transaction for each."""
    with transaction(house.engine) as db:
        store(house, db, [[raw]])
    with transaction(house.engine) as db:
        served = serve(here, house, db, [updates.lane(raw)])[0]
    return served if isinstance(served, Served) else Served(0, 0, house.clock())


def mark(house: House, served: Served, asked: int = 0) -> None:
    """Note in a transaction of its own that a reply went out."""
    with transaction(house.engine) as db:
        sent(house, db, [Sent(served, asked)])


def tell_of_flood(house: House, lane: int) -> None:
    """Say politely, and once in a while only, that not everything is read."""
    with transaction(house.engine) as db:
        page = Page(house.texts, lane, people.language(db, lane))
        call = page.message(Words("turn.flood"))
        outbox.queue(db, house.keys, call, "flood", house.clock(), outbox.REPLY)
