"""HTTP/1.1 with as little work as it takes, so that the driver is not what is measured.

It knows bodies with a length alone: all that the peers and the stand-in send to each other.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Arrived:
    """One request: its first line and headers, its body, and the way to answer it."""

    head: bytes
    body: bytes
    answer: Callable[[bytes, int], None]

    @property
    def path(self) -> str:
        """What was asked for."""
        return self.head.split(b" ", 2)[1].decode()


class _Messages(asyncio.Protocol):
    """Cuts what comes in on one connection into messages."""

    def __init__(self) -> None:
        self._buffer = b""
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        while (end := self._buffer.find(END)) >= 0:
            head, start = self._buffer[:end], end + len(END)
            if CHUNKED.search(head):
                raise RuntimeError("a body without a length")
            length = LENGTH.search(head)
            stop = start + (int(length[1]) if length else 0)
            if len(self._buffer) < stop:
                return
            body, self._buffer = self._buffer[start:stop], self._buffer[stop:]
            self.whole(head, body)

    def whole(self, head: bytes, body: bytes) -> None:
        """One message has come in whole."""
        raise NotImplementedError


class Listening(_Messages):
    """The server's side of one connection."""

    def __init__(self, serve: Callable[[Arrived], None]) -> None:
        super().__init__()
        self._serve = serve

    def whole(self, head: bytes, body: bytes) -> None:
        self._serve(Arrived(head, body, self._answer))

    def _answer(self, body: bytes, status: int = 200) -> None:
        if self.transport and not self.transport.is_closing():
            head = b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            self.transport.write(head % (status, len(body)) + body)


class Calling(_Messages):
    """The client's side of one connection: one request at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._done: Callable[[int], None] | None = None

    def send(self, request: bytes, done: Callable[[int], None]) -> None:
        """Send a request; `done` is told the status, 0 where the connection broke."""
        self._done = done
        if self.transport and not self.transport.is_closing():
            self.transport.write(request)
        else:
            self.connection_lost(None)

    def whole(self, head: bytes, _body: bytes) -> None:
        self._over(int(head[9:12]))

    def connection_lost(self, _error: Exception | None) -> None:
        self._over(0)

    def _over(self, status: int) -> None:
        done, self._done = self._done, None
        if done:
            done(status)

    @property
    def is_open(self) -> bool:
        """Whether another request may go this way."""
        return bool(self.transport and not self.transport.is_closing())
