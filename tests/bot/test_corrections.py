"""An officer mends what was written down of a member, nobody else; who signed up is told once."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlmodel import col, select, update

from bot import outcomes
from bot.here import Here
from bot.outcomes import Done
from bot.reminders import KIND
from bot.replies import Call
from bot.stage import Stage, appoint, enlist, open_stage
from bot.updates import Incoming
from conversations.model import Looked, Outcome, Session, Turn
from conversations.outcomes import MendMembership, TakeBackMonth
from storage import members, people, proof
from storage.database import transaction
from storage.models import Contribution, Member, Registration, Timer
from tests.conftest import TEGAL_HARUM
from tests.people import MADE, WAYAN, Person
from tests.steps import all_of, audited, only_registration, picture

OTHER_VILLAGE = "51.71.03.2009"
KPJ, OTHER_KPJ = "12345678901", "98765432109"
MASKED = "•••••••2109"
DAY, OTHER_DAY = date(2026, 11, 20), date(2026, 11, 25)
LAST = date(2027, 1, 1)
STALE = "Tombol itu sudah tidak berlaku"
Told = list[tuple[str, Call]]


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Friday 20 November 2026, ten in the morning in Bali, with an officer and one member."""
    with open_stage(DAY) as stage:
        appoint(stage, "officer", TEGAL_HARUM)
        become_member(stage, "worker")
        yield stage


def become_member(
    stage: Stage, name: str, person: Person = WAYAN, kpj: str = KPJ, whom: str = "self"
) -> None:
    """A sign-up whose months of November to January are paid; what was due is said."""
    for what in ("/start v_5171032008", *person.answers):
        stage.do(name, what)
    with transaction(stage.house.engine) as db:
        mine = col(Registration.person_id) == stage.chat(name).id
        db.exec(update(Registration).where(mine).values(whom=whom))
    enlist(stage, name, kpj, DAY.isoformat(), "3")
    stage.pass_time(timedelta(0))


def acts(stage: Stage, *what: str, name: str = "officer") -> Told:
    """Do one after the other; who is told what by the last."""
    for one in what:
        told = stage.do(name, one)
    return told


def mend(stage: Stage, kpj: str, day: str, who: str = "wayan") -> Told:
    return acts(stage, "/peserta", who, "[Perbaiki kartu]", kpj, day, "[Benar, simpan]")


def at_the_last_month(stage: Stage, name: str = "officer") -> str:
    """The question whether the last month is to be taken back, as it is read."""
    told = acts(stage, "/peserta", "wayan", "[Hapus bulan terakhir]", name=name)
    return said_to(name, told)[-1]


def said_to(name: str, told: Told) -> list[str]:
    return [call["text"] for whom, call in told if whom == name and "text" in call]


def member(stage: Stage) -> tuple[str, date]:
    """The number and the day of the one member."""
    [one] = all_of(stage.house, Member)
    return members.kpj(stage.house.keys, one), one.active_from


def months(stage: Stage) -> list[date]:
    return sorted(one.month for one in all_of(stage.house, Contribution))


def reminder(stage: Stage) -> date | None:
    """The day of the next reminder, if one is set."""
    row = only_registration(stage.house)
    with transaction(stage.house.engine) as db:
        timer = db.exec(select(Timer).where(Timer.kind == KIND, Timer.key == row.id)).first()
        return timer.due_at.date() if timer else None


def forge(stage: Stage, name: str, outcome: Outcome) -> Done:
    """Carry out an outcome as if a conversation of this person had ended in it."""
    with transaction(stage.house.engine) as db:
        now = stage.clock()
        person = people.locked(db, stage.chat(name).id, now)
        here = Here(stage.house, db, person, Incoming(person.id, name, Looked()), now)
        return outcomes.do(here, Turn(Session("member"), outcome=outcome))


def test_a_mended_card_and_day_are_told_once_to_the_member(stage: Stage) -> None:
    told = mend(stage, OTHER_KPJ, "25-11-2026")
    assert "Tersimpan" in said_to("officer", told)[0]
    [notice] = said_to("worker", told)
    for part in ("memperbaiki data peserta", OTHER_KPJ, "25 November 2026", "31 Januari 2027"):
        assert part in notice, part
    assert KPJ not in notice
    assert member(stage) == (OTHER_KPJ, OTHER_DAY)
    assert said_to("worker", stage.pass_time(timedelta(hours=1))) == []


