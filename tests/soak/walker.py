"""The walk: who does what next. Mostly what a sensible person would, else anything at all."""

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.soak import raw, typed
from tests.soak.cast import EVERYBODY, FIRST_ID, Identity, Someone, named
from tests.soak.typed import VILLAGES, Asked
from tests.soak.wire import Shown, Wire

Json = dict[str, Any]
PEOPLE = 32  # who walk at a time, offices apart
LIFETIME = 160  # updates of somebody, who then goes and is followed by somebody new
CODES = ("51.71.03.2008", "51.71.03.2008", "51.71.03.2009", "51.04.01.2001")
FORMS = ("enrolment.", "details.", "death.", "accident.")
LOOKED_AT = ("overview.", "offices.list", "claims.none", "follow.page", "find.person")
# What most people press where they could press anything.
USUAL = {
    "enrolment.whom": ("self", "self", "neighbour"),
    "enrolment.consent": ("yes",),
    "enrolment.residence": ("here",),
    "enrolment.work": ("over_5_years", "years_1_to_5"),
    "enrolment.able": ("able",),
    "enrolment.tie": ("none",),
    "enrolment.summary": ("send",),
    "details.summary": ("send",),
    "death.summary": ("send",),
    "accident.summary": ("send",),
    "member.summary": ("send",),
    "desk.home": ("each", "single", "clean"),
    "desk.card": ("confirm", "confirm", "confirm", "return", "reject"),
    "claims.case": ("verify", "heirs", "code", "papers", "counter", "person"),
    "desk.vouch": ("yes",),
    "desk.attest": ("yes",),
    "turn.cancel": ("no",),
}
AT_HOME = {
    "worker": (
        *(["(tautan)"] * 8 + ["/status"] * 3 + ["/lengkapi"] * 2 + ["/manfaat", "/hitung"]),
        *("/klaim", "/lapor", "meninggal", "kecelakaan", "/daftar", "bantuan", "/start", "waris"),
        *("english", "bahasa"),
    ),
    "village_officer": (
        *(["/petugas"] * 18 + ["📂 Klaim warga"] * 4 + ["/peserta"] * 4 + ["/cari"] * 2),
        *("/kursi", "/kader", "berita", "meninggal", "/klaim", "/start", "/status", "(tautan)"),
    ),
    "helper": ("(tautan)", "(tautan)", "/petugas", "/kader", "/status", "/lengkapi", "/cari"),
    "regency_officer": (*["📂 Klaim warga"] * 4, *("/kursi", "/kader", "/start", "/petugas")),
    "auditor": ("/kursi", "/kader", "/cari", "/petugas", "📂 Klaim warga", "/start"),
}
OFFICES = (
    *(("village_officer", village) for village in CODES),
    *(("helper", CODES[0]), ("regency_officer", "51.71"), ("regency_officer", "51.04")),
    ("auditor", "51.71"),
)


@dataclass
class Step:
    """One update of the walk: by whom, and what must come of it."""

    update_id: int
    body: Json
    by: Someone | None
    answered: bool = True  # somebody hears something
    stale: bool = False  # a press that counts no more

    @property
    def update(self) -> Json:
        """As Telegram delivers it."""
        return {"update_id": self.update_id, **self.body}


