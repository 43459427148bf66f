"""The stand-in refuses what Telegram refuses, in Telegram's words."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.demo.phone import Phone
from bot.demo.server import Server, serve
from tests.bot.demo.conftest import TLS, TOKEN, call, refusal, result


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One for all: each test has a phone of its own."""
    with serve(token=TOKEN) as running:
        yield running


def inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "Ya", **button}]]}


BAD_MESSAGES = [
    ({"text": " \n "}, "message text is empty"),
    ({}, "message text is empty"),
    ({"text": "x" * 4097}, "message is too long"),
    ({"text": "🙂" * 8193}, "text is too long"),
    ({"text": "x", "parse_mode": "Markup"}, "unsupported parse_mode"),
    ({"text": "a < b", "parse_mode": "HTML"}, "can't parse entities: Unclosed start tag"),
    ({"text": "a < b >", "parse_mode": "HTML"}, 'Unsupported start tag "" at byte offset 2'),
    ({"text": "<h1>x</h1>", "parse_mode": "HTML"}, 'Unsupported start tag "h1" at byte offset 0'),
    ({"text": "x</b>", "parse_mode": "HTML"}, "Unexpected end tag at byte offset 1"),
    ({"text": "<b>x", "parse_mode": "HTML"}, "Can't find end tag corresponding to start tag"),
    ({"text": "<b><i>x</b></i>", "parse_mode": "HTML"}, 'expected "</i>", found "</b>"'),
    ({"text": "x", "colour": "red"}, "unknown field colour"),
    ({"text": "x", "reply_markup": "{"}, "can't parse reply_markup JSON object"),
    ({"text": "x", "reply_markup": {"keys": []}}, "object expected as reply markup"),
    ({"text": "x", "link_preview_options": {"off": True}}, "unknown field off"),
    ({"text": "x", "entities": [{"kind": "bold"}]}, "unknown field kind"),
    ({"text": "x", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
]
BAD_KEYBOARDS = [
    (inline(callback_data="x" * 65), "BUTTON_DATA_INVALID"),
    (inline(callback_data="é" * 33), "BUTTON_DATA_INVALID"),
    (inline(callback_data=""), "Text buttons are unallowed in the inline keyboard"),
    (inline(), "Text buttons are unallowed in the inline keyboard"),
    (inline(callback_data="x", url="https://example.org"), "exactly one action"),
    (inline(url="contoh"), "Wrong HTTP URL"),
    (inline(callback_data="x", icon="y"), "unknown field icon in inline keyboard button"),
    ({"inline_keyboard": [[{"callback_data": "x"}]]}, 'Field "text" must be of type String'),
    ({"inline_keyboard": [[{"text": " ", "url": "https://x"}]]}, "must be non-empty"),
    ({"inline_keyboard": [{"text": "x"}]}, "array of arrays expected"),
    ({"inline_keyboard": [[{"text": "x", "url": "tg://x"}]] * 101}, "reply markup is too long"),
    ({"inline_keyboard": [[{"text": "x", "url": "tg://x"}] * 9]}, "reply markup is too long"),
    ({"keyboard": []}, "reply keyboard must have a button in each row"),
    ({"keyboard": [["a"], []]}, "reply keyboard must have a button in each row"),
    ({"keyboard": [[{"text": "x", "data": "y"}]]}, "unknown field data in keyboard button"),
    ({"keyboard": [["x"]], "resize": True}, "unknown field resize in reply markup"),
    ({"keyboard": [["x"]], "input_field_placeholder": "x" * 65}, "placeholder is too long"),
    ({"remove_keyboard": False}, "field remove_keyboard must be True"),
    ({"keyboard": [["x"]], "inline_keyboard": []}, "object expected as reply markup"),
]


@pytest.mark.parametrize(("params", "reason"), BAD_MESSAGES)
def test_a_bad_message_is_refused(
    server: Server, wayan: Phone, params: dict[str, Any], reason: str
) -> None:
    said = refusal(server, "sendMessage", chat_id=wayan.user_id, **params)
    assert reason in said
    assert wayan.bot_messages == []
    assert server.state.refusals[-1].description == said


@pytest.mark.parametrize(("markup", "reason"), BAD_KEYBOARDS)
def test_a_bad_keyboard_is_refused(
    server: Server, wayan: Phone, markup: dict[str, Any], reason: str
) -> None:
    said = refusal(server, "sendMessage", chat_id=wayan.user_id, text="x", reply_markup=markup)
    assert reason in said


def test_what_is_just_within_the_limits_is_sent(server: Server, wayan: Phone) -> None:
    buttons = [[{"text": "x", "callback_data": "é" * 32}] * 5] * 20
    result(
        server,
        "sendMessage",
        chat_id=wayan.user_id,
        text="<b>" + "🙂" * 4096 + "</b>",
        parse_mode="HTML",
        reply_markup={"inline_keyboard": buttons},
    )
    assert len(wayan.last.text) == 4096
    assert len(wayan.last.buttons) == 100


def test_a_long_caption_is_refused(server: Server, wayan: Phone) -> None:
    answer = httpx.post(
        f"{server.base_url}{TOKEN}/sendDocument",
        data={"chat_id": str(wayan.user_id), "caption": "x" * 1025},
        files={"document": ("a.txt", b"isi")},
        verify=TLS,
    )
    assert answer.json()["description"] == "Bad Request: message caption is too long"


def test_chats_that_the_bot_may_not_write_to(server: Server, wayan: Phone) -> None:
    stranger = server.phones.add("Made")
    say = {"text": "halo"}
    assert refusal(server, "sendMessage", chat_id=5, **say) == "Bad Request: chat not found"
    assert refusal(server, "sendMessage", **say) == "Bad Request: chat_id is empty"
    assert refusal(server, "sendMessage", chat_id=stranger.user_id, **say) == (
        "Forbidden: bot can't initiate conversation with a user"
    )
    wayan.block()
    blocked = call(server, "sendMessage", chat_id=wayan.user_id, **say)
    assert blocked["error_code"] == 403
    assert blocked["description"] == "Forbidden: bot was blocked by the user"
    wayan.unblock()
    result(server, "sendMessage", chat_id=wayan.user_id, **say)


def test_contacts_can_be_asked_for_in_private_chats_only(server: Server, wayan: Phone) -> None:
    group = wayan.send_in_group("halo")
    keyboard = {"keyboard": [[{"text": "Nomor", "request_contact": True}]]}
    said = refusal(server, "sendMessage", chat_id=group.id, text="x", reply_markup=keyboard)
    assert said == "Bad Request: phone number can be requested in private chats only"


def test_edits_that_change_nothing_or_find_nothing(server: Server, wayan: Phone) -> None:
    chat = wayan.user_id
    sent = result(server, "sendMessage", chat_id=chat, text="satu")["message_id"]
    edit = {"chat_id": chat, "message_id": sent}
    assert "message is not modified" in refusal(server, "editMessageText", text="satu", **edit)
    assert "message is not modified" in refusal(server, "editMessageReplyMarkup", **edit)
    assert "inline keyboard expected" in refusal(
        server, "editMessageText", text="dua", reply_markup={"remove_keyboard": True}, **edit
    )
    edit["message_id"] = 999
    assert "message to edit not found" in refusal(server, "editMessageText", text="dua", **edit)
    edit["message_id"] = wayan.messages[0].id
    assert "message can't be edited" in refusal(server, "editMessageText", text="dua", **edit)


def test_a_message_that_brought_a_reply_keyboard_cannot_be_edited(
    server: Server, wayan: Phone
) -> None:
    keyboard = {"keyboard": [["x"]]}
    sent = result(server, "sendMessage", chat_id=wayan.user_id, text="a", reply_markup=keyboard)
    edit = {"chat_id": wayan.user_id, "message_id": sent["message_id"], "text": "b"}
    assert "message can't be edited" in refusal(server, "editMessageText", **edit)


def test_deleting_twice_or_after_two_days_is_refused(server: Server, wayan: Phone) -> None:
    chat, typed = wayan.user_id, wayan.send("rahasia")
    assert result(server, "deleteMessage", chat_id=chat, message_id=typed)
    assert refusal(server, "deleteMessage", chat_id=chat, message_id=typed) == (
        "Bad Request: message to delete not found"
    )
    old = wayan.send("lama")
    assert result(server, "deleteMessages", chat_id=chat, message_ids=[typed])
    server.state.advance(48 * 3600 + 1)
    assert "message can't be deleted" in refusal(
        server, "deleteMessage", chat_id=chat, message_id=old
    )


def test_a_press_is_answered_once_and_in_time(server: Server, wayan: Phone) -> None:
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert refusal(server, "answerCallbackQuery", callback_query_id="1") == too_old
    first, second = wayan.press_data(1, "a"), wayan.press_data(1, "b")
    assert first
    assert second
    long = refusal(server, "answerCallbackQuery", callback_query_id=first.id, text="x" * 201)
    assert long == "Bad Request: MESSAGE_TOO_LONG"
    assert result(server, "answerCallbackQuery", callback_query_id=first.id, text="baik")
    assert refusal(server, "answerCallbackQuery", callback_query_id=first.id) == too_old
    server.state.advance(151)
    assert refusal(server, "answerCallbackQuery", callback_query_id=second.id) == too_old
    assert wayan.alerts == ["baik"]


def test_tokens_methods_and_names_of_hosts(server: Server) -> None:
    def status(path: str, host: str = "127.0.0.1") -> int:
        return httpx.get(f"{server.page_url}{path}", headers={"Host": host}, verify=TLS).status_code

    assert status(f"bot{TOKEN}/getMe") == 200
    assert status(f"bot{TOKEN}/GETME", "localhost:99") == 200
    assert status(f"bot{TOKEN}/getMe", "example.org") == 400
    assert status("bot123456:other/getMe") == 401
    assert status("botno-token/getMe") == 404
    assert status(f"bot{TOKEN}/getYou") == 404
    assert status(f"file/bot{TOKEN}/photos/none.jpg") == 404
    assert status("file/bot123456:other/photos/none.jpg") == 401


def test_a_webhook_elsewhere_is_refused(server: Server) -> None:
    assert "failed to resolve host" in refusal(server, "setWebhook", url="https://example.org")
    assert result(server, "deleteWebhook") is True
    assert result(server, "getWebhookInfo")["url"] == ""
