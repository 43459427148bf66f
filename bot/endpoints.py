"""What a machine asks the bot: is it alive, is it ready, and its metrics. Nothing personal.

They are for the inside: the proxy in front hands on the webhook's path alone.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Answer = TypeVar("Answer")
FRESH = {"Cache-Control": "no-store"}
PATIENCE = 1.0  # seconds that the database may take to say that it is there
SCRAPE = 5.0  # seconds that the metrics may take


@dataclass(frozen=True)
class Watched:
    """How to ask one process of the bot. `database` and `metrics` are run in a thread."""

    database: Callable[[], object]  # raises where the database is away
    draining: Callable[[], bool]
    telegram: Callable[[], bool]  # whether Telegram has told who we are
    metrics: Callable[[], bytes]


def routes(watched: Watched, patience: float = PATIENCE) -> list[Route]:
    """`/healthz`, `/readyz` and `/metrics`."""
    database = within(patience, watched.database)
    metrics = within(SCRAPE, watched.metrics)

    async def alive(_: Request) -> Response:
        return PlainTextResponse("alive\n", headers=FRESH)

    async def ready(_: Request) -> Response:
        missing = [] if await _answers(database) else ["database"]
        missing += [] if watched.telegram() else ["telegram"]
        missing += ["stopping"] if watched.draining() else []
        told = {"ready": not missing, "missing": missing}
        return JSONResponse(told, 503 if missing else 200, FRESH)

    async def measured(_: Request) -> Response:
        try:
            written = await metrics()
        except TimeoutError:
            return PlainTextResponse("the database takes too long\n", 503, FRESH)
        return Response(written, headers=FRESH, media_type=CONTENT_TYPE_LATEST)

    return [
        Route("/healthz", alive),
        Route("/readyz", ready),
        Route("/metrics", measured),
    ]


async def _answers(database: Callable[[], Awaitable[object]]) -> bool:
    try:
        await database()
    except Exception:
        # Whatever it is, the process cannot work; the loops that use the database log it.
        return False
    return True


def within(seconds: float, ask: Callable[[], Answer]) -> Callable[[], Awaitable[Answer]]:
    """`ask` as a coroutine that raises TimeoutError after so many seconds.

    One that hangs is not asked again until it ends, and keeps no process from ending.
    """
    asked: list[asyncio.Future[Answer]] = []

    async def answer() -> Answer:
        if not asked or asked[0].done():
            asked[:] = [_in_thread(ask)]
        return await asyncio.wait_for(asyncio.shield(asked[0]), seconds)

    return answer


def _in_thread(ask: Callable[[], Answer]) -> "asyncio.Future[Answer]":
    """In a daemon thread, for the pools of the library are waited for at the exit."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Answer] = loop.create_future()
    # One that nobody waits for any more may fail in silence.
    future.add_done_callback(lambda ended: ended.cancelled() or ended.exception())

    def tell(act: Callable[[Any], None], what: object) -> None:
        with suppress(RuntimeError):  # the loop ended meanwhile
            loop.call_soon_threadsafe(lambda: None if future.done() else act(what))

    def work() -> None:
        try:
            got = ask()
        except Exception as error:
            tell(future.set_exception, error)
        else:
            tell(future.set_result, got)

    threading.Thread(target=work, name="probe", daemon=True).start()
    return future
