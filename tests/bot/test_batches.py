"""By HTTP, clean sign-ups confirmed together, conflicts of interest, and minutes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from bot.demo.phone import Phone
from rules.registration import State
from storage import minutes, own_card, proof
from storage.database import transaction
from storage.models import Minutes, OwnCard, Registration, Seat, SeatCounter, Staff
from tests.conftest import TEGAL_HARUM, Bot
from tests.people import MADE, WAYAN, Person
from tests.steps import (
    Clock,
    act,
    all_of,
    appoint,
    audited,
    clocked_bot,
    confirm,
    filed,
    only_registration,
    open_card,
    picture,
    settle,
    sign_up,
    told,
)

PUTU = Person("5171030107880004", "Putu Umpama")
OTHER_VILLAGE = "51.71.03.2009"
STALE = "Tombol itu sudah tidak berlaku"
BARRED = "Petugas lain yang memutuskan"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bot(tmp_path: Path, clock: Clock) -> Iterator[Bot]:
    with clocked_bot(tmp_path / "home", clock) as bot:
        yield bot


@pytest.fixture
def either_bot(tmp_path: Path, clock: Clock, database_url: str) -> Iterator[Bot]:
    """The bot on each kind of database."""
    with clocked_bot(tmp_path / "home", clock, database_url) as bot:
        yield bot


def three(bot: Bot) -> list[Phone]:
    """Three workers whose clean sign-ups wait."""
    workers = []
    for person in (WAYAN, MADE, PUTU):
        workers.append(bot.phone(person.name))
        filed(bot, workers[-1], person)
    return workers


def open_batch(officer: Phone) -> None:
    act(officer, "/petugas")
    act(officer, "[Yang jelas]")


def tick(bot: Bot, officer: Phone, *names: str) -> None:
    for name in names:
        officer.press(name)
        settle(bot)


def confirm_together(bot: Bot, officer: Phone, *names: str) -> None:
    open_batch(officer)
    tick(bot, officer, *names)
    act(officer, "[Sahkan yang dicentang]")
    officer.press("Ya, saya tahu")
    settle(bot)


def states(bot: Bot) -> dict[str, str]:
    """The state of each sign-up by the last letters of its person's name."""
    keys = bot.house.keys
    return {
        keys.open("registration.name", row.id, row.name_sealed): row.state
        for row in all_of(bot.house, Registration)
    }


def test_a_tick_rewrites_the_message_and_sends_no_other(bot: Bot) -> None:
    officer = appoint(bot)
    three(bot)
    open_batch(officer)
    screen, said = officer.last.id, len(officer.bot_messages)
    tick(bot, officer, WAYAN.name, PUTU.name)
    assert len(officer.bot_messages) == said
    assert officer.last.id == screen
    assert officer.last.find("☑ 1. I Wayan Contoh")
    assert officer.last.find("☐ 2. Ni Made Contoh")
    assert officer.last.find("Sahkan yang dicentang (2)")
    assert bot.server.state.refusals == []


def test_who_types_a_tick_is_shown_the_screen_anew(bot: Bot) -> None:
    officer = appoint(bot)
    three(bot)
    open_batch(officer)
    screen = officer.last.id
    act(officer, "2")
    assert officer.last.id != screen
    assert officer.last.find("☑ 2. Ni Made Contoh")


def test_just_the_ticked_are_confirmed_each_with_a_proof_of_its_own(
    either_bot: Bot,
) -> None:
    bot = either_bot
    officer = appoint(bot)
    workers = three(bot)
    confirm_together(bot, officer, WAYAN.name, PUTU.name)
    assert states(bot) == {
        WAYAN.name: State.CONFIRMED,
        MADE.name: State.PENDING,
        PUTU.name: State.CONFIRMED,
    }
    assert len(audited(bot.house, "confirm")) == len(all_of(bot.house, Seat)) == 2
    told(workers[0], "Desa sudah mengesahkan")
    for row in all_of(bot.house, Registration):
        with transaction(bot.house.engine) as db:
            kept = proof.load(db, bot.house.keys, row.id)
        stated = [one.given for one in kept if one.question == "desk.vouch"]
        name = bot.house.keys.open("registration.name", row.id, row.name_sealed)
        assert [name in one.asked for one in stated] == [True] * (name != MADE.name)
        for given in stated:
            assert given.by == officer.user_id
            assert "penjual jamu" in given.asked
            others = {WAYAN.name, MADE.name, PUTU.name} - {name}
            assert not any(other in given.asked for other in others)


