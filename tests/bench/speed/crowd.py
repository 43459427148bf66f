"""The people: each says the next thing when the reply to the last one has come."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.bench.speed.deliveries import Plan
from tests.bench.speed.sign_ups import ENDED, SCRIPTS, Said, name, phone

Json = dict[str, Any]
FIRST_ID = 5_000_000_000
MOST_REPEATS = 20
Deliver = Callable[[int, str, Json], None]


@dataclass(slots=True)
class Person:
    """Somebody who is signing up. `since` is when the open message was sent, 0 where none is."""

    number: int
    step: int = 0
    since: float = 0.0
    said: Said = ENDED

    @property
    def id(self) -> int:
        """The Telegram id."""
        return FIRST_ID + self.number


@dataclass
class Seen:
    """What has happened since the window began; times in seconds."""

    began: float = 0.0
    ended: float = 0.0
    answered: int = 0
    spans: list[float] = field(default_factory=list)


class Crowd:
    """So many people at once, each followed by another while `goes_on`."""

    def __init__(self, plan: Plan, deliver: Deliver) -> None:
        self._first, self._script = SCRIPTS[plan.script]
        self._deliver, self._leave_after = deliver, plan.leave_after
        self._numbers, self._messages = count(plan.first_person), count(1)
        self._presses = count(1)
        self.talking: dict[int, Person] = {}
        self.goes_on, self.may_speak = True, True
        self.receipts = self.repeats = self.answered = 0
        self.seen = Seen()
        self.on_answer: Callable[[int], None] = lambda _: None

    @property
    def unanswered(self) -> int:
        """How many wait for a reply."""
        return sum(1 for person in self.talking.values() if person.since)

    def begin(self, many: int) -> None:
        """So many people open the bot."""
        for _ in range(many):
            person = Person(next(self._numbers))
            self.talking[person.id] = person
            self._say(person, self._first, None)

    def next_message(self) -> int:
        """The id of a message."""
        return next(self._messages)

    def heard(self, message: Json, call: Json) -> None:
        """A message of the bot has arrived."""
        person = self.talking.get(int(call["chat_id"]))
        if person is None or not person.since:
            return
        said = self._script(person.number, person.step, call)
        if said is None:
            return
        self._count(person)
        if said is ENDED or person.step + 1 == self._leave_after:
            self.receipts += said is ENDED
            self._leave(person)
        elif self.may_speak:
            self._repeated(person, said)
            person.step += 1
            self._say(person, said, message)

    def _count(self, person: Person) -> None:
        self.seen.answered += 1
        self.seen.spans.append(time.monotonic() - person.since)
        self.answered += 1
        person.since = 0.0
        self.on_answer(self.answered)

    def _repeated(self, person: Person, said: Said) -> None:
        """The same thing said again: the bot did not take it the first time."""
        self.repeats += said == person.said
        if self.repeats > MOST_REPEATS:
            raise RuntimeError(f"the bot asks the same again and again: {said}")

    def _leave(self, person: Person) -> None:
        del self.talking[person.id]
        if self.goes_on:
            self.begin(1)

    def _say(self, person: Person, said: Said, to: Json | None) -> None:
        person.said, person.since = said, time.monotonic()
        sender = {
            "id": person.id,
            "is_bot": False,
            "first_name": name(person.number),
            "language_code": "id",
        }
        if said.press:
            press = {"id": str(next(self._presses)), "from": sender, "message": to}
            press |= {"chat_instance": str(person.id), "data": said.press}
            self._deliver(person.id, "callback_query", press)
        else:
            self._deliver(person.id, "message", self._message(person, said, sender))

    def _message(self, person: Person, said: Said, sender: Json) -> Json:
        chat = {"id": person.id, "type": "private", "first_name": sender["first_name"]}
        message = {"message_id": self.next_message(), "from": sender, "chat": chat}
        message["date"] = int(time.time())
        if said.contact:
            contact = {"phone_number": phone(person.number), "user_id": person.id}
            message["contact"] = contact | {"first_name": sender["first_name"]}
            return message
        message["text"] = said.text
        if said.text.startswith("/"):
            length = len(said.text.split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return message