class Walker:
    """Everybody who walks, from one seed. `wire` shows what each of them sees."""

    def __init__(self, seed: int, wire: Wire, today: Callable[[], date]) -> None:
        self.chance, self.wire, self._today = random.Random(seed), wire, today
        self.knows: dict[str, set[int]] = {}  # who has typed a name or a number
        self.past: deque[Step] = deque(maxlen=60)
        self._updates, self._people, self._identities = 0, 0, 0
        self.offices = [self.join(role, area) for role, area in OFFICES]
        self.people = [self.join("worker", self._village()) for _ in range(PEOPLE)]

    def join(self, role: str, village: str) -> Someone:
        """Somebody new."""
        self._people += 1
        one = Someone(FIRST_ID + self._people, role, village, self._new_identity())
        self._learn(one, f"{one.self.phone} {one.self.name}")
        return one

    def _new_identity(self) -> Identity:
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
        return [self._step(one, raw.membership(one, "member"), answered=False)]

    def _renew(self) -> None:
        """Who has done enough goes; somebody new comes."""
        for at, one in enumerate(self.people):
            if one.sent > LIFETIME and not one.todo:
                self.wire.chats.pop(one.id, None)
                self.wire.blocked.discard(one.id)
                self.people[at] = self.join("worker", self._village())

    def _step(self, by: Someone, body: Json, **what: bool) -> Step:
        self._updates += 1
        by.sent += 1
        return Step(self._updates, body, by, **what)

    def _text(self, one: Someone, text: str) -> Step:
        self._learn(one, text)
        self.wire.messages += 1
        return self._step(one, raw.message(one, self.wire.messages, text=text))

    def _learn(self, one: Someone, text: str) -> None:
        for mark in named(text):
            self.knows.setdefault(mark, set()).add(one.id)
        if text.startswith("08127"):
            self.knows.setdefault(text[1:], set()).add(one.id)

    def _press(self, one: Someone, data: str, message_id: int, stale: bool = False) -> Step:
        body = raw.press(one, self._updates + 1, data, message_id)
        return self._step(one, body, stale=stale)

    def _one(self, one: Someone) -> Step:
        if one.todo and self.chance.random() < 0.85:
            return self._says(one, one.todo.popleft())
        if self.chance.random() < (0.68 if one.role == "worker" else 0.88):
            return self._sensible(one)
        return self.chance.choices(ODD, ODD_WEIGHTS)[0](self, one)

    def _says(self, one: Someone, what: str) -> Step:
        if what == "(kontak)":
            return self._own_contact(one)
        if what == "(tautan)":
            village = one.village if len(one.village) > 6 else CODES[0]
            return self._text(one, f"/start v_{village.replace('.', '')}")
        return self._text(one, what)

    # What a sensible person does.

    def _sensible(self, one: Someone) -> Step:
        """Answer what is asked, as the newest message with buttons shows it."""
        chat = self.wire.chats.get(one.id)
        restless = 0.03 if one.role == "worker" else 0.12
        if chat is None or not chat.recent or self.chance.random() < restless:
            return self._says(one, self.chance.choice(AT_HOME[one.role]))
        shown = chat.recent[-1]
        if shown.asks_contact:
            return self._own_contact(one)
        if not shown.presses:
            return self._says(one, self.chance.choice(AT_HOME[one.role]))
        question = shown.presses[0].partition(":")[0]
        options = [data for data in shown.presses if ":." not in data]
        looked = question.startswith(LOOKED_AT) and self.chance.random() < 0.6
        if looked or (question == "desk.home" and not _liked(question, options)):
            return self._says(one, self.chance.choice(AT_HOME[one.role]))
        if not options or (question.split(".")[-1] in typed.ANSWERS and self.chance.random() < 0.2):
            return self._text(one, self._fitting(one, question))
        return self._press(one, self._option(question, options), shown.message_id)

    def _option(self, question: str, options: list[str]) -> str:
        liked = _liked(question, options)
        if liked and self.chance.random() < 0.9:
            return self.chance.choice(liked)
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
            return self._new_identity()
        near = [other.self for other in self.people if other.village == one.village]
        return self.chance.choice(near) if near else one.self

    def _own_contact(self, one: Someone) -> Step:
        self.wire.messages += 1
        number = one.self.phone.removeprefix("+")
        return self._step(one, raw.contact(one, self.wire.messages, number, one.id))

    # What nobody expects.

    def _odd_text(self, one: Someone) -> Step:
        return self._text(one, typed.odd(self.chance))

    def _control(self, one: Someone) -> Step:
        return self._text(one, self.chance.choice(typed.CONTROLS))

    def _command(self, one: Someone) -> Step:
        role = self.chance.choice(tuple(AT_HOME))
        return self._says(one, self.chance.choice(AT_HOME[role]))

    def _older(self, one: Someone) -> Step:
        """A button of a message further up."""
        chat = self.wire.chats.get(one.id)
        older = [shown for shown in chat.recent if shown.presses][:-1] if chat else []
        if chat is None or not older:
            return self._sensible(one)
        shown = self.chance.choice(older)
        data = self.chance.choice(shown.presses)
        return self._press(one, data, shown.message_id, stale=_is_stale(data, chat.recent))

    def _foreign(self, one: Someone) -> Step:
        """A button that somebody else was shown."""
        if not self.wire.pressed:
            return self._sensible(one)
        data = self.chance.choice(self.wire.pressed)
        if self.chance.random() < 0.3:
            parts = data.split(":")
            parts[-1] = self.chance.choice(self.wire.pressed).split(":")[-1]
            data = ":".join(parts)
        return self._press(one, data, self.chance.choice((0, 1)))

    def _forged(self, one: Someone) -> Step:
        data = self.chance.randbytes(64).decode("latin-1")
        if self.chance.random() < 0.5:
            data = self.chance.choice(("open:", "enrolment.nik:", "desk.card:confirm:", "::")) + data
        return self._press(one, data[:64], self.chance.choice((0, 1)))

    def _contact_of_another(self, one: Someone) -> Step:
        self.wire.messages += 1
        user = self.chance.choice((None, 12345))
        number = self._new_identity().phone
        self._learn(one, number)
        return self._step(one, raw.contact(one, self.wire.messages, number, user))

    def _media(self, one: Someone) -> Step:
        self.wire.messages += 1
        content = self.chance.choice((*raw.MEDIA, *[raw.PHOTO] * 8))
        return self._step(one, raw.message(one, self.wire.messages, **content))

    def _forwarded(self, one: Someone) -> Step:
        self.wire.messages += 1
        fields: Json = {"text": "I Wayan Terusan", "forward_origin": {"type": "user"}}
        return self._step(one, raw.message(one, self.wire.messages, **fields))

    def _edited(self, one: Someone) -> Step:
        text = self.chance.choice((one.self.name, typed.odd(self.chance)))
        self._learn(one, text)
        return self._step(one, raw.edited(one, max(1, self.wire.messages - 3), text))

    def _link(self, one: Someone) -> Step:
        """A link or a code that somebody, perhaps somebody else, was given."""
        made_up = f"/start s_{self.chance.getrandbits(60)}"
        return self._text(one, self.chance.choice([*self.wire.links, made_up, "/start c_x"]))

    def _group(self, one: Someone) -> Step:
        kind = self.chance.randrange(3)
        text = f"NIK {one.self.nik} {one.self.name}"
        if kind == 0:
            return self._step(one, raw.membership(one, "member", raw.GROUP), answered=False)
        if kind == 1 and self.wire.pressed:
            data = self.chance.choice(self.wire.pressed)
            body = raw.press_in_group(one, self._updates + 1, data)
            return self._step(one, body, answered=False)
        return self._step(one, raw.in_group(one, 1, text), answered=False)

    def _blocks(self, one: Someone) -> Step:
        one.blocked = True
        self.wire.blocked.add(one.id)
        return self._step(one, raw.membership(one, "kicked"), answered=False)

    def _other_kind(self, one: Someone) -> Step:
        return self._step(one, self.chance.choice(raw.OTHER_KINDS), answered=False)

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


def _is_stale(data: str, recent: deque[Shown]) -> bool:
    """Whether a press of a form is of an earlier turn than the newest message asks for."""
    question, _, rest = data.partition(":")
    turn = rest.rpartition(":")[2]
    newest = max((_turn(shown) for shown in recent), default=0)
    return question.startswith(FORMS) and turn.isdigit() and int(turn) < newest


def _turn(shown: Shown) -> int:
    turn = shown.presses[0].rpartition(":")[2] if shown.presses else ""
    return int(turn) if turn.isdigit() else 0


_ODD: dict[Callable[[Walker, Someone], Step], int] = {
    Walker._odd_text: 22,
    Walker._control: 6,
    Walker._command: 8,
    Walker._older: 12,
    Walker._foreign: 14,
    Walker._forged: 6,
    Walker._contact_of_another: 4,
    Walker._media: 9,
    Walker._forwarded: 3,
    Walker._edited: 4,
    Walker._link: 6,
    Walker._group: 4,
    Walker._blocks: 1,
    Walker._other_kind: 2,
}
ODD, ODD_WEIGHTS = tuple(_ODD), tuple(_ODD.values())
