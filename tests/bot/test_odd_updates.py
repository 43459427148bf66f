"""By HTTP, what nobody asked for: every kind of update is met kindly or with silence."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot import notices, updates, worker
from bot.demo.faults import Kind
from bot.demo.phone import Phone
from bot.demo.updates import Json
from bot.house import House, real_clock
from bot.pictures import MOST_BYTES
from conversations.model import Event, SentOther, SentPhoto, plain
from storage import outbox
from storage.database import transaction
from storage.models import Inbound, Outbound, Registration
from storage.models import Person as PersonRow
from storage.presence import OnlyProcess
from tests.conftest import TEGAL_HARUM, TOKEN, Bot, opened, run_bot, serve, settings_for
from tests.people import MADE, WAYAN
from tests.steps import (
    act,
    all_of,
    appoint,
    confirm,
    filed,
    link,
    picture,
    settle,
    spoil_session,
    told,
)

NAME_ASKED = "Ketik nama lengkap seperti di KTP"
NIK_ASKED = "Ketik NIK orang yang didaftarkan"
APOLOGY = "Maaf, ada gangguan di pihak kami"
fresh_ids = count(1)  # below those that the stand-in gives


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """One bot for the whole module: whoever comes next finds it well."""
    yield from a_bot(tmp_path_factory.mktemp("odd"))


@pytest.fixture
def own_bot(tmp_path: Path) -> Iterator[Bot]:
    """A bot for tests that shake the whole process."""
    yield from a_bot(tmp_path)


def a_bot(home: Path) -> Iterator[Bot]:
    with serve(port=0, token=TOKEN) as server:
        settings = settings_for(home, "", server)
        with opened(settings) as house, run_bot(settings, house):
            yield Bot(house, server, settings)


def asked_for_nik(bot: Bot) -> Phone:
    """Somebody who is asked for the NIK."""
    phone = bot.phone("Wayan")
    for what in (link(TEGAL_HARUM), "[Saya sendiri]", "[Setuju]"):
        act(phone, what)
    assert NIK_ASKED in phone.last.text
    return phone


def asked_for_name(bot: Bot) -> Phone:
    """Somebody who is asked for the name."""
    phone = asked_for_nik(bot)
    act(phone, WAYAN.nik)
    assert NAME_ASKED in phone.last.text
    return phone


def deliver(bot: Bot, **body: Any) -> int:
    """Hand the bot any update, also such as it did not ask for; its id."""
    update_id = next(fresh_ids)
    bot.server.state.requeue({"update_id": update_id, **body})
    return update_id


def inbox_row(bot: Bot, update_id: int) -> Inbound:
    """How an update stands in the inbox."""
    with transaction(bot.house.engine) as db:
        row = db.get(Inbound, update_id)
    assert row is not None
    return row


def from_phone(phone: Phone, **fields: Any) -> Json:
    """A message of this phone in the Bot API's shape."""
    return {"message_id": 1, "date": 0, "from": phone.chat.user, "chat": phone.chat.raw, **fields}


LARGE = {"file_id": "BQAC", "mime_type": "image/jpeg", "file_size": MOST_BYTES + 1}
ODD = {
    "photo": lambda phone: phone.send_photo(caption="KTP saya"),
    "document": lambda phone: phone.send_document(b"x", "ktp.pdf"),
    "a photo as a file": lambda phone: phone.send_document(b"x", "IMG_2026.JPG"),
    "a photo that is too large": lambda phone: phone.send_fields(document=LARGE),
    "sticker": lambda phone: phone.send_sticker(),
    "voice": lambda phone: phone.send_voice(),
    "location": lambda phone: phone.send_fields(location={"latitude": -8.65, "longitude": 115.2}),
    "dice": lambda phone: phone.send_fields(dice={"emoji": "🎲", "value": 3}),
    "poll": lambda phone: phone.send_fields(poll={"id": "1", "question": "?", "options": []}),
    "forwarded": lambda phone: phone.send_forwarded("I Wayan Terusan"),
    "another's card": lambda phone: phone.share_contact("+6281200000999", 12345),
    "a card of nobody": lambda phone: phone.share_contact("+6281200000999"),
    "edited": lambda phone: phone.edit(phone.send("kembali pelan-pelan"), "I Wayan Diubah"),
    "nothing but unseen marks": lambda phone: phone.send("\u200b\u202e\x00"),
    "4,096 emoji": lambda phone: phone.send("😀" * 4096),
    "a command nobody knows": lambda phone: phone.send("/tidakada"),
    "NUL and digits": lambda phone: phone.send("\x00123\x00"),
}


