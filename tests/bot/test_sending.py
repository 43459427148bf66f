"""What Telegram's answers mean for a call, and what keeps a pause that it asked for."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot as TelegramBot
from telegram import InputFile
from telegram.error import TelegramError

from bot import sending
from bot.demo.faults import Kind
from bot.demo.server import Server, serve
from bot.house import House
from bot.metrics import Metrics
from bot.sending import Call, Delivery, Desk, Result
from bot.together import Together
from bot.traffic import EVERYBODY
from bot.transport import Transport
from storage.presence import OnlyProcess
from storage.pulse import Pulse
from tests.conftest import TOKEN, NeverWaits, opened, settings_for

Work = Callable[[Desk], Coroutine[Any, Any, Any]]


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(port=0, token=TOKEN) as server:
        yield server


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(settings_for(tmp_path / "home")) as house:
        yield house


@asynccontextmanager
async def desk_at(server: Server, house: House) -> AsyncIterator[Desk]:
    """A desk whose bot talks to the stand-in over our own transport."""

    async def in_thread(work: Callable[..., Any], *args: object) -> Any:
        return await asyncio.to_thread(work, *args)

    ways = {"request": Transport(4), "get_updates_request": Transport(1)}
    own = TelegramBot(TOKEN, base_url=server.base_url, **ways)  # type: ignore[arg-type]
    with ThreadPoolExecutor(1) as threads:
        together = Together(house, threads, 1)
        async with own:
            yield Desk(own, house, OnlyProcess(), NeverWaits(), together, in_thread, Metrics(Pulse))


def at_desk(server: Server, house: House, work: Work) -> Any:
    async def play() -> Any:
        async with desk_at(server, house) as desk:
            return await work(desk)

    return asyncio.run(play())


def text_to(server: Server, words: str = "kabar") -> Call:
    """A message to somebody who talks to the bot."""
    phone = server.phones.add("Wayan")
    phone.chat.started = True
    return {"method": "sendMessage", "chat_id": phone.user_id, "text": words}


async def may_go() -> None:
    """What a notice waits for before the call."""


@pytest.mark.parametrize("path", ["message", "document"])
def test_what_a_revoked_token_kept_from_going_out_waits_and_is_told_once(
    server: Server, house: House, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    call = text_to(server)
    if path == "document":
        file = InputFile(b"x", "surat.pdf")
        call = {"method": "sendDocument", "chat_id": call["chat_id"], "document": file}

    async def work(desk: Desk) -> list[Delivery]:
        server.faults.add(call["method"], "401", times=3)
        return [await sending.in_budget(desk, call, begin=may_go) for _ in range(4)]

    with caplog.at_level(logging.ERROR):
        *refused, sent = at_desk(server, house, work)
    assert {one.result for one in refused} == {Result.LATER}
    assert sent.result is Result.SENT
    assert [one.message for one in caplog.records] == [
        "Telegram does not know this BOT_TOKEN any more: nothing can be sent"
    ]


def test_a_reply_waits_for_a_token_that_is_known_again(server: Server, house: House) -> None:
    call = text_to(server)

    async def work(desk: Desk) -> None:
        server.faults.add("sendMessage", "401", times=2)
        await sending.reply(desk, [call])

    at_desk(server, house, work)
    assert [one.ok for one in server.state.calls if one.method == "sendMessage"][-1]
    assert sum(one.ok for one in server.state.calls if one.method == "sendMessage") == 1


@pytest.mark.parametrize("kind", ["broken_json", "empty_json"])
def test_an_answer_that_cannot_be_read_is_no_answer_and_a_message_goes_twice_at_most(
    server: Server, house: House, kind: Kind
) -> None:
    call = text_to(server)

    async def work(desk: Desk) -> Delivery:
        server.faults.add("sendMessage", kind, after=True, times=9)
        first = await sending.send(desk.bot, call)
        await sending.reply(desk, [{**call, "text": "balasan"}])
        return first

    assert at_desk(server, house, work).result is Result.UNSURE
    replies = [one for one in server.state.calls if one.params.get("text") == "balasan"]
    assert len(replies) == 2


class Portal(Transport):
    """A network that answers in Telegram's place."""

    status = 403

    async def do_request(self, *_: Any, **__: Any) -> tuple[int, bytes]:
        """Ask to log in."""
        return self.status, b"<html>Silakan masuk</html>"


@pytest.mark.parametrize("status", [400, 403, 404])
def test_who_is_behind_a_portal_neither_refuses_nor_blocks(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Portal, "status", status)
    bot = TelegramBot(TOKEN, request=Portal(1), get_updates_request=Portal(1))
    call = {"method": "sendMessage", "chat_id": 1, "text": "kabar"}
    assert asyncio.run(sending.send(bot, call)).result is Result.LATER


