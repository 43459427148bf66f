"""Bot API methods that are not about messages, and the table of all methods."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from bot.demo import messages
from bot.demo.keyboards import check_fields
from bot.demo.refusals import bad, check_callback_answer
from bot.demo.state import Hook, State
from bot.demo.updates import Json

CALLBACK_LIFETIME = 150
TYPING_SECONDS = 5
MAX_DOWNLOAD = 20 * 1024 * 1024
MAX_COMMANDS = 100
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
COMMAND_NAME = re.compile(r"/?[a-z0-9_]{1,32}")
ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def get_me(state: State, params: Json) -> Json:
    return state.bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def answer_callback_query(state: State, params: Json) -> bool:
    press = state.presses.get(params.get("callback_query_id", ""))
    check_callback_answer(params.get("text", ""))
    if press is None or press.answer is not None or state.now() - press.at > CALLBACK_LIFETIME:
        raise bad(TOO_OLD)
    press.answer = {
        "text": params.get("text", ""),
        "show_alert": params.get("show_alert", False),
    }
    state.touch(press.chat)
    return True


def send_chat_action(state: State, params: Json) -> bool:
    chat = messages.chat_for(state, params)
    if params.get("action") not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat.action, chat.action_until = params["action"], state.now() + TYPING_SECONDS
    state.touch(chat)
    return True


def set_my_commands(state: State, params: Json) -> bool:
    commands = params.get("commands")
    if not isinstance(commands, list) or len(commands) > MAX_COMMANDS:
        raise bad("can't parse commands")
    for command in commands:
        check_fields(command, {"command", "description"}, "bot command")
        _check_command(command.get("command"), command.get("description"))
    state.commands[_audience(params)] = commands
    _touch_all(state)
    return True


def _check_command(name: Any, description: Any) -> None:
    if not isinstance(name, str) or not COMMAND_NAME.fullmatch(name):
        raise bad("BOT_COMMAND_INVALID")
    if not isinstance(description, str) or not 1 <= len(description) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")


def get_my_commands(state: State, params: Json) -> list[Json]:
    return state.commands.get(_audience(params), [])


def _audience(params: Json) -> str:
    scope = params.get("scope") or {"type": "default"}
    return f"{sorted(scope.items())} {params.get('language_code') or ''}"


def commands_for(state: State, chat_id: int, language: str) -> list[Json]:
    """The commands in a private chat's menu: the narrowest scope wins, then the language."""
    scopes: list[Json] = [
        {"type": "chat", "chat_id": chat_id},
        {"type": "all_private_chats"},
        {"type": "default"},
    ]
    for scope in scopes:
        for code in (language, ""):
            if found := state.commands.get(_audience({"scope": scope, "language_code": code})):
                return found
    return []


def description_for(state: State, language: str) -> str:
    texts = state.descriptions
    return texts.get(f"description {language}") or texts.get("description ", "")


def set_my_description(state: State, params: Json) -> bool:
    return _describe(state, "description", params, 512)


def set_my_short_description(state: State, params: Json) -> bool:
    return _describe(state, "short_description", params, 120)


def _describe(state: State, name: str, params: Json, most: int) -> bool:
    text = params.get(name, "")
    if len(text) > most:
        raise bad(f"{name} is too long")
    state.descriptions[f"{name} {params.get('language_code', '')}"] = text
    _touch_all(state)
    return True


def _touch_all(state: State) -> None:
    for chat in state.chats.values():
        state.touch(chat)


def get_file(state: State, params: Json) -> Json:
    file = state.files.get(params.get("file_id", ""))
    if file is None:
        raise bad("invalid file_id")
    if len(file.content) > MAX_DOWNLOAD:
        raise bad("file is too big")
    return {
        "file_id": file.id,
        "file_unique_id": file.id[-12:],
        "file_size": len(file.content),
        "file_path": file.path,
    }


def leave_chat(state: State, params: Json) -> bool:
    chat = messages.chat_for(state, params)
    if chat.private:
        raise bad("chat member status can't be changed in private chats")
    chat.blocked = True
    change: Json = {"chat": chat.raw, "from": state.bot, "date": int(state.now())}
    change["old_chat_member"] = {"user": state.bot, "status": "member"}
    change["new_chat_member"] = {"user": state.bot, "status": "left"}
    state.enqueue("my_chat_member", change)
    state.touch(chat)
    return True


def set_webhook(state: State, params: Json) -> bool:
    url = str(params.get("url", ""))
    if not url:
        return delete_webhook(state, params)
    # Telegram takes https alone; the stand-in reaches nothing but this machine.
    if urlsplit(url).hostname not in ("127.0.0.1", "localhost"):
        raise bad("bad webhook: failed to resolve host: Name or service not known")
    secret = str(params.get("secret_token", ""))
    if secret and not SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    if "allowed_updates" in params:
        state.updates.allow(params["allowed_updates"])
    state.hook = Hook(url, secret)
    return True


def delete_webhook(state: State, params: Json) -> bool:
    state.hook = None
    if params.get("drop_pending_updates"):
        state.updates.clear()
    return True


def get_webhook_info(state: State, params: Json) -> Json:
    count = len(state.updates.pending)
    url = state.hook.url if state.hook else ""
    return {"url": url, "has_custom_certificate": False, "pending_update_count": count}


METHODS: dict[str, Callable[[State, Json], Any]] = {
    "getme": get_me,
    "sendmessage": messages.send_message,
    "sendphoto": messages.send_photo,
    "senddocument": messages.send_document,
    "editmessagetext": messages.edit_message_text,
    "editmessagereplymarkup": messages.edit_message_reply_markup,
    "deletemessage": messages.delete_message,
    "deletemessages": messages.delete_messages,
    "answercallbackquery": answer_callback_query,
    "sendchataction": send_chat_action,
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "setmydescription": set_my_description,
    "setmyshortdescription": set_my_short_description,
    "getfile": get_file,
    "leavechat": leave_chat,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
}