@pytest.mark.parametrize("kind", [kind for kind in ODD if kind != "edited"])
def test_what_is_no_answer_is_met_kindly_and_changes_nothing(bot: Bot, kind: str) -> None:
    phone = asked_for_name(bot)
    settle(bot)
    before = picture(bot.house)
    ODD[kind](phone)
    phone.wait()
    assert NAME_ASKED in phone.last.text
    assert phone.last.text.count("\n\n") >= 2, "something is said above the question"
    settle(bot)
    assert picture(bot.house) == before


def test_an_edited_message_is_no_answer(bot: Bot) -> None:
    phone = asked_for_name(bot)
    message = phone.send("12")
    phone.wait()
    settle(bot)
    before = picture(bot.house)
    phone.edit(message, "I Wayan Diubah")
    phone.wait()
    assert "Pesan yang diubah tidak dibaca" in phone.last.text
    settle(bot)
    assert picture(bot.house) == before


@pytest.mark.parametrize("kind", ODD)
def test_outside_a_conversation_odd_messages_are_greeted(bot: Bot, kind: str) -> None:
    phone = bot.phone("Agus")
    ODD[kind](phone)
    assert "/start" in phone.wait()[-1].text
    settle(bot)
    assert not any(row.person_id == phone.user_id for row in all_of(bot.house, Registration))


def test_marks_that_nobody_sees_do_no_harm_to_an_answer(bot: Bot) -> None:
    phone = asked_for_nik(bot)
    act(phone, "\u202e" + "\u200b".join(WAYAN.nik) + "\x00\u2069")
    assert NAME_ASKED in phone.last.text
    for what in ("\u202aI\u200f Wayan\x00 Contoh\u202c", *WAYAN.work, "(kontak)"):
        act(phone, what)
    assert "Nama: I Wayan Contoh\n" in phone.last.text


def test_a_reversing_mark_in_a_telegram_name_does_not_reach_an_officer(bot: Bot) -> None:
    phone = bot.phone("\u202eKetut\x00")
    appointed = appoint(bot, "51.71.03.2011", name="\u202eKomang")
    assert "\u202e" not in appointed.transcript().replace(repr(phone), "")


def test_in_a_group_the_bot_says_one_line_and_leaves(bot: Bot) -> None:
    phone = asked_for_name(bot)
    settle(bot)
    before, place = picture(bot.house), asked_message(bot, phone)
    group = phone.send_in_group("halo bot")
    settle(bot)
    assert [message.raw["text"] for message in group.sent] == [
        "Maaf, bot ini hanya untuk chat pribadi. Buka chat pribadi dengan saya, ya."
    ]
    assert group.blocked
    assert picture(bot.house) == before
    assert asked_message(bot, phone) == place


def asked_message(bot: Bot, phone: Phone) -> int:
    """The id of the newest question in the chat with this person."""
    with transaction(bot.house.engine) as db:
        row = db.get(PersonRow, phone.user_id)
    assert row is not None
    return row.asked_message


def test_a_nik_written_in_a_group_is_neither_kept_nor_repeated(bot: Bot) -> None:
    phone = bot.phone("Agus")
    group = phone.send_in_group(f"NIK saya {WAYAN.nik}")
    settle(bot)
    assert WAYAN.nik not in str([message.raw for message in group.sent])
    assert phone.bot_messages == []


