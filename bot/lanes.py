"""One person's updates in order, many people at once."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum

from bot import stopping

# Seconds between looks at a lane in which another process is at work. When it has done, it goes on
# with what it finds there; so few looks are enough, and the sweep comes after them.
PAUSES = (0.05, 0.2, 0.6)


class Step(Enum):
    """What came of one step in a lane."""

    DONE = "done"
    MORE = "more"  # done, and something else is open in the lane, from whichever process
    EMPTY = "empty"
    BUSY = "busy"
    LATER = "later"  # it failed, and is to be tried again after a longer and longer pause


class Lanes:
    """A task for each person of whom something waits, one step after another.

    A person who sends much fills only the own lane: each lane has one step under way at most, so
    that all of them take turns.
    """

    def __init__(
        self, step: Callable[[int], Awaitable[Step]], pauses: tuple[float, ...] = PAUSES
    ) -> None:
        self._step = step
        self._pauses = pauses
        self._waiting: dict[int, int] = {}
        self._ours: set[int] = set()  # lanes of which we know that something waits
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    def add(self, lane: int) -> None:
        """Something waits in a lane; lane 0 is everybody's who has no own."""
        if not self._stopping.is_set():
            self._ours.add(lane)
            self._begin(lane)

    def look(self, lane: int) -> None:
        """Look once whether something waits in a lane in which nothing is known to."""
        if lane not in self._waiting and not self._stopping.is_set():
            self._begin(lane)

    def _begin(self, lane: int) -> None:
        self._waiting[lane] = self._waiting.get(lane, 0) + 1
        if self._waiting[lane] == 1:
            task = asyncio.create_task(self._run(lane), name="lane")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, lane: int) -> None:
        looks, pause = 0, 0.1
        try:
            while self._waiting[lane] > 0 and not self._stopping.is_set():
                known = self._waiting[lane]
                match await self._step(lane):
                    case Step.DONE | Step.MORE as done:
                        self._waiting[lane] = max(self._waiting[lane] - 1, done is Step.MORE)
                        looks, pause = 0, 0.1
                    case Step.EMPTY:
                        self._waiting[lane] -= known
                    case Step.BUSY:
                        if lane not in self._ours or looks == len(self._pauses):
                            return
                        await self._pause(self._pauses[looks])
                        looks += 1
                    case Step.LATER:
                        await self._pause(pause)
                        pause = min(2 * pause, 5.0)
        finally:
            del self._waiting[lane]
            self._ours.discard(lane)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def drain(self, seconds: float) -> None:
        """Let the steps under way end, and begin no more; cut off what takes longer."""
        self._stopping.set()
        await stopping.end(self._tasks, seconds)
