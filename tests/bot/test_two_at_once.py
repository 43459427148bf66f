"""Two bots where there may be one: who came second ends, and says what to do."""

import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bot.demo.server import Server, serve
from bot.polling import ANOTHER, SETTLED
from bot.starting import BOTH_WAYS, TAKEN
from tests.bot.test_webhook import SECRET, free_port
from tests.command import lindung
from tests.conftest import TOKEN, opened, own_database, run_bot, settings_for
from tests.steps import act


@pytest.fixture(autouse=True)
def hooks_as_before() -> Iterator[None]:
    """`lindung serve` takes over what its process is told of errors; here it is not alone."""
    before = sys.excepthook, threading.excepthook, sys.getswitchinterval()
    yield
    logging.captureWarnings(False)
    sys.excepthook, threading.excepthook = before[:2]
    sys.setswitchinterval(before[2])


def served(home: Path, server: Server, database: str = "", **more: object) -> tuple[int, str]:
    """`lindung serve`: its exit status, and the last line that it said."""
    home.mkdir(exist_ok=True)
    given = {
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_BASE_URL": server.base_url,
        "TELEGRAM_FILE_BASE_URL": server.base_file_url,
        "OPERATOR_NAME": "Pemerintah Kabupaten Contoh",
        **more,
    }
    Path(home, ".env").write_text("".join(f"{name}={value}\n" for name, value in given.items()))
    ended = lindung(home, "serve", database_url=database)
    return ended.returncode, ended.stderr.rstrip().rpartition("\n")[2]


@contextmanager
def polled_elsewhere(server: Server) -> Iterator[None]:
    """Another bot asks for updates again and again, as one on another machine does."""
    over = threading.Event()

    def poll() -> None:
        while not over.wait(0.3):
            httpx.post(f"{server.base_url}{TOKEN}/getUpdates", json={"timeout": 1}, timeout=20)

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_bot_whose_token_is_polled_elsewhere_ends_and_says_so(tmp_path: Path) -> None:
    with serve(port=0, token=TOKEN) as server, polled_elsewhere(server):
        assert served(tmp_path, server) == (1, ANOTHER)


@pytest.mark.long
def test_of_two_bots_with_one_token_the_one_that_was_there_before_stays(tmp_path: Path) -> None:
    with serve(port=0, token=TOKEN) as server:
        settings = settings_for(tmp_path / "first", "", server)
        with opened(settings) as house, run_bot(settings, house):
            phone = server.phones.add("Wayan")
            act(phone, "halo")
            time.sleep(SETTLED)
            assert served(tmp_path / "second", server) == (1, ANOTHER)
            act(phone, "halo")


def test_a_second_bot_on_one_sqlite_file_ends_and_says_so(tmp_path: Path) -> None:
    with serve(port=0, token=TOKEN) as server:
        settings = settings_for(tmp_path, "", server)
        with opened(settings) as house, run_bot(settings, house):
            act(server.phones.add("Wayan"), "halo")
            assert served(tmp_path, server, settings.database) == (1, TAKEN)


@pytest.mark.parametrize("first_by_webhook", [False, True])
def test_a_bot_that_takes_updates_in_the_other_way_ends_and_says_so(
    postgresql: str, tmp_path: Path, first_by_webhook: bool
) -> None:
    address, port = own_database(postgresql), free_port()
    hook: dict[str, object] = {
        "webhook_url": f"http://127.0.0.1:{port}/telegram",
        "webhook_listen": f"127.0.0.1:{port}",
        "webhook_secret": SecretStr(SECRET),
    }
    as_given = {name.upper(): value for name, value in hook.items()} | {"WEBHOOK_SECRET": SECRET}
    first, second = (hook, {}) if first_by_webhook else ({}, as_given)
    with serve(port=0, token=TOKEN) as server:
        settings = settings_for(tmp_path, address, server, **first)
        with opened(settings) as house, run_bot(settings, house):
            act(server.phones.add("Wayan"), "halo")
            assert served(tmp_path, server, address, **second) == (1, BOTH_WAYS)
            act(server.phones.add("Made"), "halo")
