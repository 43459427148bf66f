"""Wakes coroutines of the server's loop when something changed in any thread."""

import asyncio
from contextlib import suppress


class Bell:
    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[asyncio.Event] = set()

    def hang_up(self, loop: asyncio.AbstractEventLoop) -> None:
        """Names the loop that is to be woken, before anybody waits in it."""
        self._loop = loop

    def ring(self) -> None:
        """May be called from any thread, also after the server has ended."""
        # Rung even when nobody seems to wait: somebody may be between looking and waiting.
        if self._loop:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._wake)

    async def wait(self, seconds: float) -> None:
        """Returns at the next ring, or after `seconds`."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            await asyncio.wait_for(event.wait(), max(seconds, 0))
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(event)

    def _wake(self) -> None:
        for event in self._waiting:
            event.set()
