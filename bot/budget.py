"""The send budget: Telegram takes about 30 messages a second in all, and one a second per chat.

Both limits are a "theoretical arrival time" (GCRA): each send books the next free moment and is
told how long to wait for it. One process keeps the moments itself; several share them in Redis.
Nothing is lost with them: without Redis a process goes on with a budget of its own.
"""

import logging
import time
from collections.abc import Callable
from typing import Protocol

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

OVERALL = (1 / 28, 10)  # seconds between sends, and how many may come at once
PER_CHAT = (1.0, 3)


class Budget(Protocol):
    """Books sends."""

    async def book(self, chat_id: int) -> float:
        """Book one send to a chat; the seconds to wait before it."""

    async def close(self) -> None:
        """Let go of connections."""


class OwnBudget:
    """The budget of a single process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next: dict[int, float] = {}

    async def book(self, chat_id: int) -> float:
        """Book one send to a chat; the seconds to wait before it."""
        now = self._clock()
        if len(self._next) > 10_000:
            self._next = {chat: moment for chat, moment in self._next.items() if moment > now}
        return max(self._booked(0, OVERALL, now), self._booked(chat_id, PER_CHAT, now))

    def _booked(self, chat_id: int, limit: tuple[float, int], now: float) -> float:
        interval, burst = limit
        arrival = max(self._next.get(chat_id, now), now)
        self._next[chat_id] = arrival + interval
        return max(0.0, arrival - now - (burst - 1) * interval)

    async def close(self) -> None:
        """Nothing to let go of."""


# Redis keeps the time for all processes. KEYS: overall, chat. ARGV: interval and burst of each.
BOOK = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local wait = 0
for place = 1, 2 do
  local interval = tonumber(ARGV[place * 2 - 1])
  local burst = tonumber(ARGV[place * 2])
  local arrival = math.max(tonumber(redis.call('GET', KEYS[place]) or now), now)
  local expires = math.ceil((arrival - now + interval) * 1000) + 1000
  redis.call('SET', KEYS[place], string.format('%.6f', arrival + interval), 'PX', expires)
  wait = math.max(wait, arrival - now - (burst - 1) * interval)
end
return string.format('%.6f', wait)
"""


class SharedBudget:
    """The budget that several processes of one bot share in Redis."""

    def __init__(self, url: str) -> None:
        pool = BlockingConnectionPool.from_url(
            url, max_connections=16, timeout=2, socket_timeout=2, socket_connect_timeout=2
        )
        self._redis = Redis(connection_pool=pool)
        self._script = self._redis.register_script(BOOK)
        self._own = OwnBudget()

    async def book(self, chat_id: int) -> float:
        """Book one send to a chat; the seconds to wait before it."""
        keys = ["lindung:send", f"lindung:send:{chat_id}"]
        try:
            return float(await self._script(keys=keys, args=[*OVERALL, *PER_CHAT]))
        except RedisError as error:
            log.warning(
                "Redis is away (%s); this process keeps its own budget", type(error).__name__
            )
            return await self._own.book(chat_id)

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()
        await self._redis.connection_pool.disconnect()


def open_budget(redis_url: str) -> Budget:
    """The budget that the settings ask for."""
    return SharedBudget(redis_url) if redis_url else OwnBudget()
