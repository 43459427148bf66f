"""Raw updates as Telegram delivers them."""

from typing import Any

from tests.soak.cast import Someone

Json = dict[str, Any]
PHOTO = {"photo": [{"file_id": "AgAC", "width": 90, "height": 90}]}
MEDIA: tuple[Json, ...] = (
    PHOTO,
    {"document": {"file_id": "BQAC", "mime_type": "image/jpeg", "file_size": 9}},
    {"document": {"file_id": "BQAC", "mime_type": "application/pdf"}},
    {"document": {"file_id": "B", "mime_type": "image/jpeg", "file_size": 10**9}},
    {"sticker": {"file_id": "s"}},
    {"voice": {"file_id": "v"}},
    {"location": {"latitude": -8.65, "longitude": 115.2}},
    {"dice": {"emoji": "🎲", "value": 3}},
    {"poll": {"id": "1", "question": "?", "options": []}},
    {"animation": {"file_id": "a"}, "document": {"file_id": "a", "mime_type": "image/gif"}},
    {"caption": "tanpa apa-apa"},
    {},
)
GROUP, CHANNEL = -1_001_000_000_001, -1_002_000_000_001
OTHER_KINDS: tuple[Json, ...] = (
    {"channel_post": {"message_id": 1, "chat": {"id": CHANNEL, "type": "channel"}, "text": "x"}},
    {"message": {"message_id": 1, "chat": {"id": CHANNEL, "type": "channel"}, "text": "x"}},
    {"poll": {"id": "1", "question": "?", "options": []}},
    {"message_reaction": {"chat": {"id": 1, "type": "private"}, "new_reaction": []}},
    {"something_of_next_year": {"from": {"id": 1}, "text": "x"}},
    {},
)


def message(by: Someone, message_id: int, **fields: Any) -> Json:
    """Something sent in the private chat."""
    chat = {"id": by.id, "type": "private"}
    body = {"message_id": message_id, "date": 0, "from": by.user, "chat": chat, **fields}
    return {"message": body}


def edited(by: Someone, message_id: int, text: str) -> Json:
    """A message that was changed."""
    return {"edited_message": message(by, message_id, text=text)["message"]}


def press(by: Someone, number: int, data: str, message_id: int) -> Json:
    """A button that was pressed, or that somebody says was."""
    shown = {"message_id": message_id, "chat": {"id": by.id, "type": "private"}}
    body: Json = {"id": f"{by.id}-{number}", "from": by.user, "data": data}
    return {"callback_query": body | ({"message": shown} if message_id else {})}


def contact(by: Someone, message_id: int, phone: str, user_id: int | None) -> Json:
    """A card from the address book."""
    card = {"phone_number": phone} | ({"user_id": user_id} if user_id else {})
    return message(by, message_id, contact=card)


def in_group(by: Someone, message_id: int, text: str) -> Json:
    """Something written in a group that the bot was put into."""
    chat = {"id": GROUP, "type": "supergroup"}
    body = {"message_id": message_id, "date": 0, "from": by.user, "chat": chat, "text": text}
    return {"message": body}


def press_in_group(by: Someone, number: int, data: str) -> Json:
    """A button of a message in a group."""
    shown = {"message_id": 1, "chat": {"id": GROUP, "type": "supergroup"}}
    return {
        "callback_query": {
            "id": f"{by.id}-{number}",
            "from": by.user,
            "data": data,
            "message": shown,
        }
    }


def membership(by: Someone, status: str, chat_id: int = 0) -> Json:
    """The bot was blocked, let in again, or put into a group."""
    kind = "supergroup" if chat_id else "private"
    body = {
        "chat": {"id": chat_id or by.id, "type": kind},
        "from": by.user,
        "new_chat_member": {"status": status},
    }
    return {"my_chat_member": body}
