"""By HTTP, the village's desk: one decision, taken back in time, by the own officer alone."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from bot import notices
from bot.demo.phone import Phone
from rules.registration import State
from storage import members, proof, registrations, tallies
from storage import programmes as opened_programmes
from storage.acceptances import Refusal
from storage.audit import Actor, Change
from storage.database import transaction
from storage.models import Interest, Registration, Seat, SeatCounter
from tests.conftest import TEGAL_HARUM, Bot
from tests.people import MADE, WAYAN
from tests.steps import (
    Clock,
    act,
    all_of,
    appoint,
    audited,
    clocked_bot,
    confirm,
    filed,
    heard,
    link,
    only_registration,
    open_card,
    picture,
    settle,
    sign_up,
    told,
)

OTHER_VILLAGE = "51.71.03.2009"
PURWAKARTA = "32.14.01.2010"
STALE = "Tombol itu sudah tidak berlaku"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bot(tmp_path: Path, clock: Clock) -> Iterator[Bot]:
    with clocked_bot(tmp_path / "home", clock) as bot:
        yield bot


def signed_up(bot: Bot) -> Phone:
    """A worker who has signed up by the conversation."""
    worker = bot.phone("Wayan")
    sign_up(worker, TEGAL_HARUM)
    return worker


def at_the_desk(bot: Bot) -> Phone:
    """A worker whose sign-up waits at the desk."""
    worker = bot.phone("Wayan")
    filed(bot, worker)
    return worker


def test_of_two_officers_on_one_card_one_decides_and_the_other_is_told_by_whom(
    bot: Bot, clock: Clock
) -> None:
    first, second = appoint(bot, name="Ketut"), appoint(bot, name="Komang")
    at_the_desk(bot)
    for officer in (first, second):
        open_card(officer, WAYAN.name)
        act(officer, "[Sahkan]")
        clock.push(minutes=6)  # the other may open it when it is held no more
    act(first, "[Ya, saya tahu]")
    told(first, "disahkan")
    second.press("Ya, saya tahu")
    assert "Ketut" in told(second, "sudah diputuskan oleh").text
    assert len(audited(bot.house, "confirm")) == 1


def test_a_card_pressed_after_the_other_officer_decided_says_who_was_faster(
    bot: Bot, clock: Clock
) -> None:
    first, second = appoint(bot, name="Ketut"), appoint(bot, name="Komang")
    at_the_desk(bot)
    filed(bot, bot.phone("Made"), MADE)
    open_card(second, WAYAN.name)
    clock.push(minutes=6)
    confirm(first)
    second.press("Tolak")
    assert "Ketut" in told(second, "sudah diputuskan oleh").text
    assert audited(bot.house, "reject") == []


def test_two_officers_who_press_in_the_same_moment_make_one_decision(
    bot: Bot, clock: Clock
) -> None:
    officers = [appoint(bot, name="Ketut"), appoint(bot, name="Komang")]
    at_the_desk(bot)
    for officer in officers:
        open_card(officer, WAYAN.name)
        act(officer, "[Sahkan]")
        clock.push(minutes=6)
    for officer in officers:
        officer.press("Ya, saya tahu")
    settle(bot)
    assert len(audited(bot.house, "confirm")) == 1
    assert [row.used for row in all_of(bot.house, SeatCounter)] == [1, 1]
    assert only_registration(bot.house).state == State.CONFIRMED


def test_undo_within_ten_minutes_puts_the_card_back_and_tells_the_worker(
    bot: Bot, clock: Clock
) -> None:
    officer, worker = appoint(bot), at_the_desk(bot)
    confirm(officer)
    clock.push(minutes=9, seconds=50)
    officer.press("Urungkan")
    told(officer, "diurungkan")
    told(worker, "Petugas menarik keputusannya")
    assert only_registration(bot.house).state == State.PENDING
    assert all_of(bot.house, Seat) == []
    assert [row.used for row in all_of(bot.house, SeatCounter)] == [0, 0]
    open_card(officer, WAYAN.name)


def test_undo_after_ten_minutes_changes_nothing(bot: Bot, clock: Clock) -> None:
    officer, worker = appoint(bot), at_the_desk(bot)
    confirm(officer)
    told(worker, "Desa sudah mengesahkan")
    settle(bot)
    before = picture(bot.house)
    clock.push(minutes=10, seconds=1)
    officer.press("Urungkan")
    told(officer, "Sudah lewat 10 menit")
    settle(bot)
    assert picture(bot.house) == before


def test_undo_pressed_twice_takes_back_once(bot: Bot) -> None:
    officer, worker = appoint(bot), at_the_desk(bot)
    confirm(officer)
    button = officer.press("Urungkan")
    assert button is not None
    officer.press_data(button.message_id, button.data)
    told(officer, STALE)
    settle(bot)
    assert len(audited(bot.house, "undo")) == 1
    assert sum("Petugas menarik" in bubble.text for bubble in worker.bot_messages) == 1


def test_a_returned_sign_up_is_corrected_at_just_the_question_that_was_sent_back(
    bot: Bot,
) -> None:
    officer, worker = appoint(bot), signed_up(bot)
    open_card(officer, WAYAN.name)
    act(officer, "[Kembalikan]")
    act(officer, "[Nama]")
    act(officer, "[Tidak sama dengan KTP]")
    told(officer, "dikembalikan untuk diperbaiki")
    news = told(worker, "perlu diperbaiki sedikit")
    assert "Nama" in news.text
    assert "Tidak sama dengan KTP" in news.text
    act(worker, "[Perbaiki sekarang]")
    assert "Ketik nama lengkap seperti di KTP" in worker.last.text
    act(worker, "I Wayan Contoh Sekali")
    assert "Periksa dulu" in worker.last.text
    act(worker, "[Benar, kirim]")
    assert "Perbaikan terkirim" in worker.last.text
    settle(bot)
    open_card(officer, "I Wayan Contoh Sekali")


def test_who_is_refused_by_bpjs_corrects_it_and_the_officer_sees_it_again(bot: Bot) -> None:
    officer, worker = appoint(bot), signed_up(bot)
    row, bpjs = only_registration(bot.house), Actor(0, "operator")
    with transaction(bot.house.engine) as db:
        found = registrations.by_id(db, row.id)
        assert found is not None
        for state in (State.CONFIRMED, State.SUBMITTED):
            change = Change("brought", "registration", row.id)
            registrations.change_state(db, found, state, (bpjs, change), bot.house.clock())
        answer = Refusal("Nama tidak sama dengan KTP", "sheet")
        now = bot.house.clock()
        assert members.refuse(db, bot.house.keys, found, answer, bpjs, now) == "refused"
    act(worker, "/status")
    assert "Nama tidak sama dengan KTP" in worker.last.text
    act(worker, "[Perbaiki]")
    act(worker, "[Nama]")
    act(worker, "I Wayan Contoh Sekali")
    act(worker, "[Benar, kirim]")
    assert "Perbaikan terkirim" in worker.last.text
    open_card(officer, "I Wayan Contoh Sekali")
    row = only_registration(bot.house)
    assert (row.state, row.note_sealed, row.minutes_id) == (State.PENDING, None, None)


def test_a_returned_sign_up_keeps_the_old_answer_as_proof(bot: Bot) -> None:
    officer, worker = appoint(bot), signed_up(bot)
    open_card(officer, WAYAN.name)
    act(officer, "[Kembalikan]")
    act(officer, "[Nama]")
    act(officer, "[Kurang jelas]")
    told(worker, "perlu diperbaiki sedikit")
    act(worker, "[Perbaiki sekarang]")
    act(worker, "I Wayan Contoh Sekali")
    act(worker, "[Benar, kirim]")
    row = only_registration(bot.house)
    with transaction(bot.house.engine) as db:
        kept = proof.load(db, bot.house.keys, row.id, with_replaced=True)
    names = [(one.given.value, one.replaced_at is None) for one in kept if "name" in one.question]
    assert names == [(WAYAN.name, False), ("I Wayan Contoh Sekali", True)]


def test_a_button_of_one_persons_form_does_not_answer_for_another_person(bot: Bot) -> None:
    officer, cadre = appoint(bot), bot.phone("Kader")
    for person in (WAYAN, MADE):
        filed(bot, cadre, person)
    for person in (WAYAN, MADE):
        open_card(officer, person.name)
        for what in ("[Kembalikan]", "[Lama bekerja]", "[Mohon dicek lagi]"):
            act(officer, what)
        settle(bot)
    told_of = [bubble for bubble in cadre.bot_messages if bubble.find("Perbaiki sekarang")]
    asked = []
    for notice in told_of:
        fix = notice.find("Perbaiki sekarang")
        assert fix is not None
        cadre.press_data(notice.id, fix.data)
        settle(bot)
        asked.append(cadre.last)
    before = picture(bot.house)
    of_the_first = asked[0].find("Musiman")
    assert of_the_first is not None, asked
    cadre.press_data(asked[0].id, of_the_first.data)
    told(cadre, STALE)
    settle(bot)
    assert picture(bot.house) == before


@pytest.mark.parametrize("reason", ["Buram", "nama ibu yang tertulis"])
def test_an_officer_may_give_a_reason_in_own_words(bot: Bot, reason: str) -> None:
    officer, worker = appoint(bot), at_the_desk(bot)
    open_card(officer, WAYAN.name)
    act(officer, "[Kembalikan]")
    act(officer, "[Nama]")
    act(officer, reason)
    assert reason in told(worker, "perlu diperbaiki sedikit").text
    assert [row.reason for row in audited(bot.house, "return")] == ["enrolment.name own_words"]


def test_a_rejected_worker_hears_the_reason_and_the_way_forward(bot: Bot) -> None:
    officer, worker = appoint(bot), at_the_desk(bot)
    open_card(officer, WAYAN.name)
    act(officer, "[Tolak]")
    act(officer, "[Bukan warga desa ini]")
    told(officer, "ditolak")
    news = told(worker, "belum bisa diterima desa")
    assert "tempat tinggalnya bukan di desa ini" in news.text
    assert "/daftar" in news.text
    assert only_registration(bot.house).state == State.REJECTED


def test_an_officer_sees_the_own_village_alone(bot: Bot) -> None:
    stranger = appoint(bot, OTHER_VILLAGE)
    at_the_desk(bot)
    stranger.send("/petugas")
    stranger.wait()
    assert "tidak ada yang menunggu" in stranger.last.text
    assert WAYAN.name not in stranger.transcript()


def test_without_an_office_there_is_no_desk(bot: Bot) -> None:
    at_the_desk(bot)
    nosy = bot.phone("Nyoman")
    nosy.send("/petugas")
    nosy.wait()
    assert "hanya untuk petugas desa yang diundang" in nosy.last.text
    assert WAYAN.name not in nosy.transcript()


def forged(row: Registration, decided: Registration) -> list[str]:
    """Data that no button of the presser holds: another's sign-up, old nonces, noise."""
    noise = random.Random(2001)
    card, done = f"{row.id}.{row.version}", f"{decided.id}.{decided.version}"
    own = [
        *(f"open:{kind}:{row.id}" for kind in ("fix", "details", "status", "undo", "desk")),
        *(f"open:{kind}:{decided.id}" for kind in ("fix", "details", "status")),
        f"open:undo:{done}",
        f"open:undo:{decided.id}.",
        f"open:undo:{card}",
        *(f"desk.card:{key}:{card}" for key in ("confirm", "return", "reject", "details", "later")),
        f"desk.attest:yes:{card}",
        f"desk.reject:not_working:{card}",
        "status.withdraw:yes:1",
        f"status.which:{row.id}:3",
        "status.actions:withdraw:2",
        "enrolment.summary:send:1",
        "enrolment.consent:no:1",
        "enrolment.nik:.back:1",
        "turn.cancel:yes:1",
        "outcome:.back:1",
    ]
    broken = ["", ":", "::", ":::::", "open", "open:", "open::", "open:undo", "a" * 64, "\n:\n:\n"]
    random_bytes = [noise.randbytes(noise.randint(1, 64)).decode("latin-1") for _ in range(10)]
    return [*own, *broken, *(data[:32] for data in random_bytes)]


