"""What all processes of one bot share that may vanish: the send budget, pauses, wake-ups.

Telegram takes about 30 messages a second in all, and one a second per chat with short bursts. Each
limit is a "theoretical arrival time" (GCRA): a send books the next free moment and is told how
long to wait for it. One process keeps the moments itself; several share them in Redis
(`bot/shared_traffic.py`). Nothing is lost with them.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

LONG = 3.0  # seconds that a notice waits for its turn; else it makes room for another
EVERYBODY = 0  # stands for all chats together
Wake = Callable[[], None]


@dataclass(frozen=True)
class Limit:
    """Seconds between sends, and how many may come at once."""

    interval: float
    burst: int


@dataclass(frozen=True)
class Limits:
    """What Telegram lets through: 30 in any second. No more than 25 are booked, a burst and what
    comes in a second, for between booking and sending lies a commit, after which some go together.

    `reserve` of the burst is for live replies alone.
    """

    overall: Limit = Limit(1 / 22, 3)
    per_chat: Limit = Limit(1.05, 3)
    reserve: int = 1


TELEGRAMS = Limits()
NONE = Limits(Limit(0.0, 1), Limit(0.0, 1), 0)


class Traffic(Protocol):
    """Books sends, keeps pauses, and wakes other processes."""

    @property
    def is_shared(self) -> bool:
        """Whether other processes see the same budget, by what was last heard of it."""

    async def look_again(self) -> bool:
        """`is_shared`, having looked once more where it is not; at most once a second."""

    async def book(self, chat_id: int, live: bool = True) -> float:
        """Book one send to a chat; the seconds to wait before it.

        A notice (not `live`) is booked only where it need not wait: else it asks again then, and
        live replies pass it.
        """

    async def hold(self, chat_id: int, seconds: float) -> None:
        """Book nothing to a chat, or to `EVERYBODY`, for so long: Telegram asked for it."""

    async def held(self, chat_id: int) -> float:
        """How long a pause for a chat, or for everybody, goes on: Telegram counts any call."""

    async def first(self, name: str, seconds: float) -> bool:
        """Whether this happens for the first time in so many seconds."""

    async def wake(self, what: str) -> None:
        """Tell the other processes that there is work of a kind."""

    async def listen(self, what: str, wake: Wake) -> None:
        """Call `wake` whenever another process tells of work of a kind; returns at once."""

    async def close(self) -> None:
        """Let go of connections."""


class OwnTraffic:
    """The traffic of a single process."""

    is_shared = False

    def __init__(
        self, limits: Limits = TELEGRAMS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._next: dict[int, float] = {}
        self._held: dict[int, float] = {}
        self._once: dict[str, float] = {}

    async def look_again(self) -> bool:
        """There is nobody to share with."""
        return False

    async def book(self, chat_id: int, live: bool = True) -> float:
        """Book one send to a chat; the seconds to wait before it."""
        now = self._clock()
        if len(self._next) > 10_000:
            self._next = {chat: moment for chat, moment in self._next.items() if moment > now}
        reserve = 0 if live else self._limits.reserve
        limits = ((EVERYBODY, self._limits.overall, reserve), (chat_id, self._limits.per_chat, 0))
        wait = max(self._wait(chat, limit, now, kept) for chat, limit, kept in limits)
        if live or wait <= 0:
            for chat, limit, _ in limits:
                self._next[chat] = max(self._next.get(chat, now), now) + limit.interval
        return max(0.0, wait)

    def _wait(self, chat_id: int, limit: Limit, now: float, reserve: int) -> float:
        at_once = max(0, limit.burst - 1 - reserve)
        return self._next.get(chat_id, now) - now - at_once * limit.interval

    async def hold(self, chat_id: int, seconds: float) -> None:
        """Book nothing to a chat, or to `EVERYBODY`, for so long."""
        limit = self._limits.per_chat if chat_id else self._limits.overall
        now = self._clock()
        until = now + seconds + (limit.burst - 1) * limit.interval
        self._next[chat_id] = max(self._next.get(chat_id, 0.0), until)
        self._held = {chat: end for chat, end in self._held.items() if end > now}
        self._held[chat_id] = max(self._held.get(chat_id, 0.0), now + seconds)

    async def held(self, chat_id: int) -> float:
        """How long a pause for a chat, or for everybody, goes on."""
        until = max(self._held.get(chat, 0.0) for chat in (EVERYBODY, chat_id))
        return max(0.0, until - self._clock())

    async def first(self, name: str, seconds: float) -> bool:
        """Whether this happens for the first time in so many seconds."""
        now = self._clock()
        if len(self._once) > 10_000:
            self._once = {key: until for key, until in self._once.items() if until > now}
        if self._once.get(name, now) > now:
            return False
        self._once[name] = now + seconds
        return True

    async def wake(self, what: str) -> None:
        """There is no other process to tell."""

    async def listen(self, what: str, wake: Wake) -> None:
        """There is no other process to hear."""

    async def close(self) -> None:
        """Nothing to let go of."""


class Pauses:
    """Whether Telegram means one chat or all: it asks to wait without saying so.

    Where it asks the same for several chats within a second, all wait.
    """

    MANY, SPAN = 3, 1.0

    def __init__(self, traffic: Traffic, clock: Callable[[], float] = time.monotonic) -> None:
        self._traffic = traffic
        self._clock = clock
        self._asked: dict[int, float] = {}

    async def hold(self, chat_id: int, seconds: float) -> None:
        """Keep the pause that was asked for when sending to a chat."""
        now = self._clock()
        self._asked = {chat: at for chat, at in self._asked.items() if now - at < self.SPAN}
        self._asked[chat_id] = now
        everybody = len(self._asked) >= self.MANY
        await self._traffic.hold(EVERYBODY if everybody else chat_id, seconds)


async def wait_for_turn(traffic: Traffic, chat_id: int, live: bool) -> float:
    """Return when one message may be sent to a chat: 0, or the seconds a notice must wait yet."""
    while (wait := await traffic.book(chat_id, live)) > 0:
        if not live and wait > LONG:
            return wait
        await asyncio.sleep(wait)
        if live:
            break
    return 0.0


async def wait_for_pause(traffic: Traffic, chat_id: int, live: bool) -> float:
    """Return when what is no message may be done in a chat: 0, or as `wait_for_turn`."""
    while (wait := await traffic.held(chat_id)) > 0:
        if not live and wait > LONG:
            return wait
        await asyncio.sleep(wait)
    return 0.0
