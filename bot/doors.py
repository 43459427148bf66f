"""Where people enter: links, commands, menu words, and buttons that lie outside a question."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.here import Here
from bot.replies import Call
from bot.understanding import label, plain
from bot.updates import Started
from conversations.answers import DETAILS, TOPICS
from conversations.model import (
    Answered,
    Chose,
    Event,
    Session,
    Words,
)
from rules import areas
from rules.permissions import Action
from storage import sessions, staff
from storage.models import Staff


@dataclass(frozen=True)
class Door:
    """A way in: its kind, what it leads to (a registration, a village, a token, a slot), and what
    is said above it."""

    kind: str
    key: str = ""
    note: Words | None = None


Opened = tuple[Session, Event] | list[Call]
Opening = Callable[[Here, Door], Opened]

HOME = (
    *("home.coverage", "home.status", "home.enrol"),
    *("home.details", "home.calculation", "home.claim", "home.help"),
)
HOME_STAFF: tuple[tuple[Action | None, str], ...] = (
    (Action.SEE_QUEUE, "home.desk"),
    (Action.SEARCH, "home.find"),
    (Action.RECORD_MEMBER, "home.members"),
    (Action.HANDLE_CLAIM, "home.claims"),
    (Action.SEE_SEATS, "home.overview"),
    (Action.SEE_OFFICES, "home.offices"),
    (Action.ENTER, "home.enrol"),
    (None, "home.status"),
    (None, "home.help"),
)
WORDS = {
    "status": "status",
    "daftar": "enrolment",
    "tarik": "status",
    "lengkapi": "details_newest",
    "petugas": "desk",
    "periksa": "desk",
    "peserta": "member",
    "cari": "find",
    "kursi": "overview",
    "kader": "offices",
    "berita": "minutes",
    "bantuan": "help",
    "help": "help",
    "english": "english",
    "bahasa": "bahasa",
    "mulai": "start",
    "manfaat": "coverage",
    "hitung": "calculation",
    "klaim": "claim",
    "claim": "claim",
    "waris": "heirs",
    "lapor": "report",
    "kecelakaan": "accident",
    "meninggal": "death",
}
MENU = {
    "home.status": "status",
    "home.enrol": "enrolment",
    "home.desk": "desk",
    "home.members": "member",
    "home.find": "find",
    "home.overview": "overview",
    "home.offices": "offices",
    "home.details": "details_newest",
    "home.help": "help",
    "home.coverage": "coverage",
    "home.calculation": "calculation",
    "home.claim": "claim",
    "home.claims": "claims",
}
PRESSES = frozenset(
    {
        *("status", "details", "fix", "resume", "new", "desk", "undo", "enrolment", "village"),
        *("member", "coverage", "calculation", "topic", "accept", "find", "minutes", "offices"),
        *("overview", "working", "undo_batch", "undo_departure", "sheet", "sheet_sent", "history"),
        *("claim", "claims", "claim_code", "heirs"),
        *("report", "accident", "death", "mistaken"),
        "minutes_photo",
    }
)
# A claim's code as it stands on paper: known again without a command before it. Without the dash
# two words of five letters look the same, so that one digit at least is asked for. With letters and
# digits it is no answer to any question, so it is known again in the middle of one as well.
WRITTEN_CODE = re.compile(r"[0-9A-Z]{5} ?- ?[0-9A-Z]{5}|(?=.*\d)[0-9A-Z]{5} [0-9A-Z]{5}")
MIXED = re.compile(r"(?=.*[0-9])(?=.*[A-Z])")
# Never an answer to a question, so they are understood in the middle of one as well.
ANYWHERE = frozenset({"status", "tarik", "daftar"})
FORMS = ("enrolment", "details", "death", "accident")


def of(here: Here, what: Event | Started) -> Door | None:
    """The door that an update knocks at, if any. Inside a conversation only commands are doors."""
    if isinstance(what, Started):
        return _payload(what.payload)
    if isinstance(what, Chose) and what.question == "open":
        return _pressed(what)
    if isinstance(what, Answered):
        return _word(here, what.text)
    return None


def _pressed(press: Chose) -> Door:
    known = press.option in PRESSES
    if press.option == "village" and not areas.village(press.nonce):
        known = False
    if press.option == "topic" and press.nonce not in (*TOPICS, *DETAILS):
        known = False
    return Door(press.option, press.nonce) if known else Door("stale")


def _payload(payload: str) -> Door:
    kind, _, key = payload.partition("_")
    if kind == "v" and areas.village(key):
        return Door("village", key)
    if kind == "s" and key:
        return Door("invite", key)
    if kind == "c" and key:
        return Door("claim_link", key)
    return Door("start")


def _word(here: Here, text: str) -> Door | None:
    command = text.strip().casefold()
    inside = bool(here.person.slot)
    if command.startswith("/") and command[1:] in WORDS:
        kind = WORDS[command[1:]]
        return None if inside and kind == "help" else Door(kind)
    typed = plain(text)
    for key, kind in MENU.items():
        if typed == label(here.house.texts, key, here.person.language):
            return None if inside and kind == "help" else Door(kind)
    if _is_code(here, text.strip().upper()):
        return Door("claim_code", text.strip())
    if inside and command not in ANYWHERE:
        return None
    return Door(WORDS[command]) if command in WORDS else None


def _is_code(here: Here, text: str) -> bool:
    """Whether it is a claim's code; an officer may be typing a receipt's number like one."""
    if not WRITTEN_CODE.fullmatch(text):
        return False
    return not here.person.slot or (here.person.slot != "claims" and bool(MIXED.match(text)))


def start_link(payload: str, bot_name: str = "") -> str:
    """What somebody opens to send `/start payload`; without the bot's name, what is typed."""
    return f"https://t.me/{bot_name}?start={payload}" if bot_name else f"/start {payload}"


def present(here: Here) -> Session | None:
    """The conversation that the person is in."""
    if not here.person.slot:
        return None
    return sessions.load(here.db, here.house.keys, here.person.id, here.person.slot)


def desk(here: Here) -> Session:
    """A fresh look at the officer's desk."""
    here.person.slot = "desk"
    return Session("desk")


def home(here: Here, words: Words | Sequence[Words]) -> Call:
    """Say something outside a conversation, with the home keyboard."""
    return here.page.message(words, here.page.home_keyboard(home_buttons(here.offices)))


def home_buttons(offices: Sequence[Staff]) -> tuple[str, ...]:
    """The buttons at the foot of the chat: those that a person's offices allow."""
    if not offices:
        return HOME
    allowed = frozenset().union(*map(staff.allowed, offices))
    return tuple(key for action, key in HOME_STAFF if action is None or action in allowed)
