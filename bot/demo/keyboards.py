"""Keyboards as the Bot API takes them; stricter than Telegram where a mistake would hide."""

from typing import Any

from bot.demo.refusals import bad
from bot.demo.updates import Json

MAX_INLINE_BUTTONS = 100
MAX_REPLY_BUTTONS = 300
MAX_IN_ROW = 8
MAX_DATA_BYTES = 64
MAX_PLACEHOLDER = 64
LOOKS = {"text", "style", "icon_custom_emoji_id"}
ACTIONS = {
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
}
REQUESTS = {
    "request_users",
    "request_chat",
    "request_managed_bot",
    "request_contact",
    "request_location",
    "request_poll",
    "web_app",
}
INTERFACES = {
    "inline_keyboard": set(),
    "keyboard": {
        "is_persistent",
        "resize_keyboard",
        "one_time_keyboard",
        "input_field_placeholder",
        "selective",
    },
    "remove_keyboard": {"selective"},
    "force_reply": {"input_field_placeholder", "selective"},
}


def check_fields(given: Any, known: set[str], what: str) -> None:
    if not isinstance(given, dict):
        raise bad(f"object expected as {what}")
    for name in given:
        if name not in known:
            raise bad(f"unknown field {name} in {what}")


def check_markup(markup: Any, private: bool) -> None:
    """Raises Refused unless `markup` is one well-formed reply_markup."""
    kinds = [kind for kind in INTERFACES if isinstance(markup, dict) and kind in markup]
    if len(kinds) != 1:
        raise bad("object expected as reply markup")
    kind = kinds[0]
    check_fields(markup, {kind} | INTERFACES[kind], "reply markup")
    if len(markup.get("input_field_placeholder") or "") > MAX_PLACEHOLDER:
        raise bad("input field placeholder is too long")
    if kind == "inline_keyboard":
        _check_inline(markup[kind])
    elif kind == "keyboard":
        _check_reply(markup[kind], private)
    elif markup[kind] is not True:
        raise bad(f"field {kind} must be True")


def check_inline_only(markup: Any) -> None:
    if not isinstance(markup, dict) or "inline_keyboard" not in markup:
        raise bad("inline keyboard expected")
    check_markup(markup, private=True)


def _buttons(rows: Any, what: str, most: int) -> list[Any]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad(f"can't parse {what}: array of arrays expected")
    buttons = [button for row in rows for button in row]
    if len(buttons) > most or any(len(row) > MAX_IN_ROW for row in rows):
        raise bad("reply markup is too long")
    return buttons


def _check_inline(rows: Any) -> None:
    for button in _buttons(rows, "inline keyboard", MAX_INLINE_BUTTONS):
        check_fields(button, LOOKS | ACTIONS, "inline keyboard button")
        _check_label(button, "inline keyboard button")
        actions = ACTIONS & button.keys()
        if not actions or button.get("callback_data") == "":
            raise bad(
                "can't parse inline keyboard button: "
                "Text buttons are unallowed in the inline keyboard"
            )
        if len(actions) > 1:
            raise bad("can't parse inline keyboard button: exactly one action must be used")
        _check_action(button)


def _check_action(button: Json) -> None:
    data, url = button.get("callback_data", "x"), button.get("url", "https://")
    if not isinstance(data, str) or len(data.encode()) > MAX_DATA_BYTES:
        raise bad("BUTTON_DATA_INVALID")
    if not isinstance(url, str) or not url.startswith(("https://", "http://", "tg://")):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _check_label(button: Json, what: str) -> None:
    if not isinstance(button.get("text"), str):
        raise bad(f'can\'t parse {what}: Field "text" must be of type String')
    if not button["text"].strip():
        raise bad("keyboard button text must be non-empty")


def _check_reply(rows: Any, private: bool) -> None:
    buttons = _buttons(rows, "reply keyboard", MAX_REPLY_BUTTONS)
    if not buttons or not all(rows):
        raise bad("reply keyboard must have a button in each row")
    for button in buttons:
        if isinstance(button, str):
            _check_label({"text": button}, "keyboard button")
            continue
        check_fields(button, LOOKS | REQUESTS, "keyboard button")
        _check_label(button, "keyboard button")
        if button.get("request_contact") and not private:
            raise bad("phone number can be requested in private chats only")
        if button.get("request_location") and not private:
            raise bad("location can be requested in private chats only")