def test_forged_foreign_and_stale_presses_change_nothing(bot: Bot) -> None:
    officer, victim = appoint(bot), at_the_desk(bot)
    confirm(officer)
    decided = only_registration(bot.house)
    settle(bot)
    filed(bot, victim, MADE)
    row = next(row for row in all_of(bot.house, Registration) if row.id != decided.id)
    pressers = [half_done(bot), other_officer(bot), stranger(bot)]
    settle(bot)
    before = picture(bot.house)
    for number, data in enumerate(forged(row, decided)):
        for phone in pressers:
            phone.press_data(phone.last.id, data)
        if number % 20 == 0:
            settle(bot)  # or it would be a flood
    settle(bot)
    assert picture(bot.house) == before
    assert all(len(phone.bot_messages) > len(forged(row, decided)) for phone in pressers)


def half_done(bot: Bot) -> Phone:
    """A worker in the middle of the form, who has a sign-up of the other village too."""
    phone = bot.phone("Gede")
    filed(bot, phone, WAYAN, OTHER_VILLAGE)
    act(phone, link(OTHER_VILLAGE))
    for what in MADE.answers[:5]:
        act(phone, what)
    return phone


def other_officer(bot: Bot) -> Phone:
    """The officer of another village, with a card open."""
    officer = appoint(bot, OTHER_VILLAGE, "Luh")
    filed(bot, bot.phone("Nyoman"), WAYAN, OTHER_VILLAGE)
    open_card(officer, WAYAN.name)
    return officer


