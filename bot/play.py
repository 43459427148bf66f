"""Plays conversations without a network: in the terminal, or from a script as a transcript.

A script is a transcript: lines `worker> text` are what people do, lines with `#` are remarks and
stage directions (`direct`), everything else is what the bot answered and is written anew.
`[label]` presses a button, `(kontak)` shares the own number.
"""

import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

from bot import notices, worker
from bot.house import House, open_house
from bot.replies import Call
from bot.settings import GivenSettings
from bot.understanding import plain
from rules import programmes
from rules.seats import counters
from storage import programmes as opened
from storage import staff
from storage.database import transaction
from storage.models import SeatCounter
from storage.staff import Invited

FIRST_ID = 6_000_000_000  # beyond 32 bits, as real ones are
CODE = re.compile(r"\b[A-Z0-9]{3}-[A-Z0-9]{4}\b")  # random: the same in every transcript
LINE = re.compile(r"^(\w+)> (.*)$")


@dataclass
class Chat:
    """One person's chat as the phone shows it."""

    name: str
    id: int
    phone: str
    said: list[Call] = field(default_factory=list)

    def data_of(self, label: str) -> str | None:
        """What the newest button with this label sends; None for one that types its label."""
        for call in reversed(self.said):
            markup = call.get("reply_markup", {})
            for row in markup.get("inline_keyboard", []):
                for button in row:
                    if plain(button["text"]) == plain(label):
                        return str(button["callback_data"])
            typing = [button["text"] for row in markup.get("keyboard", []) for button in row]
            if plain(label) in map(plain, typing):
                return None
        return None


class Stage:
    """A bot of its own in a temporary folder, and the people who talk to it.

    Time stands at ten in the morning (UTC+8) of a day and moves a second with every update.
    """

    def __init__(self, house: House, clock: "StageClock") -> None:
        self.house = house
        self.clock = clock
        self.chats: dict[str, Chat] = {}
        self._updates = 1000
        self._messages = 0

    def chat(self, name: str) -> Chat:
        """The chat of a person, made at first mention."""
        if name not in self.chats:
            number = len(self.chats) + 1
            phone = f"+62812000000{number:02d}"
            self.chats[name] = Chat(name, FIRST_ID + number, phone)
        return self.chats[name]

    def do(self, name: str, what: str) -> list[tuple[str, Call]]:
        """Let a person type, press `[label]` or share `(kontak)`; who is told what."""
        chat = self.chat(name)
        self._updates += 1
        self.clock.moment += timedelta(seconds=1)
        raw = {"update_id": self._updates, **self._body(chat, what)}
        worker.store(self.house, [raw])
        served = worker.serve(self.house, self._updates)
        newest = 0
        told = []
        for call in served.calls:
            newest = self._deliver(call)
            told.append((self._name_of(call, name), call))
        worker.sent(self.house, served, newest)
        return told + self._notices()

    def pass_time(self, span: timedelta) -> list[tuple[str, Call]]:
        """Let time pass; what was due is said."""
        self.clock.moment += span
        return self._notices()

    def _notices(self) -> list[tuple[str, Call]]:
        told = []
        for id, _, call in worker.due(self.house):
            self._deliver(call)
            worker.settle(self.house, id, "sent")
            told.append((self._name_of(call), call))
        return told

    def _deliver(self, call: Call) -> int:
        self._messages += 1
        for chat in self.chats.values():
            if chat.id == call.get("chat_id") and call["method"] == "sendMessage":
                chat.said.append(call)
        return self._messages

    def _name_of(self, call: Call, otherwise: str = "?") -> str:
        chats = self.chats.values()
        return next((chat.name for chat in chats if chat.id == call.get("chat_id")), otherwise)

    def _body(self, chat: Chat, what: str) -> dict[str, Any]:
        sender = {"id": chat.id, "is_bot": False, "first_name": chat.name.title()}
        pressed = re.fullmatch(r"\[(.+)\]", what)
        data = chat.data_of(pressed.group(1)) if pressed else None
        if data:
            message = {"message_id": 1, "chat": {"id": chat.id, "type": "private"}}
            press = {"id": str(self._updates), "from": sender, "message": message, "data": data}
            return {"callback_query": press}
        self._messages += 1
        message = {
            "message_id": self._messages,
            "from": sender,
            "chat": {"id": chat.id, "type": "private"},
            "date": int(self.clock.moment.timestamp()),
        }
        kind = "edited_message" if what.startswith("(diedit) ") else "message"
        return {kind: {**message, **_content(chat, pressed.group(1) if pressed else what)}}


KINDS: dict[str, dict[str, Any]] = {
    "(foto)": {"photo": [{"file_id": "f"}]},
    "(stiker)": {"sticker": {"file_id": "s"}},
    "(suara)": {"voice": {"file_id": "v"}},
    "(lokasi)": {"location": {"latitude": 0, "longitude": 0}},
}


def _content(chat: Chat, what: str) -> dict[str, Any]:
    if what == "(kontak)":
        return {"contact": {"phone_number": chat.phone, "user_id": chat.id}}
    if what == "(kontak orang lain)":
        return {"contact": {"phone_number": "+6281200000099", "user_id": 1}}
    if what.startswith("(terusan) "):
        return {"text": what.removeprefix("(terusan) "), "forward_origin": {"type": "user"}}
    typed = what.removeprefix("(diedit) ")
    return KINDS.get(
        what, {"text": typed.encode().decode("unicode_escape") if "\\u" in typed else typed}
    )