def test_where_seats_run_out_the_rest_of_a_batch_waits(
    either_bot: Bot,
) -> None:
    bot = either_bot
    officer = appoint(bot)
    three(bot)
    with transaction(bot.house.engine) as db:
        db.add(SeatCounter(key=f"denpasar/{TEGAL_HARUM}", used=98))
        db.add(SeatCounter(key="denpasar/*", used=98))
    confirm_together(bot, officer, WAYAN.name, MADE.name, PUTU.name)
    told(officer, "Disahkan: 2")
    assert "Putu Umpama" in told(officer, "masuk daftar tunggu: 1").text
    assert sorted(states(bot).values()) == [State.CONFIRMED, State.CONFIRMED, State.WAITING]
    assert {row.used for row in all_of(bot.house, SeatCounter)} == {100}


def test_what_another_officer_decided_meanwhile_is_counted_and_left(bot: Bot, clock: Clock) -> None:
    first, second = appoint(bot, name="Ketut"), appoint(bot, name="Komang")
    three(bot)
    open_batch(first)
    tick(bot, first, WAYAN.name, MADE.name)
    clock.push(minutes=6)
    confirm_together(bot, second, WAYAN.name)
    act(first, "[Sahkan yang dicentang]")
    assert WAYAN.name not in first.last.text
    first.press("Ya, saya tahu")
    told(first, "Disahkan: 1")
    settle(bot)
    assert len(audited(bot.house, "confirm")) == 2


def test_who_was_decided_while_the_statement_was_read_is_named(bot: Bot, clock: Clock) -> None:
    first, second = appoint(bot, name="Ketut"), appoint(bot, name="Komang")
    three(bot)
    open_batch(first)
    tick(bot, first, WAYAN.name, MADE.name)
    act(first, "[Sahkan yang dicentang]")
    clock.push(minutes=6)
    confirm_together(bot, second, WAYAN.name)
    first.press("Ya, saya tahu")
    text = told(first, "Disahkan: 1").text
    assert f"sudah di petugas lain atau baru diubah: 1 ({WAYAN.name})" in text
    settle(bot)
    assert states(bot)[WAYAN.name] == states(bot)[MADE.name] == State.CONFIRMED


def test_after_the_last_screen_it_is_said_how_many_go_on_waiting(bot: Bot) -> None:
    officer = appoint(bot)
    three(bot)
    confirm_together(bot, officer, WAYAN.name)
    assert "Yang jelas dan belum diputuskan: 2" in told(officer, "Sudah yang terakhir").text


def only_seats(bot: Bot, used: int) -> None:
    with transaction(bot.house.engine) as db:
        db.add(SeatCounter(key=f"denpasar/{TEGAL_HARUM}", used=used))
        db.add(SeatCounter(key="denpasar/*", used=used))


def test_who_was_put_on_the_waiting_list_by_mistake_is_taken_off_it_again(either_bot: Bot) -> None:
    bot = either_bot
    officer, worker = appoint(bot), bot.phone("Wayan")
    filed(bot, worker)
    only_seats(bot, 100)
    act(officer, "/petugas")
    act(officer, "[Satu per satu]")
    act(officer, "[Sahkan]")
    officer.press("Ya, saya tahu")
    told(officer, "daftar tunggu")
    officer.press("Urungkan")
    told(officer, "diurungkan")
    told(worker, "Petugas menarik keputusannya")
    settle(bot)
    row = only_registration(bot.house)
    assert (row.state, row.line, row.officer_id) == (State.PENDING, "", None)