def stranger(bot: Bot) -> Phone:
    """Somebody who only said hello."""
    phone = bot.phone("Agus")
    phone.send("halo")
    phone.wait()
    return phone


def test_the_presses_that_were_refused_are_on_record(bot: Bot) -> None:
    officer = appoint(bot)
    at_the_desk(bot)
    confirm(officer)
    row = only_registration(bot.house)
    thief = other_officer(bot)
    thief.press_data(thief.last.id, f"open:undo:{row.id}.{row.version}")
    told(thief, STALE)
    assert [refused.actor_id for refused in audited(bot.house, "refused_press")] == [thief.user_id]


def test_an_old_button_to_begin_anew_loses_no_answers(bot: Bot) -> None:
    worker = bot.phone("Wayan")
    act(worker, link(TEGAL_HARUM))
    for what in (*WAYAN.answers[:3], "nanti", "/start"):
        act(worker, what)
    assert "Mau dilanjutkan?" in worker.last.text
    anew = worker.last.find("Mulai dari awal")
    assert anew is not None
    offer = worker.last.id
    for what in ("[Lanjutkan]", WAYAN.name):
        act(worker, what)
    settle(bot)
    before = picture(bot.house)
    worker.press_data(offer, anew.data)
    told(worker, STALE)
    settle(bot)
    assert picture(bot.house)["forms"] == before["forms"]


