"""All that the stand-in remembers: people, chats, messages, files, presses, calls; and its clock.

Every change happens under one lock and wakes whoever waits for it.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.demo.faults import Faults
from bot.demo.limits import SendLimits
from bot.demo.updates import Json, Updates


@dataclass
class Message:
    """`raw` is replaced when edited, never changed in place: phones hold on to old ones.

    `keyboard` is a reply markup that is not inline; `reworded` what apps call "edited".
    """

    raw: Json
    from_bot: bool
    keyboard: Json | None = None
    reworded: bool = False

    @property
    def id(self) -> int:
        return int(self.raw["message_id"])


@dataclass
class Chat:
    """`keyboard` is the message whose reply keyboard lies at the bottom of the screen."""

    raw: Json
    user: Json
    started: bool = False
    blocked: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    sent: list[Message] = field(default_factory=list)
    keyboard: Message | None = None
    keyboard_hidden: bool = False
    action: str = ""
    action_until: float = 0.0
    version: int = 0

    @property
    def id(self) -> int:
        return int(self.raw["id"])

    @property
    def private(self) -> bool:
        return bool(self.raw["type"] == "private")


@dataclass
class Press:
    """A callback query. `answer` is what the bot said to it: `{text, show_alert}`."""

    id: str
    chat: Chat
    message_id: int
    data: str
    at: float
    answer: Json | None = None


@dataclass(frozen=True)
class Call:
    """One call of the bot. `description` is the refusal, empty when it went well."""

    method: str
    params: Json
    ok: bool
    description: str
    at: float


@dataclass(frozen=True)
class Hook:
    """Where updates are posted to, and the secret that goes with them."""

    url: str
    secret: str


@dataclass(frozen=True)
class StoredFile:
    id: str
    name: str
    path: str
    content: bytes


class State:
    def __init__(self, token: str, bot_name: str, username: str) -> None:
        self.token = token
        self.bot: Json = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": bot_name,
            "username": username,
        }
        self.condition = threading.Condition()
        self.closed = False
        self.version = 0
        self.listeners: list[Callable[[], None]] = []
        self.updates = Updates(self.now)
        self.faults = Faults()
        self.limits = SendLimits()
        self.chats: dict[int, Chat] = {}
        self.presses: dict[str, Press] = {}
        self.files: dict[str, StoredFile] = {}
        self.calls: list[Call] = []
        self.commands: dict[str, list[Json]] = {}
        self.descriptions: dict[str, str] = {}
        self.hook: Hook | None = None
        self._shift = 0.0
        self._last_message_id = 0

    def now(self) -> float:
        """Seconds since 1970; tests move it with `advance`."""
        return time.time() + self._shift

    def advance(self, seconds: float) -> None:
        with self.changing():
            self._shift += seconds

    @property
    def refusals(self) -> list[Call]:
        return [call for call in self.calls if not call.ok]

    @contextmanager
    def changing(self, chat: Chat | None = None) -> Iterator[None]:
        """Holds the lock; afterwards everybody who waits looks again."""
        with self.condition:
            yield
            if chat:
                self.touch(chat)
            self.version += 1
            self.condition.notify_all()
        for ring in self.listeners:
            ring()

    def touch(self, chat: Chat) -> None:
        """Within `changing`: the page is to draw this chat anew."""
        chat.version = self.version + 1

    def close(self) -> None:
        with self.changing():
            self.closed = True

    def next_message_id(self) -> int:
        self._last_message_id += 1
        return self._last_message_id

    def enqueue(self, kind: str, body: Json) -> Json | None:
        """Queues an update of any kind; the body must be in the Bot API's shape."""
        with self.changing():
            return self.updates.add(kind, body)

    def requeue(self, update: Json) -> None:
        """Delivers an update again, with the same update_id."""
        with self.changing():
            self.updates.repeat(update)

    def store(self, content: bytes, name: str, folder: str) -> StoredFile:
        with self.condition:
            file_id = f"BQAC{secrets.token_urlsafe(24)}"
            ending = name.rpartition(".")[2] if "." in name else "bin"
            path = f"{folder}/file_{len(self.files)}.{ending}"
            self.files[file_id] = StoredFile(file_id, name, path, content)
            return self.files[file_id]

    def file_at(self, path: str) -> StoredFile | None:
        with self.condition:
            return next((file for file in self.files.values() if file.path == path), None)


def without_nothing(**fields: Any) -> Json:
    """The fields that hold something: the Bot API leaves out what is not there."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}
