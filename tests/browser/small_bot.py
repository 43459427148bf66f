"""A small bot over bare HTTP, so that the page has somebody to talk to."""

import html
import json
import ssl
import threading
from typing import Any

import httpx

from bot.demo.server import Server

TOKEN = "123456:demo"
TLS = ssl.create_default_context()
GREETING = (
    "Selamat datang di <b>Bot Contoh</b>.\n\n"
    "Bot ini <i>tidak pernah</i> meminta uang atau kode. Ketik /bantuan kapan saja, atau baca "
    '<a href="https://example.org/">penjelasannya</a>.\n\nBoleh kami mulai?'
)
NUMBER_KEYBOARD = {
    "keyboard": [[{"text": "Bagikan nomor saya", "request_contact": True}], ["Nanti saja"]],
    "resize_keyboard": True,
    "one_time_keyboard": True,
    "input_field_placeholder": "Tekan tombol di bawah",
}


def buttons(*rows: dict[str, str]) -> dict[str, Any]:
    return {
        "inline_keyboard": [
            [{"text": text, "callback_data": data} for text, data in row.items()] for row in rows
        ]
    }


class SmallBot:
    """Polls in a thread until `stop()`."""

    def __init__(self, server: Server) -> None:
        self._url = f"{server.base_url}{TOKEN}"
        self._client = httpx.Client(timeout=60, verify=TLS)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._poll)
        self._thread.start()

    def call(self, method: str, **params: Any) -> Any:
        return self._client.post(f"{self._url}/{method}", json=params).json().get("result")

    def say(self, chat: int, text: str, markup: dict[str, Any] | None = None) -> Any:
        given = {"reply_markup": markup} if markup else {}
        return self.call("sendMessage", chat_id=chat, text=text, parse_mode="HTML", **given)

    def send(self, chat: int, field: str, name: str, content: bytes) -> None:
        """A photo or document, uploaded."""
        to, files = {"chat_id": str(chat)}, {field: (name, content)}
        url = f"{self._url}/send{field}"
        self._client.post(url, data=to, files=files).raise_for_status()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()
        self._client.close()

    def _poll(self) -> None:
        offset = 0
        while not self._stopped.is_set():
            updates = self.call("getUpdates", offset=offset, timeout=1) or []
            for update in updates:
                offset = update["update_id"] + 1
                if "message" in update:
                    self._message(update["message"])
                elif "callback_query" in update:
                    self._press(update["callback_query"])

    def _message(self, message: dict[str, Any]) -> None:
        chat, text = message["chat"]["id"], message.get("text", "")
        if text.startswith("/start"):
            self.say(
                chat, GREETING, buttons({"Ya, mulai": "go", "Tidak": "no"}, {"Mengapa?": "why"})
            )
        elif "contact" in message:
            number = message["contact"]["phone_number"]
            self.say(chat, f"Nomor <code>{number}</code> dicatat.", {"remove_keyboard": True})
        elif "photo" in message:
            self.say(chat, "Foto diterima, terima kasih.")
        elif text.isdigit() and len(text) == 16:
            self.call("deleteMessage", chat_id=chat, message_id=message["message_id"])
            self.say(chat, "Angka itu kami hapus dari percakapan.")
        elif text == "diam":
            self.call("sendChatAction", chat_id=chat, action="typing")
        else:
            self.say(chat, f"Anda menulis: {html.escape(text)}")

    def _press(self, query: dict[str, Any]) -> None:
        chat, message = query["message"]["chat"]["id"], query["message"]["message_id"]
        if query["data"] == "hang":
            return
        if query["data"] == "why":
            why = {"text": "Agar kami tahu Anda setuju.", "show_alert": True}
            self.call("answerCallbackQuery", callback_query_id=query["id"], **why)
            return
        self.call("answerCallbackQuery", callback_query_id=query["id"], text="Tercatat")
        self.call("editMessageReplyMarkup", chat_id=chat, message_id=message)
        self.say(chat, "Berapa nomor telepon Anda?", NUMBER_KEYBOARD)


def show_off(server: Server, bot: SmallBot) -> None:
    """Fills a server with phones that show most of what a chat can hold."""
    bot.call(
        "setMyDescription", description="Bot untuk mencoba tampilan. Tidak ada data sungguhan."
    )
    bot.call(
        "setMyCommands",
        commands=json.loads(
            '[{"command": "start", "description": "Mulai dari awal"},'
            ' {"command": "bantuan", "description": "Bantuan dan kontak"}]'
        ),
    )
    wayan = server.phones.add("Wayan", title="Pekerja 1 · Petani", start_payload="v_contoh1")
    sari = server.phones.add("Sari", title="Pekerja 2 · Nelayan", start_payload="v_contoh1")
    server.phones.add("Made", title="Petugas desa", start_payload="p_contoh2")
    wayan.start("v_contoh1")
    wayan.wait()
    wayan.press("Ya, mulai")
    wayan.wait()
    sari.start("v_contoh1")
    sari.wait()
    sari.press("Ya, mulai")
    sari.wait()
    sari.tap("Bagikan")
    sari.wait()
    sari.send_photo()
    sari.wait()
    sari.send("Terima kasih 🙏")
    sari.wait()
    bot.say(
        sari.user_id,
        "Periksa dulu, lalu <b>tekan satu</b>:",
        buttons({"Sudah benar": "hang"}, {"Ubah nama": "a", "Ubah alamat": "b"}, {"Batal": "c"}),
    )
