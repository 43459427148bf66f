"""A stage: a bot of its own in a temporary folder, without a network, and people who talk to it."""

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

from sqlmodel import Session

from bot import memberships, outbox_loop, worker
from bot.attachments import ATTACH
from bot.house import House, open_house
from bot.replies import ASKS, Call
from bot.sending import Delivery, Result
from bot.settings import GivenSettings
from bot.understanding import plain
from rules import kpj as card
from rules import membership
from rules.coverage import PaidMonth, Payer
from rules.months import first_day
from rules.permissions import Role
from rules.programmes import said_to_run, shipped
from rules.registration import State
from rules.seats import counters
from storage import evidence, members, own_card, registrations, seats, staff
from storage import programmes as opened
from storage.audit import Actor, Change
from storage.database import migrate, need_not_last, open_engine, transaction
from storage.members import Acceptance
from storage.models import Registration
from storage.presence import OnlyProcess
from storage.staff import Invited

FIRST_ID = 6_000_000_000  # beyond 32 bits, as real ones are
OPERATOR = Actor(0, "operator")
INVITATION = re.compile(r"\b[sc]_[\w-]{43}")
CLAIM_CODE = re.compile(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b")


@dataclass
class Chat:
    """One person's chat as the phone shows it."""

    name: str
    id: int
    phone: str
    said: list[Call] = field(default_factory=list)

    def data_of(self, label: str) -> tuple[str, int] | None:
        """What the newest button with this label sends, and of which message it is.

        None for one that types its label.
        """
        for call in reversed(self.said):
            markup = call.get("reply_markup", {})
            for row in markup.get("inline_keyboard", []):
                for button in row:
                    if plain(button["text"]) == plain(label):
                        return str(button["callback_data"]), call.get("message_id", 1)
            typing = [button["text"] for row in markup.get("keyboard", []) for button in row]
            if plain(label) in map(plain, typing):
                return None
        return None

    def show(self, call: Call, message_id: int) -> None:
        """Put a new message into the chat, or a new text in the place of an older one."""
        if call["method"] == "sendMessage":
            self.said.append({**call, "message_id": message_id})
        if ATTACH in call:
            self.said.append({**call, "text": call["caption"], "message_id": message_id})
        if call["method"] == "editMessageText":
            self.said = [
                {**call, "method": "sendMessage"}
                if one.get("message_id") == call["message_id"]
                else one
                for one in self.said
            ]


class Stage:
    """A bot of its own in a temporary folder, and the people who talk to it.

    Time stands at ten in the morning (UTC+8) of a day and moves a second with every update.
    """

    def __init__(self, house: House, clock: "StageClock") -> None:
        self.house = house
        self.here = OnlyProcess()
        self.clock = clock
        self.chats: dict[str, Chat] = {}
        self.invitation = ""  # made last by somebody in a chat
        self.claim_code = ""  # likewise
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
        served = worker.take(self.house, self.here, raw)
        asked = 0
        told = []
        for call in served.calls:
            message_id = self._deliver(call)
            asked = message_id if call.get(ASKS) else asked
            told.append((self._name_of(call, name), call))
        worker.mark(self.house, served, asked)
        return told + self._notices()

    def pass_time(self, span: timedelta) -> list[tuple[str, Call]]:
        """Let time pass; what was due is said."""
        self.clock.moment += span
        return self._notices()

    def _notices(self) -> list[tuple[str, Call]]:
        told = []
        while outbox_loop.look(self.here, self.house):
            pass
        while taken := outbox_loop.take(self.here, self.house):
            for notice in filter(None, taken):
                self._deliver(notice.call)
                told.append((self._name_of(notice.call), notice.call))
                outbox_loop.settle_one(self.house, notice, Delivery(Result.SENT))
        return told

    def _deliver(self, call: Call) -> int:
        self._messages += 1
        if found := INVITATION.search(call.get("text", "")):
            self.invitation = found.group()
        if "protect_content" in call and (code := CLAIM_CODE.search(call.get("text", ""))):
            self.claim_code = code.group()
        for chat in self.chats.values():
            if chat.id == call.get("chat_id"):
                chat.show(call, self._messages)
        return self._messages

    def _name_of(self, call: Call, otherwise: str = "?") -> str:
        chats = self.chats.values()
        return next((chat.name for chat in chats if chat.id == call.get("chat_id")), otherwise)

    def _body(self, chat: Chat, what: str) -> dict[str, Any]:
        what = f"/start {self.invitation}" if what == "(undangan)" else what
        what = self.claim_code if what == "(kode)" else what
        sender = {"id": chat.id, "is_bot": False, "first_name": chat.name.title()}
        pressed = re.fullmatch(r"\[(.+)\]", what)
        button = chat.data_of(pressed.group(1)) if pressed else None
        if button:
            data, id = button
            message = {"message_id": id, "chat": {"id": chat.id, "type": "private"}}
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


@cache
def empty_database() -> bytes:
    """An SQLite file in which nothing is stored; made once, as that takes longer than a talk."""
    return _made(b"", {})


@lru_cache(maxsize=8)
def open_database(now: datetime, keys: tuple[str, ...]) -> bytes:
    """An SQLite file in which these programmes were opened, and nothing else is stored."""
    return _made(empty_database(), dict.fromkeys(keys, now))


def _made(content: bytes, opened_at: Mapping[str, datetime]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="lindung-empty-") as folder:
        path = Path(folder, "lindung.db")
        path.write_bytes(content)
        engine = open_engine(f"sqlite:///{path}")
        migrate(engine)
        with transaction(engine) as db:
            for key, moment in opened_at.items():
                opened.set_open(db, key, True, moment)
        engine.dispose()
        return path.read_bytes()


@contextmanager
def open_stage(on: date, programmes_open: Iterable[str] | None = None) -> Iterator[Stage]:
    """A stage on a day; all running programmes are open unless said otherwise."""
    clock = StageClock(datetime(on.year, on.month, on.day, 2, tzinfo=UTC))
    with tempfile.TemporaryDirectory(prefix="lindung-play-") as folder:
        keys = said_to_run(shipped()) if programmes_open is None else programmes_open
        Path(folder, "lindung.db").write_bytes(open_database(clock(), tuple(keys)))
        settings = GivenSettings(
            lindung_home=Path(folder),
            operator_name="Pemerintah Desa (contoh)",
        )
        house = open_house(settings, clock)
        need_not_last(house.engine)
        try:
            yield Stage(house, clock)
        finally:
            house.engine.dispose()


def appoint(on_stage: Stage, name: str, area: str, role: str = Role.VILLAGE_OFFICER) -> None:
    """Give a person an office, of a village by default, by a real invitation."""
    chat = on_stage.chat(name)
    with transaction(on_stage.house.engine) as db:
        invited = Invited(area, chat.phone, role=Role(role))
        token = staff.invite(db, on_stage.house.keys, invited, on_stage.clock())
    on_stage.do(name, f"/start s_{token}")
    on_stage.do(name, "(kontak)")
    with transaction(on_stage.house.engine) as db:
        own_card.declare(db, on_stage.house.keys, chat.id, f"card {chat.id}", f"family {chat.id}")


def enlist(on_stage: Stage, name: str, kpj: str, active_from: str, months: str, *by: str) -> None:
    """Make a person's newest sign-up a member with paid months, confirmed first if need be.

    The months begin with that of `active_from` (ISO) and were all received on that day, from the
    programme unless `by` names another payer.
    """
    house, now, day = on_stage.house, on_stage.clock(), date.fromisoformat(active_from)
    number = card.read(kpj)
    payer = cast(Payer, by[0] if by else "programme")
    run = membership.run(first_day(day), int(months))
    paid = tuple(PaidMonth(month, payer, day) for month in run)
    with transaction(house.engine) as db:
        row = registrations.of_person(db, on_stage.chat(name).id, most=1)[0]
        if row.state == State.PENDING:
            _confirm(house, db, row, now)
        accepted = Acceptance(number, day, paid)
        recorded = members.record(db, house.keys, row, accepted, OPERATOR, now)
        if not recorded.changed:
            raise ValueError(f"{name} is no new member: {recorded.refused or 'nothing new'}")
        memberships.follow_up(house, db, row, recorded, now)


def _confirm(house: House, db: Session, row: Registration, now: datetime) -> None:
    """Confirm a sign-up as an officer would, on a seat of its own."""
    places = counters(house.programmes[row.programme], row.village)
    by = (OPERATOR, Change("confirm", "registration", row.id))
    seats.take(db, places, row, now)
    registrations.change_state(db, row, State.CONFIRMED, by, now, decided_at=now)
    evidence.freeze(db, house.keys, row, OPERATOR, now)
