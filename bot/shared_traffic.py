"""The traffic that several processes of one bot share in Redis; without it each keeps its own."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError

from bot import stopping
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
# KEYS: one limit, its pause. ARGV: seconds from now, those of them after which the pause is over.
HOLD = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local until_then = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now + tonumber(ARGV[1]))
redis.call('SET', KEYS[1], string.format('%.6f', until_then), 'PX',
  math.ceil((until_then - now) * 1000) + 1000)
local pause = math.max(redis.call('PTTL', KEYS[2]), math.ceil(tonumber(ARGV[2]) * 1000), 1)
redis.call('SET', KEYS[2], 1, 'PX', pause)
"""
# KEYS: pauses. The milliseconds that the longest goes on.
HELD = """
return math.max(0, redis.call('PTTL', KEYS[1]), redis.call('PTTL', KEYS[2]))
"""


class SharedTraffic:
    """The traffic in Redis. Bookings of one moment go there together.

    It is shared from when Redis has kept something until it did not. While it is away, one of
    those who ask tries it each second, and each process has a budget of its own, in which stands
    what it sent before. Which processes may send notices then is `Sender`'s to know; live replies
    of several are bounded by Telegram alone, whose pauses are kept.
    """

    def __init__(self, url: str, limits: Limits = TELEGRAMS) -> None:
        pool = BlockingConnectionPool.from_url(
            url, max_connections=16, timeout=1, socket_timeout=1, socket_connect_timeout=1
        )
        self._redis = Redis(connection_pool=pool)
        self._book = self._redis.register_script(BOOK)
        self._hold = self._redis.register_script(HOLD)
        self._held = self._redis.register_script(HELD)
        self._limits = limits
        self._own = OwnTraffic(limits)
        self._answers = False
        self._asked_at = -QUIET
        self._waiting: list[tuple[int, bool, asyncio.Future[float]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_shared(self) -> bool:
        """Whether Redis kept what it was last asked to keep; not before it was asked."""
        return self._answers

    async def look_again(self) -> bool:
        """`is_shared`, having asked Redis once more where it did not answer."""
        if not self._answers:
            # It must be able to keep something: when full it still answers.
            await self._asked(lambda: self._redis.set(f"{PREFIX}here", 1, px=1000), None)
        return self._answers

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
            if waits is None:
                wait = await self._own.book(chat_id, live)
            else:
                wait = float(waits[place])
                if live or wait <= 0:
                    await self._own.book(chat_id)  # to know of it when Redis goes
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

    def _pause(self, chat_id: int) -> str:
        return f"{PREFIX}pause:{chat_id}"

    async def hold(self, chat_id: int, seconds: float) -> None:
        """Book nothing to a chat, or to `EVERYBODY`, for so long."""
        limit = self._limits.per_chat if chat_id else self._limits.overall
        pause = seconds + (limit.burst - 1) * limit.interval
        await self._own.hold(chat_id, seconds)
        keys = [self._key(chat_id), self._pause(chat_id)]
        await self._asked(lambda: self._hold(keys=keys, args=[pause, seconds]), None)

    async def held(self, chat_id: int) -> float:
        """How long a pause for a chat, or for everybody, goes on."""
        keys = [self._pause(EVERYBODY), self._pause(chat_id)]
        left = await self._asked(lambda: self._held(keys=keys), 0, keeps=False)
        return max(await self._own.held(chat_id), int(left) / 1000)

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
        await self._asked(lambda: self._redis.publish(f"{PREFIX}wake", what), None, keeps=False)

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

    async def _asked(
        self, ask: Callable[[], Awaitable[Result]], otherwise: Result, keeps: bool = True
    ) -> Result:
        """Redis' answer; `otherwise` while it is away, when one in a second asks it.

        Where it `keeps` nothing by it, it may be full: that does not make the budget shared.
        """
        now = asyncio.get_running_loop().time
        if not self._answers and now() < self._asked_at + QUIET:
            return otherwise
        self._asked_at = now()
        try:
            answer = await ask()
        except AWAY as error:
            self._answers, self._asked_at = False, now()
            log.warning("Redis is away (%s); this process keeps its own", type(error).__name__)
            return otherwise
        self._answers, self._asked_at = self._answers or keeps, -QUIET
        return answer

    async def close(self) -> None:
        """Close the connections."""
        await stopping.end(self._tasks, 0)
        with suppress(*AWAY):
            await self._redis.aclose()
            await self._redis.connection_pool.disconnect()


def open_traffic(redis_url: str, limits: Limits = TELEGRAMS) -> Traffic:
    """The traffic that the settings ask for."""
    return SharedTraffic(redis_url, limits) if redis_url else OwnTraffic(limits)
