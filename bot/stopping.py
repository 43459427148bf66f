"""The bot stops: a sign to everything that goes on, and how long each may still take.

All spans count from the signal, so that they do not add up. Whoever runs the bot waits so long and
then kills it, which loses nothing, but lets people wait for what was half said.
"""

import asyncio
import logging

log = logging.getLogger(__name__)

REQUESTS = 2.0  # seconds for requests by which updates come: then 503, and they come again
TURNS = 7.0  # for turns, replies and notices under way
ASIDE = 8.0  # for what hangs on nothing
CUTS = (0.2, 0.5)  # seconds after a cut in which a task ends, or is cut off once more
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
    """Let tasks end; cut off what takes longer than so many seconds.

    A library may take the first cut for a timeout of its own and go on, so it is done again; what
    does not end even then is left.
    """
    left = set(tasks)
    for patience in (seconds, *CUTS):
        if left:
            done, left = await asyncio.wait(left, timeout=patience)
            await asyncio.gather(*done, return_exceptions=True)  # whatever they ended with is seen
        for task in left:
            task.cancel()
    if left:
        log.warning("%d tasks do not end: %s", len(left), {task.get_name() for task in left})
