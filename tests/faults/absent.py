"""The bot is down for minutes, or for more than a day; a migration is killed half-way."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import event, inspect
from sqlmodel import SQLModel

from bot.demo.phone import Phone
from bot.demo.server import Server, serve
from storage.database import migrate, open_engine
from tests.conftest import TEGAL_HARUM, TOKEN, opened, own_database, run_bot, settings_for
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


def killed_migrations(databases: Iterator[str], every: int) -> Verdict:
    """`lindung migrate` is killed before every so-manieth statement, and then run again."""
    verdict, at, ended = Verdict(), 1, False
    while not ended:
        url = next(databases)
        ended = _in_a_child(url, at)
        engine = open_engine(url)
        migrate(engine)
        found = set(inspect(engine).get_table_names()) - {"alembic_version"}
        verdict.must(found == set(SQLModel.metadata.tables), f"tables after a kill at {at}")
        engine.dispose()
        at += every
    verdict.figures |= {"statements": at, "kills": (at - 1) // every - 1}
    return verdict


def _in_a_child(url: str, at: int) -> bool:
    """Migrate in a child that is killed before a statement; whether it came to its end."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    try:
        left = [at]
        engine = open_engine(url)

        def on_execute(*_: object) -> None:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(engine, "before_cursor_execute", on_execute)
        migrate(engine)
        os._exit(0)
    except BaseException:
        os._exit(1)


def sqlite_files(folder: Path) -> Iterator[str]:
    """New files, one after another."""
    number = 0
    while True:
        number += 1
        yield f"sqlite:///{folder / f'{number}.db'}"


def databases(server: str) -> Iterator[str]:
    """New PostgreSQL databases, one after another."""
    while True:
        yield own_database(server)
