"""The turn worker: the one place where a turn's transaction begins and ends.

Everything here is synchronous and runs in a worker thread; the event loop does the network.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

from bot import quiet_hours, timers, turn, updates
from bot.house import House
from bot.replies import Call, Page
from conversations.model import SentPhoto, Words
from storage import inbox, outbox, people
from storage.database import transaction
from storage.models import Person
from storage.sealing import SealError

log = logging.getLogger(__name__)

# The database is away or full: nothing is wrong with the update, so no try is counted.
AWAY = (OperationalError, InterfaceError)


@dataclass(frozen=True)
class Served:
    """What to send after a turn, and to whom the asked message is to be noted.

    `photo` when it took one, which is perhaps to be fetched.
    """

    update_id: int
    lane: int
    calls: list[Call] = field(default_factory=list)
    photo: bool = False


def store(house: House, raws: Sequence[dict[str, Any]]) -> list[tuple[int, int]]:
    """Store a raw batch in one commit; (update id, lane) of those that were new."""
    batch = [inbox.Received(raw["update_id"], updates.lane(raw), raw) for raw in raws]
    with transaction(house.engine) as db:
        fresh = set(inbox.store(db, house.keys, batch, house.clock()))
    return [
        (received.update_id, received.lane) for received in batch if received.update_id in fresh
    ]


def waiting(house: House) -> list[tuple[int, int]]:
    """What an earlier run left unfinished."""
    with transaction(house.engine) as db:
        timers.set_all(db, house.clock())
        return inbox.waiting(db)


def serve(house: House, update_id: int) -> Served:
    """Serve one stored update in one transaction. One that is done changes nothing again."""
    with transaction(house.engine) as db:
        row = inbox.locked(db, update_id)
        if row is None or row.state == "dead" or row.sent_at is not None:
            return Served(update_id, 0)
        if row.state == "done":
            return Served(update_id, row.lane, inbox.reply(house.keys, row))
        incoming = updates.understand(inbox.body(house.keys, row))
        calls = turn.take(house, db, incoming, house.clock()) if incoming else []
        inbox.finish(house.keys, row, calls)
        photo = incoming is not None and isinstance(incoming.what, SentPhoto)
        return Served(update_id, row.lane, calls, photo)


def sent(house: House, served: Served, asked: int) -> None:
    """Note that a reply went out, and the message id of the question that it asked, if any."""
    with transaction(house.engine) as db:
        inbox.mark_sent(db, served.update_id, house.clock())
        if asked:
            people.mark_asked(db, served.lane, asked)


def failed(house: House, update_id: int, lane: int) -> bool:
    """Count a failed try. The last one makes a dead letter and one apology; True then."""
    with transaction(house.engine) as db:
        dead = inbox.failed(db, update_id)
        if dead and lane > 0:
            person = db.get(Person, lane)
            page = Page(house.texts, lane, person.language if person else "id")
            call = page.message(Words("turn.broken"))
            outbox.queue(db, house.keys, call, "apology", house.clock(), outbox.REPLY)
        if dead:
            _forget_typed_nik(house, db, update_id)
        return dead


def _forget_typed_nik(house: House, db: Session, update_id: int) -> None:
    """A NIK leaves the chat even where its turn never came to an end."""
    row = inbox.locked(db, update_id)
    try:
        incoming = updates.understand(inbox.body(house.keys, row)) if row else None
    except (KeyError, TypeError, AttributeError, SealError):
        return  # what cannot be read at all cannot be found in the chat either
    if incoming:
        turn.forget_typed_nik(house, db, incoming, house.clock())


def due(house: House) -> list[tuple[str, int, Call]]:
    """Notices to send now: (id, tries so far, call). Timers that are due are run first."""
    now = house.clock()
    timers.run_some(house, now)
    with transaction(house.engine) as db:
        return list(_opened(house, db, now))


def _opened(house: House, db: Session, now: datetime) -> Iterator[tuple[str, int, Call]]:
    """What is due, opened. One that cannot be opened has failed and holds up no other."""
    for row in outbox.due(db, now):
        if until := quiet_hours.held_until(house, db, row, now):
            row.due_at = until
            continue
        try:
            call = outbox.call(house.keys, row)
        except SealError:
            log.exception("notice %s cannot be opened", row.id)
            outbox.finish(db, row.id, "failed", now)
            continue
        yield row.id, row.attempts, call


def settle(house: House, id: str, state: str, unreachable: int = 0) -> None:
    """Settle a notice as `sent` or `failed`; on wish the person is marked unreachable."""
    now = house.clock()
    with transaction(house.engine) as db:
        outbox.finish(db, id, state, now)
        if unreachable:
            people.mark_unreachable(db, unreachable, now)


def postpone(house: House, id: str, attempts: int, seconds: float = 0) -> None:
    """Try a notice again later."""
    pause = outbox.pause(attempts)
    with transaction(house.engine) as db:
        until = house.clock() + max(pause, type(pause)(seconds=seconds))
        outbox.postpone(db, id, until)
