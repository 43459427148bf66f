"""The walk: who does what next. Mostly what a sensible person would, else anything at all."""

import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.soak import raw, typed
from tests.soak.cast import EVERYBODY, FIRST_ID, Identity, Someone, named
from tests.soak.habits import AT_HOME, CODES, LOOKED_AT, OFFICES, USUAL
from tests.soak.typed import VILLAGES, Asked
from tests.soak.wire import Wire

Json = dict[str, Any]
LIFETIME = 160  # updates of somebody, who then goes and is followed by somebody new


@dataclass
class Step:
    """One update of the walk: by whom, and what must come of it."""

    update_id: int
    body: Json
    by: Someone | None
    answered: bool = True  # somebody hears something
    stale: bool = False  # a press that counts no more
    back: bool = False  # goes back in a form

    @property
    def update(self) -> Json:
        """As Telegram delivers it."""
        return {"update_id": self.update_id, **self.body}


class Walker:
    """Everybody who walks, so many at a time and the offices, from one seed. `wire` shows what each
    of them sees.
    """

    def __init__(
        self,
        seed: int,
        people: int,
        wire: Wire,
        today: Callable[[], date],
        odd: Mapping["Odd", int],
    ) -> None:
        self.chance, self.wire, self._today = random.Random(seed), wire, today
        self._odd, self._weights = tuple(odd), tuple(odd.values())
        self.knows: dict[str, set[int]] = {}  # who has typed a name or a number
        self.past: deque[Step] = deque(maxlen=60)
        self._updates, self._people, self._identities = 0, 0, 0
        self.offices = [self.join(role, area) for role, area in OFFICES]
        self.people = [self.join("worker", self._village()) for _ in range(people)]

    def join(self, role: str, village: str) -> Someone:
        """Somebody new."""
        self._people += 1
        one = Someone(FIRST_ID + self._people, role, village, self.new_identity())
        self.learn(one, f"{one.self.phone} {one.self.name}")
        return one

    def new_identity(self) -> Identity:
        """Somebody whom no account is of."""
        self._identities += 1
        return Identity(self._identities)

    def _village(self) -> str:
        return self.chance.choice(CODES)

    @property
    def updates(self) -> int:
        """The id of the newest update."""
        return self._updates

    def batch(self, size: int) -> list[Step]:
        """What happens at once: some people do something, a few of them several things."""
        steps: list[Step] = []
        for one in self.chance.sample(self.people, min(size, len(self.people))):
            steps += self._does(one)
        for one in self.offices:
            steps += self._does(one)
        self.chance.shuffle(steps)
        self.past.extend(step for step in steps if step.by)
        self._renew()
        return steps

    def _does(self, one: Someone) -> list[Step]:
        """What somebody does now: one thing, or quickly several."""
        if one.blocked:
            return self._comes_back(one)
        times = self.chance.choice((2, 3)) if self.chance.random() < 0.04 else 1
        steps = [self._one(one) for _ in range(times)]
        for step in steps[1:]:
            step.stale = False
        if times > 1:
            steps[0].stale = False
        return steps

    def _comes_back(self, one: Someone) -> list[Step]:
        if self.chance.random() < 0.7:
            return []
        one.blocked = False
        self.wire.blocked.discard(one.id)
        return [self.step(one, raw.membership(one, "member"), answered=False)]

    def _renew(self) -> None:
        """Who has done enough goes; somebody new comes."""
        for at, one in enumerate(self.people):
            if one.sent > LIFETIME and not one.todo:
                self.wire.chats.pop(one.id, None)
                self.wire.blocked.discard(one.id)
                self.people[at] = self.join("worker", self._village())

    def step(self, by: Someone, body: Json, **what: bool) -> Step:
        """What somebody does, with the next number."""
        self._updates += 1
        by.sent += 1
        return Step(self._updates, body, by, **what)

    def text(self, one: Someone, text: str) -> Step:
        """Somebody types this."""
        self.learn(one, text)
        self.wire.messages += 1
        return self.step(one, raw.message(one, self.wire.messages, text=text))

    def learn(self, one: Someone, text: str) -> None:
        """Whoever types a name or a number knows it."""
        for mark in named(text):
            self.knows.setdefault(mark, set()).add(one.id)
        if text.startswith("08127"):
            self.knows.setdefault(text[1:], set()).add(one.id)

    def press(self, one: Someone, data: str, message_id: int, stale: bool = False) -> Step:
        """Somebody presses a button."""
        body = raw.press(one, self._updates + 1, data, message_id)
        return self.step(one, body, stale=stale)

    def _one(self, one: Someone) -> Step:
        if one.todo and self.chance.random() < 0.85:
            return self.says(one, one.todo.popleft())
        if self.chance.random() < (0.68 if one.role == "worker" else 0.88):
            return self.sensible(one)
        return self.chance.choices(self._odd, self._weights)[0](self, one)

    def says(self, one: Someone, what: str) -> Step:
        """Somebody types this, or what it stands for."""
        if what == "(kontak)":
            return self.own_contact(one)
        if what == "(tautan)":
            village = one.village if len(one.village) > 6 else CODES[0]
            return self.text(one, f"/start v_{village.replace('.', '')}")
        return self.text(one, what)

    # What a sensible person does.

    def sensible(self, one: Someone) -> Step:
        """Answer what is asked, as the newest message with buttons shows it."""
        chat = self.wire.chats.get(one.id)
        restless = 0.03 if one.role == "worker" else 0.12
        if chat is None or not chat.recent or self.chance.random() < restless:
            return self.says(one, self.chance.choice(AT_HOME[one.role]))
        shown = chat.recent[-1]
        if shown.asks_contact:
            return self.own_contact(one)
        if not shown.presses:
            return self.says(one, self.chance.choice(AT_HOME[one.role]))
        question = shown.presses[0].partition(":")[0]
        options = [data for data in shown.presses if ":." not in data]
        looked = question.startswith(LOOKED_AT) and self.chance.random() < 0.6
        if looked or (question == "desk.home" and not _liked(question, options)):
            return self.says(one, self.chance.choice(AT_HOME[one.role]))
        if not options or (question.split(".")[-1] in typed.ANSWERS and self.chance.random() < 0.2):
            return self.text(one, self._fitting(one, question))
        return self.press(one, self._option(question, options), shown.message_id)

    def _option(self, question: str, options: list[str]) -> str:
        liked = _liked(question, options)
        if liked and self.chance.random() < 0.9:
            return liked[0] if self.chance.random() < 0.5 else self.chance.choice(liked)
        plain = [data for data in options if ":~" not in data]
        return self.chance.choice(plain or options)

    def _fitting(self, one: Someone, question: str) -> str:
        """What fits the question; about oneself, or about another."""
        of = one.self
        if question in ("claims.heir_phone", "offices.phone", "offices.successor"):
            one.noted = self.chance.choice(self.people)
            of = one.noted.self
        elif one.role != "worker" or self.chance.random() < 0.15:
            of = self._another(one)
        village = one.village if one.village in VILLAGES else CODES[0]
        return typed.fitting(question, Asked(self.chance, of, village, self._today()))

    def _another(self, one: Someone) -> Identity:
        if self.chance.random() < 0.4:
            return self.new_identity()
        near = [other.self for other in self.people if other.village == one.village]
        return self.chance.choice(near) if near else one.self

    def own_contact(self, one: Someone) -> Step:
        """Somebody shares the own number."""
        self.wire.messages += 1
        number = one.self.phone.removeprefix("+")
        return self.step(one, raw.contact(one, self.wire.messages, number, one.id))

    # What follows from what others were told.

    def hand_on(self) -> None:
        """Codes and invitations reach those for whom they were made."""
        makers = {one.id: one for one in self.offices}
        for chat_id, text in self.wire.made:
            maker = makers.get(chat_id)
            if maker is None or maker.noted is None:
                continue
            maker.noted.todo.extend((text, "(kontak)"))
            if text.startswith("/start s_"):
                maker.noted.role = "helper"
                self.knows[maker.noted.self.phone[3:]] = EVERYBODY
            maker.noted = None
        self.wire.made.clear()


def _liked(question: str, options: list[str]) -> list[str]:
    wanted = USUAL.get(question, ())
    return [data for data in options if data.split(":")[1] in wanted]


Odd = Callable[[Walker, Someone], Step]
