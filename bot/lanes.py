"""One person's updates in order, many people at once."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum

LOOKS = 30  # at a lane in which another process is at work, before it is left to the next sweep
PAUSE = 0.03  # seconds between them


class Step(Enum):
    """What came of one step in a lane."""

    DONE = "done"
    EMPTY = "empty"
    BUSY = "busy"
    LATER = "later"  # it failed, and is to be tried again after a longer and longer pause


class Lanes:
    """A task for each person of whom something waits, one step after another.

    A person who sends much fills only the own lane: each lane has one step under way at most, so
    that all of them take turns.
    """

    def __init__(self, step: Callable[[int], Awaitable[Step]]) -> None:
        self._step = step
        self._waiting: dict[int, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    def add(self, lane: int) -> None:
        """Something waits in a lane; lane 0 is everybody's who has no own."""
        if self._stopping.is_set():
            return
        self._waiting[lane] = self._waiting.get(lane, 0) + 1
        if self._waiting[lane] == 1:
            task = asyncio.create_task(self._run(lane), name="lane")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def look(self, lane: int) -> None:
        """Look whether something waits in a lane in which nothing is known to."""
        if lane not in self._waiting:
            self.add(lane)

    async def _run(self, lane: int) -> None:
        looks, pause = 0, 0.1
        try:
            while self._waiting[lane] > 0 and not self._stopping.is_set():
                known = self._waiting[lane]
                match await self._step(lane):
                    case Step.DONE:
                        self._waiting[lane] -= 1
                        looks, pause = 0, 0.1
                    case Step.EMPTY:
                        self._waiting[lane] -= known
                    case Step.BUSY:
                        looks += 1
                        if looks > LOOKS:
                            return
                        await self._pause(PAUSE)
                    case Step.LATER:
                        await self._pause(pause)
                        pause = min(2 * pause, 5.0)
        finally:
            del self._waiting[lane]

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def drain(self, seconds: float) -> None:
        """Let the steps under way end, and begin no more; cut off what takes longer."""
        self._stopping.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
