"""Bot API methods about messages: send, edit, delete."""

from typing import Any

from bot.demo import refusals
from bot.demo.entities import parse_html
from bot.demo.keyboards import check_fields, check_inline_only, check_markup
from bot.demo.parameters import Upload
from bot.demo.refusals import bad, forbidden
from bot.demo.state import Chat, Message, State, StoredFile, without_nothing
from bot.demo.updates import Json

DELETABLE_FOR = 48 * 3600
MAX_DELETED_AT_ONCE = 100
MAX_DOCUMENT = 50 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
PREVIEW = {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}
REPLY = {
    "message_id",
    "chat_id",
    "allow_sending_without_reply",
    "quote",
    "quote_parse_mode",
    "quote_entities",
    "quote_position",
    "checklist_task_id",
    "poll_option_id",
}
ENTITY = {
    "type",
    "offset",
    "length",
    "url",
    "user",
    "language",
    "custom_emoji_id",
    "date_time_format",
    "unix_time",
}


def chat_for(state: State, params: Json) -> Chat:
    """The chat that the bot may write to; Refused for strangers and those who blocked it."""
    chat = find_chat(state, params)
    if not chat.started:
        raise forbidden("bot can't initiate conversation with a user")
    if chat.blocked and chat.private:
        raise forbidden("bot was blocked by the user")
    if chat.blocked:
        raise forbidden("bot is not a member of the group chat")
    return chat


def find_chat(state: State, params: Json) -> Chat:
    given = params.get("chat_id", "")
    if given == "":
        raise bad("chat_id is empty")
    chat = state.chats.get(given)
    if chat is None:
        raise bad("chat not found")
    return chat


def formatted(text: str, mode: str | None, entities: Any) -> tuple[str, list[Json]]:
    """The text as Telegram keeps it, without spaces around it, and its entities."""
    refusals.check_raw(text)
    if mode and mode.lower() != "html":
        raise bad("unsupported parse_mode")
    if mode:
        text, entities = parse_html(text)
    for entity in entities or []:
        check_fields(entity, ENTITY, "message entity")
    return (text.rstrip(), list(entities)) if entities else (text.strip(), [])


def send_message(state: State, params: Json) -> Json:
    chat = chat_for(state, params)
    content = _text_content(params)
    return _post(state, chat, params, content)


def send_photo(state: State, params: Json) -> Json:
    chat = chat_for(state, params)
    file = _file(state, params, "photo", MAX_PHOTO)
    size = {"file_id": file.id, "file_unique_id": file.id[-12:], "width": 1280, "height": 960}
    content = {"photo": [size | {"file_size": len(file.content)}], **_caption(params)}
    return _post(state, chat, params, content)


def send_document(state: State, params: Json) -> Json:
    chat = chat_for(state, params)
    file = _file(state, params, "document", MAX_DOCUMENT)
    document = {
        "file_id": file.id,
        "file_unique_id": file.id[-12:],
        "file_name": file.name,
        "file_size": len(file.content),
    }
    return _post(state, chat, params, {"document": document, **_caption(params)})


def edit_message_text(state: State, params: Json) -> Json:
    message, chat = _editable(state, params)
    if "text" not in message.raw:
        raise bad("there is no text in the message to edit")
    replaced = ("entities", "link_preview_options")
    edited = {name: value for name, value in message.raw.items() if name not in replaced}
    return _edit(state, chat, message, edited | _text_content(params) | _inline(params))


def edit_message_reply_markup(state: State, params: Json) -> Json:
    message, chat = _editable(state, params)
    return _edit(state, chat, message, message.raw | _inline(params))


def delete_message(state: State, params: Json) -> bool:
    chat = find_chat(state, params)
    message = chat.messages.get(params.get("message_id", 0))
    if message is None:
        raise bad("message to delete not found")
    _delete(state, chat, message)
    return True


