"""Fetches a file that somebody sent: asks Telegram where it lies, and reads it, bounded.

The address of a file holds the bot's token: it is neither logged nor kept.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx
from telegram import Bot
from telegram.error import BadRequest, TelegramError
from telegram.request import HTTPXRequest

from bot.pictures import MOST_BYTES, TOO_LARGE, UNREADABLE, BadPicture
from bot.transport import certificates

LONGEST = 30.0  # seconds one may take
PATIENCE = 10.0  # seconds without a byte


class _TooLong(Exception):
    """More comes than may be read."""


class _Bounded(httpx.AsyncByteStream):
    """The stream of an answer, which ends with an error once more than enough has come."""

    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        had = 0
        async for part in self._stream:
            had += len(part)
            if had > MOST_BYTES:
                raise _TooLong
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bound(response: httpx.Response) -> None:
    assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 (for the type)
    response.stream = _Bounded(response.stream)


def transport() -> HTTPXRequest:
    """The library's own transport, which never reads more than a picture may have."""
    kwargs = {
        "event_hooks": {"response": [_bound]},
        "headers": {"Accept-Encoding": "identity"},
        "verify": certificates(),
    }
    return HTTPXRequest(httpx_kwargs=kwargs)


async def fetch(bot: Bot, request: HTTPXRequest, file_id: str) -> bytes:
    """The content of a file.

    Raises `BadPicture` where it will never be had, else `TelegramError` or `TimeoutError`.
    """
    async with asyncio.timeout(LONGEST):
        path = await _path(bot, file_id)
        try:
            return await request.retrieve(f"{bot.base_file_url}/{quote(path)}", PATIENCE)
        except TelegramError as error:
            if isinstance(error.__cause__, _TooLong):
                raise BadPicture(TOO_LARGE) from None
            raise


async def _path(bot: Bot, file_id: str) -> str:
    try:
        answer: Any = await bot.do_api_request("getFile", api_kwargs={"file_id": file_id})
    except BadRequest as error:
        too_large = "too big" in error.message.lower()
        raise BadPicture(TOO_LARGE if too_large else UNREADABLE) from None
    if int(answer.get("file_size") or 0) > MOST_BYTES:
        raise BadPicture(TOO_LARGE)
    return str(answer["file_path"])