@pytest.mark.parametrize(
    "body",
    [
        {"channel_post": {"message_id": 1, "chat": {"id": -5, "type": "channel"}, "text": "x"}},
        {"message": {"message_id": 1, "chat": {"id": -5, "type": "channel"}, "text": "x"}},
        {"poll": {"id": "1", "question": "?", "options": []}},
        {"purchased_paid_media": {"from": {"id": 1}, "paid_media_payload": "x"}},
        {"something_of_next_year": {"from": {"id": 1}, "text": WAYAN.nik}},
        {"message_reaction": {"chat": {"id": 1, "type": "private"}, "new_reaction": []}},
        {},
    ],
    ids=lambda body: next(iter(body), "nothing"),
)
def test_updates_of_other_kinds_are_passed_over_in_silence(bot: Bot, body: Json) -> None:
    phone = bot.phone("Agus")
    act(phone, "halo")
    settle(bot)
    before, calls = picture(bot.house), len(said(bot))
    update = deliver(bot, **body)
    act(phone, "halo")
    settle(bot)
    assert inbox_row(bot, update).state == "done"
    assert picture(bot.house) | {"person": ()} == before | {"person": ()}
    assert len(said(bot)) == calls + 1, "Agus alone was answered"


def said(bot: Bot) -> list[Json]:
    """All messages that the bot sent."""
    return [call.params for call in bot.server.state.calls if call.method == "sendMessage"]


def test_a_body_that_cannot_be_read_is_a_dead_letter_and_blocks_nobody(bot: Bot) -> None:
    update = deliver(bot, callback_query=None)
    phone = bot.phone("Agus")
    act(phone, "halo")
    settle(bot)
    row = inbox_row(bot, update)
    assert (row.state, row.attempts) == ("dead", 5)


def test_after_five_tries_one_apology_while_others_are_served_and_the_answers_are_kept(
    bot: Bot,
) -> None:
    unlucky, lucky = asked_for_name(bot), bot.phone("Putu")
    settle(bot)
    before, spoken = picture(bot.house)["forms"], len(said(bot))
    nobodys = {"message_id": 1, "chat": {"id": 5, "type": "private"}, "text": "x"}
    broken = {"from": unlucky.chat.user, "text": "tanpa chat"}
    updates = [deliver(bot, message=body) for body in (nobodys, broken)]
    act(lucky, "halo")
    assert told(unlucky, APOLOGY).id > lucky.last.id
    settle(bot)
    rows = [inbox_row(bot, update) for update in updates]
    assert [(row.state, row.attempts) for row in rows] == [("dead", 5)] * 2
    assert len(said(bot)) == spoken + 2, "one greeting, one apology"
    assert picture(bot.house)["forms"] == before
    act(unlucky, WAYAN.name)
    assert "KTP dan tempat tinggalnya di mana?" in unlucky.last.text


def test_a_nik_in_a_message_that_fails_is_deleted_all_the_same(own_bot: Bot) -> None:
    phone = asked_for_name(own_bot)
    spoil_session(own_bot.house, phone.user_id, "nothing of ours")
    message = phone.send(MADE.nik)
    told(phone, APOLOGY)
    settle(own_bot)
    assert message not in phone.chat.messages


@pytest.mark.both_databases
def test_half_a_surrogate_pair_is_stored_and_answered(house: House) -> None:
    sender = {"id": 7_000_000_001, "first_name": "Putu\udc00"}
    chat = {"id": 7_000_000_001, "type": "private"}
    message = {"message_id": 1, "from": sender, "chat": chat, "text": "halo \ud83d"}
    served = worker.take(house, OnlyProcess(), {"update_id": 1, "message": message})
    assert served.lane == 7_000_000_001
    assert [call["method"] for call in served.calls] == ["sendMessage"]


