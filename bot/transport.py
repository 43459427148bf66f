"""The library's way to Telegram, over aiohttp: half the cost, and it tells what it knows.

Whether a message was delivered is not always known. `NotSent` says that it was not.
"""

import json
import ssl
from dataclasses import dataclass
from functools import cache
from typing import Any

import aiohttp
import httpx
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

UNREADABLE = "Invalid server response"
PATIENCE = 5.0  # seconds that Telegram may take to connect, and to answer


class NotSent(NetworkError):
    """The request never reached Telegram: it may be made again without a second thought."""


class Answer(dict[str, Any]):
    """An answer of the Bot API; one that lacks what is looked for in it is none."""

    def __missing__(self, key: str) -> Any:
        raise TelegramError(UNREADABLE)


@dataclass(frozen=True)
class Plain:
    """The parameters of a call that are plain data, as the library's `RequestData` shows them."""

    parameters: dict[str, Any]
    contains_files: bool = False


@cache
def certificates() -> ssl.SSLContext:
    """Whom to trust: one for all connections, for reading them takes longer than a turn."""
    return httpx.create_ssl_context()


class Transport(BaseRequest):
    """Requests over so many connections; an answer may take `patience` seconds."""

    def __init__(self, connections: int, patience: float = PATIENCE) -> None:
        self._connections = connections
        self._patience = patience
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """How many seconds an answer may take."""
        return self._patience

    async def initialize(self) -> None:
        """Open the session, unless it is open."""
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=self._connections, ssl=certificates(), keepalive_timeout=60
            )
            timeout = aiohttp.ClientTimeout(sock_connect=PATIENCE)
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=timeout,
                cookie_jar=aiohttp.DummyCookieJar(),  # Telegram sets none, and to look takes time
                auto_decompress=False,  # nor is anything asked for that is compressed
                headers={"Accept-Encoding": "identity"},
            )

    async def shutdown(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one request; the status and the body of the answer."""
        if self._session is None:
            raise RuntimeError("the transport is not open")
        patience = read_timeout if isinstance(read_timeout, int | float) else self._patience
        timeout = aiohttp.ClientTimeout(sock_connect=PATIENCE, sock_read=patience)
        sent = {"timeout": timeout, **_body(request_data)}
        try:
            async with self._session.request(method, url, **sent) as response:
                return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(type(error).__name__) from None
        except TimeoutError:
            raise TimedOut from None
        except aiohttp.ClientError as error:
            # Its words may hold the address, and that the token: the kind must do.
            raise NetworkError(type(error).__name__) from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer; what cannot be read is nobody's to log, for it may hold anything."""
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError):
            answer = None
        if not _is_answer(answer):
            raise TelegramError(UNREADABLE)
        return Answer(answer)


def _is_answer(answer: Any) -> bool:
    """Whether the library can make something of it: a proxy may answer in Telegram's place."""
    if not isinstance(answer, dict) or not isinstance(answer.get("ok"), bool):
        return False
    more = answer.get("parameters") or {}
    pause = more.get("retry_after", 0) if isinstance(more, dict) else None
    return isinstance(pause, int | float) and isinstance(answer.get("description", ""), str)


def _body(request_data: RequestData | None) -> dict[str, Any]:
    if request_data is None:
        return {}
    if not request_data.contains_files:
        # As ASCII, for a text from outside may hold half a surrogate pair.
        content = json.dumps(request_data.parameters).encode()
        return {"data": content, "headers": {"Content-Type": "application/json"}}
    form = aiohttp.FormData(request_data.json_parameters)
    for name, (file_name, file, kind) in request_data.multipart_data.items():
        form.add_field(name, file, filename=file_name, content_type=kind)
    return {"data": form}
