"""Canaries: what is personal is nowhere in clear but where it must be read."""

import asyncio
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import inspect, text

from bot import logs
from bot.application import Running, StartError
from bot.demo.phone import Phone
from bot.demo.server import serve
from bot.house import House
from conversations import claim_moves, claim_page, questions, telling
from conversations.hours import written_time
from conversations.model import Words
from rules import nik, phones
from storage import outbox, staff
from storage.database import transaction
from storage.models import Outbound
from storage.staff import Invited
from tests.claim_walk import (
    CLAIM_HEIR,
    CLAIM_HEIR_PHONE,
    CLAIM_TYPED,
    RECEIPT,
    RETURNED,
    SUM_SHOWN,
    walk,
)
from tests.conftest import TEGAL_HARUM, Bot, opened, own_database, run_bot, settings_for
from tests.own_logs import logs_as_before
from tests.people import Person
from tests.steps import (
    act,
    all_of,
    declare_own_card,
    link,
    open_card,
    settle,
    sign_up,
    spoil_session,
    told,
)

TOKEN = "987654321:AAbunga-kenanga_wangi"
NIK = "5108064709880731"
KK = "5108061203170042"
OTHER_NIK = "5108065512790052"
WORKER = Person(NIK, "Ni Luh Kenanga Wulandari")
PHONE = "+6281355577901"
HEIR_PHONE = "0812-4446-6802"
MOTHER = "Desak Putu Cempaka"
HEIR = "Made Anggrek Sanjaya"
WORKPLACE = "Pasar Melati Ungu"
HAMLET = "Banjar Kamboja Biru"
REASON = "Kenanga yang di Wanasari"
OFFICER = "Ketut Flamboyan"
OFFICER_PHONE = "+6281977733406"
TELLER = "Luh Teratai Putih"
TELLER_PHONE = "+6285966200917"
LOST = "Made Cendana Rimbawan"
LOST_NIK = "5108061507660094"
PLACE = "Tebing Soka Merah"
STORY = "tergelincir waktu memetik cengkih di lereng"
HOSPITAL = "Klinik Wijaya Kusuma"
TOLD_NUMBERS = (LOST_NIK, TELLER_PHONE[3:])
TOLD = (TELLER, LOST, PLACE, STORY, HOSPITAL)
NUMBERS = (
    *(NIK, KK, OTHER_NIK, PHONE[3:], "81244466802", OFFICER_PHONE[3:]),
    CLAIM_HEIR_PHONE[3:],
)
NAMES = (WORKER.name, MOTHER, HEIR, WORKPLACE, HAMLET, REASON, OFFICER)
DETAILS = (
    "[1 sampai 2 juta]",
    "[Tidak tahu]",
    WORKPLACE,
    HAMLET,
    KK,
    MOTHER,
    "[Anak]",
    HEIR,
    HEIR_PHONE,
    "[Simpan]",
)


@dataclass(frozen=True)
class Run:
    """What a whole run left behind."""

    bot: Bot
    log: str
    invitation: str
    worker: Phone
    officer: Phone
    teller: Phone
    heir: Phone
    code: str
    others: tuple[Phone, ...]


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Logs as `lindung serve` writes them, at DEBUG."""
    written = io.StringIO()
    with logs_as_before():
        with redirect_stderr(written):
            logs.set_up("DEBUG")
        yield written


EITHER = [
    pytest.param(False, id="sqlite"),
    pytest.param(True, id="postgresql", marks=pytest.mark.long),
]


@pytest.fixture(scope="module", params=EITHER)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A whole run: sign-up, details, return, correction, confirmation, and much that goes wrong."""
    url = ""
    if request.param:
        url = own_database(request.getfixturevalue("postgresql"))
    home = tmp_path_factory.mktemp("leaks")
    with logged() as written, serve(port=0, token=TOKEN) as server:
        settings = settings_for(home, url, server).model_copy(
            update={"bot_token": SecretStr(TOKEN)}
        )
        with opened(settings) as house:
            with run_bot(settings, house):
                bot = Bot(house, server, settings)
                sick = whose_turns_fail(bot)
                officer, invitation = appointed(bot)
                worker = bot.phone("Kenanga", PHONE)
                others = at_wrong_moments(bot)
                the_whole_way(bot, worker, officer)
                teller = tells_of_others(bot)
                heir, code = walk(bot, officer, WORKER.name, NIK)
                told(sick, "Maaf, ada gangguan di pihak kami", times=2)
                settle(bot)
            log = written.getvalue()
            yield Run(bot, log, invitation, worker, officer, teller, heir, code, others)


