"""getUpdates: what waits, what confirms it, who else polls, and when it expires."""

import asyncio

import httpx
import pytest
from telegram import Bot, Update
from telegram.error import Conflict

from bot.demo.phone import Phone
from bot.demo.server import Server
from tests.bot.demo.conftest import TLS, TOKEN, result, updates, with_bot


def test_updates_wait_until_a_higher_offset_confirms_them(server: Server, wayan: Phone) -> None:
    wayan.send("satu")
    wayan.send("dua")
    first = updates(server)
    assert [update.message.text for update in first if update.message] == ["/start", "satu", "dua"]
    assert updates(server) == first
    assert updates(server, limit=1) == first[:1]
    assert updates(server, offset=first[2].update_id) == first[2:]
    assert updates(server, offset=first[2].update_id + 1) == []
    assert server.state.updates.pending == []
    assert updates(server, offset=first[2].update_id + 10_000) == []
    assert [update.update_id - first[0].update_id for update in first] == [0, 1, 2]


def test_the_last_updates_can_be_asked_for(server: Server, wayan: Phone) -> None:
    wayan.send("terakhir")
    [last] = updates(server, offset=-1)
    assert last.message
    assert last.message.text == "terakhir"


def test_a_long_poll_ends_when_something_comes(server: Server, wayan: Phone) -> None:
    after = updates(server)[-1].update_id + 1

    async def poll(bot: Bot) -> tuple[Update, ...]:
        waiting = asyncio.create_task(bot.get_updates(offset=after, timeout=30))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        await asyncio.to_thread(wayan.send, "baru")
        return await waiting

    [update] = with_bot(server, poll)
    assert update.message
    assert update.message.text == "baru"


def test_a_long_poll_ends_empty_when_its_time_is_over(server: Server) -> None:
    assert updates(server, timeout=1) == []


def test_a_second_poller_ends_the_older_one(server: Server) -> None:
    async def poll(bot: Bot) -> None:
        older = asyncio.create_task(bot.get_updates(timeout=30))
        await asyncio.sleep(0.2)
        assert await bot.get_updates(timeout=0) == ()
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await older

    with_bot(server, poll)


def test_a_poller_that_hung_up_is_no_conflict(server: Server) -> None:
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{server.base_url}{TOKEN}/getUpdates?timeout=30", timeout=0.3, verify=TLS)
    result(server, "getUpdates")
    result(server, "getUpdates")
    assert server.state.refusals == []


def test_updates_expire_by_the_clock_that_a_test_moves(server: Server, wayan: Phone) -> None:
    wayan.press_data(1, "x")
    server.state.advance(149)
    assert [bool(update.callback_query) for update in updates(server)] == [False, True]
    server.state.advance(2)
    assert [bool(update.message) for update in updates(server)] == [True]
    server.state.advance(24 * 3600)
    assert updates(server) == []


def test_only_the_kinds_asked_for_are_kept(server: Server, wayan: Phone) -> None:
    result(server, "getUpdates", allowed_updates=["callback_query"])
    wayan.send("tidak diminta")
    wayan.press_data(1, "x")
    kinds = [list(update)[1] for update in result(server, "getUpdates")]
    assert kinds == ["message", "callback_query"]


def test_an_update_can_be_delivered_again(server: Server, wayan: Phone) -> None:
    [update] = updates(server)
    assert updates(server, offset=update.update_id + 1) == []
    wayan.redeliver_last()
    assert updates(server, offset=update.update_id + 1) == [update]
    assert updates(server, offset=update.update_id + 1) == []
