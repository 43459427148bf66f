"""A webhook that delivers out of order: presses overtake the texts that they follow."""

import random
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import httpx

from bot.demo.bubbles import Bubble
from bot.demo.hook import SECRET as HEADER
from bot.demo.phone import Phone
from bot.demo.server import Server, serve
from bot.house import House
from storage import proof, sessions
from storage.database import transaction
from storage.models import Registration
from tests.chaos.people import QUESTIONS, Villager, asked
from tests.conftest import TEGAL_HARUM, TOKEN
from tests.faults.bots import SECRET, Place, Split, bots
from tests.faults.people import Verdict, come_to_rest, nothing_is_doubled, person
from tests.people import Person
from tests.steps import all_of, link

WINDOW = 5
STALE = "Tombol itu sudah tidak berlaku"
ANSWERS = {name: {value} for name, value in QUESTIONS.items()} | {
    "enrolment.consent": {"yes", "no"},
    "enrolment.work": {"years_1_to_5", "over_5_years"},
    "enrolment.able": {"able", "limited_but_working"},
    "outcome": {".back"},
}
NUMBERS = {f"enrolment.{name}": "1" for name in ("whom", "consent", "residence", "able", "tie")} | {
    "enrolment.work": "4",
}
ELSEWHERE = ("/status", "/bantuan", "kembali", "ulangi", "halo", "/start")


@dataclass
class Hasty:
    """Somebody who does several things before anything is answered; `said` are the presses."""

    phone: Phone
    person: Person
    said: dict[str, set[str]] = field(default_factory=dict)

    @property
    def typed(self) -> dict[str, str]:
        """What is typed to each question, and to no other."""
        return {
            "enrolment.village": TEGAL_HARUM,
            "enrolment.nik": self.person.nik,
            "enrolment.name": self.person.name,
            "enrolment.occupation": self.person.work[1],
            "enrolment.phone": f"{self.phone.phone_number} telegram",
        }

    def hurry(self, chance: random.Random) -> None:
        """Answer the open question, press this and that, and do not wait."""
        if not self.phone.bot_messages:
            self.phone.send(link(TEGAL_HARUM))
            return
        question = asked(self.phone)
        acts = [self._answer, self._press, self._press, self._press_older, self._elsewhere]
        for act in [self._answer, *chance.sample(acts, chance.randint(1, len(acts)))]:
            act(chance, question)

    def _answer(self, _: random.Random, question: str) -> None:
        if not question:
            self.phone.send(link(TEGAL_HARUM))
        elif question == "enrolment.phone":
            self.phone.share_contact(self.phone.phone_number, self.phone.user_id)
        elif question in self.typed:
            self.phone.send(self.typed[question])
        elif question in NUMBERS:  # the same number is another answer to another question
            self.said.setdefault(question, set()).add(QUESTIONS[question])
            self.phone.send(NUMBERS[question])

    def _press(self, chance: random.Random, _: str) -> None:
        self._press_of(self.phone.bot_messages[-1:], chance)

    def _press_older(self, chance: random.Random, _: str) -> None:
        self._press_of(self.phone.bot_messages[-6:-1], chance)

    def _elsewhere(self, chance: random.Random, _: str) -> None:
        self.phone.send(chance.choice(ELSEWHERE))

    def _press_of(self, shown: list[Bubble], chance: random.Random) -> None:
        buttons = [(bubble.id, button.data) for bubble in shown for button in bubble.all_buttons]
        if harmless := [one for one in buttons if _leads_on(*one[1].split(":")[:2])]:
            message, data = chance.choice(harmless)
            question, option = data.split(":")[:2]
            self.said.setdefault(question, set()).add(option)
            self.phone.press_data(message, data)


def _leads_on(question: str, option: str) -> bool:
    """Whether a button leads towards the receipt, or back: not to a refusal, nor to another's."""
    return option.startswith(".") or (option != "send" and option in ANSWERS.get(question, ()))


@dataclass(frozen=True)
class Scene:
    """Where it plays; `hook` is where the bots take their updates."""

    server: Server
    house: House
    hook: Split
    telegram: httpx.Client
    verdict: Verdict

    def rest(self) -> None:
        """Wait until nothing is left to do."""
        come_to_rest(self.server, self.house, self.verdict)


