"""kill -9 at random moments: no answer is lost, none doubled, none out of order."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot import texts
from bot.demo.phone import Phone
from bot.demo.server import Server, serve
from bot.house import House
from bot.settings import Settings
from conversations.model import Words
from storage import proof
from storage.database import transaction
from storage.models import Answer, Audit, Inbound, Registration
from tests.conftest import TEGAL_HARUM, TOKEN, opened, settings_for
from tests.people import Person
from tests.steps import all_of, link, unfinished

KILLS = 20
PATIENCE = 60  # messages and silences that a person bears with
PROJECT = Path(__file__).parents[2]
# Imports once, then forks a bot for every line it reads: a start costs a tenth of a second.
MOTHER = """
import asyncio, os, sys
from bot import logs, running
from bot.house import open_house
from bot.settings import Settings
from rules import areas
from tests.conftest import NeverWaits
areas.village("51.71.03.2008")
logs.set_up("INFO")
for _ in sys.stdin:
    child = os.fork()
    if not child:
        settings = Settings()
        asyncio.run(running.until_stopped(open_house(settings), settings, NeverWaits()))
        os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""
PEOPLE = [
    Person("5171031206850001", "I Wayan Contoh"),
    Person("5171035708900002", "Ni Made Contoh"),
    Person("5171030101790003", "I Nyoman Contoh"),
    Person("5171034502940004", "Ni Ketut Contoh"),
]
# The questions in the order of `Person.answers`, and what is kept of the good answer.
QUESTIONS = {
    "enrolment.whom": "self",
    "enrolment.consent": "yes",
    "enrolment.nik": "",
    "enrolment.name": "",
    "enrolment.residence": "here",
    "enrolment.occupation": "penjual jamu",
    "enrolment.work": "over_5_years",
    "enrolment.able": "able",
    "enrolment.tie": "none",
    "enrolment.phone": "",
    "enrolment.summary": "send",
}
TEXTS = texts.load()
NOT_COUNTED = tuple(TEXTS.plain(Words(key)) for key in ("turn.too_early", "turn.stale"))


class Child:
    """A bot as `lindung serve` runs it, but for the send budget; killed and started again."""

    def __init__(self, settings: Settings, log: Path) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(PROJECT),
            "BOT_TOKEN": settings.bot_token.get_secret_value(),
            "TELEGRAM_BASE_URL": settings.telegram_base_url,
            "TELEGRAM_FILE_BASE_URL": settings.telegram_file_base_url,
            "LINDUNG_HOME": str(settings.lindung_home),
        }
        self.pid = 0
        with log.open("w") as errors:
            self.mother = subprocess.Popen(
                [sys.executable, "-c", MOTHER],
                env=environment,
                cwd=log.parent,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def start(self) -> None:
        assert self.mother.stdin
        self.mother.stdin.write("start\n")
        self.mother.stdin.flush()
        self.pid = self._read()

    def _read(self) -> int:
        assert self.mother.stdout
        return int(self.mother.stdout.readline())

    def end(self, how: signal.Signals) -> int:
        """End the bot by a signal; its exit status as waitpid gives it."""
        os.kill(self.pid, how)
        self.pid = 0
        return self._read()


@contextmanager
def child(settings: Settings, log: Path) -> Iterator[Child]:
    """A child that is not running yet."""
    made = Child(settings, log)
    try:
        yield made
    finally:
        if made.pid:
            made.end(signal.SIGKILL)
        assert made.mother.stdin
        assert made.mother.stdout
        made.mother.stdin.close()
        made.mother.wait(10)
        made.mother.stdout.close()


def fill_in(phone: Phone, person: Person) -> list[str]:
    """Sign up as people do: answer what is asked, ask again when nothing comes.

    Returns the questions in the order in which they were answered.
    """
    answers = dict(zip(QUESTIONS, person.answers, strict=True))
    answered, read = [""], ""
    phone.send(link(TEGAL_HARUM))
    for _ in range(PATIENCE):
        try:
            phone.wait(timeout=3)
        except TimeoutError:
            phone.send("/start")
            answered.append("")
            read = ""
            continue
        question = asked(phone)
        if not question:
            return list(filter(None, answered))
        counted = not any(words in phone.last.text for words in NOT_COUNTED)
        if phone.last.text == read or (question == answered[-1] and counted):
            continue  # the same reply once more; it has been answered
        read = phone.last.text
        answered.append(question)
        say(phone, answers[question])
    raise AssertionError(phone.transcript()[-2000:])


def asked(phone: Phone) -> str:
    """The question that is open by the newest message; "" where part one is over."""
    if phone.last.all_buttons:
        question = phone.last.all_buttons[0].data.partition(":")[0]
        return question if question in QUESTIONS else ""
    contact = any(button.get("request_contact") for row in phone.keyboard_rows for button in row)
    return "enrolment.phone" if contact else ""


def say(phone: Phone, what: str) -> None:
    """Answer without waiting."""
    if what == "(kontak)":
        phone.tap("Kirim nomor HP saya")
    elif what.startswith("["):
        phone.press(what.strip("[]"))
    else:
        phone.send(what)


def messages(server: Server) -> int:
    """How many messages the bot has sent."""
    return sum(call.method == "sendMessage" for call in server.state.calls)


def kill_again_and_again(bot: Child, server: Server) -> None:
    """Kill the bot and start it again, each time a few messages and some moments later."""
    chance = random.Random(20)
    for _ in range(KILLS):
        bot.start()
        enough = messages(server) + chance.randint(0, 4)
        with server.state.condition:
            server.state.condition.wait_for(lambda: messages(server) >= enough, timeout=1)  # noqa: B023
        time.sleep(chance.uniform(0, 0.03))
        bot.end(signal.SIGKILL)


def wait_for(holds: Callable[[], bool], seconds: float) -> None:
    """Look again and again until something holds."""
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.05)