@pytest.mark.both_databases
def test_a_nul_in_a_press_is_answered(house: House) -> None:
    data = ["\0:\0:\0", "open:details:\0", "open:undo:\0", "open:fix:\0", "open:\0:x", "\0"]
    sender = {"id": 7_000_000_001, "first_name": "Putu"}
    for number, forged in enumerate(data):
        press = {"id": "1", "from": sender, "data": forged}
        served = worker.take(house, OnlyProcess(), {"update_id": number, "callback_query": press})
        worker.mark(house, served)
        assert served.calls, forged


def test_the_same_text_delivered_twice_is_one_answer(bot: Bot) -> None:
    phone = asked_for_name(bot)
    act(phone, WAYAN.name)
    settle(bot)
    before, messages = picture(bot.house), len(phone.bot_messages)
    phone.redeliver_last()
    act(bot.phone("Agus"), "halo")
    settle(bot)
    after = picture(bot.house)
    assert after["forms"] == before["forms"]
    assert len(phone.bot_messages) == messages


def test_the_press_to_send_delivered_twice_at_once_is_one_registration(bot: Bot) -> None:
    phone = bot.phone("Wayan")
    act(phone, link(TEGAL_HARUM))
    for what in WAYAN.answers[:-1]:
        act(phone, what)
    settle(bot)
    phone.press("Benar, kirim")
    phone.redeliver_last()
    phone.redeliver_last()
    settle(bot)
    mine = [row for row in all_of(bot.house, Registration) if row.person_id == phone.user_id]
    assert len(mine) == 1
    assert sum("Sudah terkirim" in bubble.text for bubble in phone.bot_messages) == 1


def test_a_press_without_its_message_is_answered(bot: Bot) -> None:
    phone = asked_for_name(bot)
    deliver(bot, callback_query={"id": "77", "from": phone.chat.user, "data": "open:status:"})
    assert "Belum ada pendaftaran" in phone.wait()[-1].text


def test_a_press_in_a_group_is_passed_over(bot: Bot) -> None:
    phone = asked_for_name(bot)
    settle(bot)
    before = picture(bot.house)
    chat = {"id": -1, "type": "supergroup"}
    press = {"id": "78", "from": phone.chat.user, "data": "open:new:", "message": {"chat": chat}}
    deliver(bot, callback_query=press)
    act(bot.phone("Agus"), "halo")
    settle(bot)
    assert picture(bot.house)["forms"] == before["forms"]


@pytest.mark.parametrize("kind", ["429", "502", "closed_before", "closed_after"])
def test_a_reply_arrives_in_the_end_whatever_the_network_does(bot: Bot, kind: Kind) -> None:
    phone = asked_for_nik(bot)
    settle(bot)
    bot.server.faults.add("sendMessage", kind, times=2 if kind == "502" else 1)
    phone.send(WAYAN.nik)
    told(phone, NAME_ASKED)
    settle(bot)
    act(phone, WAYAN.name)
    assert "KTP dan tempat tinggalnya di mana?" in phone.last.text


def test_notices_arrive_in_the_end_whatever_the_network_does(bot: Bot) -> None:
    phones = [bot.phone(name) for name in ("Agus", "Made", "Wayan")]
    for phone in phones:
        act(phone, "halo")
    settle(bot)
    for kind in ("429", "502", "closed_before"):
        bot.server.faults.add("sendMessage", kind)
    with transaction(bot.house.engine) as db:
        for phone in phones:
            notices.tell(bot.house, db, phone.user_id, plain("kabar"), real_clock())
    for phone in phones:
        told(phone, "kabar")
    settle(bot)
    theirs = {phone.user_id for phone in phones}
    rows = [row for row in all_of(bot.house, Outbound) if row.person_id in theirs]
    assert {row.state for row in rows} == {"sent"}
    assert sorted((row.attempts, row.unsure) for row in rows) == [(0, 1), (0, 1), (1, 0)]


