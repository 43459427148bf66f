"""A running stand-in, and the two ways in which tests talk to it."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import httpx
import pytest
from telegram import Bot, Update
from telegram.request import HTTPXRequest

from bot.demo.phone import Phone
from bot.demo.server import Server, serve

Result = TypeVar("Result")
TOKEN = "123456:demo"
NUMBER = "+6281200000001"
# Made once: a new one for each client costs more than the whole test.
TLS = ssl.create_default_context()


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(token=TOKEN) as running:
        yield running


@pytest.fixture
def wayan(server: Server) -> Phone:
    """Has started the bot."""
    phone = server.phones.add("Wayan", phone_number=NUMBER)
    phone.start()
    return phone


def call(server: Server, method: str, **params: Any) -> Any:
    """One raw call with a JSON body; returns the whole answer."""
    answer = httpx.post(f"{server.base_url}{TOKEN}/{method}", json=params, verify=TLS)
    body = answer.json()
    assert answer.status_code == (200 if body["ok"] else body["error_code"])
    return body


def result(server: Server, method: str, **params: Any) -> Any:
    body = call(server, method, **params)
    assert body["ok"], body
    return body["result"]


def refusal(server: Server, method: str, **params: Any) -> str:
    body = call(server, method, **params)
    assert not body["ok"], body
    return str(body["description"])


def with_bot(server: Server, work: Callable[[Bot], Awaitable[Result]]) -> Result:
    """Runs `work` with python-telegram-bot's own Bot."""

    async def run() -> Result:
        requests = [HTTPXRequest(read_timeout=2, httpx_kwargs={"verify": TLS}) for _ in range(2)]
        async with Bot(
            TOKEN,
            base_url=server.base_url,
            base_file_url=server.base_file_url,
            request=requests[0],
            get_updates_request=requests[1],
        ) as bot:
            return await work(bot)

    return asyncio.run(run())


def updates(server: Server, **params: int) -> list[Update]:
    async def ask(bot: Bot) -> list[Update]:
        return list(await bot.get_updates(**params))  # type: ignore[arg-type]

    return with_bot(server, ask)
