"""The people of a scenario: they sign up, one after another, and must find nothing amiss."""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

from bot.demo.phone import Phone
from bot.demo.server import Server
from bot.house import House
from storage import proof
from storage.database import transaction
from storage.models import Answer, Audit, Inbound, Outbound, Registration
from tests.bench.speed import sign_ups
from tests.conftest import TEGAL_HARUM
from tests.people import Person
from tests.steps import all_of, link, unfinished

PATIENCE = 60.0  # seconds for a reply
OWN = re.compile(r"\b[A-Z0-9]{3}-[A-Z0-9]{4}\b|Lahir: [^\n]*")  # codes and birthdays
QUESTIONS = (
    *("village", "whom", "consent", "nik", "name", "residence", "occupation"),
    *("work", "able", "tie", "phone", "summary"),
)


@dataclass
class Verdict:
    """What a scenario found: figures to print, promises `broken`, and what was too `slow`.

    What is too slow counts in `make faults` alone, for a busy machine is slow.
    """

    figures: dict[str, object] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)

    def must(self, holds: object, words: str) -> None:
        """Note a promise that does not hold."""
        if not holds:
            self.broken.append(words)

    def within(self, name: str, seconds: float, most: float) -> None:
        """Note a time, and whether it is too long."""
        self.figures[name] = f"{seconds:.2f} s (at most {most:g} s)"
        if seconds > most:
            self.slow.append(f"{name}: {seconds:.2f} s, at most {most:g} s")


def p95(spans: list[float]) -> float:
    """The 95th percentile."""
    return sorted(spans)[int(0.95 * (len(spans) - 1))] if spans else 0.0


def person(number: int) -> Person:
    """Invented, and another for each number."""
    return Person(sign_ups.nik(number), sign_ups.name(number))


def say(phone: Phone, what: str, patience: float = PATIENCE) -> float:
    """Type `so`, press `[so]` or share the number with `(kontak)`; the seconds to the reply."""
    phone.wait(0)
    began = time.monotonic()
    if what == "(kontak)":
        phone.tap(phone.reply_keyboard[0])
    elif what.startswith("["):
        phone.press(what.strip("[]"))
    else:
        phone.send(what)
    phone.wait(timeout=patience)
    return time.monotonic() - began


def heard(phone: Phone, name: str = "") -> list[str]:
    """All that the bot ever said, also what was deleted, without what is this person's own."""
    with phone.state.condition:
        texts = [str(one.raw.get("text", "")) for one in phone.chat.sent]
    named = [text.replace(name, "NAMA") if name else text for text in texts]
    return [re.sub(r"\d", "#", OWN.sub("...", text)) for text in named]


class Crowd:
    """People who sign up, each followed by the next, until it is enough."""

    def __init__(self, server: Server, pause: float = 0.0) -> None:
        self._server, self._pause = server, pause
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._enough = threading.Event()
        self.spans: list[float] = []
        self.ended: list[tuple[Phone, Person]] = []
        self.errors: list[str] = []

    def sign_up(self) -> None:
        """One person, from the link to the receipt."""
        with self._lock:
            number = next(self._numbers)
            phone = self._server.phones.add("Wayan", user_id=7_000_000_000 + number)
        who = person(number)
        for what in (link(TEGAL_HARUM), *who.answers):
            self.spans.append(say(phone, what))
            time.sleep(self._pause)
        self.ended.append((phone, who))

    def _keep_on(self) -> None:
        while not self._enough.is_set():
            try:
                self.sign_up()
            except Exception as error:
                self.errors.append(f"{type(error).__name__}: {error}"[-1500:])
                return

    @contextmanager
    def at_work(self, many: int) -> Iterator[None]:
        """So many at once, until the block ends; those under way go on to their end."""
        threads = [threading.Thread(target=self._keep_on) for _ in range(many)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._enough.set()
            for thread in threads:
                thread.join()

    def check(self, house: House, verdict: Verdict) -> None:
        """Each sign-up is there once, with its answers in order, and was answered as in calm."""
        verdict.figures["sign-ups"] = len(self.ended)
        verdict.broken += self.errors
        verdict.must(self.ended, "nobody signed up")
        if not self.ended:
            return
        calm = heard(self.ended[0][0], self.ended[0][1].name)
        rows = Counter(row.person_id for row in all_of(house, Registration))
        for phone, who in self.ended:
            if heard(phone, who.name) != calm:
                verdict.broken.append(_difference(calm, heard(phone, who.name)))
            verdict.must(rows[phone.user_id] == 1, f"{rows[phone.user_id]} sign-ups of one person")
            self._answers(house, phone, who, verdict)
        nothing_is_doubled(house, verdict)

    def _answers(self, house: House, phone: Phone, who: Person, verdict: Verdict) -> None:
        with transaction(house.engine) as db:
            rows = [row for row in all_of(house, Registration) if row.person_id == phone.user_id]
            kept = [one for row in rows for one in proof.load(db, house.keys, row.id, True)]
        order = [one.question.partition(".")[2] for one in kept]
        verdict.must(sorted(order) == sorted(QUESTIONS), f"answers lost or doubled: {order}")
        values = {one.question.partition(".")[2]: one.given.value for one in kept}
        right = values.get("nik") == who.nik and values.get("name") == who.name
        verdict.must(right, "the answers are another person's")


def _difference(calm: list[str], found: list[str]) -> str:
    more, less = Counter(found) - Counter(calm), Counter(calm) - Counter(found)
    return f"messages too many {list(more)}, missing {list(less)}, or in another order"


def nothing_is_doubled(house: House, verdict: Verdict) -> None:
    """Every update is done, and each thing that was done is on record once."""
    states = Counter(row.state for row in all_of(house, Inbound))
    verdict.must(set(states) <= {"done"}, f"updates {dict(states)}")
    rows = [row for row in all_of(house, Audit) if row.action != "opened"]  # by every bot
    records = Counter((row.action, row.object_id) for row in rows)
    twice = {key[0] for key, times in records.items() if times > 1}
    verdict.must(not twice, f"done twice: {twice}")
    answers = Counter((row.registration_id, row.question) for row in all_of(house, Answer))
    verdict.must(max(answers.values(), default=1) == 1, "an answer is kept twice")
    unsure = [row.kind for row in all_of(house, Outbound) if row.unsure]
    verdict.figures.setdefault("notices in doubt", len(unsure))


def wait_for(holds: Callable[[], bool], seconds: float = PATIENCE, every: float = 0.05) -> bool:
    """Look again and again until something holds; False where it does not in time."""
    ends = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > ends:
            return False
        time.sleep(every)
    return True


def at_rest(server: Server, house: House) -> bool:
    """Whether every update is stored, served and replied to, and every notice is sent."""
    with server.state.condition:
        if server.state.updates.pending:
            return False
    with transaction(house.engine) as db:
        return not unfinished(db, house.clock())


def come_to_rest(server: Server, house: House, verdict: Verdict, seconds: float = PATIENCE) -> None:
    """Wait until nothing is left to do."""
    verdict.must(wait_for(lambda: at_rest(server, house), seconds), "it does not come to rest")