def test_the_card_of_somebody_else_is_shown_masked(stage: Stage) -> None:
    become_member(stage, "helper", MADE, "11111111111", whom="cadre")
    [notice] = said_to("helper", mend(stage, OTHER_KPJ, "[Tetap]", who="made"))
    assert MASKED in notice
    assert OTHER_KPJ not in notice


def test_of_a_mended_day_alone_the_card_is_not_told_again(stage: Stage) -> None:
    [notice] = said_to("worker", mend(stage, "[Tetap]", "25-11-2026"))
    assert "25 November 2026" in notice
    assert "KPJ" not in notice
    assert member(stage) == (KPJ, OTHER_DAY)


def test_who_keeps_everything_changes_nothing_and_nobody_is_told(stage: Stage) -> None:
    told = mend(stage, "tetap", "tetap")
    assert "Tidak ada yang berubah" in said_to("officer", told)[0]
    assert said_to("worker", told) == []
    assert audited(stage.house, "mended") == []


def test_the_new_card_stays_out_of_the_record_of_acts_and_of_what_the_officer_reads(
    stage: Stage,
) -> None:
    mend(stage, OTHER_KPJ, "[Tetap]")
    [change] = audited(stage.house, "mended")
    assert (change.actor_id, change.role) == (stage.chat("officer").id, "village_officer")
    assert change.reason == "card"
    assert [call for call in stage.chat("officer").said if OTHER_KPJ in call["text"]] == []
    row = only_registration(stage.house)
    with transaction(stage.house.engine) as db:
        kept = {one.question: one.given.value for one in proof.load(db, stage.house.keys, row.id)}
    assert kept["mend.kpj"] == OTHER_KPJ


def test_a_card_of_another_sign_up_is_refused_and_can_be_typed_anew(stage: Stage) -> None:
    become_member(stage, "other", MADE, OTHER_KPJ)
    told = mend(stage, OTHER_KPJ, "25-11-2026")
    [said] = said_to("officer", told)
    assert "sudah tercatat untuk orang lain" in said
    assert "Periksa dulu" in said
    assert said_to("worker", told) == []
    told = acts(stage, "[Nomor kartu (KPJ)]", "11111111111", "[Benar, simpan]")
    assert "11111111111" in said_to("worker", told)[0]


def test_a_day_after_the_first_paid_month_is_refused_kindly(stage: Stage) -> None:
    told = acts(stage, "/peserta", "wayan", "[Perbaiki kartu]", "[Tetap]", "1-12-2026")
    assert "sesudah bulan pertama yang dibayar" in said_to("officer", told)[0]


def test_a_reminder_said_is_not_said_again_for_a_mended_card(stage: Stage) -> None:
    assert len(said_to("worker", stage.pass_time(timedelta(days=43)))) == 1
    due = reminder(stage)
    mend(stage, OTHER_KPJ, "[Tetap]")
    assert reminder(stage) == due
    assert said_to("worker", stage.pass_time(timedelta(days=1))) == []


def test_a_mended_day_sets_the_next_reminder(stage: Stage) -> None:
    due = reminder(stage)
    with transaction(stage.house.engine) as db:
        for timer in db.exec(select(Timer).where(Timer.kind == KIND)):
            db.delete(timer)
    mend(stage, "[Tetap]", "25-11-2026")
    assert reminder(stage) == due == date(2027, 1, 1)


