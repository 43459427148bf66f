"""The webhook: nothing is acknowledged that is not stored, and nobody but Telegram gets in."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.demo.server import serve
from bot.starting import StartError
from storage.models import Inbound, Registration
from tests.conftest import TEGAL_HARUM, TOKEN, Bot, opened, run_bot, settings_for
from tests.faults.bots import wait_until_it_listens
from tests.people import WAYAN
from tests.steps import act, all_of, link, settle

SECRET = "s" * 40
HEADER = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def hook_settings() -> dict[str, Any]:
    """What a bot is told that takes its updates by webhook."""
    port = free_port()
    return {
        "webhook_url": f"http://127.0.0.1:{port}/telegram",
        "webhook_listen": f"127.0.0.1:{port}",
        "webhook_secret": SecretStr(SECRET),
    }


@pytest.fixture
def hooked(database_url: str, tmp_path: Path) -> Iterator[Bot]:
    """The whole bot, to which the stand-in posts."""
    with serve(port=0, token=TOKEN) as server:
        settings = settings_for(tmp_path / "home", database_url, server, **hook_settings())
        with opened(settings) as house, run_bot(settings, house):
            bot = Bot(house, server, settings)
            wait_until_it_listens(settings.webhook_listen)  # else Telegram tries again in 2 s
            act(bot.phone("Agus"), "halo")
            settle(bot)
            yield bot


def post(bot: Bot, **given: Any) -> httpx.Response:
    """Post to the webhook as somebody on the net would."""
    return httpx.request(**{"method": "POST", "url": bot.settings.webhook_url, **given})


def test_a_whole_sign_up_goes_by_webhook(hooked: Bot) -> None:
    phone = hooked.phone("Wayan")
    act(phone, link(TEGAL_HARUM))
    for what in WAYAN.answers:
        act(phone, what)
    settle(hooked)
    assert [row.person_id for row in all_of(hooked.house, Registration)] == [phone.user_id]
    assert not hooked.server.state.updates.pending


def test_who_does_not_know_the_secret_stores_nothing(hooked: Bot) -> None:
    before = len(all_of(hooked.house, Inbound))
    update = {"update_id": 7, "message": {"message_id": 1}}
    for headers in ({}, {**HEADER, "X-Telegram-Bot-Api-Secret-Token": SECRET + "x"}):
        assert post(hooked, json=update, headers=headers).status_code == 401
    assert post(hooked, method="GET", headers=HEADER).status_code == 405
    assert len(all_of(hooked.house, Inbound)) == before


def test_too_large_a_body_is_not_read(hooked: Bot) -> None:
    before = len(all_of(hooked.house, Inbound))
    body = b'{"update_id": 7, "x": "' + b"x" * 1_000_001 + b'"}'
    assert post(hooked, content=body, headers=HEADER).status_code == 413
    assert len(all_of(hooked.house, Inbound)) == before


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"null", b'{"message": {}}', b'{"update_id": "7"}', b'{"update_id": -1}']
)
def test_what_cannot_be_understood_is_a_dead_letter_and_not_sent_again(
    hooked: Bot, body: bytes
) -> None:
    assert post(hooked, content=body, headers=HEADER).status_code == 200
    dead = [row for row in all_of(hooked.house, Inbound) if row.state == "dead"]
    assert len(dead) == 1
    phone = hooked.phone("Wayan")
    act(phone, "halo")
    assert phone.bot_messages, "nobody is held up by it"


def test_the_same_update_posted_again_is_served_once(hooked: Bot) -> None:
    phone = hooked.phone("Wayan")
    act(phone, link(TEGAL_HARUM))
    settle(hooked)
    for _ in range(3):
        assert post(hooked, json=phone.last_update, headers=HEADER).status_code == 200
    settle(hooked)
    assert len(phone.bot_messages) == 1


@pytest.mark.parametrize("secret", ["", "short", "not-allowed-letters! " * 3])
def test_no_bot_serves_a_webhook_that_anybody_could_post_to(tmp_path: Path, secret: str) -> None:
    hook = {"webhook_url": "http://127.0.0.1:9/telegram", "webhook_secret": SecretStr(secret)}
    settings = settings_for(tmp_path / "home", **hook)
    with (
        opened(settings) as house,
        pytest.raises(StartError, match="WEBHOOK_SECRET"),
        run_bot(settings, house),
    ):
        pass