def delete_messages(state: State, params: Json) -> bool:
    """Messages that are gone already are skipped, as on the real server."""
    chat, ids = find_chat(state, params), params.get("message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MAX_DELETED_AT_ONCE:
        raise bad("wrong number of message identifiers specified")
    for message in [chat.messages[given] for given in ids if given in chat.messages]:
        _delete(state, chat, message)
    return True


def _text_content(params: Json) -> Json:
    text, entities = formatted(
        params.get("text", ""), params.get("parse_mode"), params.get("entities")
    )
    refusals.check_text(text)
    if preview := params.get("link_preview_options"):
        check_fields(preview, PREVIEW, "link preview options")
    return without_nothing(text=text, entities=entities, link_preview_options=preview)


def _caption(params: Json) -> Json:
    text, entities = formatted(
        params.get("caption", ""), params.get("parse_mode"), params.get("caption_entities")
    )
    refusals.check_caption(text)
    return without_nothing(caption=text, caption_entities=entities)


def _file(state: State, params: Json, name: str, most: int) -> StoredFile:
    given = params.get(name)
    if isinstance(given, str) and given.startswith("attach://"):
        given = params.get(given.removeprefix("attach://"))
    if isinstance(given, str) and given in state.files:
        return state.files[given]
    if not isinstance(given, Upload):
        raise bad(f"there is no {name} in the request")
    if not given.content:
        raise bad("file must be non-empty")
    if len(given.content) > most:
        raise bad("file is too big")
    return state.store(given.content, given.name, f"{name}s")


def _post(state: State, chat: Chat, params: Json, content: Json) -> Json:
    markup = params.get("reply_markup")
    if markup is not None:
        check_markup(markup, chat.private)
    raw = {
        "message_id": 0,
        "from": state.bot,
        "chat": chat.raw,
        "date": int(state.now()),
        **_reply_to(chat, params),
        **content,
        **without_nothing(has_protected_content=params.get("protect_content") or None),
        **_inline(params),
    }
    raw["message_id"] = state.next_message_id()
    _show(state, chat, Message(raw, True, markup if "reply_markup" not in raw else None))
    return raw


def _show(state: State, chat: Chat, message: Message) -> None:
    chat.messages[message.id] = message
    chat.sent.append(message)
    chat.action = ""
    if message.keyboard and "remove_keyboard" in message.keyboard:
        chat.keyboard = None
    elif message.keyboard and "keyboard" in message.keyboard:
        chat.keyboard, chat.keyboard_hidden = message, False
    state.touch(chat)


def _reply_to(chat: Chat, params: Json) -> Json:
    given = params.get("reply_parameters")
    if given is None:
        return {}
    check_fields(given, REPLY, "reply parameters")
    message = chat.messages.get(given.get("message_id", 0))
    if message is None and not given.get("allow_sending_without_reply"):
        raise bad("message to be replied not found")
    if message is None:
        return {}
    original = {name: value for name, value in message.raw.items() if name != "reply_to_message"}
    return {"reply_to_message": original}


def _inline(params: Json) -> Json:
    """The message's own buttons; an empty keyboard is none."""
    markup = params.get("reply_markup") or {}
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    return {"reply_markup": {"inline_keyboard": rows}} if rows and any(rows) else {}


def _editable(state: State, params: Json) -> tuple[Message, Chat]:
    chat = chat_for(state, params)
    message = chat.messages.get(params.get("message_id", 0))
    if message is None:
        raise bad("message to edit not found")
    if not message.from_bot or message.keyboard:
        raise bad("message can't be edited")
    if params.get("reply_markup") is not None:
        check_inline_only(params["reply_markup"])
    without_buttons = {key: value for key, value in message.raw.items() if key != "reply_markup"}
    return Message(without_buttons, True), chat


def _edit(state: State, chat: Chat, message: Message, raw: Json) -> Json:
    current = chat.messages[message.id]
    if raw == current.raw:
        raise bad(refusals.NOT_MODIFIED)
    current.reworded |= raw.get("text") != current.raw.get("text")
    current.raw = raw | {"edit_date": int(state.now())}
    state.touch(chat)
    return current.raw


def _delete(state: State, chat: Chat, message: Message) -> None:
    if state.now() - message.raw["date"] > DELETABLE_FOR:
        raise bad("message can't be deleted for everyone")
    if not chat.private and not message.from_bot:
        raise bad("message can't be deleted")
    del chat.messages[message.id]
    if chat.keyboard is message:
        chat.keyboard = None
    state.touch(chat)