def test_the_last_month_is_taken_back_and_told_and_the_reminder_moves(stage: Stage) -> None:
    asked = at_the_last_month(stage)
    for part in ("Januari 2027", "Pemerintah (program)", "20 November 2026", "31 Desember 2026"):
        assert part in asked, part
    told = acts(stage, "[Ya, hapus]")
    first, then = said_to("officer", told)
    assert "Januari 2027 dihapus dari catatan" in first
    assert "Apa yang mau dicatat?" in then
    [notice] = said_to("worker", told)
    assert "Januari 2027 ternyata salah tulis" in notice
    assert "dibayar sampai 31 Desember 2026" in notice
    assert months(stage) == [date(2026, 11, 1), date(2026, 12, 1)]
    assert reminder(stage) == date(2026, 12, 1)
    [change] = audited(stage.house, "month_taken_back")
    assert change.actor_id == stage.chat("officer").id
    assert change.reason == "2027-01 by programme received 2026-11-20"


def test_month_by_month_all_can_be_taken_back_and_no_reminder_is_left(stage: Stage) -> None:
    at_the_last_month(stage)
    told = acts(stage, "[Ya, hapus]", *("[Hapus bulan terakhir]", "[Ya, hapus]") * 2)
    assert "belum dijamin" in said_to("worker", told)[0]
    assert (months(stage), reminder(stage)) == ([], None)
    assert stage.chat("officer").data_of("Tambah bulan")
    [newest] = stage.chat("officer").said[-1:]
    assert "Hapus bulan terakhir" not in str(newest["reply_markup"])


def test_a_second_yes_takes_no_second_month(stage: Stage) -> None:
    at_the_last_month(stage)
    acts(stage, "[Ya, hapus]")
    before = picture(stage.house)
    assert STALE in said_to("officer", acts(stage, "[Ya, hapus]"))[0]
    assert picture(stage.house) == before
    acts(stage, "[Hapus bulan terakhir]")
    assert len(months(stage)) == 2


def test_of_two_officers_at_once_one_takes_the_month_and_the_other_is_told(stage: Stage) -> None:
    appoint(stage, "other", TEGAL_HARUM)
    at_the_last_month(stage)
    at_the_last_month(stage, "other")
    acts(stage, "[Ya, hapus]")
    assert STALE in said_to("other", acts(stage, "[Ya, hapus]", name="other"))[0]
    assert len(months(stage)) == 2


def test_further_months_looked_at_before_a_month_was_taken_back_are_not_saved(
    stage: Stage,
) -> None:
    appoint(stage, "other", TEGAL_HARUM)
    acts(stage, "/peserta", "wayan", "[Tambah bulan]", "[Peserta sendiri]", "[Februari 2027]")
    acts(stage, "[1 bulan]", "[Hari ini]")
    at_the_last_month(stage, "other")
    acts(stage, "[Ya, hapus]", name="other")
    assert STALE in said_to("officer", acts(stage, "[Benar, simpan]"))[0]
    assert len(months(stage)) == 2


@pytest.mark.parametrize(("name", "village"), [("worker", ""), ("thief", OTHER_VILLAGE)])
def test_a_forged_outcome_of_who_is_no_officer_there_changes_nothing_and_is_on_record(
    stage: Stage, name: str, village: str
) -> None:
    if village:
        appoint(stage, name, village)
    row = only_registration(stage.house)
    for forged in (
        MendMembership(row.id, row.version, OTHER_KPJ, OTHER_DAY),
        TakeBackMonth(row.id, row.version, LAST),
    ):
        assert STALE in forge(stage, name, forged).calls[0]["text"]
    assert member(stage) == (KPJ, DAY)
    assert len(months(stage)) == 3
    refused = audited(stage.house, "refused_press")
    assert [(one.actor_id, one.object_id) for one in refused] == [(stage.chat(name).id, row.id)] * 2


def test_an_outcome_of_an_older_version_or_another_month_changes_nothing(stage: Stage) -> None:
    row = only_registration(stage.house)
    for old in (
        MendMembership(row.id, row.version - 1, OTHER_KPJ, None),
        TakeBackMonth(row.id, row.version - 1, LAST),
    ):
        door = forge(stage, "officer", old).door
        assert door is not None
        assert door.note is not None
        assert door.note.key == "member.changed"
    door = forge(stage, "officer", TakeBackMonth(row.id, row.version, date(2026, 12, 1))).door
    assert door is not None
    assert door.note is not None
    assert door.note.key == "member.refused.not_last"
    assert member(stage) == (KPJ, DAY)
    assert len(months(stage)) == 3
