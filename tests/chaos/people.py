"""Invented people who sign up as people do, and what each of them did, in order."""

import random
import threading
from dataclasses import dataclass, field

from bot import texts
from bot.demo.phone import Phone
from bot.demo.server import Server
from conversations.model import Words
from tests.conftest import TEGAL_HARUM
from tests.people import Person
from tests.steps import link

PATIENCE = 200  # messages and silences that a person bears with
SILENCES = (3.0, 6.0, 12.0)  # seconds after which a person asks again
TWICE = 0.3  # of the updates are delivered once more
# The questions in the order of `Person.answers`, and what is kept of the answer.
QUESTIONS = {
    "enrolment.whom": "self",
    "enrolment.consent": "yes",
    "enrolment.nik": "",
    "enrolment.name": "",
    "enrolment.residence": "here",
    "enrolment.occupation": "",
    "enrolment.work": "over_5_years",
    "enrolment.able": "able",
    "enrolment.tie": "none",
    "enrolment.phone": "",
    "enrolment.summary": "send",
}
GOODS = ("jamu", "canang", "sate", "lontong", "rujak", "bubur", "es kelapa", "jaje Bali")
RECEIPT = "Sudah terkirim"
TEXTS = texts.load()
NOT_COUNTED = tuple(TEXTS.plain(Words(key)) for key in ("turn.too_early", "turn.stale"))


@dataclass(frozen=True)
class Act:
    """One thing that a person did: the update it made, the question it answers, if any."""

    update_id: int
    message_id: int
    question: str
    what: str


@dataclass
class Villager:
    """Somebody with a phone, and the history of all that he or she did."""

    phone: Phone
    person: Person
    chance: random.Random
    acts: list[Act] = field(default_factory=list)
    at_the_end: bool = False

    @property
    def values(self) -> dict[str, str]:
        """What is to be kept of each answer, in the order in which they are given."""
        own = {
            "enrolment.nik": self.person.nik,
            "enrolment.name": self.person.name,
            "enrolment.occupation": self.person.work[1],
            "enrolment.phone": f"{self.phone.phone_number} telegram",
        }
        return {"enrolment.village": TEGAL_HARUM, **QUESTIONS, **own}

    def sign_up(self) -> None:
        """Answer what is asked, ask again when nothing comes."""
        answers = dict(zip(QUESTIONS, self.person.answers, strict=True))
        answered, read, silences = "", "", 0
        self.act(link(TEGAL_HARUM))
        for _ in range(PATIENCE):
            try:
                self.phone.wait(timeout=SILENCES[min(silences, 2)])
            except TimeoutError:
                self.act("/start")
                answered, read, silences = "", "", silences + 1
                continue
            if any(RECEIPT in bubble.text for bubble in self.phone.bot_messages):
                self.at_the_end = True
                return
            question = asked(self.phone)
            if not question:
                self.act(link(TEGAL_HARUM))  # a later message came first, and led elsewhere
                continue
            counted = not any(words in self.phone.last.text for words in NOT_COUNTED)
            if self.phone.last.text == read or (question == answered and counted):
                continue  # the same reply once more; it has been answered
            answered, read, silences = question, self.phone.last.text, 0
            self.act(answers[question], question)

    def act(self, what: str, question: str = "") -> None:
        """Do something without waiting; now and then it is delivered twice."""
        with self.phone.state.condition:
            try:
                message_id = _do(self.phone, what)
            except LookupError:
                return  # the button went while the finger was on its way
            update = self.phone.last_update
            self.acts.append(Act(update["update_id"], message_id, question, what))
        if self.chance.random() < TWICE:
            self.phone.redeliver_last()


def _do(phone: Phone, what: str) -> int:
    if what == "(kontak)":
        return phone.tap("Kirim nomor HP saya")
    if what.startswith("["):
        phone.press(what.strip("[]"))
        return 0
    return phone.send(what)


def asked(phone: Phone) -> str:
    """The question that is open by the newest message; "" where part one is over."""
    if phone.last.all_buttons:
        question = phone.last.all_buttons[0].data.partition(":")[0]
        return question if question in QUESTIONS else ""
    contact = any(button.get("request_contact") for row in phone.keyboard_rows for button in row)
    return "enrolment.phone" if contact else ""


def invented(number: int, chance: random.Random) -> Person:
    """A person with a NIK and a trade of his or her own."""
    day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(70, 99)
    work = ("[KTP desa ini]", f"penjual {chance.choice(GOODS)}", *Person("", "").work[2:])
    nik = f"517103{day:02}{month:02}{year:02}{number:04}"
    return Person(nik, f"I Contoh {_letters(number)}", work=work)


def _letters(number: int) -> str:
    return "".join("aeioubdgkl"[int(digit)] for digit in f"{number:04}").title()


class Crowd:
    """So many people at a time; when one has signed up another begins, until it is enough."""

    def __init__(self, server: Server, chance: random.Random, at_once: int) -> None:
        self.villagers: list[Villager] = []
        self.failed: list[BaseException] = []
        self._server = server
        self._chance = chance
        self._enough = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._keep, name="people") for _ in range(at_once)]
        for thread in self._threads:
            thread.start()

    def _keep(self) -> None:
        try:
            while not self._enough.is_set():
                self._next()
        except BaseException as error:  # told by the verdict
            self.failed.append(error)

    def _next(self) -> None:
        with self._lock:
            person = invented(len(self.villagers) + 1, self._chance)
            phone = self._server.phones.add(person.name)
            chance = random.Random(self._chance.random())
            self.villagers.append(one := Villager(phone, person, chance))
        one.sign_up()

    def acts(self) -> list[Act]:
        """All that anybody did until now."""
        return [act for one in list(self.villagers) for act in list(one.acts)]

    def finish(self, seconds: float) -> bool:
        """Begin no more; whether all have come to an end in so many seconds."""
        self._enough.set()
        for thread in self._threads:
            thread.join(seconds)
        return not self.failed and not any(thread.is_alive() for thread in self._threads)
