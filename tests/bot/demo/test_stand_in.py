"""python-telegram-bot's own Bot finds in the stand-in what it would find at Telegram."""

import asyncio
import threading
import time
from datetime import timedelta

import pytest
import telegram
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.error import BadRequest, NetworkError, RetryAfter, TimedOut
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from bot.demo.faults import Kind
from bot.demo.phone import Phone
from bot.demo.server import Server
from tests.bot.demo.conftest import NUMBER, TOKEN, call, updates, with_bot

YES_NO = InlineKeyboardMarkup(
    [
        [
            InlineKeyboardButton("Ya", callback_data="q:ya"),
            InlineKeyboardButton("Tidak", url="tg://x"),
        ]
    ]
)


def test_every_kind_of_message_is_read_by_the_library(server: Server, wayan: Phone) -> None:
    wayan.start("v_123")
    wayan.send("🙂 /bantuan ya")
    wayan.share_contact("+6281200000009", user_id=77)
    wayan.send_photo(caption="surat", media_group_id="9")
    wayan.send_document(b"isi", "surat.pdf")
    wayan.send_sticker()
    wayan.send_voice()
    wayan.send_forwarded("kata orang")
    wayan.edit(wayan.send("salah"), "benar")
    wayan.send_fields(location={"latitude": -8.5, "longitude": 115.2})
    wayan.send_in_group("/start@contoh_bot")
    wayan.block()
    wayan.unblock()
    seen = updates(server)[1:]
    assert [update.update_id - seen[0].update_id for update in seen] == list(range(15))
    messages = [update.message for update in seen if update.message]
    attached = [type(message.effective_attachment).__name__ for message in messages]
    assert attached == [
        "NoneType", "NoneType", "Contact", "tuple", "Document", "Sticker", "Voice", "NoneType",
        "NoneType", "Location", "NoneType",
    ]  # fmt: skip
    assert messages[0].parse_entities() == {messages[0].entities[0]: "/start"}
    assert messages[1].parse_entities() == {messages[1].entities[0]: "/bantuan"}
    assert messages[2].contact == telegram.Contact("+6281200000009", "Wayan", user_id=77)
    assert messages[7].forward_origin
    assert seen[9].edited_message
    assert seen[9].edited_message.text == "benar"
    assert messages[-1].chat.type == "supergroup"
    changes = [
        update.my_chat_member.new_chat_member.status for update in seen if update.my_chat_member
    ]
    assert changes == ["member", "kicked", "member"]


def test_html_becomes_entities(server: Server, wayan: Phone) -> None:
    text = '🙂 <b>A &lt;<i>b</i></b> <a href="https://x.id/?a=1&amp;b=2">sini</a> &bukan; <u></u>\n'

    async def send(bot: Bot) -> telegram.Message:
        return await bot.send_message(wayan.user_id, text, parse_mode="HTML", protect_content=True)

    message = with_bot(server, send)
    assert message.text == "🙂 A <b sini &bukan;"
    assert message.text_html == (
        '🙂 <b>A &lt;<i>b</i></b> <a href="https://x.id/?a=1&b=2">sini</a> &amp;bukan;'
    )
    assert message.has_protected_content


def test_a_press_its_answer_and_the_edit(server: Server, wayan: Phone) -> None:
    async def talk(bot: Bot) -> None:
        await bot.send_message(wayan.user_id, "Setuju?", reply_markup=YES_NO)
        assert wayan.last.buttons == ["Ya", "Tidak"]
        press = wayan.press("Ya")
        *_, update = await bot.get_updates()
        query = update.callback_query
        assert query
        assert (query.data, query.from_user.id) == ("q:ya", wayan.user_id)
        await query.answer("Baik", show_alert=True)
        await query.edit_message_text("Sudah setuju")
        assert press
        assert press.answer == {"text": "Baik", "show_alert": True}

    with_bot(server, talk)
    wayan.wait(lambda phone: phone.last.edited)
    assert (wayan.last.text, wayan.last.buttons) == ("Sudah setuju", [])
    assert wayan.alerts == ["Baik"]
    with pytest.raises(LookupError):
        wayan.press("Ya")


