"""The health and the metrics of a bot that really runs, asked over HTTP."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.demo.server import Server, serve
from bot.settings import Settings
from tests.bot.test_webhook import free_port, hook_settings
from tests.conftest import TOKEN, Bot, opened, run_bot, settings_for
from tests.faults.bots import wait_until_it_listens
from tests.steps import act, settle

SLOW = 0.5  # seconds for the last reply, while the bot stops


def asked(settings: Settings, path: str) -> httpx.Response:
    """What the bot says to a machine."""
    return httpx.get(f"http://{settings.webhook_listen}{path}", timeout=10)


def counted(settings: Settings) -> dict[str, float]:
    """The metrics by name; those with several labels are summed."""
    told: dict[str, float] = {}
    for family in text_string_to_metric_families(asked(settings, "/metrics").text):
        for sample in family.samples:
            told[sample.name] = told.get(sample.name, 0) + sample.value
    return told


def settings_of(way: str, home: Path, server: Server) -> Settings:
    """Of a bot that is asked at a port of its own."""
    listen = {"webhook_listen": f"127.0.0.1:{free_port()}"}
    return settings_for(home, "", server, **(hook_settings() if way == "webhook" else listen))


@pytest.mark.parametrize("way", ["polling", "webhook"])
def test_a_running_bot_is_alive_and_ready_and_its_turns_are_counted(
    tmp_path: Path, way: str
) -> None:
    with serve(port=0, token=TOKEN) as server:
        settings = settings_of(way, tmp_path / "home", server)
        with opened(settings) as house, run_bot(settings, house):
            bot = Bot(house, server, settings)
            wait_until_it_listens(settings.webhook_listen)
            assert asked(settings, "/healthz").status_code == 200
            assert asked(settings, "/readyz").json() == {"ready": True, "missing": []}
            before = counted(settings)
            phone = bot.phone("Wayan")
            for _ in range(3):
                act(phone, "halo")
            settle(bot)
            after = counted(settings)
    moved = {name: after[name] - before.get(name, 0) for name in after}
    assert moved["lindung_turns_total"] == 3
    assert moved["lindung_turn_seconds_count"] == 3
    assert moved["lindung_reply_seconds_count"] == 3
    assert moved["lindung_sends_total"] >= 3
    assert after["lindung_database_up"] == 1
    assert after["lindung_dead_letters"] == 0


@contextmanager
def asking(settings: Settings) -> Iterator[list[int]]:
    """Whether the bot is ready, asked all the time: the status codes, 0 where nobody answers."""
    over, told = threading.Event(), list[int]()

    def ask() -> None:
        while not over.wait(0.02):
            try:
                told.append(asked(settings, "/readyz").status_code)
            except httpx.TransportError:
                told.append(0)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield told
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("way", ["polling", "webhook"])
def test_a_bot_that_stops_is_not_ready_any_more_while_it_ends_its_turns(
    tmp_path: Path, way: str
) -> None:
    with serve(port=0, token=TOKEN) as server:
        settings = settings_of(way, tmp_path / "home", server)
        with opened(settings) as house, asking(settings) as told, run_bot(settings, house):
            wait_until_it_listens(settings.webhook_listen)
            phone = server.phones.add("Wayan")
            act(phone, "halo")
            server.faults.add("sendMessage", "slow", seconds=SLOW)
            phone.send("halo")
            while server.faults.any_left("sendMessage") or 200 not in told:
                time.sleep(0.01)
    since = told[told.index(200) :]
    ended = next(number for number, code in enumerate(since) if code != 200)
    assert set(since[ended:]) <= {503, 0}
