"""A running Chromium, and the demo with the bot behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bot.demo.run import TOKEN, appoint, demo_settings, set_up
from bot.demo.server import Server, serve
from bot.house import House, open_house
from tests.browser.chromium import chromium
from tests.conftest import run_bot


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Server]:
    """The demo as `lindung demo` sets it up."""
    with serve(token=TOKEN, bot_name="Lindung", username="lindung_demo_bot") as server:
        settings = demo_settings(server, tmp_path)
        house: House = open_house(settings)
        offices = set_up(house, server)
        with run_bot(settings, house):
            appoint(house, offices)
            yield server
        house.engine.dispose()