def test_a_press_on_a_message_that_is_gone_or_an_invented_one(server: Server, wayan: Phone) -> None:
    wayan.press_data(4711, "palsu")
    query = updates(server)[-1].callback_query
    assert query
    assert query.data == "palsu"
    assert query.message
    assert not query.message.is_accessible


def test_the_reply_keyboard_comes_sends_the_contact_and_goes(server: Server, wayan: Phone) -> None:
    rows = [[KeyboardButton("Bagikan nomor", request_contact=True)], [KeyboardButton("Nanti")]]
    keyboard = ReplyKeyboardMarkup(rows, one_time_keyboard=True)

    async def talk(bot: Bot) -> None:
        asked = await bot.send_message(wayan.user_id, "Nomor?", reply_markup=keyboard)
        assert wayan.reply_keyboard == ["Bagikan nomor", "Nanti"]
        wayan.tap("Bagikan")
        assert wayan.reply_keyboard == []
        *_, update = await bot.get_updates()
        assert update.message
        assert update.message.contact
        assert update.message.contact.user_id == wayan.user_id
        assert update.message.contact.phone_number == NUMBER
        asked = await bot.send_message(wayan.user_id, "Lagi", reply_markup=keyboard)
        await asked.delete()
        assert wayan.reply_keyboard == []
        await bot.send_message(wayan.user_id, "Lagi", reply_markup=keyboard)
        wayan.tap("Nanti")
        await bot.send_message(wayan.user_id, "Sudah", reply_markup=ReplyKeyboardRemove())

    with_bot(server, talk)
    assert wayan.reply_keyboard == []
    assert wayan.messages[-2].text == "Nanti"


def test_photos_and_documents_travel_both_ways(server: Server, wayan: Phone) -> None:
    wayan.send_photo(b"gambar" * 100)

    async def talk(bot: Bot) -> None:
        *_, update = await bot.get_updates()
        assert update.message
        photo = await update.message.photo[-1].get_file()
        content = bytes(await photo.download_as_bytearray())
        assert content == b"gambar" * 100
        sent = await bot.send_document(wayan.user_id, content, filename="a.bin", caption="ini")
        assert sent.document
        again = await bot.send_photo(wayan.user_id, update.message.photo[-1].file_id)
        assert again.photo
        with pytest.raises(BadRequest, match="nvalid file_id"):
            await bot.get_file("lain")

    with_bot(server, talk)
    document, photo = wayan.wait(2)
    assert document.raw["document"]["file_name"] == "a.bin"
    assert document.text == "ini"
    assert photo.raw["photo"]


def test_the_bot_deletes_its_own_messages_and_the_persons(server: Server, wayan: Phone) -> None:
    typed = wayan.send("5171010101010001")

    async def delete(bot: Bot) -> None:
        sent = await bot.send_message(wayan.user_id, "satu")
        await bot.delete_message(wayan.user_id, typed)
        await bot.delete_messages(wayan.user_id, [sent.message_id, 999])

    with_bot(server, delete)
    assert [message.text for message in wayan.messages] == ["/start"]
    assert len(wayan.wait()) == 1


def test_commands_description_and_leaving_a_group(server: Server, wayan: Phone) -> None:
    group = wayan.send_in_group("halo")

    async def work(bot: Bot) -> None:
        await bot.set_my_commands([("start", "Mulai"), ("bantuan", "Bantuan")])
        commands = await bot.get_my_commands()
        assert [command.command for command in commands] == ["start", "bantuan"]
        assert await bot.get_my_commands(language_code="en") == ()
        await bot.set_my_description("Untuk mencoba")
        await bot.set_my_short_description("Coba")
        await bot.send_chat_action(wayan.user_id, "typing")
        await bot.send_message(group.id, "Chat pribadi saja")
        await bot.leave_chat(group.id)
        with pytest.raises(telegram.error.Forbidden, match="not a member"):
            await bot.send_message(group.id, "masih di sini?")

    with_bot(server, work)
    assert group.blocked
    assert [message.raw["text"] for message in group.sent] == ["Chat pribadi saja"]
    assert wayan.chat.action == "typing"