def all_served(house: House) -> bool:
    with transaction(house.engine) as db:
        return not unfinished(db, house.clock())


@pytest.mark.long
def test_twenty_kills_lose_no_answer_and_double_none(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serve(port=0, token=TOKEN) as server:
        settings = settings_for(tmp_path / "home", "", server)
        phones = [server.phones.add(person.name) for person in PEOPLE]
        with opened(settings) as house, child(settings, log) as bot, ThreadPoolExecutor() as pool:
            signing_up = [pool.submit(fill_in, *pair) for pair in zip(phones, PEOPLE, strict=True)]
            kill_again_and_again(bot, server)
            bot.start()
            orders = [one.result(timeout=40) for one in signing_up]
            wait_for(lambda: all_served(house), 10)
            assert bot.end(signal.SIGTERM) == 0, log.read_text()
            for phone, person, order in zip(phones, PEOPLE, orders, strict=True):
                assert list(dict.fromkeys(order)) == list(QUESTIONS)
                answers_are_just_those_sent(house, phone, person)
            nothing_is_doubled(house)
        # A reply on its way at the kill comes twice, and may draw one more that says so.
        doubled = messages(server) - len(PEOPLE) * (len(QUESTIONS) + 1)
        assert doubled <= 2 * KILLS * len(PEOPLE)


def answers_are_just_those_sent(house: House, phone: Phone, person: Person) -> None:
    """One registration of this person, with the answers that were sent, in that order."""
    mine = [row for row in all_of(house, Registration) if row.person_id == phone.user_id]
    assert len(mine) == 1
    with transaction(house.engine) as db:
        kept = proof.load(db, house.keys, mine[0].id, with_replaced=True)
    own = {"nik": person.nik, "name": person.name, "phone": f"{phone.phone_number} telegram"}
    expected = [(name, value or own[name.partition(".")[2]]) for name, value in QUESTIONS.items()]
    given = [(one.question, one.given.value) for one in kept]
    assert sorted(given) == sorted([("enrolment.village", TEGAL_HARUM), *expected])
    assert [one for one in given if one in expected] == expected
    assert all(one.replaced_at is None for one in kept)


def nothing_is_doubled(house: House) -> None:
    """Every update is done, and each thing that was done is on record once."""
    assert {row.state for row in all_of(house, Inbound)} == {"done"}
    records = [(row.action, row.object_id) for row in all_of(house, Audit)]
    assert len(records) == len(set(records))
    answers = [(row.registration_id, row.question) for row in all_of(house, Answer)]
    assert len(answers) == len(set(answers))
