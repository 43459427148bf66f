"""The nouns of a conversation: words, questions, sessions, events, turns.

Everything here is a frozen value. Nothing knows Telegram, a database or a clock.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

PROVEN = " telegram"  # ends the value of a phone number that Telegram vouched for


@dataclass(frozen=True)
class Words:
    """A message key with its placeholders; the sentence itself stands in `locales/`.

    `params` may hold text, whole numbers, dates, `Rupiah` and further `Words`.
    """

    key: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Rupiah:
    """An amount of money in whole rupiah."""

    amount: int


def plain(text: str) -> Words:
    """Words that are the same in every language, such as the name of a village."""
    return Words("plain", {"text": text})


@dataclass(frozen=True)
class Option:
    """One button. A key that begins with `~` reopens the question named after it.

    One that begins with `+` ticks the question named after it, or takes the tick away: that
    question is then answered "yes", or not at all, and the one asked stays open.
    """

    key: str
    words: Words


class Invalid(Exception):
    """What was typed does not answer the question; `words` say what to do instead."""

    def __init__(self, words: Words, offered: tuple[Option, ...] = ()) -> None:
        super().__init__(words.key)
        self.words = words
        self.offered = offered


@dataclass(frozen=True)
class Question:
    """One thing asked. Its answer is kept, as text, under `name`.

    `read` turns typed text into the value to keep, or raises `Invalid`; without it only the
    options answer. `about` is what the answer hangs on: when it changes, the answer is asked
    again. `nonce` replaces the turn's own in the buttons (a registration and its version).
    Back passes over what is `optional`, as nobody was asked it. A `photo` is kept as the id of its
    file. Where the answer leaves an `in_place` question open, the message pressed is rewritten.
    """

    name: str
    words: Words
    options: tuple[Option, ...] = ()
    read: Callable[[str], str] | None = None
    contact: bool = False
    photo: bool = False
    about: str = ""
    nonce: str = ""
    section: tuple[int, int] | None = None
    example: Words | None = None
    columns: int = 1
    controls: bool = True
    optional: bool = False
    in_place: bool = False

    def accepts(self, given: "Given") -> bool:
        """Whether an answer kept earlier still answers this question."""
        if given.about != self.about:
            return False
        if any(option.key == given.value for option in self.options):
            return True
        return self._reads(given.value)

    def _reads(self, value: str) -> bool:
        if self.read is None:
            return self.contact or self.photo
        typed = value.removesuffix(PROVEN) if self.contact else value
        try:
            return self.read(typed) == typed
        except Invalid:
            return False


@dataclass(frozen=True)
class Stamp:
    """When an answer was given, by whom, and under which words and rules."""

    now: datetime
    today: date
    by: int
    words: str = ""
    rules: str = ""


@dataclass(frozen=True)
class Given:
    """An answer as kept: the value, and the proof of how it came to be.

    `asked` is the question as the person read it; `at` an ISO moment in UTC.
    """

    value: str
    about: str = ""
    at: str = ""
    by: int = 0
    asked: str = ""
    words: str = ""
    rules: str = ""


@dataclass(frozen=True)
class Session:
    """An unfinished conversation. The answers are its whole state.

    `turn` counts the person's turns and is the nonce of the buttons; `replaced` keeps what was
    answered before and changed; `offered` are the choices that a typed answer led to;
    `about` says what the conversation is of (a link, a registration). `parked` was left by the
    person (`cancelled`: not for later), `resting` has come to an end that Back can still leave.
    """

    conversation: str
    answers: Mapping[str, Given] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    editing: str = ""
    overlay: str = ""
    parked: bool = False
    cancelled: bool = False
    resting: bool = False
    turn: int = 0
    replaced: tuple[tuple[str, Given], ...] = ()
    offered: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Looked:
    """Nothing happened: shows where the conversation stands."""


@dataclass(frozen=True)
class Resumed:
    """The person comes back to the conversation."""


@dataclass(frozen=True)
class Answered:
    """The person typed; `option` is the button whose words the text repeats, if any."""

    text: str
    option: str = ""


@dataclass(frozen=True)
class Chose:
    """The person pressed a button."""

    question: str
    option: str
    nonce: str


@dataclass(frozen=True)
class SharedContact:
    """The person sent a contact card; `own` when Telegram says it is the sender's own."""

    phone: str
    own: bool


@dataclass(frozen=True)
class SentPhoto:
    """The person sent a photo; `file_id` is under which Telegram keeps it."""

    file_id: str


@dataclass(frozen=True)
class SentOther:
    """A file, sticker, voice, forwarded or edited message: kindly answered, changes nothing."""

    kind: str


Event = Looked | Resumed | Answered | Chose | SharedContact | SentPhoto | SentOther


@dataclass(frozen=True)
class Outcome:
    """What must be done when a conversation has ended. `bot/outcomes.py` does it."""


@dataclass(frozen=True)
class Needs:
    """The run stopped for something that only the outside knows; look it up and run again."""

    kind: str
    key: str


@dataclass(frozen=True)
class Run:
    """One pass through a conversation: what was answered, and where it stopped."""

    path: tuple[Question, ...]
    question: Question | None
    outcome: Outcome | None


@dataclass(frozen=True)
class Turn:
    """What one event led to: the session to keep, and what to show or do.

    Just one of `question` and `outcome` is set. `note` is said above the question.
    `all_controls` shows every way out (change, later, cancel) under the question. `path` names
    the answered questions that the conversation passes, in order. `run` is how it stands with this
    session, where that is known: the next turn need not find out again.
    """

    session: Session
    question: Question | None = None
    outcome: Outcome | None = None
    note: Words | None = None
    all_controls: bool = False
    path: tuple[str, ...] = ()
    run: Run | None = field(default=None, compare=False)


class Ask(Protocol):
    """What a conversation calls to ask; see `engine.py`."""

    about: Mapping[str, str]
    answers: Mapping[str, Given]
    replaced: tuple[tuple[str, Given], ...]

    def __call__(self, question: Question) -> str:
        """Return the answer, or stop the run at this question."""

    def optional(self, question: Question) -> str:
        """Return the answer if there is one, else ""; ask only when the person opens it."""


class Known(Protocol):
    """What a conversation calls to learn what only the outside knows."""

    def __call__(self, kind: str, key: str = "") -> object:
        """Return what is known, or stop the run with `Needs`."""


Conversation = Callable[[Ask, Known, date], Outcome]