def test_a_batch_with_some_on_the_waiting_list_is_undone_whole(either_bot: Bot) -> None:
    bot = either_bot
    officer = appoint(bot)
    three(bot)
    only_seats(bot, 99)
    confirm_together(bot, officer, WAYAN.name, MADE.name, PUTU.name)
    told(officer, "masuk daftar tunggu: 2")
    officer.press("Urungkan semua")
    told(officer, "Diurungkan: 3")
    settle(bot)
    assert set(states(bot).values()) == {State.PENDING}
    assert all_of(bot.house, Seat) == []
    assert {row.used for row in all_of(bot.house, SeatCounter)} == {99}


def test_a_card_declared_anew_opens_no_way_to_ones_own_case(bot: Bot) -> None:
    officer = appoint(bot)
    appoint(bot, name="Komang")
    filed(bot, bot.phone("Wayan"))
    with transaction(bot.house.engine) as db:
        own_card.declare(db, bot.house.keys, officer.user_id, WAYAN.nik, "5171030101010009")
    act(officer, "/petugas")
    act(officer, "[Nomor saya]")
    act(officer, MADE.nik)
    act(officer, "5171030101010017")
    officer.press("Benar, simpan")
    told(officer, "Kalau salah ketik")
    settle(bot)
    assert BARRED in open_card(officer, WAYAN.name).text
    assert [row.reason for row in audited(bot.house, "own_card_declared")] == ["again"]


def test_after_a_round_of_later_the_desk_says_how_many_were_put_off(bot: Bot) -> None:
    officer = appoint(bot)
    three(bot)
    act(officer, "/petugas")
    act(officer, "[Satu per satu]")
    for _ in range(3):
        act(officer, "[Nanti]")
    assert "Semua sudah dilihat. Ditunda: 3" in officer.last.text
    act(officer, "[Satu per satu]")
    act(officer, "[Kembali ke meja]")
    assert "Menunggu diputuskan: 3" in officer.last.text


def test_who_stops_in_the_middle_of_the_own_card_is_promised_nothing(bot: Bot) -> None:
    officer = appoint(bot)
    act(officer, "/petugas")
    act(officer, "[Nomor saya]")
    act(officer, MADE.nik)
    act(officer, "/batal")
    assert "30 hari" not in officer.last.text
    act(officer, "[Ya, batal]")
    assert "Tidak ada yang disimpan" in officer.last.text
    act(officer, "/petugas")
    act(officer, "[Nomor saya]")
    assert "Ketik NIK Anda sendiri" in officer.last.text


def test_the_card_says_that_its_seat_is_kept(bot: Bot, clock: Clock) -> None:
    officer = appoint(bot)
    filed(bot, bot.phone("Wayan"))
    row = only_registration(bot.house)
    with transaction(bot.house.engine) as db:
        db.add(
            Seat(
                programme=row.programme,
                nik_hash=row.nik_hash,
                registration_id=row.id,
                since=clock(),
            )
        )
    assert "Kursinya disimpan" in open_card(officer, WAYAN.name).text


def test_where_nothing_is_decided_there_are_no_minutes_to_write(bot: Bot) -> None:
    officer = appoint(bot)
    act(officer, "/petugas")
    assert officer.last.find("Berita acara musdes") is None
    act(officer, "/berita")
    assert "Belum ada yang diputuskan" in officer.last.text


def test_two_officers_have_no_case_in_common_on_their_screens(bot: Bot) -> None:
    first, second = appoint(bot, name="Ketut"), appoint(bot, name="Komang")
    three(bot)
    open_batch(first)
    act(second, "/petugas")
    act(second, "[Yang jelas]")
    assert "sedang dibuka petugas lain" in second.last.text
    act(second, "[Satu per satu]")
    assert "sedang dibuka petugas lain" in second.last.text
    act(first, "/status")
    settle(bot)
    act(second, "[Yang jelas]")
    assert WAYAN.name in second.last.text


