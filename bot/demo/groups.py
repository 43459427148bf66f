"""Where the bot is let in and thrown out: groups, and the block button of a private chat."""

from bot.demo.entities import commands_in
from bot.demo.state import Chat, Message, State, without_nothing
from bot.demo.updates import Json

GROUP_BASE = -1_000_000_000_000


def say_in_group(state: State, user: Json, text: str) -> Chat:
    with state.changing():
        chat = state.chats.get(GROUP_BASE - user["id"]) or _open_group(state, user)
        if chat.blocked:
            tell_membership(state, chat, user, inside=True)
        raw = {
            "message_id": state.next_message_id(),
            "from": user,
            "chat": chat.raw,
            "date": int(state.now()),
            "text": text,
            **without_nothing(entities=commands_in(text)),
        }
        chat.messages[raw["message_id"]] = Message(raw, False)
        state.enqueue("message", raw)
        return chat


def _open_group(state: State, user: Json) -> Chat:
    number = GROUP_BASE - user["id"]
    title = f"Grup {user['first_name']}"
    chat = Chat({"id": number, "type": "supergroup", "title": title}, user)
    chat.started = chat.blocked = True
    state.chats[number] = chat
    return chat


def tell_membership(state: State, chat: Chat, user: Json, inside: bool) -> None:
    """The person lets the bot in or out, and the bot is told by my_chat_member."""
    gone: Json = {"user": state.bot, "status": "kicked", "until_date": 0}
    member: Json = {"user": state.bot, "status": "member"}
    with state.changing(chat):
        chat.blocked = not inside
        change: Json = {"chat": chat.raw, "from": user, "date": int(state.now())}
        change["old_chat_member"] = gone if inside else member
        change["new_chat_member"] = member if inside else gone
        state.enqueue("my_chat_member", change)
