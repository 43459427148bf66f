"""By HTTP, an officer writes members down: once, of the own village, and nobody else may."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel, col, select, update

from bot import outcomes
from bot.demo.phone import Phone
from bot.here import Here
from bot.updates import Incoming
from conversations.model import Looked, Session, Turn
from conversations.outcomes import RecordMembership
from rules.registration import State
from storage import members, people, proof, registrations
from storage.database import transaction
from storage.models import Contribution, Member, Registration, Timer
from tests.conftest import Bot
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
    picture,
    settle,
    told,
)

OTHER_VILLAGE = "51.71.03.2009"
KPJ, OTHER_KPJ = "12345678901", "98765432109"
MASKED = "•••••••8901"
BUTTON = "🪪 Catat peserta"
STALE = "Tombol itu sudah tidak berlaku"


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Bot]:
    with clocked_bot(tmp_path / "home", Clock()) as bot:
        yield bot


def confirmed(bot: Bot, officer: Phone, person: Person = WAYAN, whom: str = "self") -> Phone:
    """A worker whose sign-up the village has confirmed."""
    worker = bot.phone(person.name)
    filed(bot, worker, person)
    with transaction(bot.house.engine) as db:
        mine = col(Registration.person_id) == worker.user_id
        db.exec(update(Registration).where(mine).values(whom=whom))
    confirm(officer, person.name)
    told(worker, "Desa sudah mengesahkan")
    return worker


def to_summary(officer: Phone, who: str = "wayan", kpj: str = KPJ) -> None:
    """Answer all that is asked of a new member; the summary is open."""
    for what in ("/peserta", who, kpj, "[Hari ini]", "[Pemerintah (program)]"):
        act(officer, what)
    for what in ("[Desember 2026]", "[3 bulan]", "[Hari ini]"):
        act(officer, what)
    assert "Periksa dulu" in officer.last.text


def recorded(officer: Phone, who: str = "wayan", kpj: str = KPJ) -> None:
    """Write a new member down; the officer has read that it is saved."""
    to_summary(officer, who, kpj)
    officer.press("Benar, simpan")
    officer.wait(2)


def test_an_officer_makes_a_member_who_is_told_the_own_card_number_once(bot: Bot) -> None:
    officer = appoint(bot)
    worker = confirmed(bot, officer)
    assert BUTTON in officer.reply_keyboard
    recorded(officer)
    told(officer, "Tersimpan")
    notice = told(worker, "sudah menjadi peserta BPJS Ketenagakerjaan")
    for part in (WAYAN.name, "2 Desember 2026", "28 Februari 2027", KPJ, "JMO", "Kartu Digital"):
        assert part in notice.text, part
    row = only_registration(bot.house)
    assert [button.data for button in notice.all_buttons] == [f"open:coverage:{row.id}"]
    assert row.state == State.ACTIVE
    assert len(all_of(bot.house, Contribution)) == 3
    settle(bot)
    assert len([one for one in worker.bot_messages if KPJ in one.text]) == 1
    assert [one.text for one in officer.bot_messages if KPJ in one.text] == []


def test_a_stranger_who_signed_somebody_up_is_shown_a_masked_card(bot: Bot) -> None:
    officer = appoint(bot)
    helper = confirmed(bot, officer, whom="cadre")
    recorded(officer)
    notice = told(helper, "sudah menjadi peserta")
    assert MASKED in notice.text
    settle(bot)
    assert [one.text for one in helper.bot_messages if KPJ in one.text] == []


def test_further_months_are_a_short_notice(bot: Bot) -> None:
    officer = appoint(bot)
    worker = confirmed(bot, officer)
    recorded(officer)
    for what in ("wayan", "[Tambah bulan]", "[Peserta sendiri]", "[Maret 2027]", "[2 bulan]"):
        act(officer, what)
    act(officer, "[Hari ini]")
    officer.press("Benar, simpan")
    notice = told(worker, "Pembayaran untuk")
    assert "30 April 2027" in notice.text
    assert "8901" not in notice.text
    assert len(all_of(bot.house, Contribution)) == 5


def test_a_second_press_on_save_changes_nothing(bot: Bot) -> None:
    officer = appoint(bot)
    confirmed(bot, officer)
    to_summary(officer)
    button = officer.press("Benar, simpan")
    assert button is not None
    officer.wait(2)
    settle(bot)
    before = picture(bot.house)
    officer.press_data(button.message_id, button.data)
    told(officer, STALE)
    settle(bot)
    assert picture(bot.house) == before


def test_a_card_of_somebody_else_is_refused_and_the_answers_stay(bot: Bot) -> None:
    officer = appoint(bot)
    confirmed(bot, officer)
    made = confirmed(bot, officer, MADE)
    recorded(officer)
    to_summary(officer, "made")
    act(officer, "[Benar, simpan]")
    assert "sudah tercatat untuk orang lain" in officer.last.text
    assert "Periksa dulu" in officer.last.text
    act(officer, "[Nomor kartu (KPJ)]")
    act(officer, OTHER_KPJ)
    officer.press("Benar, simpan")
    told(made, "sudah menjadi peserta")
    assert len(all_of(bot.house, Member)) == 2


def test_of_two_officers_at_once_one_makes_the_member_and_the_other_is_told(bot: Bot) -> None:
    first, second = appoint(bot, name="Ketut"), appoint(bot, name="Komang")
    confirmed(bot, first)
    to_summary(first)
    to_summary(second)
    first.press("Benar, simpan")
    told(first, "Tersimpan")
    second.press("Benar, simpan")
    told(second, STALE)
    settle(bot)
    assert len(audited(bot.house, "accepted_by_bpjs")) == 1
    assert len(all_of(bot.house, Contribution)) == 3


def test_a_worker_or_an_officer_of_another_village_reaches_nobody(bot: Bot) -> None:
    officer = appoint(bot)
    worker = confirmed(bot, officer)
    other = appoint(bot, OTHER_VILLAGE, "Komang")
    act(worker, "/peserta")
    assert "hanya untuk petugas desa" in worker.last.text
    act(other, "/peserta")
    assert "belum ada pendaftaran" in other.last.text
    assert all_of(bot.house, Member) == []


def test_a_sign_up_that_left_the_village_midway_is_written_down_by_nobody_there(bot: Bot) -> None:
    officer = appoint(bot)
    confirmed(bot, officer)
    to_summary(officer)
    with transaction(bot.house.engine) as db:
        db.exec(update(Registration).values(village=OTHER_VILLAGE))
    act(officer, "[Benar, simpan]")
    settle(bot)
    assert all_of(bot.house, Member) == []


def test_an_outcome_of_who_is_no_officer_writes_nothing_and_is_on_record(bot: Bot) -> None:
    worker = confirmed(bot, appoint(bot))
    row = only_registration(bot.house)
    day = row.created_at.date()
    first = day.replace(day=1)
    forged = RecordMembership(row.id, row.version, KPJ, day, "programme", first, 3, day)
    with transaction(bot.house.engine) as db:
        now = bot.house.clock()
        person = people.locked(db, worker.user_id, now)
        here = Here(bot.house, db, person, Incoming(person.id, "Wayan", Looked()), now)
        done = outcomes.do(here, Turn(Session("member"), outcome=forged))
    assert STALE in done.calls[0]["text"]
    assert all_of(bot.house, Member) == []
    assert [one.actor_id for one in audited(bot.house, "refused_press")] == [worker.user_id]


def test_a_forged_press_of_a_stranger_records_nobody(bot: Bot) -> None:
    officer = appoint(bot)
    worker = confirmed(bot, officer)
    to_summary(officer)
    row = only_registration(bot.house)
    settle(bot)
    before = picture(bot.house)
    act(worker, "halo")
    for data in (
        f"member.summary:send:{row.id}.{row.version}",
        f"member.which:{row.id}:1",
        f"open:member:{row.id}",
    ):
        worker.press_data(worker.last.id, data)
        worker.wait()
    settle(bot)
    assert picture(bot.house) == before
    assert only_registration(bot.house).state == State.CONFIRMED


def test_what_was_left_for_later_is_offered_again_at_the_start(bot: Bot) -> None:
    officer = appoint(bot)
    confirmed(bot, officer)
    for what in ("/peserta", "wayan", KPJ, "nanti", "/start"):
        act(officer, what)
    assert "belum selesai" in officer.last.text
    act(officer, "[Lanjutkan]")
    assert "Sejak tanggal berapa" in officer.last.text
    for what in ("batal", "ya", "/peserta", "[Mulai dari awal]"):
        act(officer, what)
    assert "Siapa yang diterima BPJS" in officer.last.text
    act(officer, "/start")
    assert "Siapa yang diterima BPJS" in officer.last.text


def test_an_empty_list_left_behind_is_not_offered_again(bot: Bot) -> None:
    officer = appoint(bot)
    confirmed(bot, officer)
    for what in ("/peserta", "nanti", "/start"):
        act(officer, what)
    assert "tidak ada yang menunggu" in officer.last.text


def test_a_reminder_is_set_for_a_member_whose_months_are_paid(bot: Bot) -> None:
    officer = appoint(bot)
    confirmed(bot, officer)
    recorded(officer)
    row = only_registration(bot.house)
    with transaction(bot.house.engine) as db:
        timers = db.exec(select(Timer).where(Timer.key == row.id)).all()
    assert {timer.kind for timer in timers} == {"reminder", "working"}


def test_the_card_number_lies_open_in_no_table(bot: Bot) -> None:
    officer = appoint(bot)
    worker = confirmed(bot, officer)
    recorded(officer)
    told(worker, KPJ)
    settle(bot)
    with transaction(bot.house.engine) as db:
        for table in SQLModel.metadata.sorted_tables:
            assert KPJ not in str(db.execute(table.select()).all()), table.name


def test_the_officers_answers_are_kept_as_proof(bot: Bot) -> None:
    officer = appoint(bot)
    confirmed(bot, officer)
    recorded(officer)
    with transaction(bot.house.engine) as db:
        row = db.exec(select(Registration)).one()
        kept = {one.question: one.given for one in proof.load(db, bot.house.keys, row.id)}
        member = members.of_registration(db, row.id)
        assert member is not None
        assert members.kpj(bot.house.keys, member) == kept["member.kpj"].value == KPJ
    assert kept["member.received"].by == officer.user_id
    assert registrations.name(bot.house.keys, row) in kept["member.kpj"].asked