def test_a_whole_batch_is_undone_within_ten_minutes_and_once(bot: Bot, clock: Clock) -> None:
    officer = appoint(bot)
    workers = three(bot)
    confirm_together(bot, officer, WAYAN.name, MADE.name)
    clock.push(minutes=9, seconds=50)
    button = officer.press("Urungkan semua")
    told(officer, "Diurungkan: 2")
    told(workers[1], "Petugas menarik keputusannya")
    settle(bot)
    assert set(states(bot).values()) == {State.PENDING}
    assert all_of(bot.house, Seat) == []
    before = picture(bot.house)
    assert button is not None
    officer.press_data(button.message_id, button.data)
    told(officer, STALE)
    settle(bot)
    assert picture(bot.house) == before


def test_undoing_a_batch_leaves_what_was_sent_on_and_says_so(
    either_bot: Bot,
) -> None:
    bot = either_bot
    officer = appoint(bot)
    three(bot)
    confirm_together(bot, officer, WAYAN.name, MADE.name)
    with transaction(bot.house.engine) as db:
        row = db.get_one(Registration, all_of(bot.house, Seat)[0].registration_id)
        row.state = State.SUBMITTED
    officer.press("Urungkan semua")
    text = told(officer, "Diurungkan: 1").text
    assert "sudah berjalan terus: 1" in text
    assert sorted(states(bot).values()) == [State.PENDING, State.PENDING, State.SUBMITTED]


def test_a_batch_is_undone_neither_late_nor_by_others(bot: Bot, clock: Clock) -> None:
    officer, other = appoint(bot), appoint(bot, name="Komang")
    three(bot)
    confirm_together(bot, officer, WAYAN.name)
    button = next(
        found for bubble in officer.bot_messages if (found := bubble.find("Urungkan semua"))
    )
    stranger = bot.phone("Agus")
    act(stranger, "halo")
    before = picture(bot.house)
    for presser in (other, appoint(bot, OTHER_VILLAGE, "Luh"), stranger):
        presser.press_data(1, button.data)
        told(presser, STALE)
    assert len(audited(bot.house, "refused_press")) == 3
    clock.push(minutes=10, seconds=1)
    officer.press("Urungkan semua")
    told(officer, "Sudah lewat 10 menit")
    settle(bot)
    assert states(bot)[WAYAN.name] == State.CONFIRMED
    assert picture(bot.house)["registration"] == before["registration"]


def test_an_officer_says_once_which_card_is_the_own_before_the_first_case(bot: Bot) -> None:
    officer = appoint(bot)
    with transaction(bot.house.engine) as db:
        for kept in db.exec(select(OwnCard)):
            db.delete(kept)
    three(bot)
    open_batch(officer)
    assert "Ketik NIK Anda sendiri" in officer.last.text
    assert WAYAN.name not in officer.transcript()
    act(officer, MADE.nik)
    act(officer, "5171030101010009")
    assert f"NIK berakhir: {MADE.nik[-4:]}" in officer.last.text
    officer.press("Benar, simpan")
    told(officer, "Kalau salah ketik, tekan Nomor saya")
    settle(bot)
    assert WAYAN.name in officer.last.text
    assert MADE.name not in officer.last.text, "it is the officer's own"
    assert MADE.nik not in officer.transcript(), "the numbers leave the chat"
    with transaction(bot.house.engine) as db:
        declared = own_card.of(db, officer.user_id)
    assert declared.niks == {bot.house.keys.index("nik", MADE.nik)}
    open_batch(officer)
    assert WAYAN.name in officer.last.text


def test_an_officer_does_not_decide_on_whom_he_typed_himself(bot: Bot) -> None:
    officer = appoint(bot)
    filed(bot, officer)
    other = appoint(bot, name="Komang")
    row = only_registration(bot.house)
    card = open_card(officer, WAYAN.name)
    assert BARRED in card.text
    assert card.find("Sahkan") is None
    settle(bot)
    before = picture(bot.house)
    for key in ("confirm", "return", "reject"):
        officer.press_data(card.id, f"desk.card:{key}:{row.id}.{row.version}")
        settle(bot)
    assert picture(bot.house) == before
    act(officer, "/status")
    confirm(other)
    assert only_registration(bot.house).mark == ""


