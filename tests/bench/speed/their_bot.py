"""python-telegram-bot as its documentation sets it up: ConversationHandler, fourteen questions.

`python -m tests.bench.speed.their_bot`; the same environment as our bot. Updates one at a time,
as the handler requires; nothing persistent but one row at the end. Choices are a reply keyboard,
as in the library's own example of a conversation: so no update costs it a second call.
"""

import os
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from telegram import KeyboardButton, ReplyKeyboardMarkup, ReplyKeyboardRemove, Update
from telegram.ext import (
    Application,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    filters,
)

from tests.bench.speed.sign_ups import RECEIPT, THEIRS

Answered = Callable[[Update, ContextTypes.DEFAULT_TYPE], Awaitable[int]]
ASKED = {
    "village": ("Di desa mana Anda tinggal?", ()),
    "whom": ("Siapa yang mau didaftarkan?", ("Saya sendiri", "Keluarga", "Tetangga", "Kader")),
    "consent": ("Data Anda dipakai untuk mendaftar. Setuju?", ("Setuju", "Tidak setuju")),
    "nik": ("Berapa NIK Anda? 16 angka di KTP.", ()),
    "name": ("Siapa nama lengkap Anda, seperti di KTP?", ()),
    "residence": ("Di mana KTP Anda?", ("KTP desa ini", "KTP lain, tinggal di sini", "Lain")),
    "occupation": ("Apa pekerjaan Anda?", ()),
    "work": ("Masih bekerja? Sejak kapan?", ("Lebih dari 5 tahun", "Kurang dari 5 tahun")),
    "able": ("Apakah Anda bisa bekerja seperti biasa?", ("Bisa bekerja", "Tidak bisa")),
    "tie": ("Apakah ada keluarga di kantor desa?", ("Ada", "Tidak ada")),
    "address": ("Di mana alamat Anda?", ()),
    "mother": ("Siapa nama ibu Anda?", ()),
    "phone": ("Kirim nomor HP Anda dengan tombol di bawah.", ()),
    "summary": ("Apakah semuanya benar?", ("Benar, kirim", "Ubah")),
}
QUESTIONS = [question for question, _ in THEIRS]


def _keyboard(question: str) -> ReplyKeyboardMarkup | ReplyKeyboardRemove:
    if question == "phone":
        share = KeyboardButton("Kirim nomor HP saya", request_contact=True)
        return ReplyKeyboardMarkup([[share]], one_time_keyboard=True, resize_keyboard=True)
    choices = ASKED[question][1]
    rows = [choices[start : start + 2] for start in range(0, len(choices), 2)]
    return ReplyKeyboardMarkup(rows, one_time_keyboard=True) if rows else ReplyKeyboardRemove()


async def _ask(update: Update, state: int) -> int:
    question = QUESTIONS[state]
    assert update.message
    await update.message.reply_text(ASKED[question][0], reply_markup=_keyboard(question))
    return state


async def start(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> int:
    """The first question."""
    return await _ask(update, 0)


def answered(state: int, database: sqlite3.Connection) -> Answered:
    """Keep the answer to a question, and ask the next or store them all."""

    async def keep(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        message = update.message
        assert message
        assert context.user_data is not None
        contact = message.contact
        context.user_data[QUESTIONS[state]] = contact.phone_number if contact else message.text
        if state + 1 < len(QUESTIONS):
            return await _ask(update, state + 1)
        row = [context.user_data[question] for question in QUESTIONS]
        with database:
            database.execute(f"INSERT INTO sign_up VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
        context.user_data.clear()
        words = f"{RECEIPT}. Pendaftaran Anda sudah kami terima."
        await message.reply_text(words, reply_markup=ReplyKeyboardRemove())
        return ConversationHandler.END

    return keep


def states(database: sqlite3.Connection) -> dict[object, list[Any]]:
    """What answers each question."""
    plain = filters.TEXT & ~filters.COMMAND
    given = {"nik": filters.Regex(r"^\d{16}$"), "phone": filters.CONTACT}
    return {
        state: [MessageHandler(given.get(question, plain), answered(state, database))]
        for state, question in enumerate(QUESTIONS)
    }


def main() -> None:
    """Serve until SIGTERM."""
    database = sqlite3.connect(Path(os.environ["LINDUNG_HOME"]) / "sign_ups.db")
    database.execute(f"CREATE TABLE IF NOT EXISTS sign_up ({', '.join(QUESTIONS)})")
    builder = Application.builder().token(os.environ["BOT_TOKEN"])
    application = builder.base_url(os.environ["TELEGRAM_BASE_URL"]).build()
    entry: list[Any] = [CommandHandler("start", start)]
    application.add_handler(ConversationHandler(entry, states(database), []))
    listen = os.environ.get("WEBHOOK_LISTEN", "")
    if not listen:
        application.run_polling()
        return
    host, _, port = listen.partition(":")
    url = os.environ["WEBHOOK_URL"]
    application.run_webhook(
        listen=host,
        port=int(port),
        url_path=urlsplit(url).path,
        webhook_url=url,
        secret_token=os.environ["WEBHOOK_SECRET"],
    )


if __name__ == "__main__":
    main()