def test_person_101_of_a_village_waits_and_is_told(bot: Bot) -> None:
    officer, worker = appoint(bot), at_the_desk(bot)
    with transaction(bot.house.engine) as db:
        db.add(SeatCounter(key=f"denpasar/{TEGAL_HARUM}", used=100))
    confirm(officer)
    told(officer, "Kuota desa penuh")
    assert "Kuota sedang penuh" in told(worker, "masuk daftar tunggu").text
    assert only_registration(bot.house).state == State.WAITING
    used = {row.key: row.used for row in all_of(bot.house, SeatCounter)}
    assert used[f"denpasar/{TEGAL_HARUM}"] == sum(used.values()) == 100
    assert all_of(bot.house, Seat) == []


def test_a_village_whose_programme_is_not_open_declines_kindly_and_tells_later(bot: Bot) -> None:
    worker = bot.phone("Asep")
    act(worker, link(PURWAKARTA))
    assert "belum dibuka untuk pendaftaran. Mau dikabari" in worker.last.text
    act(worker, "[Ya, kabari saya]")
    assert "Kami kabari di sini" in worker.last.text
    house = bot.house
    with transaction(house.engine) as db:
        opened_programmes.set_open(db, "purwakarta", True, house.clock())
        assert notices.programme_opened(house, db, "purwakarta", house.clock()) == 1
    told(worker, "sudah dibuka")
    with transaction(house.engine) as db:
        assert notices.programme_opened(house, db, "purwakarta", house.clock()) == 0
    assert all_of(house, Interest) == []
    assert all_of(house, Registration) == []


