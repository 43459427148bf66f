"""Which parameters each Bot API method takes, and their values out of form, query or JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.demo.refusals import bad
from bot.demo.updates import Json


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes


_SENT = (
    "business_connection_id chat_id message_thread_id direct_messages_topic_id "
    "disable_notification protect_content allow_paid_broadcast message_effect_id "
    "suggested_post_parameters reply_parameters reply_markup"
)
_CAPTIONED = "caption parse_mode caption_entities"
_EDITED = "business_connection_id chat_id message_id inline_message_id reply_markup"
KNOWN = {
    "getme": "",
    "getupdates": "offset limit timeout allowed_updates",
    "sendmessage": f"{_SENT} text parse_mode entities link_preview_options",
    "sendphoto": f"{_SENT} {_CAPTIONED} photo show_caption_above_media has_spoiler",
    "senddocument": f"{_SENT} {_CAPTIONED} document thumbnail disable_content_type_detection",
    "editmessagetext": f"{_EDITED} text parse_mode entities link_preview_options",
    "editmessagereplymarkup": _EDITED,
    "deletemessage": "chat_id message_id",
    "deletemessages": "chat_id message_ids",
    "answercallbackquery": "callback_query_id text show_alert url cache_time",
    "sendchataction": "business_connection_id chat_id message_thread_id action",
    "setmycommands": "commands scope language_code",
    "getmycommands": "scope language_code",
    "setmydescription": "description language_code",
    "setmyshortdescription": "short_description language_code",
    "getfile": "file_id",
    "leavechat": "chat_id",
    "setwebhook": (
        "url certificate ip_address max_connections allowed_updates drop_pending_updates "
        "secret_token"
    ),
    "deletewebhook": "drop_pending_updates",
    "getwebhookinfo": "",
}
FIELDS = {method: frozenset(names.split()) for method, names in KNOWN.items()}

_KINDS = {
    "number": (
        "offset limit timeout message_id message_thread_id cache_time max_connections "
        "direct_messages_topic_id"
    ),
    "flag": (
        "disable_notification protect_content show_alert has_spoiler drop_pending_updates "
        "allow_paid_broadcast show_caption_above_media disable_content_type_detection"
    ),
    "chat": "chat_id",
    "object": (
        "reply_markup reply_parameters entities caption_entities link_preview_options scope "
        "commands message_ids allowed_updates suggested_post_parameters"
    ),
}
KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names.split()}


def read_parameters(method: str, given: Mapping[str, Any]) -> Json:
    """The parameters with their proper types; Refused for one that the method does not have."""
    for name, value in given.items():
        if name not in FIELDS[method] and not isinstance(value, Upload):
            raise bad(f"unknown field {name}")
    return {name: _value(name, value) for name, value in given.items() if value is not None}


def _value(name: str, value: Any) -> Any:
    kind = KIND_OF.get(name)
    if kind == "number":
        return _number(name, value)
    if kind == "chat":
        return _chat_id(value)
    if kind == "flag":
        return value if isinstance(value, bool) else str(value).lower() in ("true", "1", "yes")
    if kind == "object" and isinstance(value, str):
        return _object(name, value)
    return value if kind or isinstance(value, Upload) else _text(name, value)


def _number(name: str, value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise bad(f"invalid {name} specified") from None


def _chat_id(value: Any) -> int | str:
    """A name such as @kanal stays text."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return str(value)


def _object(name: str, value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        raise bad(f"can't parse {name} JSON object") from None


def _text(name: str, value: Any) -> str:
    if isinstance(value, dict | list):
        raise bad(f"field {name} must be of type String")
    return str(value)
