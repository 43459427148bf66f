"""The traffic that several processes of one bot share in Redis; without it each keeps its own."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError

from bot.traffic import EVERYBODY, TELEGRAMS, Limits, OwnTraffic, Traffic, Wake

log = logging.getLogger(__name__)

AWAY = (RedisError, OSError, TimeoutError)
QUIET = 1.0  # seconds in which Redis is not asked again after it was away
PREFIX = "lindung:"
Result = TypeVar("Result")

# Redis keeps the time for all processes. KEYS: overall, then chats. ARGV: interval, burst and
# reserve overall, interval and burst of a chat, then for each chat 1 where the send is live.
BOOK = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local interval, burst, reserve = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local own_interval, own_burst = tonumber(ARGV[4]), tonumber(ARGV[5])
local overall = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local waits = {}
for place = 2, #KEYS do
  local live = ARGV[place + 4] == '1'
  local kept = live and 0 or reserve
  local own = math.max(tonumber(redis.call('GET', KEYS[place]) or now), now)
  local wait = math.max(
    overall - now - math.max(0, burst - 1 - kept) * interval,
    own - now - (own_burst - 1) * own_interval)
  if live or wait <= 0 then
    overall = overall + interval
    own = own + own_interval
    local expires = math.ceil((own - now) * 1000) + 1000
    redis.call('SET', KEYS[place], string.format('%.6f', own), 'PX', expires)
  end
  waits[place - 1] = string.format('%.6f', math.max(0, wait))
end
redis.call('SET', KEYS[1], string.format('%.6f', overall), 'PX',
  math.ceil((overall - now) * 1000) + 1000)
return waits
"""
# KEYS: one limit. ARGV: seconds from now.
HOLD = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local until_then = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now + tonumber(ARGV[1]))
redis.call('SET', KEYS[1], string.format('%.6f', until_then), 'PX',
  math.ceil((until_then - now) * 1000) + 1000)
"""


class SharedTraffic:
    """The traffic in Redis. Bookings of one moment go there together."""

    def __init__(self, url: str, limits: Limits = TELEGRAMS) -> None:
        pool = BlockingConnectionPool.from_url(
            url, max_connections=16, timeout=1, socket_timeout=1, socket_connect_timeout=1
        )
        self._redis = Redis(connection_pool=pool)
        self._book = self._redis.register_script(BOOK)
        self._hold = self._redis.register_script(HOLD)
        self._limits = limits
        self._own = OwnTraffic(limits)
        self._away_until = 0.0
        self._waiting: list[tuple[int, bool, asyncio.Future[float]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_shared(self) -> bool:
        """Whether Redis answered when it was asked last."""
        return asyncio.get_running_loop().time() >= self._away_until

    async def book(self, chat_id: int, live: bool = True) -> float:
        """Book one send to a chat; the seconds to wait before it."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((chat_id, live, future))
        if len(self._waiting) == 1:
            self._in_background(self._book_waiting())
        return float(await future)

    def _in_background(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _book_waiting(self) -> None:
        await asyncio.sleep(0)  # whoever books at the same moment comes along
        waiting, self._waiting = self._waiting, []
        waits = await self._asked(lambda: self._book_in_redis(waiting), None)
        for place, (chat_id, live, future) in enumerate(waiting):
            wait = await self._own.book(chat_id, live) if waits is None else float(waits[place])
            if not future.done():
                future.set_result(wait)

    async def _book_in_redis(self, waiting: list[tuple[int, bool, Any]]) -> Any:
        overall, own = self._limits.overall, self._limits.per_chat
        keys = [self._key(EVERYBODY), *(self._key(chat) for chat, _, _ in waiting)]
        limits = [overall.interval, overall.burst, self._limits.reserve, own.interval, own.burst]
        live = [int(is_live) for _, is_live, _ in waiting]
        return await self._book(keys=keys, args=[*limits, *live])

    def _key(self, chat_id: int) -> str:
        return f"{PREFIX}send:{chat_id}"

    async def hold(self, chat_id: int, seconds: float) -> None:
        """Book nothing to a chat, or to `EVERYBODY`, for so long."""
        limit = self._limits.per_chat if chat_id else self._limits.overall
        pause = seconds + (limit.burst - 1) * limit.interval
        await self._own.hold(chat_id, seconds)
        await self._asked(lambda: self._hold(keys=[self._key(chat_id)], args=[pause]), None)

    async def first(self, name: str, seconds: float) -> bool:
        """Whether this happens for the first time in so many seconds."""
        milliseconds = max(1, round(seconds * 1000))
        own = await self._own.first(name, seconds)
        key = f"{PREFIX}once:{name}"
        return own and bool(
            await self._asked(lambda: self._redis.set(key, 1, nx=True, px=milliseconds), True)
        )

    async def wake(self, what: str) -> None:
        """Tell the other processes that there is work of a kind."""
        await self._asked(lambda: self._redis.publish(f"{PREFIX}wake", what), None)

    async def listen(self, what: str, wake: Wake) -> None:
        """Call `wake` whenever another process tells of work of a kind."""
        self._in_background(self._hear(what.encode(), wake))

    async def _hear(self, what: bytes, wake: Wake) -> None:
        while True:
            with suppress(*AWAY):
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(f"{PREFIX}wake")
                    while True:
                        heard = await channel.get_message(True, timeout=0.5)
                        if heard and heard["data"] == what:
                            wake()
            await asyncio.sleep(QUIET)

    async def _asked(self, ask: Callable[[], Awaitable[Result]], otherwise: Result) -> Result:
        """Redis' answer; `otherwise` while it is away, when it is left alone for a moment."""
        if not self.is_shared:
            return otherwise
        try:
            return await ask()
        except AWAY as error:
            self._away_until = asyncio.get_running_loop().time() + QUIET
            log.warning("Redis is away (%s); this process keeps its own", type(error).__name__)
            return otherwise

    async def close(self) -> None:
        """Close the connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(*AWAY):
            await self._redis.aclose()
            await self._redis.connection_pool.disconnect()


def open_traffic(redis_url: str, limits: Limits = TELEGRAMS) -> Traffic:
    """The traffic that the settings ask for."""
    return SharedTraffic(redis_url, limits) if redis_url else OwnTraffic(limits)
