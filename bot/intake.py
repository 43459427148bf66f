"""What Telegram delivers, by polling or by webhook: stored first, then served."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from bot import sending, stopping, updates, worker
from bot.lanes import Lanes
from bot.replies import Call
from bot.sending import Desk
from storage.database import AWAY

log = logging.getLogger(__name__)

FLOOD_PAUSE = 60.0  # seconds between two words to somebody who sends too much
INBOX = "inbox"  # what other processes are woken for
ALONE = 16  # updates of one batch that a process serves without calling the others
LOOK = 1.0  # seconds between two looks for what other processes left
LEFT = 1.0  # seconds after which what is open may have been left: before, somebody is at work on it


class Intake:
    """Stores what comes and begins to serve it."""

    def __init__(self, desk: Desk, lanes: Lanes) -> None:
        self._desk = desk
        self._lanes = lanes
        self._aside: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()

    async def listen(self) -> None:
        """Hear when other processes call; returns at once."""
        await self._desk.traffic.listen(INBOX, self._woken.set)

    async def take(self, raws: Sequence[Any]) -> list[Call]:
        """Store a batch in one commit and begin to serve it; raises `AWAY` where that cannot be.

        Only when it returns may Telegram be told that the batch has come. Returns what stops the
        spinners of the buttons that were pressed, to be sent at once.
        """
        stored = await self._desk.together.do(worker.store, raws)
        self._desk.metrics.redelivered(len(raws) - stored.new)
        for _, lane in stored.fresh:
            self._lanes.add(lane)
        if len(stored.fresh) > ALONE:
            self._do_aside(self._desk.traffic.wake(INBOX))
        for lane in stored.flooding:
            self._do_aside(self._tell_of_flood(lane))
        return [call for raw in raws if (call := _spinner(raw))]

    def send(self, calls: list[Call]) -> None:
        """Send calls aside; an old press has no spinner to stop, and nothing hangs on it."""
        for call in calls:
            self._do_aside(sending.send(self._desk.bot, call))

    def _do_aside(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)

    async def _tell_of_flood(self, lane: int) -> None:
        self._desk.metrics.flooded()
        if await self._desk.traffic.first(f"flood:{lane}", FLOOD_PAUSE):
            try:
                await self._desk.in_thread(worker.tell_of_flood, self._desk.house, lane)
            except AWAY:
                log.warning("the database is away; a flood is not answered")
            self._desk.wake.set()

    async def sweep(self, stop: asyncio.Event) -> None:
        """Serve what an earlier run left, and again and again what processes that ended did."""
        waits = 0.0  # at first, and when called, everything is looked at
        while not stop.is_set():
            self._woken.clear()
            for lane in await self._desk.in_thread(worker.open_lanes, self._desk.house, waits):
                self._lanes.look(lane)
            try:
                await asyncio.wait_for(self._woken.wait(), LOOK)
                waits = 0.0
            except TimeoutError:
                waits = LEFT

    async def drain(self, seconds: float) -> None:
        """Let what is done aside end; cut off what takes longer."""
        await stopping.end(self._aside, seconds)


def _spinner(raw: Any) -> Call | None:
    """What stops the spinner of a button that was pressed, unless the turn says something to it."""
    press = raw.get("callback_query") if isinstance(raw, dict) else None
    if not isinstance(press, dict) or updates.answers_itself(press):
        return None
    return {"method": "answerCallbackQuery", "callback_query_id": str(press.get("id", ""))}