def test_without_network_the_screen_stands_still_and_texts_wait(
    server: Server, wayan: Phone
) -> None:
    wayan.cut()
    assert wayan.send("nanti") == 0
    assert wayan.press_data(1, "hilang") is None
    call(server, "sendMessage", chat_id=wayan.user_id, text="belum terlihat")
    assert [message.text for message in wayan.messages] == ["/start"]
    with pytest.raises(TimeoutError, match="/start"):
        wayan.wait(timeout=0.1)
    wayan.reconnect()
    assert [message.text for message in wayan.messages] == ["/start", "belum terlihat", "nanti"]
    assert [update.message.text for update in updates(server) if update.message][-1] == "nanti"


def test_calls_are_recorded_with_their_refusals(server: Server, wayan: Phone) -> None:
    call(server, "sendMessage", chat_id=wayan.user_id, text="a", reply_markup={"keyboard": [["x"]]})
    call(server, "sendMessage", chat_id=1, text="b")
    first, second = server.state.calls
    assert first.ok
    assert first.params["reply_markup"] == {"keyboard": [["x"]]}
    assert second.description == "Bad Request: chat not found"
    assert server.state.refusals == [second]


@pytest.mark.parametrize(
    ("kind", "error", "arrived"),
    [
        ("429", RetryAfter, 0),
        ("500", NetworkError, 0),
        ("502", NetworkError, 0),
        ("broken_json", telegram.error.TelegramError, 0),
        ("closed_before", NetworkError, 0),
        ("closed_after", NetworkError, 1),
        ("hang", TimedOut, 1),
    ],
)
def test_a_fault_strikes_once(
    server: Server,
    wayan: Phone,
    kind: Kind,
    error: type[Exception],
    arrived: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    server.faults.add("sendMessage", kind, times=1, seconds=5)

    async def send(bot: Bot) -> None:
        with pytest.raises(error) as caught:
            await bot.send_message(wayan.user_id, "satu")
        if isinstance(caught.value, RetryAfter):
            assert caught.value.retry_after == timedelta(seconds=5)
        assert len(wayan.bot_messages) == arrived
        await bot.send_message(wayan.user_id, "dua")

    with_bot(server, send)
    assert len(wayan.bot_messages) == arrived + 1


def test_a_phone_waits_for_a_bot_in_another_thread(server: Server, wayan: Phone) -> None:
    def answer_later() -> None:
        time.sleep(0.1)
        call(server, "sendMessage", chat_id=wayan.user_id, text="satu")
        call(server, "sendMessage", chat_id=wayan.user_id, text="dua")

    thread = threading.Thread(target=answer_later)
    thread.start()
    assert [message.text for message in wayan.wait(2)] == ["satu", "dua"]
    thread.join()


def test_a_whole_application_talks_and_stops_without_a_refusal(
    server: Server, wayan: Phone
) -> None:
    async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message
        await update.message.reply_text(update.message.text or "-")

    async def run() -> None:
        builder = Application.builder().token(TOKEN).base_url(server.base_url)
        application = builder.base_file_url(server.base_file_url).build()
        application.add_handler(MessageHandler(filters.ALL, echo))
        async with application:
            await application.start()
            assert application.updater
            await application.updater.start_polling()
            await asyncio.to_thread(wayan.send, "halo")
            await asyncio.to_thread(wayan.wait, 2)
            await application.updater.stop()
            await application.stop()

    asyncio.run(run())
    assert [message.text for message in wayan.bot_messages] == ["/start", "halo"]
    assert server.state.refusals == []
