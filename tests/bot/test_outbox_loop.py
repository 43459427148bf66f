"""Notices through the real sender: what is sent again, in which order, and by whom."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.demo.faults import Kind
from bot.demo.phone import Phone
from bot.demo.server import Server, serve
from bot.house import House
from bot.traffic import OwnTraffic
from storage import outbox
from storage.database import transaction
from storage.models import Outbound
from tests.conftest import TOKEN, Bot, clear, one_engine, opened, run_bot, settings_for
from tests.faults.bots import Place, bots
from tests.faults.people import wait_for
from tests.steps import Clock, all_of


@pytest.fixture
def bot(clocked: Bot) -> Bot:
    """The one whose clock is pushed."""
    return clocked


def villager(server: Server) -> Phone:
    """Somebody to whom the bot may write."""
    phone = server.phones.add("Wayan")
    phone.chat.started = True
    return phone


def notify(house: House, to: Phone, *texts: str, rank: int = outbox.CLAIM) -> None:
    """Queue notices, each a little later than the one before."""
    for text in texts:
        call = {"method": "sendMessage", "chat_id": to.user_id, "text": text}
        with transaction(house.engine) as db:
            outbox.queue(db, house.keys, call, "test", house.clock(), rank)


def heard(phone: Phone) -> list[str]:
    with phone.state.condition:
        return [str(one.raw.get("text")) for one in phone.chat.sent]


def states(house: House) -> list[str]:
    return sorted(row.state for row in all_of(house, Outbound))


def settled(house: House) -> bool:
    return all(row.state in ("sent", "unsure", "failed") for row in all_of(house, Outbound))


def wait_until(holds: Callable[[], bool]) -> None:
    assert wait_for(holds, every=0.02)


@pytest.mark.parametrize("fault", ["closed_after", "empty_json"])
def test_where_nobody_knows_news_of_a_claim_come_again_and_a_reminder_does_not(
    bot: Bot, clock: Clock, fault: Kind
) -> None:
    one, other = villager(bot.server), villager(bot.server)
    bot.server.faults.add("sendMessage", fault, times=2, after=True)
    notify(bot.house, one, "ingat", rank=outbox.REMINDER)
    notify(bot.house, other, "klaim")
    wait_until(lambda: states(bot.house) == ["new", "unsure"])
    assert (heard(one), heard(other)) == (["ingat"], ["klaim"])
    clock.push(minutes=1)
    wait_until(lambda: settled(bot.house))
    assert states(bot.house) == ["sent", "unsure"]
    assert (heard(one), heard(other)) == (["ingat"], ["klaim", "klaim"])


@pytest.mark.parametrize("fault", ["401", "502", "429"])
def test_what_is_sent_again_is_overtaken_by_none_that_came_later(
    bot: Bot, clock: Clock, fault: Kind
) -> None:
    one = villager(bot.server)
    bot.server.faults.add("sendMessage", fault)
    notify(bot.house, one, "1", "2", "3")
    wait_until(lambda: any(row.attempts or row.unsure for row in all_of(bot.house, Outbound)))
    for _ in range(3):
        clock.push(minutes=1)
        wait_for(lambda: len(heard(one)) == 3, 3)
    assert heard(one) == ["1", "2", "3"]


def test_what_is_no_longer_ours_when_its_turn_comes_is_left_alone(tmp_path: Path) -> None:
    traffic = OwnTraffic()
    with serve(port=0, token=TOKEN) as server:
        settings = settings_for(tmp_path, "", server)
        with opened(settings) as house, run_bot(settings, house, traffic):
            one, other = villager(server), villager(server)
            asyncio.run(traffic.hold(one.user_id, 1.5))  # so that it is taken up, and waits
            notify(house, one, "kabar")
            wait_until(lambda: states(house) == ["taken"])
            with transaction(house.engine) as db:  # as by another, when we were thought gone
                row = db.get_one(Outbound, all_of(house, Outbound)[0].id)
                outbox.finish(row, "cancelled", house.clock())
            asyncio.run(traffic.hold(other.user_id, 2.0))
            notify(house, other, "kabar")
            wait_until(lambda: states(house) == ["cancelled", "sent"])
            assert heard(one) == []


def test_two_processes_tell_everybody_everything_once_and_in_order(
    tables: str, tmp_path: Path
) -> None:
    clear(one_engine(tables))
    with serve(port=0, token=TOKEN) as server, bots(Place(server, tmp_path, tables)) as house:
        people = [villager(server) for _ in range(8)]
        for number in range(10):
            for one in people:
                notify(house, one, f"{number}")
        wait_until(lambda: settled(house))
        assert {tuple(heard(one)) for one in people} == {tuple("0123456789")}
