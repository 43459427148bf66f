"""Starts and stops the stand-in: Bot API and page on one loopback port, in a thread."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from bot.demo.api import BotApi
from bot.demo.bell import Bell
from bot.demo.hook import Deliverer
from bot.demo.phones import Phones
from bot.demo.screen import Screen
from bot.demo.state import State
from bot.demo.wire import CuttableProtocol

HOST = "127.0.0.1"
# A page elsewhere on the net may point its own name here; such a name is not served.
LOOPBACK_NAMES = [HOST, "localhost"]


class Server:
    """Use as a context manager, or call `stop()`."""

    def __init__(self, port: int, state: State) -> None:
        self.state = state
        self.faults = state.faults
        self.phones = Phones(state)
        self._bell = Bell()
        state.listeners.append(self._bell.ring)
        self._socket = _listen(port)
        self.port = int(self._socket.getsockname()[1])
        self._uvicorn = uvicorn.Server(self._config())
        self._thread = threading.Thread(target=self._run, name="stand-in", daemon=True)
        self._thread.start()
        while not self._uvicorn.started and self._thread.is_alive():
            time.sleep(0.005)

    @property
    def page_url(self) -> str:
        return f"http://{HOST}:{self.port}/"

    @property
    def base_url(self) -> str:
        """For `Bot(base_url=...)`: the token is put behind it."""
        return f"{self.page_url}bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.page_url}file/bot"

    def stop(self) -> None:
        """Ends long polls with an empty answer, then the server."""
        self.state.close()
        self._uvicorn.should_exit = True
        self._thread.join()
        self._socket.close()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        self._uvicorn.run(sockets=[self._socket])

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(
            self._application(),
            http=CuttableProtocol,
            ws="none",
            loop="asyncio",
            log_config=None,
            log_level="critical",
            access_log=False,
            timeout_graceful_shutdown=1,
        )

    def _application(self) -> Starlette:
        @asynccontextmanager
        async def lifespan(_: Any) -> AsyncIterator[None]:
            self._bell.hang_up(asyncio.get_running_loop())
            delivering = asyncio.create_task(Deliverer(self.state, self._bell).serve())
            yield
            delivering.cancel()
            await asyncio.gather(delivering, return_exceptions=True)

        routes = (
            BotApi(self.state, self._bell).routes
            + Screen(self.state, self.phones, self._bell).routes
        )
        names = Middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK_NAMES)
        return Starlette(routes=routes, middleware=[names], lifespan=lifespan)


def _listen(port: int) -> socket.socket:
    # With the protocol named, asyncio switches Nagle's delay off: 40 ms less for each answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise
    listener.listen()
    return listener


def serve(
    port: int = 0,
    *,
    token: str = "123456:demo",  # noqa: S107 - opens nothing but this stand-in
    bot_name: str = "Bot Contoh",
    username: str = "contoh_bot",
) -> Server:
    """Port 0 takes any free one. Ready to answer when this returns."""
    return Server(port, State(token, bot_name, username))
