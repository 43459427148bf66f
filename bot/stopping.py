"""The bot stops: a sign to everything that goes on, and how long each may still take.

All spans count from the signal, so that they do not add up. Whoever runs the bot waits so long and
then kills it, which loses nothing, but lets people wait for what was half said.
"""

import asyncio

REQUESTS = 2.0  # seconds for requests by which updates come: then 503, and they come again
TURNS = 7.0  # for turns, replies and notices under way
ASIDE = 8.0  # for what hangs on nothing
ALL = 9.0  # for the database's own work; then the process ends without it


class Stopping(asyncio.Event):
    """Set when the bot is to stop, and remembers since when."""

    def __init__(self) -> None:
        super().__init__()
        self._since: float | None = None

    def set(self) -> None:
        """Stop; the first time counts."""
        if self._since is None:
            self._since = asyncio.get_running_loop().time()
        super().set()

    def left(self, seconds: float) -> float:
        """How much is left of so many seconds from the signal: all of them before it."""
        if self._since is None:
            return seconds
        return max(0.0, self._since + seconds - asyncio.get_running_loop().time())


async def end(tasks: set[asyncio.Task[None]], seconds: float) -> None:
    """Let tasks end; cut off what takes longer than so many seconds."""
    if tasks:
        await asyncio.wait(tasks, timeout=seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