def appointed(bot: Bot) -> tuple[Phone, str]:
    """An officer, and the token of the invitation."""
    phone = bot.phone(OFFICER, OFFICER_PHONE)
    with transaction(bot.house.engine) as db:
        invited = Invited(TEGAL_HARUM, OFFICER_PHONE)
        token = staff.invite(db, bot.house.keys, invited, bot.house.clock())
    act(phone, f"/start s_{token}")
    phone.tap(phone.reply_keyboard[0])
    phone.wait(2)
    declare_own_card(bot.house, phone)
    return phone, token


def at_wrong_moments(bot: Bot) -> tuple[Phone, ...]:
    """Numbers and names where nobody asked for them, by somebody who never signs up."""
    idle, lost = bot.phone("Agus"), bot.phone("Sari")
    for typed in (NIK, f"/start {NIK}", f"/start v_{NIK}", f"nama saya {WORKER.name}", PHONE):
        act(idle, typed)
    idle.send_photo(caption=f"KTP {NIK}")
    idle.send_forwarded(f"{MOTHER} {NIK}")
    idle.edit(idle.send("maaf"), f"maaf, {NIK}")
    idle.share_contact(PHONE, 12345)
    idle.press_data(1, f"open:undo:{NIK}")
    idle.press_data(1, f"open:details:{WORKER.name}")
    idle.send_in_group(f"NIK {NIK}")
    for typed in (link(TEGAL_HARUM), NIK, WORKER.name, "[Saya sendiri]", KK, "[Setuju]", PHONE):
        act(lost, typed)
    for typed in (f"{NIK} {OTHER_NIK}", ".".join(OTHER_NIK), NIK, f"{WORKER.name} {NIK}", HEIR):
        act(lost, typed)
    settle(bot)
    return idle, lost


def the_whole_way(bot: Bot, worker: Phone, officer: Phone) -> None:
    """Sign up, complete, be sent back, correct, be confirmed."""
    sign_up(worker, TEGAL_HARUM, WORKER)
    act(worker, "/lengkapi")
    for what in DETAILS:
        act(worker, what)
    assert "data tambahan sudah disimpan" in worker.last.text
    open_card(officer, WORKER.name)
    officer.press("Lihat nomor HP")
    officer.wait(lambda officer: officer.alerts)
    for what in ("[Kembalikan]", "[Nama]", f"{REASON} {NIK}", REASON):
        act(officer, what)
    told(worker, REASON)
    for what in ("[Perbaiki sekarang]", WORKER.name, "[Benar, kirim]", "/status"):
        act(worker, what)
    settle(bot)
    open_card(officer, WORKER.name)
    for what in ("[Sahkan]", "[Ya, saya tahu]"):
        act(officer, what)
    told(worker, "Desa sudah mengesahkan")


def tells_of_others(bot: Bot) -> Phone:
    """A death and an accident, told by somebody who never signs up; the officer hears of both."""
    teller = bot.phone("Teratai", TELLER_PHONE)
    who = ("Tegal Harum", LOST, LOST_NIK)
    for what in ("/meninggal", *who, "[Hari ini]", "[Belum tahu]", "[Anak]", TELLER, "(kontak)"):
        act(teller, what)
    act(teller, "[Benar, kirim]")
    told(teller, "Tidak harus hari ini")
    for what in ("/kecelakaan", "[Lanjut]", *who, "[Di laut, saat bekerja]", PLACE, STORY):
        act(teller, what)
    for what in ("[Kemarin]", "14.30", HOSPITAL):
        act(teller, what)
    for what in ("[Bukan]", TELLER, "(kontak)", "[Benar, kirim]"):
        act(teller, what)
    told(teller, "LAPORAN DUGAAN")
    settle(bot)
    return teller


def whose_turns_fail(bot: Bot) -> Phone:
    """Somebody whose turns end in exceptions, with canaries in the update and the session."""
    sick = bot.phone(WORKER.name, "+6281355577999")
    act(sick, link(TEGAL_HARUM))
    body = {"from": sick.chat.user, "text": f"{WORKER.name} {NIK}", "contact": PHONE}
    bot.server.state.requeue({"update_id": 1, "message": body})
    spoil_session(bot.house, sick.user_id, f"{MOTHER} {NIK}")
    sick.send(f"{MOTHER} {NIK}")
    return sick