def test_the_only_officer_decides_and_the_decision_is_marked(bot: Bot) -> None:
    officer = appoint(bot)
    filed(bot, officer)
    assert "Keputusannya diberi tanda" in open_card(officer, WAYAN.name).text
    confirm(officer)
    settle(bot)
    row = only_registration(bot.house)
    assert (row.state, row.mark) == (State.CONFIRMED, "self")
    assert [one.reason for one in audited(bot.house, "confirm")] == ["conflict=self"]


def test_a_colleague_appointed_meanwhile_takes_the_decision_away(bot: Bot) -> None:
    officer = appoint(bot)
    filed(bot, officer)
    open_card(officer, WAYAN.name)
    act(officer, "[Sahkan]")
    appoint(bot, name="Komang")
    officer.press("Ya, saya tahu")
    told(officer, BARRED)
    settle(bot)
    assert only_registration(bot.house).state == State.PENDING
    assert len(audited(bot.house, "refused_press")) == 1


def test_the_family_card_of_part_two_shows_a_household(bot: Bot) -> None:
    officer, worker = appoint(bot), bot.phone("Wayan")
    appoint(bot, name="Komang")
    sign_up(worker, TEGAL_HARUM)
    act(worker, "/lengkapi")
    for what in ("[1]", "[1]", "[Lewati]", "[Lewati]"):
        act(worker, what.strip("[]") if what == "[1]" else what)
    act(worker, "5171 0301 0101 0009")
    act(worker, "nanti")
    settle(bot)
    with transaction(bot.house.engine) as db:
        own_card.declare(db, bot.house.keys, officer.user_id, MADE.nik, "5171030101010009")
    assert "keluarga serumah" in open_card(officer, WAYAN.name).text


def test_a_self_styled_cadre_is_a_doubt_and_a_known_one_is_not(bot: Bot) -> None:
    officer = appoint(bot)
    by_cadre = replace(WAYAN, whom="[Warga (saya kader)]", phone="[Tidak punya HP]")
    sign_up(bot.phone("Kader"), TEGAL_HARUM, by_cadre)
    settle(bot)
    assert "tidak tercatat sebagai kader" in open_card(officer, WAYAN.name).text
    sign_up(officer, TEGAL_HARUM, replace(by_cadre, nik=MADE.nik, name=MADE.name))
    settle(bot)
    kept = [row.warnings for row in all_of(bot.house, Registration)]
    assert ["typed_by_unknown_cadre" in warnings for warnings in sorted(kept)].count(True) == 1


PRESSES = [
    (["[Yang jelas]"], "☐ 1. I Wayan Contoh"),
    (["[Yang jelas]"], "Kembali ke meja"),
    (["[Yang jelas]", "[1. I Wayan Contoh]", "[Sahkan yang dicentang]"], "Ya, saya tahu"),
    (["[Satu per satu]"], "Sahkan"),
    (["[Satu per satu]"], "Kembalikan"),
    (["[Satu per satu]"], "Tolak"),
    (["[Satu per satu]"], "Lihat nomor HP"),
    (["[Satu per satu]"], "Lengkapi data"),
    (["[Satu per satu]"], "Nanti"),
    (["[Satu per satu]", "[Tolak]"], "Tidak sedang bekerja"),
    (["[Satu per satu]", "[Kembalikan]", "[Nama]"], "Kurang jelas"),
    ([], "Muat ulang"),
    ([], "Yang jelas"),
]


@pytest.mark.parametrize(("before", "last"), PRESSES, ids=[f"{len(b)} {x}" for b, x in PRESSES])
def test_after_the_office_ended_every_press_is_refused_and_on_record(
    bot: Bot, before: list[str], last: str
) -> None:
    officer = appoint(bot)
    filed(bot, bot.phone("Wayan"))
    act(officer, "/petugas")
    for what in before:
        officer.press(what.strip("[]"))
        settle(bot)
    end_office(bot)
    settle(bot)
    shown = picture(bot.house)
    officer.press(last)
    told(officer, "Tugas Anda sebagai petugas desa sudah selesai")
    settle(bot)
    assert picture(bot.house) == shown
    assert [row.actor_id for row in audited(bot.house, "refused_press")] == [officer.user_id]