@pytest.mark.parametrize("kind", ["401", "502", "broken_json", "empty_json"])
def test_a_fetch_that_fails_does_not_end_the_bot(own_bot: Bot, kind: Kind) -> None:
    own_bot.server.faults.add("getUpdates", kind)
    phone = own_bot.phone("Agus")
    act(phone, "halo")  # ends the long poll at hand; the next one fails
    act(phone, "halo lagi")
    assert len(phone.bot_messages) == 2


def test_a_notice_that_cannot_be_opened_does_not_hold_up_the_others(own_bot: Bot) -> None:
    house, phone = own_bot.house, own_bot.phone("Agus")
    act(phone, "halo")
    now = house.clock()
    with transaction(house.engine) as db:
        call = {"method": "sendMessage", "chat_id": phone.user_id, "text": "kabar"}
        spoilt = outbox.queue(db, house.keys, call, "test", now, outbox.REPLY)
        db.flush()
        row = db.get(Outbound, spoilt)
        assert row is not None
        row.call_sealed = b"\x01" + b"x" * 40
        outbox.queue(db, house.keys, call, "test", now, outbox.BROADCAST)
    told(phone, "kabar")
    settle(own_bot)
    states = {row.id: row.state for row in all_of(house, Outbound)}
    assert states.pop(spoilt) == "failed"
    assert set(states.values()) == {"sent"}


def test_who_has_blocked_the_bot_is_noted_and_stops_nobody(own_bot: Bot) -> None:
    officer, worker, other = appoint(own_bot), own_bot.phone("Wayan"), own_bot.phone("Made")
    filed(own_bot, worker)
    filed(own_bot, other, MADE)
    worker.block()
    settle(own_bot)
    confirm(officer, WAYAN.name)
    confirm(officer, MADE.name)
    told(other, "Desa sudah mengesahkan")
    settle(own_bot)
    gone = {row.id: row.unreachable_since for row in all_of(own_bot.house, PersonRow)}
    assert gone[worker.user_id] is not None
    assert gone[other.user_id] is None
    worker.start()
    worker.wait()
    settle(own_bot)
    back = {row.id: row.unreachable_since for row in all_of(own_bot.house, PersonRow)}
    assert back[worker.user_id] is None


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"document": {"file_id": "B", "mime_type": "image/jpeg"}}, SentPhoto("B")),
        ({"document": {"file_id": "B", "mime_type": "image/heic", "file_size": 9}}, SentPhoto("B")),
        ({"document": {**LARGE, "file_size": MOST_BYTES}}, SentPhoto("BQAC")),
        ({"document": LARGE}, SentOther("large")),
        ({"document": {**LARGE, "file_size": "lots"}}, SentPhoto("BQAC")),
        ({"document": {"file_id": "B", "mime_type": "application/pdf"}}, SentOther("photo")),
        ({"document": {"file_id": "B"}}, SentOther("photo")),
        ({"document": None}, SentOther("photo")),
        ({"document": {"file_id": "B", "mime_type": 7}}, SentOther("photo")),
        ({"document": {"mime_type": "image/png"}}, SentOther("photo")),
        (
            {"animation": {}, "document": {"file_id": "B", "mime_type": "image/gif"}},
            SentOther("photo"),
        ),
        ({"photo": [{"file_id": "A", "width": 9, "height": 9}]}, SentPhoto("A")),
        (
            {"document": {"file_id": "B", "mime_type": "image/png"}, "forward_origin": {}},
            SentOther("forwarded"),
        ),
    ],
)
def test_a_photo_sent_as_a_file_is_a_photo(fields: Json, what: Event) -> None:
    person = {"id": 6_300_000_001, "first_name": "Made"}
    chat = {"id": person["id"], "type": "private"}
    raw = {"message": {"message_id": 1, "from": person, "chat": chat, **fields}}
    incoming = updates.understand(raw)
    assert incoming is not None
    assert incoming.what == what
