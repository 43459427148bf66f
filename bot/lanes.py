"""One person's updates in order, many people at once."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable


class Lanes:
    """A queue per person; at most `most` people are served at the same time.

    A person who sends much fills only the own queue: each lane takes one turn, then goes to the
    end of the line for a place.
    """

    def __init__(self, serve: Callable[[int, int], Awaitable[None]], most: int) -> None:
        self._serve = serve
        self._places = asyncio.Semaphore(most)
        self._waiting: dict[int, deque[int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, update_id: int, lane: int) -> None:
        """Queue an update in its lane; lane 0 is everybody's who has no own."""
        if lane in self._waiting:
            self._waiting[lane].append(update_id)
            return
        self._waiting[lane] = deque([update_id])
        task = asyncio.create_task(self._run(lane), name=f"lane {lane}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, lane: int) -> None:
        queue = self._waiting[lane]
        try:
            while queue:
                async with self._places:
                    await self._serve(queue.popleft(), lane)
        finally:
            del self._waiting[lane]

    async def drain(self) -> None:
        """Wait until every lane is empty."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
