"""Checks of Redis, or what it means that there is none."""

import time
from collections.abc import Iterator
from typing import Any, cast

from redis import Redis
from redis.exceptions import RedisError

from bot.checks import Finding, ok, warn, wrong
from bot.settings import Settings

SLOW = 0.05  # seconds
POLICY = "CONFIG SET maxmemory-policy volatile-ttl, and the same in redis.conf"
LIMIT = "CONFIG SET maxmemory 64mb, and the same in redis.conf"


def checked(settings: Settings) -> Iterator[Finding]:
    """Everything about Redis."""
    if not settings.redis_url:
        yield _none(settings)
        return
    with Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2) as redis:
        try:
            yield _speed(redis)
        except (RedisError, OSError) as error:
            says = f"does not answer ({type(error).__name__}); each process keeps its own budget"
            yield wrong(
                "redis", says, "start Redis, or compare REDIS_URL; nothing is lost meanwhile"
            )
            return
        yield from _memory(redis)


def _none(settings: Settings) -> Finding:
    if settings.database.startswith("sqlite"):
        return ok("redis", "none is needed: one process keeps its own send budget")
    says = "none is set: several processes together may send faster than Telegram allows"
    return warn("redis", says, "set REDIS_URL, or run one process alone")


def _speed(redis: "Redis") -> Finding:
    took = []
    for _ in range(5):
        before = time.monotonic()
        redis.ping()
        took.append(time.monotonic() - before)
    typical = sorted(took)[2]
    says = f"answers in {typical * 1000:.1f} ms"
    return (
        warn("redis", says, "bring it nearer to the bot") if typical > SLOW else ok("redis", says)
    )


def _memory(redis: "Redis") -> Iterator[Finding]:
    try:
        found = cast(dict[str, Any], redis.config_get("maxmemory*"))
    except RedisError:
        yield warn("redis memory", "its settings may not be read", f"ask its owner for: {POLICY}")
        return
    policy, limit = str(found.get("maxmemory-policy")), int(found.get("maxmemory", 0))
    if policy == "noeviction":
        yield warn("redis memory", "a full Redis refuses to write (noeviction)", POLICY)
    elif not limit:
        yield warn("redis memory", "no maxmemory is set: it may take all there is", LIMIT)
    else:
        yield ok("redis memory", f"{policy} at {limit // 1024**2} MB")