@dataclass
class StageClock:
    """A clock that moves only when told."""

    moment: datetime

    def __call__(self) -> datetime:
        """The moment it is."""
        return self.moment


@contextmanager
def stage(on: date, programmes_open: Iterable[str] | None = None) -> Iterator[Stage]:
    """A stage on a day; all running programmes are open unless said otherwise."""
    clock = StageClock(datetime(on.year, on.month, on.day, 2, tzinfo=UTC))
    with tempfile.TemporaryDirectory(prefix="lindung-play-") as folder:
        settings = GivenSettings(
            lindung_home=Path(folder),
            operator_name="Pemerintah Desa (contoh)",
        )
        house = open_house(settings, clock)
        running = [key for key, one in house.programmes.items() if one.announced.value == "running"]
        with transaction(house.engine) as db:
            for key in running if programmes_open is None else programmes_open:
                opened.set_open(db, key, True, clock())
        try:
            yield Stage(house, clock)
        finally:
            house.engine.dispose()


def appoint(on_stage: Stage, name: str, village: str) -> None:
    """Make a person the officer of a village by a real invitation."""
    chat = on_stage.chat(name)
    with transaction(on_stage.house.engine) as db:
        invited = Invited(village, chat.phone)
        token = staff.invite(db, on_stage.house.keys, invited, on_stage.clock())
    on_stage.do(name, f"/start s_{token}")
    on_stage.do(name, "(kontak)")


def shown(call: Call) -> str:
    """A call as the phone shows it: text without markup, buttons in brackets."""
    if call["method"] == "answerCallbackQuery":
        return f"(sekilas) {call['text']}"
    if call["method"] != "sendMessage":
        return f"({call['method']})"
    text = unescape(re.sub(r"<[^>]+>", "", call["text"]))
    markup = call.get("reply_markup", {})
    rows = markup.get("inline_keyboard") or markup.get("keyboard") or []
    buttons = [" ".join(f"[{button['text']}]" for button in row) for row in rows]
    return "\n".join([text, *buttons])


def transcript(text: str, on_stage: Stage) -> Iterator[tuple[str, str, str]]:
    """Play a script: (who speaks, to whom, what), comments and directions included."""
    for line in text.splitlines():
        if line.startswith("#"):
            yield "#", "", line
            for whom, call in direct(line, on_stage):
                yield "bot", whom, shown(call)
        elif (match := LINE.match(line)) and match.group(1) != "bot":
            name, what = match.groups()
            yield name, "bot", what
            for whom, call in on_stage.do(name, what):
                yield "bot", whom, shown(call)


def direct(line: str, on_stage: Stage) -> list[tuple[str, Call]]:
    """Follow a stage direction; who is told what by it. Any other remark does nothing.

    `#! officer NAME VILLAGE` (a code), `#! wait HOURS`, `#! open PROGRAMME` (a key),
    `#! seats VILLAGE USED` (so many places of the village are taken).
    """
    if not line.startswith("#! "):
        return []
    verb, *words = line.removeprefix("#! ").split()
    match verb:
        case "officer":
            appoint(on_stage, *words)
            return []
        case "wait":
            return on_stage.pass_time(timedelta(hours=float(words[0])))
        case "open":
            _open(on_stage, words[0])
        case "seats":
            _fill(on_stage, words[0], int(words[1]))
        case _:
            raise ValueError(f"no such stage direction: {line}")
    return on_stage.pass_time(timedelta(0))


def _open(on_stage: Stage, key: str) -> None:
    house, now = on_stage.house, on_stage.clock()
    with transaction(house.engine) as db:
        opened.set_open(db, key, True, now)
        notices.programme_opened(house, db, key, now)


def _fill(on_stage: Stage, village: str, used: int) -> None:
    programme = programmes.for_village(village, on_stage.house.programmes)
    if programme is None:
        raise ValueError(f"no programme has the village {village}")
    with transaction(on_stage.house.engine) as db:
        for counter in counters(programme, village):
            db.merge(SeatCounter(key=counter.key, used=used))


def as_text(lines: Iterable[tuple[str, str, str]]) -> str:
    """A transcript as it stands in `tests/transcripts/`."""
    out: list[str] = []
    for who, whom, what in lines:
        if who == "#":
            after_remark = out and out[-1].lstrip().startswith("#")
            out.append(what if after_remark else f"\n{what}")
        elif who == "bot":
            indented = what.replace("\n", "\n     ")
            out.append(f"bot> (kepada {whom})\n     {indented}")
        else:
            out.append(f"\n{who}> {what}")
    text = re.sub(r"[ \t]+\n", "\n", "\n".join(out)).strip() + "\n"
    return CODE.sub("XXX-XXXX", text)


def as_json(lines: Iterable[tuple[str, str, str]]) -> str:
    """A transcript for machines: one object a line."""
    keys = ("from", "to", "text")
    rows = (dict(zip(keys, line, strict=True)) for line in lines if line[0] != "#")
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def live(on_stage: Stage) -> None:
    """Talk to the bot in the terminal; an empty line or Ctrl+D ends."""
    typed = "/start"
    while typed:
        for _, call in on_stage.do("worker", typed):
            print(f"\n{shown(call)}")
        try:
            typed = input("\n> ")
        except EOFError:
            return
