"""The loop that sends what the bot says unasked, and begins what is due.

A message is taken up, `sending` in the database before the call, and `sent` after it. What a
process was sending when it ended is doubtful, and sent once more only if it matters.

Notices go out by one budget at a time: by that in Redis, from whichever processes see it, who hold
SENDING together; or by one process' own, which holds it alone. So a process that has not noticed
yet that Redis went, or came back, keeps the others waiting until it has, within a second or two;
never do two budgets count at once. What was taken up under one is put back where it is over before
the call.
"""

import asyncio
import logging
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlmodel import Session

from bot import quiet_hours, sending, stopping, timers
from bot.house import House
from bot.lasting import safely
from bot.replies import Call
from bot.sending import Delivery, Desk, Result
from bot.stopping import TURNS, Stopping
from storage import outbox, people, presence
from storage.database import reading, transaction
from storage.models import Outbound
from storage.presence import SENDING, Presence
from storage.sealing import SealError

log = logging.getLogger(__name__)

AT_ONCE = 24  # messages under way
LOOK = 1.0  # seconds between two looks for work
AGAIN = 0.05  # seconds after which one tries again to take up what another process just does


@dataclass(frozen=True)
class Notice:
    """A message taken up to be sent."""

    id: str
    person_id: int
    call: Call
    holder: int | None


class Sender:
    """Sends notices until it is stopped."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        # Made once: what is done together is told apart by the function itself.
        self._claim = partial(claim, desk.here)
        self._begin = partial(begun, desk.here)
        self._under_way: dict[asyncio.Task[None], str] = {}  # and the ids of their rows

    async def serve(self, stop: Stopping) -> None:
        """Send what is due, until the bot stops; what is under way may end."""
        try:
            await self._serve(stop)
        finally:
            await stopping.end(set(self._under_way), stop.left(TURNS))

    async def _serve(self, stop: Stopping) -> None:
        wake, loop, looked = self._desk.wake, asyncio.get_running_loop(), 0.0
        while not stop.is_set():
            wake.clear()
            if loop.time() - looked >= LOOK:
                more = await safely("what is due", self._look)
                looked = 0.0 if more else loop.time()
            if not await safely("notices", self._send_some):
                with suppress(TimeoutError):
                    await asyncio.wait_for(wake.wait(), LOOK)

    async def _look(self) -> bool:
        at_hand = list(self._under_way.values())
        return bool(await self._desk.in_thread(look, self._desk.here, self._desk.house, at_hand))

    async def _send_some(self) -> bool:
        """Take up as much as may be under way; False where there was nothing to take."""
        free = AT_ONCE - len(self._under_way)
        if not free:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
            return True
        is_shared = await self._desk.traffic.look_again()
        if not await self._desk.in_thread(self._desk.here.hold, SENDING, is_shared):
            return False
        taken = await self._desk.together.do(self._claim, free)
        if taken is None:
            await asyncio.sleep(AGAIN)
            return True
        for notice in filter(None, taken):
            task = asyncio.create_task(self._send(notice, is_shared), name="notice")
            self._under_way[task] = notice.id
            task.add_done_callback(self._under_way.pop)
        return bool(taken)

    async def _send(self, notice: Notice, is_shared: bool) -> None:
        together = self._desk.together
        try:
            begin = partial(self._begun, notice, is_shared)
            delivery = await sending.deliver(self._desk, notice.call, begin)
        except Exception:
            log.exception("a notice could not be sent")
            delivery = Delivery(Result.REFUSED)
        if delivery.result is not Result.LEFT:
            await together.surely(settle, (notice, delivery))
        self._desk.wake.set()

    async def _begun(self, notice: Notice, is_shared: bool) -> Delivery | None:
        """None where a notice may go out, and is noted to; else what becomes of it instead."""
        if not await self._desk.together.surely(self._begin, notice):
            return Delivery(Result.LEFT)
        over = self._desk.traffic.is_shared is not is_shared
        return Delivery(Result.LATER, wait=LOOK) if over else None


def look(here: Presence, house: House, at_hand: Collection[str] = ()) -> bool:
    """Begin what is due, and let go of what processes were sending that are gone.

    And of what this one took up, if it is not `at_hand`: where the database went away at the
    commit, nobody was told of it. True where more is due than was begun.
    """
    now = house.clock()
    with reading(house.engine) as db:  # mostly there is nothing to do, and nobody waits for that
        is_due, at_it = timers.is_due(db, now), outbox.holders(db)
        gone = at_it - presence.alive(db, here, at_it) | at_it & {here.number}
    if gone:
        with transaction(house.engine) as db:
            outbox.let_go(db, gone, at_hand, now)
    return is_due and timers.run_some(house, now)


Taken = list[Notice | None]  # None stands for one that waits for the morning, or cannot be sent


def claim(here: Presence, house: House, db: Session, wanted: Sequence[int]) -> list[Taken | None]:
    """Take up so many messages; None where another process is at it.

    One that cannot be opened has failed and holds up no other.
    """
    now = house.clock()
    rows = [outbox.claim(db, here.number, now, most) for most in wanted]
    return [None if some is None else [_opened(house, db, row) for row in some] for some in rows]


def take(here: Presence, house: House) -> Taken:
    """Take up messages in a transaction of its own."""
    with transaction(house.engine) as db:
        return claim(here, house, db, [50])[0] or []


def settle_one(house: House, notice: Notice, delivery: Delivery) -> None:
    """Note in a transaction of its own what became of a message."""
    with transaction(house.engine) as db:
        settle(house, db, [(notice, delivery)])


def _opened(house: House, db: Session, row: Outbound) -> Notice | None:
    now = house.clock()
    if until := quiet_hours.held_until(house, db, row, now):
        outbox.give_back(row, until)
        return None
    if people.is_unreachable(db, row.person_id):
        outbox.finish(row, "failed", now)
        return None
    try:
        return Notice(row.id, row.person_id, outbox.call(house.keys, row), row.holder)
    except SealError:
        log.exception("notice %s cannot be opened", row.id)
        outbox.finish(row, "failed", now)
        return None


def begun(here: Presence, house: House, db: Session, notices: Sequence[Notice]) -> list[bool]:
    """Note that messages are about to go out; of each whether it may."""
    ours = outbox.begin(db, here.number, [notice.id for notice in notices])
    return [notice.id in ours for notice in notices]


def settle(house: House, db: Session, ended: Sequence[tuple[Notice, Delivery]]) -> list[None]:
    """Note what became of messages; but for one that was sent, only while they are ours."""
    now = house.clock()
    for notice, delivery in ended:
        row = db.get(Outbound, notice.id)
        if row and (row.holder == notice.holder or delivery.result is Result.SENT):
            _settle(db, row, delivery, now)
    return [None] * len(ended)


def _settle(db: Session, row: Outbound, delivery: Delivery, now: datetime) -> None:
    match delivery.result:
        case Result.SENT:
            outbox.finish(row, "sent", now)
        case Result.REFUSED:
            outbox.finish(row, "failed", now)
        case Result.UNREACHABLE:
            outbox.finish(row, "failed", now)
            people.mark_unreachable(db, row.person_id, now)
        case Result.LATER:
            outbox.postpone(row, now, delivery.wait)
        case Result.UNSURE:
            outbox.doubtful(row, now, delivery.most)
        case Result.LEFT:
            pass