def end_office(bot: Bot) -> None:
    """End the one office there is."""
    with transaction(bot.house.engine) as db:
        db.get_one(Staff, all_of(bot.house, Staff)[0].id).ended_at = bot.house.clock()


@pytest.mark.parametrize("label", ["Urungkan semua", "Lampirkan berita acara"])
def test_after_the_office_ended_a_batch_is_neither_undone_nor_given_minutes(
    bot: Bot, label: str
) -> None:
    officer = appoint(bot)
    three(bot)
    confirm_together(bot, officer, WAYAN.name)
    end_office(bot)
    shown = picture(bot.house)
    officer.press(label)
    told(officer, STALE)
    settle(bot)
    assert picture(bot.house) == shown
    assert len(audited(bot.house, "refused_press")) == 1


def write_minutes(officer: Phone) -> None:
    act(officer, "12/BA/XI/2026")
    act(officer, "[Hari ini]")
    officer.send_photo()
    officer.wait()
    officer.press("Benar, simpan")


def test_minutes_with_a_photo_are_attached_to_what_was_decided_and_has_none(
    either_bot: Bot,
) -> None:
    bot = either_bot
    officer = appoint(bot)
    three(bot)
    confirm_together(bot, officer, WAYAN.name, MADE.name)
    act(officer, "/petugas")
    act(officer, "[Berita acara musdes]")
    write_minutes(officer)
    told(officer, "disimpan untuk 2 pendaftaran")
    settle(bot)
    [kept] = all_of(bot.house, Minutes)
    assert kept.photo_sealed is not None
    assert bot.house.keys.open(minutes.PHOTO, kept.id, kept.photo_sealed)
    rows = {row.state: row.minutes_id for row in all_of(bot.house, Registration)}
    assert rows == {State.CONFIRMED: kept.id, State.PENDING: None}
    of = sorted((row.object_type, row.actor_id) for row in audited(bot.house, "minutes"))
    assert of == [
        ("minutes", officer.user_id),
        *[("registration", officer.user_id)] * 2,
    ]
    act(officer, "/berita")
    assert "punya berita acara" in officer.last.text


def test_minutes_of_a_batch_are_of_that_batch_alone(
    either_bot: Bot,
) -> None:
    bot = either_bot
    officer = appoint(bot)
    three(bot)
    confirm_together(bot, officer, WAYAN.name)
    confirm_together(bot, officer, MADE.name)
    act(officer, "[Lampirkan berita acara]")
    write_minutes(officer)
    told(officer, "disimpan untuk 1 pendaftaran")
    settle(bot)
    documented = [row for row in all_of(bot.house, Registration) if row.minutes_id]
    keys = bot.house.keys
    names = [keys.open("registration.name", row.id, row.name_sealed) for row in documented]
    assert names == [MADE.name]


def test_an_officer_of_two_villages_loses_sight_of_neither(bot: Bot) -> None:
    officer = appoint(bot)
    with transaction(bot.house.engine) as db:
        first = db.get_one(Staff, all_of(bot.house, Staff)[0].id)
        sealed = bot.house.keys.seal("staff.name", "second", "Ketut")
        more = {"id": "second", "area": OTHER_VILLAGE, "name_sealed": sealed}
        db.add(Staff(**{**first.model_dump(), **more}))
    filed(bot, bot.phone("Wayan"))
    for person in (MADE, PUTU):
        filed(bot, bot.phone(person.name), person, OTHER_VILLAGE)
    act(officer, "/petugas")
    assert officer.last.find("Yang jelas (2)")
    act(officer, "[Desa Tegal Harum (1)]")
    act(officer, "[Yang jelas (1)]")
    assert WAYAN.name in officer.last.text
