"""Crash hooks: a bot that ends by SIGKILL at the n-th passage of a named point.

The launcher of this test sets them (`tests/chaos/mother.py`); the bot knows nothing of them.
"""

import os
import signal
from collections.abc import Callable
from itertools import count
from typing import Any

from sqlalchemy import Engine
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from bot.transport import Transport
from bot.webhook import Webhook

# Committing; sending a message; any other call; acknowledging (the webhook's 200, getUpdates).
KINDS = ("commit", "send", "call", "ack")
POINTS = tuple(f"{kind}.{side}" for kind in KINDS for side in ("before", "after"))
CALLS = {"getUpdates": "ack", "sendMessage": "send"}
PASSAGES = (1, 3, 6, 11)
Passed = Callable[[str], None]


def countdown(order: str) -> Passed:
    """What ends this process at `point:n`; nothing does where the order is empty."""
    fatal, _, times = order.partition(":")
    passages = count(1)

    def passed(point: str) -> None:
        if point == fatal and next(passages) == int(times):
            os.kill(os.getpid(), signal.SIGKILL)

    return passed


def watch_commits(engine: Engine, passed: Passed) -> None:
    """Pass a point before and after each COMMIT."""
    real = engine.dialect.do_commit

    def do_commit(connection: Any) -> None:
        passed("commit.before")
        real(connection)
        passed("commit.after")

    engine.dialect.do_commit = do_commit  # type: ignore[method-assign]


def watch_acknowledgements(passed: Passed) -> None:
    """Pass a point before and after each answer of the webhook."""
    real = Webhook.take

    async def sent() -> None:
        passed("ack.after")

    async def take(self: Webhook, request: Request) -> Response:
        response = await real(self, request)
        passed("ack.before")
        response.background = BackgroundTask(sent)
        return response

    Webhook.take = take  # type: ignore[method-assign]


class WatchedTransport(Transport):
    """The bot's own transport, which passes a point before and after each call."""

    def __init__(self, passed: Passed) -> None:
        super().__init__(256)
        self._passed = passed

    async def do_request(self, url: str, *given: Any, **named: Any) -> tuple[int, bytes]:
        """Make one request."""
        kind = CALLS.get(url.rpartition("/")[2], "call")
        self._passed(f"{kind}.before")
        answer = await super().do_request(url, *given, **named)
        self._passed(f"{kind}.after")
        return answer