def test_the_logs_hold_no_canary(run: Run) -> None:
    assert "Traceback" in run.log, "the run did provoke exceptions"
    assert found_in(run.log.encode(), secrets_of(run)) == []


def test_the_database_holds_no_canary_in_clear(run: Run) -> None:
    house, home = run.bot.house, run.bot.settings.lindung_home
    stored = b"".join(columns(house))
    stored += b"".join(file.read_bytes() for file in home.glob("lindung.db*"))
    assert b"5171032008" not in stored
    assert TEGAL_HARUM.encode() in stored, "what is not personal is found by this search"
    assert found_in(stored, secrets_of(run)) == []


def secrets_of(run: Run) -> list[str]:
    """All that must be nowhere in clear."""
    keys = (run.bot.settings.lindung_home / "keys").read_text()
    encoded = [part.partition(":")[2] for part in keys.strip().split(",")]
    return [
        *NUMBERS,
        *NAMES,
        *TOLD_NUMBERS,
        *TOLD,
        *CLAIM_TYPED,
        run.code,
        run.code.replace("-", ""),
        TOKEN,
        TOKEN.partition(":")[2],
        run.invitation,
        *encoded,
    ]


def found_in(where: bytes, canaries: list[str]) -> list[str]:
    """The canaries that stand there, in whatever case, digits also when spaced or dotted."""
    there = where.lower()
    joined = re.sub(rb"(?<=\d)[ .-](?=\d)", b"", there)
    return [one for one in canaries if one.lower().encode() in there + joined]


def columns(house: House) -> Iterator[bytes]:
    """Every value of every column of every table, as bytes."""
    with house.engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):  # noqa: S608
                for value in row:
                    yield bytes(value) if isinstance(value, bytes | memoryview) else b""
                    yield f"\n{value}\n".encode()


def test_no_message_shows_more_of_a_number_than_its_last_four_digits(run: Run) -> None:
    calls = [c.params for c in run.bot.server.state.calls if c.method != "answerCallbackQuery"]
    shown = re.sub(r"(?<=\d)[ .-](?=\d)", "", "\n".join(map(str, texts_of(calls))))
    # An officer's own number is told to families, so that they can call the office.
    shown = shown.replace(run.officer.phone_number.removeprefix("+"), "")
    assert "Kabar meninggal" in shown
    pieces = {number[at : at + 6] for number in NUMBERS for at in range(len(number) - 5)}
    assert sorted(piece for piece in pieces if piece in shown) == []


