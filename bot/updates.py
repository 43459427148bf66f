"""Raw Telegram updates become our events. From here on there is no Telegram object."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from bot.pictures import MOST_BYTES
from conversations.model import Answered, Chose, Event, SentOther, SentPhoto, SharedContact

Raw = Mapping[str, Any]

MEDIA = (
    ("photo", "photo"),
    ("document", "photo"),
    ("sticker", "sticker"),
    ("animation", "sticker"),
    ("voice", "voice"),
    ("audio", "voice"),
    ("video", "voice"),
    ("video_note", "voice"),
    ("location", "location"),
)
# What Telegram lets through and a person cannot see: bidirectional marks, zero-width, controls.
UNSEEN = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)


MOST_FILE_ID = 300  # letters; real ones have about a hundred
LARGEST = 2**62  # of ids that a database takes


@dataclass(frozen=True)
class Started:
    """`/start` with its payload, or "" without one."""

    payload: str


@dataclass(frozen=True)
class Blocked:
    """The person blocked the bot, or came back."""

    is_blocked: bool


@dataclass(frozen=True)
class InGroup:
    """Somebody put the bot into a group; it says one line and leaves."""

    chat_id: int


@dataclass(frozen=True)
class Incoming:
    """One update as we understand it. `press_id` is to be answered at once; `message_id` orders.

    `press_message_id` is the message whose button was pressed, 0 where nobody can tell.
    """

    person_id: int
    name: str
    what: Event | Started | Blocked | InGroup
    message_id: int = 0
    text: str = ""
    press_id: str = ""
    press_message_id: int = 0


def lane(raw: Raw) -> int:
    """Whose update it is: updates of one lane are served in order. 0 where nobody can be read."""
    for kind in ("message", "edited_message", "callback_query", "my_chat_member"):
        id = _dict(_dict(raw.get(kind)).get("from")).get("id")
        if is_id(id):
            return id
    return 0


def _dict(value: object) -> Raw:
    return value if isinstance(value, dict) else {}


def is_id(value: object) -> TypeGuard[int]:
    """Whether this can be the id of an update or of a person."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LARGEST


def _id(sender: Raw) -> int:
    """Whose update it is. Raises TypeError: what nobody can have sent is not served at all."""
    if is_id(id := sender["id"]):
        return id
    raise TypeError("a sender without an id")


def understand(raw: Raw) -> Incoming | None:
    """Read one update; None for what is not meant for a conversation (a channel's post, say)."""
    if "callback_query" in raw:
        return _press(raw["callback_query"])
    if "my_chat_member" in raw:
        return _membership(raw["my_chat_member"])
    if "edited_message" in raw:
        return _edited(raw["edited_message"])
    if "message" in raw:
        return _message(raw["message"])
    return None


def _press(press: Raw) -> Incoming | None:
    sender, message = press["from"], _dict(press.get("message"))
    if _dict(message.get("chat")).get("type", "private") != "private":
        return None
    question, option, nonce = [*clean(str(press.get("data", ""))).split(":"), "", "", ""][:3]
    chose = Chose(question, option, nonce)
    pressed = message.get("message_id")
    return Incoming(
        _id(sender),
        _name(sender),
        chose,
        press_id=str(press["id"]),
        press_message_id=pressed if isinstance(pressed, int) else 0,
    )


def answers_itself(press: Raw) -> bool:
    """Whether the turn answers this press with a pop-up, so that it must not be answered before."""
    return str(press.get("data", "")).startswith(("desk.card:phone:", "claims.case:phone:"))


def _membership(change: Raw) -> Incoming | None:
    sender, status = change["from"], change["new_chat_member"]["status"]
    if change["chat"]["type"] != "private":
        joined = status in ("member", "administrator")
        group = InGroup(change["chat"]["id"])
        return Incoming(_id(sender), _name(sender), group) if joined else None
    return Incoming(_id(sender), _name(sender), Blocked(status == "kicked"))


def _edited(message: Raw) -> Incoming | None:
    if message["chat"]["type"] != "private":
        return None
    sender, text = message["from"], clean(str(message.get("text", "")))
    other = SentOther("edited")
    return Incoming(_id(sender), _name(sender), other, message["message_id"], text)


def _message(message: Raw) -> Incoming | None:
    chat, sender = message["chat"], _dict(message.get("from"))
    if chat["type"] != "private":
        # A group that slipped through: leaving is the only answer, also to an admin who writes in
        # the group's name, as a bot. Channels are left alone.
        group = InGroup(chat["id"])
        return Incoming(0, "", group) if chat["type"] in ("group", "supergroup") else None
    if sender.get("is_bot"):
        return None
    text = clean(str(message.get("text") or message.get("caption") or ""))
    what = _content(message, text, _id(sender))
    return Incoming(_id(sender), _name(sender), what, message["message_id"], text)


def _content(message: Raw, text: str, sender_id: int) -> Event | Started:
    if "forward_origin" in message:
        return SentOther("forwarded")
    if contact := message.get("contact"):
        own = contact.get("user_id") == sender_id
        return SharedContact(str(contact.get("phone_number", "")), own)
    if photo := _largest(message.get("photo")):
        return SentPhoto(photo)
    if picture := _picture_file(message):
        return picture
    for key, kind in MEDIA:
        if key in message:
            return SentOther(kind)
    if "text" not in message:
        return SentOther("unknown")
    if match := re.fullmatch(r"/start(?:@\w+)?(?:\s+(\S+))?", text.strip()):
        return Started(match.group(1) or "")
    return Answered(text)


def _largest(sizes: object) -> str:
    """The file id of the largest size of a photo, "" where there is none."""
    found = [_dict(size) for size in sizes] if isinstance(sizes, list) else []
    most = max(found, key=lambda size: size.get("width", 0) * size.get("height", 0), default={})
    return str(most.get("file_id", ""))[:MOST_FILE_ID]


def _picture_file(message: Raw) -> SentPhoto | SentOther | None:
    """A photo sent as a file, as people do to keep it sharp; a moving one comes as a file, too."""
    file = _dict(message.get("document"))
    id, is_picture = file.get("file_id"), str(file.get("mime_type", "")).startswith("image/")
    if "animation" in message or not is_picture or not id:
        return None
    size = file.get("file_size", 0)
    if isinstance(size, int) and size > MOST_BYTES:
        return SentOther("large")
    return SentPhoto(str(id)[:MOST_FILE_ID])


def clean(text: str) -> str:
    """Text in one normal form, without the marks that nobody can see."""
    without_surrogates = text.encode("utf-8", "ignore").decode("utf-8")
    return UNSEEN.sub("", unicodedata.normalize("NFC", without_surrogates)).strip()


def _name(sender: Raw) -> str:
    parts = (clean(str(sender.get(key) or "")) for key in ("first_name", "last_name"))
    return " ".join(filter(None, parts))[:80]
