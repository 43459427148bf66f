"""Telegram inside of the process: answers the Bot API, and keeps what each chat shows last."""

import json
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from telegram.request import BaseRequest, RequestData

from bot.demo.entities import parse_html
from bot.demo.keyboards import check_markup
from bot.demo.refusals import Refused, check_caption, check_raw, check_text
from bot.stage import CLAIM_CODE, INVITATION

Json = dict[str, Any]
BOT = {"id": 123456, "is_bot": True, "first_name": "Lindung", "username": "lindung_bot"}
RECENT = 6  # messages with buttons that a chat remembers
NOT_MODIFIED = "Bad Request: message is not modified"


@dataclass(frozen=True)
class Shown:
    """A message with something to press: what its buttons send, or type."""

    message_id: int
    presses: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    asks_contact: bool = False


@dataclass
class Chat:
    """What a phone shows of one chat."""

    recent: deque[Shown] = field(default_factory=lambda: deque(maxlen=RECENT))
    last_edit: tuple[int, str] = (0, "")


class Wire(BaseRequest):
    """The transport of the real application. What is not as the Bot API wants it is a fault.

    `see` is told of everything that somebody could read: (chat, text, method).
    """

    def __init__(
        self,
        batch: Callable[[], Awaitable[list[Json]]],
        see: Callable[[int, str, str], None],
    ) -> None:
        self._batch, self._see = batch, see
        self.chats: dict[int, Chat] = {}
        self.blocked: set[int] = set()
        self.faults: list[str] = []
        self.said: defaultdict[int, list[str]] = defaultdict(list)  # since the last batch
        self.made: list[tuple[int, str]] = []  # codes and links that are new: (in whose chat, it)
        self.links: deque[str] = deque(maxlen=16)
        self.pressed: deque[str] = deque(maxlen=400)  # what buttons shown to anybody send
        self.spent = 0.0  # seconds of work in here
        self.messages = 0

    @property
    def read_timeout(self) -> float | None:
        """As the library asks of a transport."""
        return 5.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        """Answer one call."""
        name = url.rsplit("/", 1)[1]
        params: Json = request_data.parameters if request_data else {}
        if name == "getUpdates":
            return 200, json.dumps({"ok": True, "result": await self._batch()}).encode()
        began = time.thread_time()
        try:
            return 200, b'{"ok":true,"result":' + self._answer(name, params) + b"}"
        except Refused as refused:
            if not refused.description.startswith(("Forbidden", NOT_MODIFIED, "Bad Request: file")):
                self.faults.append(f"{name} is refused: {refused.description}")
            error = {"ok": False, "error_code": refused.code, "description": refused.description}
            return refused.code, json.dumps(error).encode()
        finally:
            self.spent += time.thread_time() - began

    def _answer(self, name: str, params: Json) -> bytes:
        if name == "getMe":
            return json.dumps(BOT).encode()
        if name in ("sendMessage", "sendPhoto", "sendDocument", "editMessageText"):
            return b'{"message_id":%d}' % self._said(name, params)
        if name == "answerCallbackQuery" and params.get("text"):
            self._answered(params)
        if name == "getFile":
            raise Refused("Bad Request: file is too big")
        return b"true"

    def _answered(self, params: Json) -> None:
        person = int(params["callback_query_id"].split("-")[0])
        if len(params["text"]) > 200:
            raise Refused("Bad Request: MESSAGE_TOO_LONG")
        self.said[person].append(params["text"])
        self._see(person, params["text"], "answerCallbackQuery")

    def _said(self, name: str, params: Json) -> int:
        chat_id = params["chat_id"]
        if chat_id in self.blocked:
            raise Refused("Forbidden: bot was blocked by the user", 403)
        markup = params.get("reply_markup") or {}
        text = params.get("text") or params.get("caption") or ""
        self._check(text, params, markup)
        chat = self.chats.setdefault(chat_id, Chat())
        self.said[chat_id].append(text)
        self._see(chat_id, text + _labels(markup), name)
        if name == "editMessageText":
            return self._edited(chat, params["message_id"], text, markup)
        self.messages += 1
        self._keep(chat_id, chat, self.messages, text, markup)
        return self.messages

    def _check(self, text: str, params: Json, markup: Json) -> None:
        check_raw(text)
        plain = parse_html(text)[0] if params.get("parse_mode") else text
        if "text" in params:
            check_text(plain)
        else:
            check_caption(plain)
        if markup:
            check_markup(markup, params["chat_id"] > 0)

    def _edited(self, chat: Chat, message_id: int, text: str, markup: Json) -> int:
        now = (message_id, text + str(markup))
        if chat.last_edit == now:
            raise Refused(NOT_MODIFIED)
        chat.last_edit = now
        self._show(chat, message_id, markup)
        return message_id

    def _keep(self, chat_id: int, chat: Chat, message_id: int, text: str, markup: Json) -> None:
        self._show(chat, message_id, markup)
        if "start=" in text or "/start" in text or "-" in text:
            found = [f"/start {link}" for link in INVITATION.findall(text)]
            found += CLAIM_CODE.findall(text)
            self.links.extend(found)
            self.made += [(chat_id, one) for one in found]

    def _show(self, chat: Chat, message_id: int, markup: Json) -> None:
        rows = markup.get("inline_keyboard", [])
        presses = tuple(one["callback_data"] for row in rows for one in row)
        typing = [one for row in markup.get("keyboard", []) for one in row]
        if presses or typing:
            contact = any(one.get("request_contact") for one in typing)
            types = tuple(one["text"] for one in typing if not one.get("request_contact"))
            chat.recent.append(Shown(message_id, presses, types, contact))
            self.pressed.extend(presses)


def _labels(markup: Json) -> str:
    rows = markup.get("inline_keyboard") or markup.get("keyboard") or []
    return "".join(" | " + one["text"] for row in rows for one in row)