def texts_of(value: object) -> Iterator[object]:
    """All that a phone shows of calls: texts, captions, labels; not what buttons send."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name in ("text", "caption"):
                yield one
            else:
                yield from texts_of(one)
    elif isinstance(value, str) and value.startswith("{"):
        yield from texts_of(json.loads(value))
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)


def test_what_was_told_is_read_by_who_told_it_and_the_officer_alone(run: Run) -> None:
    sent = [call.params for call in run.bot.server.state.calls if call.method == "sendMessage"]
    readers = {call["chat_id"] for call in sent for one in TOLD if one in call["text"]}
    assert readers == {run.teller.user_id, run.officer.user_id}
    assert "Kabar meninggal" in run.officer.transcript()
    assert "Kabar kecelakaan kerja" in run.officer.transcript()


def test_the_number_of_who_told_stands_in_full_in_the_text_to_forward_alone(run: Run) -> None:
    sent = [call.params for call in run.bot.server.state.calls if call.method == "sendMessage"]
    full = [call for call in sent if TELLER_PHONE[3:] in call["text"]]
    assert [call["chat_id"] for call in full] == [run.teller.user_id]
    assert full[0]["text"].startswith("LAPORAN DUGAAN")
    assert found_in(json.dumps(sent).encode(), [LOST_NIK]) == []


def test_the_officer_sees_masked_numbers(run: Run) -> None:
    card = run.officer.transcript()
    assert f"•••• •••• •••• {NIK[-4:]}" in card
    assert f"••••{PHONE[-3:]}" in card
    assert PHONE[-5:] not in card


def test_a_number_is_shown_to_the_officer_who_asks_in_no_message(run: Run) -> None:
    of_sign_up, of_claim = run.officer.alerts
    assert of_sign_up == f"{WORKER.name}: {PHONE}"
    assert of_claim == f"{HEIR}: +6281244466802\n{CLAIM_HEIR}: {CLAIM_HEIR_PHONE}"
    answered = [c.params for c in run.bot.server.state.calls if c.method == "answerCallbackQuery"]
    assert sum(PHONE in str(params) for params in answered) == 1
    assert found_in(json.dumps(answered).encode(), [NIK, KK, OTHER_NIK]) == []


def test_names_are_read_by_the_person_and_the_officer_alone(run: Run) -> None:
    knowing = {run.worker.user_id, run.officer.user_id, run.heir.user_id}
    sent = [call.params for call in run.bot.server.state.calls if call.method == "sendMessage"]
    names = [name for name in NAMES if name != OFFICER]
    elsewhere = [
        (name, call["chat_id"])
        for call in sent
        for name in names
        if name in call["text"] and call["chat_id"] not in knowing
    ]
    assert elsewhere == []
    assert any(WORKER.name in call["text"] for call in sent)
    own = [call for call in sent if MOTHER in call["text"]]
    assert {call["chat_id"] for call in own} <= {run.worker.user_id}
    # Whom the worker named is noted for the claim, where the officer reads it.
    heir = [call for call in sent if HEIR in call["text"]]
    assert {call["chat_id"] for call in heir} == {run.officer.user_id}


def test_of_a_claim_the_heir_reads_what_is_the_familys_and_nobody_else_anything(run: Run) -> None:
    sent = [call.params for call in run.bot.server.state.calls if call.method == "sendMessage"]

    def readers(words: str) -> set[int]:
        return {call["chat_id"] for call in sent if words in call["text"]}

    officer, heir = run.officer.user_id, run.heir.user_id
    assert readers(CLAIM_HEIR) == {officer}
    assert readers(RETURNED) == {heir}
    assert readers(RECEIPT) == {officer, heir}
    assert readers(SUM_SHOWN) == {officer, heir}
    assert readers(run.code) == {officer}


def test_the_code_of_a_claim_is_taken_out_of_the_officers_chat(run: Run) -> None:
    rows = [row for row in all_of(run.bot.house, Outbound) if row.kind == "forget"]
    waiting = [outbox.call(run.bot.house.keys, row) for row in rows]
    said = {bubble.id for bubble in run.officer.bot_messages if run.code in bubble.text}
    gone = {call["message_id"] for call in waiting if call["chat_id"] == run.officer.user_id}
    assert said
    assert said <= gone


def test_every_message_with_sixteen_digits_was_taken_out_of_the_chat(run: Run) -> None:
    kept = [
        bubble.text
        for phone in run.bot.server.phones
        for bubble in phone.messages
        if not bubble.from_bot and len(re.sub(r"\D", "", bubble.text)) >= 16
    ]
    assert kept == []
    deleted = [c for c in run.bot.server.state.calls if c.method == "deleteMessage" and c.ok]
    assert len(deleted) > 10


@pytest.mark.parametrize(
    "read",
    [
        lambda typed: nik.read(typed, date(2026, 12, 1)),
        nik.read_kk,
        phones.read,
        questions.read_nik(date(2026, 12, 1)),
        questions.read_kk,
        questions.read_name,
        questions.read_words(),
        questions.read_phone,
        questions.read_birth_date(date(2026, 12, 1)),
        questions.read_village(),
        written_time,
        claim_page.read_code,
        claim_moves.read_rupiah,
        telling.number("death.number", date(2026, 12, 1), (1, 4)).read,
        telling.day(Words("death.day"), date(2026, 12, 1), (2, 4)).read,
    ],
    ids=lambda reader: reader.__qualname__,
)
@pytest.mark.parametrize("typed", [f"x{NIK}1", f"{NIK} {KK} {MOTHER} 9" * 9, f"1{PHONE}22"])
def test_a_reader_that_refuses_does_not_repeat_what_was_typed(
    read: Callable[[str], object], typed: str
) -> None:
    with pytest.raises(Exception) as refused:  # noqa: PT011 (each has its own kind)
        read(typed)
    said = repr(refused.value) + str(refused.value) + repr(refused.value.__cause__)
    assert found_in(said.encode(), [*NUMBERS, *NAMES]) == []


def test_a_wrong_token_is_not_repeated_by_the_error(tmp_path: Path) -> None:
    async def begin() -> None:
        await Running(house, settings).run()

    with serve(port=0, token="123456:another") as server:
        settings = settings_for(tmp_path, "", server).model_copy(
            update={"bot_token": SecretStr(TOKEN)}
        )
        with opened(settings) as house, pytest.raises(StartError) as refused:
            asyncio.run(begin())
    assert TOKEN not in repr(refused.getrepr(chain=True))
    assert "BOT_TOKEN" in str(refused.value)
