"""What one person does with the phone and sees on it; plain calls from any thread."""

import mimetypes
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.demo.bubbles import Bubble
from bot.demo.entities import commands_in
from bot.demo.groups import say_in_group, tell_membership
from bot.demo.refusals import MAX_TEXT
from bot.demo.state import Chat, Message, Press, State, without_nothing
from bot.demo.updates import Json

SAMPLE_PHOTO = Path(__file__).parent / "page" / "sample.jpg"


class Phone:
    """One person's phone with the chat with the bot open on it."""

    def __init__(self, state: State, chat: Chat, phone_number: str) -> None:
        self.state = state
        self.chat = chat
        self.phone_number = phone_number
        self.title = ""
        self.start_payload = ""
        self.note = ""  # what lies on paper beside the phone
        self.offline = False
        self.outbox: list[tuple[Json, Callable[[], int]]] = []
        self.presses: list[Press] = []
        self.last_update: Json = {}
        self._frozen: list[Message] = []
        self._frozen_keyboard: Message | None = None
        self._read = 0

    @property
    def user_id(self) -> int:
        return int(self.chat.user["id"])

    # What is seen.

    @property
    def messages(self) -> list[Bubble]:
        with self.state.condition:
            shown = self._frozen if self.offline else list(self.chat.messages.values())
            return [Bubble(message) for message in shown]

    @property
    def bot_messages(self) -> list[Bubble]:
        return [bubble for bubble in self.messages if bubble.from_bot]

    @property
    def last(self) -> Bubble:
        """The newest message of the bot."""
        return self.bot_messages[-1]

    @property
    def keyboard(self) -> Json | None:
        """The reply keyboard on the screen, as the bot sent it."""
        with self.state.condition:
            message = self._frozen_keyboard if self.offline else self.chat.keyboard
            return message.keyboard if message and not self.chat.keyboard_hidden else None

    @property
    def keyboard_rows(self) -> list[list[Json]]:
        rows = (self.keyboard or {}).get("keyboard", [])
        return [[b if isinstance(b, dict) else {"text": b} for b in row] for row in rows]

    @property
    def reply_keyboard(self) -> list[str]:
        return [button["text"] for row in self.keyboard_rows for button in row]

    @property
    def alerts(self) -> list[str]:
        """Texts of the answers to presses, oldest first."""
        answers = [press.answer for press in self.presses if press.answer]
        return [answer["text"] for answer in answers if answer["text"]]

    def transcript(self) -> str:
        return "\n".join(map(repr, self.messages))

    def wait(self, until: "int | Callable[[Phone], bool]" = 1, timeout: float = 30) -> list[Bubble]:
        """Returns what the bot sent since the last wait, once that are `until` messages or
        `until(phone)` is true; raises TimeoutError with the chat's transcript."""
        with self.state.condition:
            enough = (lambda: until(self)) if callable(until) else lambda: len(self._new()) >= until
            if not self.state.condition.wait_for(enough, timeout):
                raise TimeoutError(f"waited {timeout} s; the chat shows:\n{self.transcript()}")
            new = self._new()
            self._read += len(new)
            return [Bubble(message) for message in new]

    def _new(self) -> list[Message]:
        return [] if self.offline else self.chat.sent[self._read :]

    # What is done.

    def send(self, text: str) -> int:
        """Returns the message id, or 0 while there is no network; long texts are split, as the
        app does."""
        parts = [text[at : at + MAX_TEXT] for at in range(0, max(len(text), 1), MAX_TEXT)]
        ids = [self.send_fields(text=part, entities=commands_in(part)) for part in parts]
        return ids[-1]

    def start(self, payload: str | None = None) -> int:
        """Taps START, or a link with a payload; unblocks the bot if need be."""
        if self.chat.blocked:
            self.unblock()
        return self.send(f"/start {payload or ''}".strip())

    def send_fields(self, **fields: Any) -> int:
        """A message with any content in the Bot API's shape, such as location={...}."""
        raw = {"date": int(self.state.now()), **without_nothing(**fields)}
        return self._do(raw, lambda: self._deliver(raw))

    def share_contact(self, phone_number: str, user_id: int | None = None, **fields: Any) -> int:
        """Sends a contact card, anybody's."""
        card = without_nothing(
            phone_number=phone_number, first_name=self.chat.user["first_name"], user_id=user_id
        )
        return self.send_fields(contact=card, **fields)

    def tap(self, label: str) -> int:
        """Taps the reply keyboard's button with this label, else the first that contains it."""
        buttons = [button for row in self.keyboard_rows for button in row]
        similar = [button for button in buttons if label in button["text"]]
        if not similar:
            raise LookupError(f"no keyboard button {label!r} in {self.reply_keyboard}")
        return self._tap(min(similar, key=lambda button: len(button["text"])))

    def _tap(self, button: Json) -> int:
        if (self.keyboard or {}).get("one_time_keyboard"):
            self.chat.keyboard_hidden = True
        if not button.get("request_contact"):
            return self.send(button["text"])
        reply = self.chat.keyboard.raw if self.chat.keyboard else None
        return self.share_contact(self.phone_number, self.user_id, reply_to_message=reply)

    def press(self, label_or_data: str) -> Press | None:
        """Presses the newest inline button whose label contains this, or whose data is this."""
        for bubble in reversed(self.messages):
            if button := bubble.find(label_or_data):
                if button.url:
                    raise LookupError(f"{button.label!r} opens {button.url}")
                return self.press_data(bubble.id, button.data)
        raise LookupError(f"no button {label_or_data!r} in:\n{self.transcript()}")

    def press_data(self, message_id: int, data: str) -> Press | None:
        """Sends any data from any message, also such as no button holds; None without network,
        because apps do not keep presses."""
        with self.state.changing(self.chat):
            if self.offline:
                return None
            press = Press(str(secrets.randbits(62)), self.chat, message_id, data, self.state.now())
            self.state.presses[press.id] = press
            self.presses.append(press)
            self._enqueue("callback_query", self._query(press))
            return press

    def _query(self, press: Press) -> Json:
        message = self.chat.messages.get(press.message_id)
        gone = {"chat": self.chat.raw, "message_id": press.message_id, "date": 0}
        return {
            "id": press.id,
            "from": self.chat.user,
            "message": message.raw if message else gone,
            "chat_instance": str(self.user_id * 7919),
            "data": press.data,
        }

    def send_photo(self, content: bytes = b"", caption: str = "", **fields: Any) -> int:
        """Without content, a sample; `media_group_id` makes it part of an album."""
        photo = content or SAMPLE_PHOTO.read_bytes()
        file = self.state.store(photo, "photo.jpg", "photos")
        sizes = [
            _file(file.id, width=width, height=height, file_size=len(photo) * width // 1280)
            for width, height in ((90, 68), (320, 240), (1280, 960))
        ]
        return self.send_fields(photo=sizes, caption=caption, **fields)

    def send_document(self, content: bytes, name: str) -> int:
        """A file as it is, its kind told by its name; a picture so sent is not made smaller."""
        file = self.state.store(content, name, "documents")
        known = without_nothing(mime_type=mimetypes.guess_type(name)[0])
        size = len(content)
        return self.send_fields(document=_file(file.id, file_name=name, file_size=size, **known))

    def send_sticker(self) -> int:
        file = self.state.store(b"RIFF", "sticker.webp", "stickers")
        look = {"is_animated": False, "is_video": False, "type": "regular", "emoji": "👍"}
        return self.send_fields(sticker=_file(file.id, width=512, height=512, **look))

    def send_voice(self) -> int:
        file = self.state.store(b"OggS", "voice.oga", "voice")
        return self.send_fields(voice=_file(file.id, duration=4, mime_type="audio/ogg"))

    def send_forwarded(self, text: str, **fields: Any) -> int:
        origin = {
            "type": "hidden_user",
            "date": int(self.state.now()) - 60,
            "sender_user_name": "Orang Lain",
        }
        return self.send_fields(text=text, forward_origin=origin, **fields)

    def edit(self, message_id: int, text: str) -> None:
        with self.state.changing(self.chat):
            message = self.chat.messages[message_id]
            message.reworded = True
            message.raw = message.raw | {"text": text, "edit_date": int(self.state.now())}
            self._enqueue("edited_message", message.raw)

    def delete(self, message_id: int) -> None:
        """For both sides; the bot is told nothing."""
        with self.state.changing(self.chat):
            message = self.chat.messages.pop(message_id)
            if self.chat.keyboard is message:
                self.chat.keyboard = None

    def send_in_group(self, text: str) -> Chat:
        """Adds the bot to a group of this person, if it is not there, and writes there."""
        return say_in_group(self.state, self.chat.user, text)

    def block(self) -> None:
        tell_membership(self.state, self.chat, self.chat.user, inside=False)

    def unblock(self) -> None:
        tell_membership(self.state, self.chat, self.chat.user, inside=True)

    def redeliver_last(self) -> None:
        """The bot gets this phone's last update once more, under the same update_id."""
        self.state.requeue(self.last_update)

    def cut(self) -> None:
        """No network: the screen stands still and what is sent waits on the phone."""
        with self.state.changing(self.chat):
            self._frozen = [replace(message) for message in self.chat.messages.values()]
            self._frozen_keyboard = self.chat.keyboard
            self.offline = True

    def reconnect(self) -> None:
        with self.state.changing(self.chat):
            self.offline = False
            waiting, self.outbox = self.outbox, []
            for _, act in waiting:
                act()

    def _do(self, shown: Json, act: Callable[[], int]) -> int:
        with self.state.changing(self.chat):
            if not self.offline:
                return act()
            self.outbox.append((shown, act))
            return 0

    def _deliver(self, fields: Json) -> int:
        if self.chat.blocked:
            raise RuntimeError("this phone has blocked the bot; unblock it first")
        self.chat.started = True
        head = {"message_id": self.state.next_message_id(), "from": self.chat.user}
        raw = {**head, "chat": self.chat.raw, **fields, "date": int(self.state.now())}
        self.chat.messages[raw["message_id"]] = Message(raw, False)
        self._enqueue("message", raw)
        return int(raw["message_id"])

    def _enqueue(self, kind: str, body: Json) -> None:
        self.last_update = self.state.enqueue(kind, body) or self.last_update


def _file(file_id: str, **fields: Any) -> Json:
    return {"file_id": file_id, "file_unique_id": file_id[-12:], **fields}