@pytest.mark.parametrize(
    "answer",
    [
        *(None, [], "x", {}, {"ok": 1, "result": []}),
        {"ok": False, "parameters": [1]},
        {"ok": False, "parameters": {"retry_after": "x"}},
        {"ok": False, "description": 7},
    ],
)
def test_what_is_no_answer_of_the_bot_api_is_not_read(answer: Any) -> None:
    with pytest.raises(TelegramError):
        Transport.parse_json_payload(json.dumps(answer).encode())


def test_an_answer_without_a_result_is_none_where_the_result_is_looked_for() -> None:
    answer = Transport.parse_json_payload(b'{"ok":true}')
    assert answer.get("description") is None
    with pytest.raises(TelegramError):
        answer["result"]


@pytest.mark.parametrize("for_whom", ["the chat", "everybody"])
@pytest.mark.parametrize("method", ["editMessageText", "deleteMessage"])
def test_what_is_no_message_keeps_a_pause_too(
    server: Server, house: House, method: str, for_whom: str
) -> None:
    to = text_to(server)["chat_id"]
    call = {"method": method, "chat_id": to, "message_id": 1, "text": "baru"}

    async def work(desk: Desk) -> Delivery:
        await desk.traffic.hold(EVERYBODY if for_whom == "everybody" else to, 30)
        press = {"method": "answerCallbackQuery", "callback_query_id": "1"}
        await sending.in_budget(desk, press)
        return await sending.in_budget(desk, call, begin=may_go)

    delivery = at_desk(server, house, work)
    assert delivery.result is Result.LATER
    assert 29 < delivery.wait <= 30
    assert "answerCallbackQuery" in [one.method for one in server.state.calls]
    assert method not in [one.method for one in server.state.calls]


def test_a_live_change_of_a_message_waits_for_the_end_of_a_pause(
    server: Server, house: House
) -> None:
    call = {**text_to(server), "method": "editMessageText", "message_id": 1}
    press = {"method": "answerCallbackQuery", "callback_query_id": "1"}

    async def work(desk: Desk) -> None:
        await desk.traffic.hold(call["chat_id"], 0.3)
        change = asyncio.create_task(sending.in_budget(desk, call))
        await asyncio.sleep(0.05)
        await sending.in_budget(desk, press)
        await change

    at_desk(server, house, work)
    methods = [one.method for one in server.state.calls if one.method != "getMe"]
    assert methods == ["answerCallbackQuery", "editMessageText"]


def test_many_changes_of_messages_count_against_no_limit(server: Server, house: House) -> None:
    call = {**text_to(server), "method": "editMessageText", "message_id": 1}

    async def work(desk: Desk) -> float:
        for _ in range(40):
            await sending.in_budget(desk, call)
        return await desk.traffic.held(call["chat_id"])

    assert at_desk(server, house, work) == 0.0


class Booked(NeverWaits):
    """Traffic that notes for which chat a turn was booked."""

    def __init__(self) -> None:
        super().__init__()
        self.chats: list[int] = []

    async def book(self, chat_id: int, live: bool = True) -> float:
        self.chats.append(chat_id)
        return await super().book(chat_id, live)


@pytest.mark.parametrize(("held_up", "turns"), [(0.0, 1), (sending.STALE + 0.05, 2)])
def test_a_notice_that_a_commit_held_up_books_its_turn_once_more(
    server: Server, house: House, held_up: float, turns: int
) -> None:
    call, traffic = text_to(server), Booked()

    async def commit() -> None:
        await asyncio.sleep(held_up)

    async def work(desk: Desk) -> Delivery:
        return await sending.in_budget(replace(desk, traffic=traffic), call, begin=commit)

    assert at_desk(server, house, work).result is Result.SENT
    assert traffic.chats == [call["chat_id"]] * turns


def test_a_notice_whose_commit_outlasts_the_beginning_of_a_pause_is_put_off(
    server: Server, house: House
) -> None:
    call, traffic = text_to(server), Booked()

    async def commit() -> None:
        await asyncio.sleep(sending.STALE + 0.05)
        await traffic.hold(call["chat_id"], 30)

    async def work(desk: Desk) -> Delivery:
        return await sending.in_budget(replace(desk, traffic=traffic), call, begin=commit)

    delivery = at_desk(server, house, work)
    assert delivery.result is Result.LATER
    assert 29 < delivery.wait <= 30