def test_whoever_does_not_want_to_be_told_is_not_kept(bot: Bot) -> None:
    worker = bot.phone("Asep")
    act(worker, link(PURWAKARTA))
    act(worker, "[Tidak usah]")
    settle(bot)
    assert "Tanyakan ke kantor desa" in worker.last.text
    assert all_of(bot.house, Interest) == []


def test_the_same_nik_from_another_account_hears_the_same_and_the_officer_is_warned(
    bot: Bot,
) -> None:
    officer = appoint(bot)
    first, second = bot.phone("Wayan"), bot.phone("Wayan")
    sign_up(first, TEGAL_HARUM)
    sign_up(second, TEGAL_HARUM)
    settle(bot)
    assert heard(second) == heard(first)
    assert "NIK ini sudah pernah didaftarkan" in open_card(officer, WAYAN.name).text
    act(officer, "/petugas")
    act(officer, "[Yang jelas (1)]")
    assert officer.last.text.count(WAYAN.name) == 1


def test_the_same_nik_from_another_account_gets_no_second_seat(bot: Bot) -> None:
    officer = appoint(bot)
    filed(bot, bot.phone("Wayan"))
    filed(bot, bot.phone("Wayan"))
    confirm(officer)
    act(officer, "[Sahkan]")
    officer.press("Ya, saya tahu")
    told(officer, "sudah punya tempat dari pendaftaran lain")
    settle(bot)
    assert len(all_of(bot.house, Seat)) == 1
    assert len(audited(bot.house, "confirm")) == 1


def test_the_same_account_is_shown_its_sign_up_instead_of_a_second_one(bot: Bot) -> None:
    worker = signed_up(bot)
    code = only_registration(bot.house).code
    act(worker, link(TEGAL_HARUM))
    for what in WAYAN.answers[:3]:
        act(worker, what)
    assert code in worker.last.text
    assert "Menunggu petugas desa" in worker.last.text
    assert len(all_of(bot.house, Registration)) == 1


def test_a_withdrawn_sign_up_leaves_the_desk_and_its_old_card_confirms_nothing(bot: Bot) -> None:
    officer, worker = appoint(bot), signed_up(bot)
    open_card(officer, WAYAN.name)
    act(officer, "[Sahkan]")
    for what in ("/status", "[Tarik pendaftaran]", "[Ya, tarik]"):
        act(worker, what)
    officer.press("Ya, saya tahu")
    settle(bot)
    assert only_registration(bot.house).state == State.WITHDRAWN
    assert all_of(bot.house, Seat) == []
    with transaction(bot.house.engine) as db:
        assert tallies.of(db, TEGAL_HARUM, State.PENDING) == 0
        assert db.exec(select(SeatCounter)).all() == []
