"""By HTTP, an officer finds one person of the village: the page, leaving, the card, an offer."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot import places
from bot.demo.phone import Phone
from bot.memberships import follow_up
from rules.coverage import PaidMonth
from rules.registration import State
from storage import cards, members, proof, registrations, seats, staff
from storage.audit import Actor, Change
from storage.database import transaction
from storage.members import Acceptance
from storage.models import Member, Minutes, Registration, SeatCounter
from tests.conftest import TEGAL_HARUM, Bot
from tests.people import MADE, WAYAN, Person
from tests.steps import (
    Clock,
    act,
    all_of,
    appoint,
    audited,
    clocked_bot,
    filed,
    picture,
    settle,
    told,
)

OTHER_VILLAGE = "51.71.03.2009"
STALE = "Tombol itu sudah tidak berlaku"
OFFICERS_ONLY = "hanya untuk petugas desa"
OPERATOR = Actor(0, "operator")
DAY = date(2026, 12, 2)
ON_THE_WAY = (State.CONFIRMED, State.SUBMITTED)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bot(tmp_path: Path, clock: Clock) -> Iterator[Bot]:
    with clocked_bot(tmp_path / "home", clock) as bot:
        yield bot


def row_of(bot: Bot, worker: Phone) -> Registration:
    with transaction(bot.house.engine) as db:
        return registrations.of_person(db, worker.user_id, most=1)[0]


def signed_up(bot: Bot, person: Person = WAYAN, *states: State) -> Phone:
    """A worker whose sign-up went through these states, with a seat from `confirmed` on."""
    worker = bot.phone(person.name)
    filed(bot, worker, person)
    for state in states:
        _move(bot, row_of(bot, worker), state)
    settle(bot)
    return worker


def _move(bot: Bot, row: Registration, state: State) -> None:
    house, now = bot.house, bot.house.clock()
    with transaction(house.engine) as db:
        found = registrations.by_id(db, row.id)
        assert found is not None
        if state is State.ACTIVE:
            paid = (PaidMonth(date(2026, 12, 1), "programme", DAY),)
            number = house.keys.index("card", found.id).hex()[:10].upper() + "1"
            accepted = Acceptance(number, DAY, paid)
            recorded = members.record(db, house.keys, found, accepted, OPERATOR, now)
            follow_up(house, db, found, recorded, now)
            return
        if state is State.CONFIRMED:
            assert places.take(house, db, found, now) == "taken"
        line = places.queue_up(house, db, found, now)[0] if state is State.WAITING else ""
        change = Change("brought", "registration", found.id)
        registrations.change_state(db, found, state, (OPERATOR, change), now, line=line)


def find(officer: Phone, typed: str = "wayan") -> None:
    """Find one person; the page is open."""
    act(officer, "/cari")
    act(officer, typed)
    assert "Status:" in officer.last.text


def note(officer: Phone, kind: str = "Pindah dari desa ini") -> None:
    """From the page: something happened today, and is noted."""
    for what in ("[Ada perubahan]", f"[{kind}]", "[Hari ini]", "[Benar, catat]"):
        act(officer, what)
    assert "Dicatat" in officer.last.text


def test_the_page_says_who_cannot_be_reached_until_the_person_is_back(bot: Bot) -> None:
    officer, worker = appoint(bot), signed_up(bot)
    worker.block()
    settle(bot)
    find(officer)
    assert "tidak terjangkau" in officer.last.text
    worker.start()
    worker.wait()
    find(officer)
    assert "terjangkau" not in officer.last.text


@pytest.mark.parametrize("typed", ["0001", "contoh i wayan", "waian"])
def test_a_person_is_found_and_the_search_is_on_record_but_not_what_was_typed(
    bot: Bot, typed: str
) -> None:
    officer, worker = appoint(bot), signed_up(bot)
    find(officer, typed)
    page, row = officer.last.text, row_of(bot, worker)
    for part in (WAYAN.name, row.code, "•••• 0001", "Menunggu petugas desa", "2 Desember 2026"):
        assert part in page, part
    assert WAYAN.nik not in page
    [searched] = audited(bot.house, "searched")
    assert (searched.object_type, searched.object_id) == ("village", TEGAL_HARUM)
    assert (searched.actor_id, searched.reason) == (officer.user_id, "1 found")


def test_on_the_page_of_a_person_another_name_or_code_is_looked_for_at_once(bot: Bot) -> None:
    officer, wayan, made = appoint(bot), signed_up(bot), signed_up(bot, MADE)
    find(officer)
    act(officer, row_of(bot, made).code)
    assert MADE.name in officer.last.text
    act(officer, "wayan")
    assert WAYAN.name in officer.last.text
    assert row_of(bot, wayan).code in officer.last.text
    act(officer, "[Cari lagi]")
    assert "Cari siapa?" in officer.last.text


def test_of_several_who_fit_one_is_chosen_and_back_leads_to_them_again(bot: Bot) -> None:
    officer = appoint(bot)
    signed_up(bot)
    signed_up(bot, MADE)
    act(officer, "/cari")
    act(officer, "contoh")
    assert "2 orang cocok" in officer.last.text
    buttons = [button.label for button in officer.last.all_buttons]
    act(officer, f"[{next(label for label in buttons if MADE.name in label)}]")
    assert f"{MADE.name} ·" in officer.last.text
    act(officer, "[Kembali]")
    assert "Cari siapa" in officer.last.text
    act(officer, "wayan")
    assert f"{WAYAN.name} ·" in officer.last.text


def test_more_than_eight_who_fit_are_to_be_typed_more_fully(bot: Bot) -> None:
    officer = appoint(bot)
    for number in range(9):
        signed_up(bot, Person(f"517103120685{number:04}", f"Ketut Contoh {'ab'[number % 2]}"))
    act(officer, "/cari")
    act(officer, "ketut")
    assert "9 orang cocok" in officer.last.text
    assert "ketik lebih lengkap" in officer.last.text
    assert sum("Ketut" in button.label for button in officer.last.all_buttons) == 8


def test_nobody_found_is_said_and_another_can_be_looked_for_at_once(bot: Bot) -> None:
    officer = appoint(bot)
    signed_up(bot)
    act(officer, "/cari")
    act(officer, "Ketut")
    assert "Tidak ada yang cocok" in officer.last.text
    act(officer, "wayan")
    assert WAYAN.name in officer.last.text


def test_neither_a_worker_nor_the_officer_of_another_village_finds_anybody(bot: Bot) -> None:
    worker = signed_up(bot)
    other = appoint(bot, OTHER_VILLAGE, "Komang")
    act(worker, "/cari")
    assert OFFICERS_ONLY in worker.last.text
    for typed in ("/cari", "wayan"):
        act(other, typed)
    assert "Tidak ada yang cocok" in other.last.text
    row = row_of(bot, worker)
    other.press_data(other.last.id, f"open:find:{row.id}")
    told(other, STALE)
    assert [one.actor_id for one in audited(bot.house, "refused_press")] == [other.user_id]


def test_the_page_shows_place_in_line_minutes_and_mark(bot: Bot) -> None:
    officer = appoint(bot)
    signed_up(bot, WAYAN, State.WAITING)
    made = signed_up(bot, MADE, State.WAITING)
    with transaction(bot.house.engine) as db:
        [row] = registrations.of_person(db, made.user_id)
        now = bot.house.clock()
        kept = {"recorded_by": officer.user_id, "recorded_at": now, "held_on": DAY}
        db.add(Minutes(id="m1", village=TEGAL_HARUM, number="140/12", **kept))
        row.minutes_id, row.mark = "m1", "entered"
    find(officer, "made")
    for part in ("urutan ke-2", "140/12, 2 Desember 2026", "petugas yang mengetiknya"):
        assert part in officer.last.text, part


@pytest.fixture
def any_bot(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Bot]:
    """The bot on each kind of database."""
    with clocked_bot(tmp_path / "home", clock, database_url) as bot:
        yield bot


def test_who_moved_is_undone_noted_again_and_after_ten_minutes_the_next_is_offered_the_seat(
    any_bot: Bot, clock: Clock
) -> None:
    bot = any_bot
    officer, worker = appoint(bot), signed_up(bot, WAYAN, State.CONFIRMED, State.SUBMITTED)
    _move(bot, row_of(bot, worker), State.ACTIVE)
    told(worker, "sudah")
    with transaction(bot.house.engine) as db:
        db.get_one(SeatCounter, f"denpasar/{TEGAL_HARUM}").used = 100
    made = signed_up(bot, MADE, State.WAITING)
    find(officer)
    note(officer)
    act(officer, "[Urungkan]")
    assert "tetap seperti semula" in officer.last.text
    act(officer, "[Urungkan (10 menit)]")
    assert "Sudah diurungkan tadi" in officer.last.text
    clock.push(minutes=11)
    find(officer)
    note(officer)
    clock.push(minutes=9)
    act(officer, "/cari")
    assert row_of(bot, worker).state == State.ACTIVE
    assert row_of(bot, made).state == State.WAITING
    clock.push(minutes=2)
    notice = told(worker, "tercatat pindah dari desa sejak 2 Desember 2026")
    assert "dibayar sampai 31 Desember 2026" in notice.text
    assert [button.data for button in notice.all_buttons] == ["open:topic:coverage.self_pay"]
    told(made, "Ada kursi untuk")
    settle(bot)
    assert (row_of(bot, worker).state, row_of(bot, made).state) == (State.ENDED, State.OFFERED)
    assert len([one for one in worker.bot_messages if "tercatat" in one.text]) == 1
    with transaction(bot.house.engine) as db:
        assert seats.used(db, f"denpasar/{TEGAL_HARUM}") == 100


def test_undo_after_it_has_taken_effect_is_too_late(bot: Bot, clock: Clock) -> None:
    officer, worker = appoint(bot), signed_up(bot, WAYAN, State.CONFIRMED)
    find(officer)
    note(officer)
    clock.push(minutes=11)
    told(worker, "dihentikan")
    act(officer, "[Urungkan (10 menit)]")
    assert "tidak bisa diurungkan lagi" in officer.last.text
    assert row_of(bot, worker).state == State.WITHDRAWN


def test_an_undo_of_the_first_note_does_not_undo_the_second(bot: Bot, clock: Clock) -> None:
    officer, worker = appoint(bot), signed_up(bot, WAYAN, State.CONFIRMED)
    find(officer)
    note(officer)
    first = officer.last.all_buttons[0].data
    act(officer, "[Urungkan (10 menit)]")
    clock.push(minutes=1)
    find(officer)
    note(officer, "Tidak bekerja lagi")
    officer.press_data(officer.last.id, first)
    told(officer, STALE)
    assert row_of(bot, worker).left_why == "not_working"


def test_a_noted_departure_can_be_undone_from_the_page_too(bot: Bot) -> None:
    officer, worker = appoint(bot), signed_up(bot)
    find(officer)
    note(officer)
    find(officer)
    assert "masih bisa diurungkan" in officer.last.text
    act(officer, "[Urungkan perubahan]")
    assert row_of(bot, worker).left_why == ""


def test_a_death_is_told_with_condolence_and_the_way_to_the_benefit(bot: Bot, clock: Clock) -> None:
    officer, worker = appoint(bot), signed_up(bot, WAYAN, *ON_THE_WAY, State.ACTIVE)
    find(officer)
    note(officer, "Meninggal")
    clock.push(minutes=11)
    notice = told(worker, "turut berduka")
    assert "santunan kematian" in notice.text
    assert "keliru" in notice.text
    assert "Rp" not in notice.text
    with transaction(bot.house.engine) as db:
        assert db.get_one(Member, row_of(bot, worker).id).ended_on == DAY


def test_what_was_answered_about_a_departure_is_kept_as_proof(bot: Bot) -> None:
    officer, worker = appoint(bot), signed_up(bot)
    find(officer)
    note(officer)
    with transaction(bot.house.engine) as db:
        kept = proof.load(db, bot.house.keys, row_of(bot, worker).id)
    values = {one.question: one.given for one in kept if one.question.startswith("departure.")}
    assert values["departure.kind"].value == "moved"
    assert values["departure.day"].value == DAY.isoformat()
    assert WAYAN.name in values["departure.summary"].asked
    assert values["departure.summary"].by == officer.user_id


def test_the_cards_at_the_village_are_handed_over_one_after_the_other(bot: Bot) -> None:
    officer = appoint(bot)
    wayan = signed_up(bot, WAYAN, *ON_THE_WAY, State.ACTIVE)
    made = signed_up(bot, MADE, *ON_THE_WAY, State.ACTIVE)
    act(officer, "/cari")
    act(officer, "[Kartu yang masih di desa (2)]")
    assert "belum menerima kartunya" in officer.last.text
    _choose(officer, WAYAN.name)
    assert "Kartu masih di desa" in officer.last.text
    for what in ("[Kartu sudah diserahkan]", "[Hari ini]"):
        act(officer, what)
    officer.press("orangnya sendiri")
    assert "Tersimpan" in officer.wait(2)[0].text, "and then who is left"
    notice = told(wayan, "sudah diserahkan kepada orangnya sendiri, tanggal 2 Desember 2026")
    assert "kabari kantor desa" in notice.text
    _choose(officer, MADE.name)
    for what in ("[Kartu sudah diserahkan]", "1-12-2026", "[Hari ini]"):
        act(officer, what)
    officer.send("Ni Luh Contoh")
    officer.wait(2)
    told(made, "diserahkan kepada Ni Luh Contoh")
    find(officer, "made")
    assert "Kartu diserahkan 2 Desember 2026 kepada Ni Luh Contoh" in officer.last.text
    with transaction(bot.house.engine) as db:
        assert cards.counts(db, TEGAL_HARUM) == (2, 0)
    assert len(audited(bot.house, "card_handed_over")) == 2


def _choose(officer: Phone, name: str) -> None:
    labels = [button.label for button in officer.last.all_buttons]
    act(officer, f"[{next(label for label in labels if name in label)}]")


def test_an_officer_who_has_asked_takes_an_offered_seat_up_for_somebody(bot: Bot) -> None:
    officer, worker = appoint(bot), signed_up(bot, WAYAN, State.WAITING)
    with transaction(bot.house.engine) as db:
        [row] = registrations.of_person(db, worker.user_id)
        assert places.fill(bot.house, db, row, bot.house.clock(), "room") == 1
    told(worker, "Ada kursi untuk")
    find(officer)
    assert "Kursi disimpan sampai" in officer.last.text
    act(officer, "[Terima tawaran kursi]")
    officer.press("Sudah, masih mau")
    told(officer, "Periksa sekali lagi")
    told(worker, "masih mau ikut")
    assert row_of(bot, worker).state == State.PENDING
    [accepted] = audited(bot.house, "offer_accepted")
    assert (accepted.actor_id, accepted.role) == (officer.user_id, "village_officer")
    with transaction(bot.house.engine) as db:
        kept = {one.question for one in proof.load(db, bot.house.keys, row_of(bot, worker).id)}
    assert "find.accept" in kept


def end_office(bot: Bot, officer: Phone) -> None:
    with transaction(bot.house.engine) as db:
        for office in staff.offices_of(db, officer.user_id):
            staff.end(db, office.id, bot.house.clock())


@pytest.mark.parametrize(
    "way",
    [
        (),
        ("[Ada perubahan]",),
        ("[Ada perubahan]", "[Pindah dari desa ini]"),
        ("[Ada perubahan]", "[Pindah dari desa ini]", "[Hari ini]"),
        ("[Ada perubahan]", "[Pindah dari desa ini]", "[Hari ini]", "[Benar, catat]"),
        ("[Kartu sudah diserahkan]",),
        ("[Kartu sudah diserahkan]", "[Hari ini]"),
    ],
    ids=len,
)
def test_after_the_office_ended_the_next_press_is_refused_and_on_record(
    bot: Bot, way: tuple[str, ...]
) -> None:
    officer = appoint(bot)
    signed_up(bot, WAYAN, *ON_THE_WAY, State.ACTIVE)
    find(officer)
    for what in way:
        act(officer, what)
    end_office(bot, officer)
    settle(bot)
    before = picture(bot.house)
    act(officer, f"[{officer.last.all_buttons[0].label}]")
    settle(bot)
    assert picture(bot.house) == before
    assert [one.actor_id for one in audited(bot.house, "refused_press")] == [officer.user_id]


@pytest.mark.parametrize("role", ["stranger", "other village"])
def test_forged_presses_about_somebody_change_nothing(bot: Bot, role: str) -> None:
    officer, worker = appoint(bot), signed_up(bot, WAYAN, *ON_THE_WAY, State.ACTIVE)
    forger = appoint(bot, OTHER_VILLAGE, "Komang") if role == "other village" else bot.phone("X")
    find(officer)
    note(officer)
    undo = officer.last.all_buttons[0].data
    row = row_of(bot, worker)
    act(forger, "halo")
    settle(bot)
    before = picture(bot.house)
    key = f"{row.id}.{row.version}"
    pressed = (undo, f"open:find:{row.id}", f"open:working:{row.id}.2027.y")
    for data in (*pressed, f"departure.summary:send:{key}", f"find.person:card:{key}"):
        forger.press_data(forger.last.id, data)
        forger.wait()
        assert WAYAN.name not in forger.last.text
    settle(bot)
    assert picture(bot.house) == before
    refused = audited(bot.house, "refused_press")
    assert [one.actor_id for one in refused] == [forger.user_id] * len(pressed)


def test_a_press_on_a_page_that_has_changed_meanwhile_saves_nothing(bot: Bot) -> None:
    officer, worker = appoint(bot), signed_up(bot, WAYAN, *ON_THE_WAY, State.ACTIVE)
    find(officer)
    for what in ("[Kartu sudah diserahkan]", "[Hari ini]"):
        act(officer, what)
    with transaction(bot.house.engine) as db:
        mine = col(Registration.person_id) == worker.user_id
        assert registrations.touch(db, db.exec(select(Registration).where(mine)).one())
    act(officer, "[orangnya sendiri]")
    settle(bot)
    assert [row.card_given_on for row in all_of(bot.house, Member)] == [None]