def play(database: str, home: Path, updates: int, people: int) -> Verdict:
    """So many updates in windows of five out of order, to two bots or one; then on in order."""
    verdict = Verdict({"people": people, "window": WINDOW})
    with (
        serve(port=0, token=TOKEN) as server,
        bots(Place(server, home, database), 2 if database else 1) as house,
        httpx.Client(headers={HEADER: SECRET}, timeout=60) as telegram,
    ):
        hook = cast(Split, server.state.hook)
        server.state.hook = None  # from here on the test delivers
        ids = range(7_000_000_001, 7_000_000_001 + people)
        phones = [server.phones.add("Wayan", user_id=id) for id in ids]
        crowd = [Hasty(phone, person(number)) for number, phone in enumerate(phones)]
        at = Scene(server, house, hook, telegram, verdict)
        _out_of_order(at, crowd, updates)
        server.state.hook = hook
        _old_presses_change_nothing(at, crowd)
        _go_on(at, crowd)
    return verdict


def _out_of_order(at: Scene, crowd: list[Hasty], updates: int) -> None:
    chance, delivered = random.Random(8), 0
    while delivered < updates:
        for one in crowd:
            one.hurry(chance)
        delivered += _deliver(at, chance)
        at.rest()
        for one in crowd:
            _only_what_was_said(at, one)
    bubbles = [bubble for one in crowd for bubble in one.phone.bot_messages]
    stale = sum(STALE in bubble.text for bubble in bubbles)
    at.verdict.must(stale, "no stale press was told so")
    at.verdict.figures |= {"updates out of order": delivered, "presses told to be stale": stale}


def _deliver(at: Scene, chance: random.Random) -> int:
    """Post all that waits, shuffled in windows; how many."""
    state = at.server.state
    with state.condition:
        waiting = state.updates.pending
    for start in range(0, len(waiting), WINDOW):
        window = waiting[start : start + WINDOW]
        pause = chance.choice((0.0, 0.02))  # in which what has come is perhaps served
        for update in chance.sample(window, len(window)):
            while at.telegram.post(at.hook.url, json=update).status_code != 200:
                time.sleep(2)  # asked to come again, as a busy machine does
            with state.changing():
                state.updates.confirm(update)
            time.sleep(pause)
    return len(waiting)


def _only_what_was_said(at: Scene, one: Hasty) -> None:
    """Each answer that is kept was given to that very question."""
    with transaction(at.house.engine) as db:
        session = sessions.load(db, at.house.keys, one.phone.user_id, "enrolment")
    kept = session.answers if session else {}
    _was_said(one, {name: given.value for name, given in kept.items()}, at.verdict)


def _was_said(one: Hasty, kept: dict[str, str], verdict: Verdict) -> None:
    for name, value in kept.items():
        said = {one.typed[name]} if name in one.typed else one.said.get(name, set())
        verdict.must(value in said, f"{name} is kept as {value!r}, which was not said to it")


def _old_presses_change_nothing(at: Scene, crowd: list[Hasty]) -> None:
    for one in crowd:
        old = [
            (bubble.id, button.data)
            for bubble in one.phone.bot_messages[:-3]
            for button in bubble.all_buttons
            if button.data.startswith("enrolment.")
        ]
        one.phone.wait(0)
        one.phone.press_data(*old[0])
        one.phone.wait()
        at.verdict.must(STALE in one.phone.last.text, "an old press was not told to be stale")
        at.rest()
        _only_what_was_said(at, one)


def _go_on(at: Scene, crowd: list[Hasty]) -> None:
    """Everybody comes to the receipt in the end, with the own answers."""
    villagers = [Villager(one.phone, one.person, random.Random(1)) for one in crowd]
    threads = [threading.Thread(target=villager.sign_up) for villager in villagers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    at.rest()
    lost = [one for one in villagers if not one.at_the_end]
    at.verdict.must(not lost, "somebody does not come to the receipt")
    _filed_as_said(at, crowd)
    nothing_is_doubled(at.house, at.verdict)


def _filed_as_said(at: Scene, crowd: list[Hasty]) -> None:
    rows = all_of(at.house, Registration)
    at.verdict.must(len(rows) == len(crowd), f"{len(rows)} sign-ups of {len(crowd)} people")
    for row in rows:
        one = next(one for one in crowd if one.phone.user_id == row.person_id)
        with transaction(at.house.engine) as db:
            filed = proof.load(db, at.house.keys, row.id, True)
        kept = {answer.question: answer.given.value for answer in filed}
        own = {name: {value, *one.said.get(name, ())} for name, value in QUESTIONS.items()}
        _was_said(replace(one, said=own), kept, at.verdict)
