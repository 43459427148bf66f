"""Takes updates by webhook: the 200 follows the commit, so Telegram keeps what was not stored."""

import asyncio
import hmac
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import IPPROTO_TCP, TCP_NODELAY, create_server, socket
from urllib.parse import urlsplit

import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import Receive, Scope, Send

from bot.intake import Intake
from bot.replies import Call
from bot.settings import Settings
from bot.starting import StartError
from bot.stopping import REQUESTS
from storage.database import AWAY

log = logging.getLogger(__name__)

MOST_BYTES = 1_000_000  # of one update; Telegram's own have a few thousand
SECRET = b"x-telegram-bot-api-secret-token"
COME_BACK = {"Retry-After": "2"}  # seconds: Telegram keeps the update until then
GRACE = 3  # seconds for connections when the bot stops, longer than for what is to be stored
PATIENCE = 20.0  # seconds for the database, below the sixty that Telegram waits


class Webhook:
    """The endpoint to which Telegram posts, as an ASGI application."""

    def __init__(self, intake: Intake, secret: str, stopping: asyncio.Event) -> None:
        self._intake = intake
        self._secret = secret.encode()
        self._stopping = stopping
        self._limits: set[asyncio.Timeout] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self.take(Request(scope, receive))
        await response(scope, receive, send)

    async def take(self, request: Request) -> Response:
        """Store one update. 401 without the secret, 413 too large, 503 to come again later.

        200 for all else: what cannot be read is a dead letter.
        """
        given = request.headers.get(SECRET.decode(), "").encode()
        if not self._secret or not hmac.compare_digest(given, self._secret):
            return Response(status_code=401)
        body = await _bounded(request)
        if body is None:
            return Response(status_code=413)
        return await self._stored(parsed(body))

    async def _stored(self, raw: object) -> Response:
        if self._stopping.is_set():
            return Response(status_code=503, headers=COME_BACK)
        try:
            calls = await self._in_time(raw)
        except (*AWAY, TimeoutError) as error:
            log.warning("an update cannot be stored (%s)", type(error).__name__)
            return Response(status_code=503, headers=COME_BACK)
        except Exception:
            log.exception("an update cannot be stored")
            return Response(status_code=503, headers=COME_BACK)
        # The answer may hold one call, of which nobody learns the end: the right way for a spinner.
        return JSONResponse(calls[0]) if calls else Response(status_code=200)

    async def _in_time(self, raw: object) -> list[Call]:
        async with asyncio.timeout(PATIENCE) as limit:
            self._limits.add(limit)
            try:
                return await self._intake.take([raw])
            finally:
                self._limits.discard(limit)

    def hurry(self) -> None:
        """The bot stops: what cannot be stored in a moment is refused, and comes again."""
        ends = asyncio.get_running_loop().time() + REQUESTS
        for limit in self._limits:
            limit.reschedule(min(ends, limit.when() or ends))


def parsed(body: bytes) -> object:
    """An update as it was posted; of what cannot be read the length alone."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):  # no JSON, or nested without end
        # Nobody but Telegram knows the secret: what it cannot say right it would repeat.
        return {"unreadable": len(body)}


async def _bounded(request: Request) -> bytes | None:
    """The body; None where it is longer than may be."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)


class Listener(uvicorn.Server):
    """uvicorn within our loop; the signals stay those of `bot/running.py`."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def _listener(routes: list[BaseRoute]) -> Listener:
    config = uvicorn.Config(
        Router(routes),  # the layers of a whole application would only turn errors into pages
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=GRACE,
        server_header=False,
        proxy_headers=False,
        date_header=False,
    )
    return Listener(config)


async def serve(
    routes: list[BaseRoute],
    listen: str,
    stopping: asyncio.Event,
    hurry: Callable[[], None] = lambda: None,
) -> None:
    """Serve these routes at `host:port` until the bot stops, when `hurry` is called.

    Raises `StartError` where it cannot listen there.
    """
    host, _, port = listen.rpartition(":")
    try:
        listening = create_server((host.strip("[]") or "127.0.0.1", int(port)), backlog=1024)
    except (OSError, ValueError) as error:
        raise StartError(f"cannot listen at WEBHOOK_LISTEN={listen}: {error}") from None
    # asyncio's own loop leaves it to us: without it an answer with a body takes 40 ms more.
    listening.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    server = _listener(routes)
    serving = asyncio.ensure_future(_served(server, listening))
    stop = asyncio.ensure_future(stopping.wait())
    await asyncio.wait({serving, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    hurry()
    server.should_exit = True
    await serving


async def _served(server: Listener, listening: socket) -> None:
    """Serve at this socket, and leave it closed whatever ends it: a process that stops is cut."""
    with listening:
        await server.serve(sockets=[listening])


def route(webhook: Webhook, settings: Settings) -> Route:
    """Where Telegram posts; anything but POST is refused."""
    path = urlsplit(settings.webhook_url).path or "/"
    return Route(path, webhook, methods=["POST"])
