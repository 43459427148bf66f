"""Builds what is sent: Bot API calls as plain data, from turns and words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.texts import Texts
from conversations.model import Option, Question, Turn, Words

T = TypeVar("T")
Call = dict[str, Any]
# Marks a call that asks a question anew: a text with a lower message id was sent before it. One
# that only repeats the open question is not marked, or quick typists would never get past it.
ASKS = "asks"
Buttons = Sequence[Sequence[tuple[str, str]]]

EVERY_WAY_OUT = ("back", "repeat", "change", "later", "cancel")
PAGES = frozenset(
    {
        "overview",
        "offices",
        "find",
        "claim",
        "claims",
        "claim_case",
        "claim_person",
        "paper",
        "heirs",
    }
)  # looked at: nothing to change, keep or cancel


@dataclass(frozen=True)
class Page:
    """To whom, and in which language, something is said."""

    texts: Texts
    chat_id: int
    language: str

    def message(self, words: Words | Iterable[Words], markup: Call | None = None) -> Call:
        """A sendMessage call; several words are paragraphs of one message."""
        parts = (words,) if isinstance(words, Words) else tuple(words)
        text = "\n\n".join(self.texts.html(part, self.language) for part in parts)
        call: Call = {
            "method": "sendMessage",
            "chat_id": self.chat_id,
            "text": text,
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }
        return {**call, "reply_markup": markup} if markup else call

    def label(self, words: Words) -> str:
        """The text of a button."""
        return self.texts.plain(words, self.language)

    def inline(self, rows: Buttons) -> Call:
        """An inline keyboard of (label, data) rows."""
        return {
            "inline_keyboard": [
                [{"text": label, "callback_data": data} for label, data in row] for row in rows
            ]
        }

    def home_keyboard(self, keys: Iterable[str]) -> Call:
        """The keyboard at the foot of the chat while no question is open."""
        labels = [self.label(Words(key)) for key in keys]
        buttons = [{"text": label} for label in labels]
        return {"keyboard": _pairs(buttons), "resize_keyboard": True}


def question(page: Page, turn: Turn) -> Call:
    """The message that asks the open question of a turn, with its note above."""
    asked = turn.question
    assert asked is not None  # noqa: S101 (the caller has looked)
    words = _asked(asked)
    if turn.note or turn.session.editing:
        note = [turn.note] if turn.note else []
        words = [*note, *(_again(page, part) for part in words)]
    text = page.message(words)
    if asked.contact:
        return {**text, "reply_markup": _contact_keyboard(page, turn, asked)}
    return {**text, "reply_markup": page.inline(_rows(page, turn, asked))}


def in_place(call: Call, message_id: int) -> Call:
    """The same as a new text, with new buttons, of a message that stands in the chat already."""
    return {**call, "method": "editMessageText", "message_id": message_id}


def _asked(asked: Question) -> list[Words]:
    section = asked.section
    words = [Words("section", {"part": section[0], "of": section[1]})] if section else []
    return [*words, asked.words, *([asked.example] if asked.example else [])]


def _again(page: Page, words: Words) -> Words:
    """A question asked once more, in fewer words where the catalogue has them."""
    shorter = f"{words.key}.again"
    return Words(shorter, words.params) if page.texts.has(shorter) else words


def _contact_keyboard(page: Page, turn: Turn, asked: Question) -> Call:
    share = {"text": page.label(Words("control.share_contact")), "request_contact": True}
    options = [{"text": page.label(option.words)} for option in asked.options]
    keys = _controls(turn, asked)
    controls = [{"text": page.label(Words(f"control.{key}"))} for key in keys]
    rows = [[share], *_pairs(options), *_pairs(controls)]
    return {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True}


def _controls(turn: Turn, asked: Question) -> tuple[str, ...]:
    """The ways out that stand under a question."""
    if not asked.controls:
        return ()
    is_page = turn.session.conversation in PAGES
    return EVERY_WAY_OUT if turn.all_controls and not is_page else ("back", "help")


def _pairs(items: Sequence[T]) -> list[Sequence[T]]:
    return [items[start : start + 2] for start in range(0, len(items), 2)]


def _rows(page: Page, turn: Turn, asked: Question) -> Buttons:
    nonce = asked.nonce or str(turn.session.turn)
    options = [
        (page.label(option.words), f"{asked.name}:{option.key}:{nonce}") for option in asked.options
    ]
    rows: list[Sequence[tuple[str, str]]] = list(_in_columns(asked, options))
    controls = [
        (page.label(Words(f"control.{key}")), f"{asked.name}:.{key}:{nonce}")
        for key in _controls(turn, asked)
    ]
    return [*rows, *_pairs(controls)]


def _in_columns(asked: Question, options: list[tuple[str, str]]) -> Iterable[list[tuple[str, str]]]:
    """Options in rows; the first of a set of `~` options stands alone above them."""
    first = 1 if asked.options and _is_send(asked.options) else 0
    yield from ([option] for option in options[:first])
    rest = options[first:]
    for start in range(0, len(rest), asked.columns):
        yield rest[start : start + asked.columns]


def _is_send(options: tuple[Option, ...]) -> bool:
    return any(option.key.startswith("~") for option in options)


def resting(page: Page, turn: Turn, words: Iterable[Words], back: bool, rows: Buttons = ()) -> Call:
    """The message of an outcome that ends the questions but keeps the answers.

    `rows` are what may be done next; without any it is another sign-up.
    """
    parts = [*([turn.note] if turn.note else []), *words]
    if not back:
        return page.message(parts)
    again = [(page.label(Words("outcome.back")), f"outcome:.back:{turn.session.turn}")]
    return page.message(parts, page.inline([*(rows or [[_enrol(page)]]), again]))


def _enrol(page: Page) -> tuple[str, str]:
    return (page.label(Words("home.enrol")), "open:enrolment:")
