"""The bot is down for minutes, or for more than a day."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.demo.phone import Phone
from bot.demo.server import Server, serve
from tests.conftest import TEGAL_HARUM, TOKEN, opened, run_bot, settings_for
from tests.faults.people import Verdict, come_to_rest, say, wait_for
from tests.people import WAYAN
from tests.steps import link

MINUTES, DAY = 200, 90_000  # seconds, beyond those for which Telegram keeps presses, and messages


def down(home: Path) -> Verdict:
    """Somebody presses and writes while the bot is down; Telegram forgets the one, then both."""
    verdict = Verdict()
    with serve(port=0, token=TOKEN) as server:
        settings = settings_for(home, "", server)
        with opened(settings) as real:
            house = replace(real, clock=lambda: datetime.fromtimestamp(server.state.now(), UTC))
            phone = server.phones.add("Wayan")
            with run_bot(settings, house):
                say(phone, link(TEGAL_HARUM))
                come_to_rest(server, house, verdict)
            phone.press("Saya sendiri")
            _later(server, phone, MINUTES)
            with run_bot(settings, house):
                come_to_rest(server, house, verdict)
                verdict.must(len(phone.chat.sent) == 1, "a press that is gone was answered")
                say(phone, "Saya sendiri")
                say(phone, "[Setuju]")
                come_to_rest(server, house, verdict)
            question = phone.last.text
            phone.send(WAYAN.nik)
            _later(server, phone, DAY)
            with run_bot(settings, house):
                come_to_rest(server, house, verdict)
                told = wait_for(lambda: "mungkin tidak sampai" in phone.last.text)
                verdict.must(told, "who wrote in vain is not told")
                phone.send("/start")
                resumed = wait_for(lambda: phone.last.text.endswith(question[-40:]))
                verdict.must(resumed, "/start does not resume")
                come_to_rest(server, house, verdict)
                say(phone, WAYAN.nik)
                verdict.must("nama" in phone.last.text.lower(), "the form does not go on")
                come_to_rest(server, house, verdict)
    return verdict


def _later(server: Server, phone: Phone, seconds: float) -> None:
    with server.state.condition:
        assert server.state.updates.pending, phone
    server.state.advance(seconds)
    with server.state.condition:
        assert not server.state.updates.pending
