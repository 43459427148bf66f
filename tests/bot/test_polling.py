"""Polling: what is asked for next, whatever the ids of the updates are."""

from pathlib import Path

import pytest
from telegram.error import TelegramError

from bot.demo.server import serve
from bot.transport import Transport
from tests.bot.test_webhook import hook_settings
from tests.conftest import TOKEN, Bot, opened, run_bot, settings_for
from tests.faults.bots import wait_until_it_listens
from tests.steps import act, settle

MORE_THAN_A_BATCH = 110


@pytest.mark.parametrize(("way", "many"), [("polling", MORE_THAN_A_BATCH), ("webhook", 2)])
def test_after_a_week_of_silence_updates_with_lower_ids_are_served_as_well(
    tmp_path: Path, way: str, many: int
) -> None:
    hook = hook_settings() if way == "webhook" else {}
    with serve(port=0, token=TOKEN) as server:
        settings = settings_for(tmp_path / "home", "", server, **hook)
        with opened(settings) as house, run_bot(settings, house):
            bot = Bot(house, server, settings)
            if hook:
                wait_until_it_listens(settings.webhook_listen)
            before, after = bot.phone("Wayan"), bot.phone("Made")
            act(before, "halo")
            settle(bot)
            with server.state.changing():
                server.state.updates.go_on_from(1_000)
            act(before, "halo")
            settle(bot, 60)  # nothing waits at Telegram any more
            for _ in range(many):
                before.edit(before.send("halo"), "hai")
            act(after, "halo")
            settle(bot, 60)
            assert before.last_update["update_id"] < 10_000


def test_an_id_that_nobody_can_count_on_from_does_not_end_the_polling(tmp_path: Path) -> None:
    with serve(port=0, token=TOKEN) as server:
        settings = settings_for(tmp_path / "home", "", server)
        with opened(settings) as house, run_bot(settings, house):
            bot = Bot(house, server, settings)
            for id in (10**30, 2**62, -5, True, "7", None):
                server.state.requeue({"update_id": id, "message": {}})
            phone = bot.phone("Wayan")
            act(phone, "halo")
            settle(bot)
            act(phone, "halo")
            settle(bot)


@pytest.mark.parametrize("answer", [b"", b"[]", b"{", b"\xff", b'{"a":' * 100_000])
def test_an_answer_that_cannot_be_read_is_an_error_of_telegrams(answer: bytes) -> None:
    with pytest.raises(TelegramError, match="Invalid server response"):
        Transport.parse_json_payload(answer)
