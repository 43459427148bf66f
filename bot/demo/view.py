"""What one phone's screen shows, as JSON for the page; nothing that the person would not see."""

from typing import Any

from bot.demo.bubbles import Bubble
from bot.demo.methods import commands_for, description_for
from bot.demo.phone import Phone
from bot.demo.updates import Json

# After this long without an answer the app stops showing that a press is under way.
PRESS_SHOWN = 30
SHOWN = {
    "date",
    "text",
    "entities",
    "caption",
    "caption_entities",
    "photo",
    "document",
    "contact",
    "sticker",
    "voice",
    "location",
    "reply_markup",
    "has_protected_content",
}


def screen_of(phone: Phone) -> Json:
    with phone.state.condition:
        return {
            **_owner(phone),
            "bot": _bot(phone),
            "messages": [_bubble(bubble) for bubble in phone.messages],
            "queued": [_message(fields, True) for fields, _ in phone.outbox],
            "keyboard": _keyboard(phone),
            "typing": _typing(phone),
            "answers": [] if phone.offline else _answers(phone),
            "pressed": _pressed(phone),
        }


def _owner(phone: Phone) -> Json:
    return {
        "id": phone.user_id,
        "title": phone.title,
        "name": phone.chat.user["first_name"],
        "number": phone.phone_number,
        "payload": phone.start_payload,
        "note": phone.note,
        "started": phone.chat.started or bool(phone.outbox),
        "blocked": phone.chat.blocked,
        "offline": phone.offline,
    }


def _bot(phone: Phone) -> Json:
    state, language = phone.state, phone.chat.user.get("language_code", "")
    return {
        "name": state.bot["first_name"],
        "username": state.bot["username"],
        "description": description_for(state, language),
        "commands": commands_for(state, phone.user_id, language),
    }


def _bubble(bubble: Bubble) -> Json:
    return {**_message(bubble.raw, not bubble.from_bot), "edited": bubble.reworded}


def _message(raw: Json, out: bool) -> Json:
    shown: Json = {name: value for name, value in raw.items() if name in SHOWN}
    if quoted := raw.get("reply_to_message"):
        shown["quoted"] = _message(quoted, False)
    if origin := raw.get("forward_origin"):
        shown["forwarded"] = origin.get("sender_user_name", "")
    return {"id": raw.get("message_id", 0), "out": out, **shown}


def _keyboard(phone: Phone) -> Any:
    if not phone.keyboard_rows:
        return None
    placeholder = (phone.keyboard or {}).get("input_field_placeholder", "")
    return {"rows": phone.keyboard_rows, "placeholder": placeholder}


def _typing(phone: Phone) -> float:
    """Seconds for which "is typing" still shows."""
    if not phone.chat.action or phone.offline:
        return 0
    return max(0.0, phone.chat.action_until - phone.state.now())


def _answers(phone: Phone) -> list[Json]:
    answered = [(press, press.answer) for press in phone.presses if press.answer]
    return [{"id": press.id, **answer} for press, answer in answered if answer["text"]]


def _pressed(phone: Phone) -> list[list[Any]]:
    now = phone.state.now()
    return [
        [press.message_id, press.data]
        for press in phone.presses
        if press.answer is None and now - press.at < PRESS_SHOWN
    ]
