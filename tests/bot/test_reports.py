"""A death and an accident are told: alike for everybody, joined, disputed, and quiet meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from bot import arrivals, offers, places, quiet
from bot.claim_views import Opened
from bot.house import House
from bot.stage import Stage, StageClock, appoint, enlist
from rules.claims import Kind, State
from rules.permissions import Role
from rules.registration import State as Standing
from storage import claims, followers, registrations, reports, timers
from storage.audit import Actor
from storage.claims import Moved, Pen
from storage.database import transaction
from storage.models import Audit, Claim, Registration, Timer
from tests.conftest import TEGAL_HARUM
from tests.conversations.sayable import plain_text
from tests.on_stage import act, forge, kept, labels, last, said
from tests.people import WAYAN, Person, given, submission
from tests.played import played
from tests.steps import audited
from tests.storage.conftest import house as house
from tests.storage.conftest import one_house as one_house

OTHER_VILLAGE = "51.71.03.2009"
STRANGE = "I Ketut Rekaan"
MISTAKEN = "[Kabar ini keliru]"
ASKED = "Ada yang mengabarkan bahwa"
OFFICER = Actor(6_200_000_001, "village_officer")
TOLD = (
    *("[Lewati]", "[Kemarin]", "[Sakit atau karena usia]", "[Istri]"),
    *("Ni Made Contoh", "(kontak)", "[Benar, kirim]"),
)
AT_WORK = "[Kecelakaan di tempat kerja]"
HAPPENED = (
    *(AT_WORK, "kebun Subak Contoh", "memanjat kelapa lalu jatuh", "[Kemarin]", "14.30"),
    *("RSUD Contoh", "[Ya, kerja sama]"),
)
numbers = count(1)


def two_offices(house: House) -> Stage:
    """Friday 20 November 2026, ten in the morning in Bali; an officer, and one of the regency."""
    clock = StageClock(datetime(2026, 11, 20, 2, tzinfo=UTC))
    stage = Stage(replace(house, clock=clock), clock)
    appoint(stage, "officer", TEGAL_HARUM)
    appoint(stage, "kabupaten", "51.71", Role.REGENCY_OFFICER)
    return stage


@pytest.fixture
def stage(house: House) -> Stage:
    """The same, played once."""
    return played(house, two_offices)


def member(
    stage: Stage, name: str = WAYAN.name, whom: str = "self", village: str = TEGAL_HARUM
) -> str:
    """Somebody new who is a member with a year paid."""
    number = next(numbers)
    who, nik = f"worker{number}", f"517103120685{number:04}"
    act(stage, who, "halo")
    answers = {"enrolment.nik": given(nik), "enrolment.occupation": given("petani")}
    person, by = Person(nik, name), stage.chat(who).id
    new = submission(person, answers, typed_by=by, whom=whom, village=village)
    with transaction(stage.house.engine) as db:
        registrations.submit(db, stage.house.keys, new, stage.clock())
    enlist(stage, who, f"{number:011}", "2026-09-15", "12")
    stage.pass_time(timedelta(0))
    return who


def row_of(stage: Stage, who: str) -> Registration:
    with transaction(stage.house.engine) as db:
        return registrations.of_person(db, stage.chat(who).id, most=1)[0]


def everything(stage: Stage) -> list[Claim]:
    with transaction(stage.house.engine) as db:
        return list(db.exec(select(Claim).order_by(Claim.reported_at)))  # type: ignore[arg-type]


def tell(stage: Stage, who: str, name: str, number: str = "[Lewati]") -> list[tuple[str, str]]:
    """Tell a death; what everybody was told after it was sent."""
    act(stage, who, "/meninggal", "Tegal Harum", name, number, *TOLD[1:-1])
    return [(whom, plain_text(call)) for whom, call in stage.do(who, TOLD[-1])]


def hear(told: list[tuple[str, str]], whom: str) -> list[str]:
    return [text for to, text in told if to == whom]


@contextmanager
def statements(stage: Stage) -> Iterator[list[str]]:
    """The statements that are sent to the database."""
    heard: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        heard.append(statement)

    event.listen(stage.house.engine, "before_cursor_execute", note)
    try:
        yield heard
    finally:
        event.remove(stage.house.engine, "before_cursor_execute", note)


def moved(stage: Stage, to: State) -> None:
    """The officer takes the one claim on."""
    with transaction(stage.house.engine) as db:
        row = db.exec(select(Claim)).one()
        pen = Pen(stage.house.keys, OFFICER, stage.clock())
        claims.move(db, pen, row, Moved(to, date(2026, 11, 20)))


def test_everybody_is_answered_in_the_same_words_and_with_the_same_work(stage: Stage) -> None:
    known = member(stage)
    nik = f"517103120685{int(known.removeprefix('worker')):04}"
    answers, work = [], []
    for who, name, number in (
        ("wife", WAYAN.name, "[Lewati]"),
        ("child", WAYAN.name, nik),
        ("again", WAYAN.name, "[Lewati]"),
        ("stranger", STRANGE, "[Lewati]"),
        ("other", STRANGE, "5171031206859999"),
    ):
        act(stage, who, "/meninggal", "Tegal Harum", name, number, *TOLD[1:-1])
        with statements(stage) as heard:
            told = stage.do(who, TOLD[-1])
        mine = [call for whom, call in told if whom == who and call["method"] != "deleteMessage"]
        answers.append([(plain_text(call), call.get("reply_markup")) for call in mine])
        cut = next(at for at, one in enumerate(heard) if "FROM timer" in one and "due_at" in one)
        work.append(heard[:cut])
    assert all(one == answers[0] for one in answers)
    assert all(one == work[0] for one in work)
    assert len(answers[0]) == 3


def test_the_turn_stores_nobody_and_the_timer_finds_the_member(stage: Stage) -> None:
    who = member(stage)
    told = tell(stage, "wife", WAYAN.name)
    [row] = everything(stage)
    assert (row.kind, row.state, row.registration_id) == ("jkm", "reported", row_of(stage, who).id)
    assert row.due_at == datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC)
    for whom in ("officer", "kabupaten"):
        [text] = hear(told, whom)
        assert WAYAN.name in text
        assert "Cocok dengan nama saja" in text
        assert "Pengingat ke akun peserta kami tahan dulu." in text
        data = last(stage, whom)["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        assert data == f"open:claims:{row.id}"
    with transaction(stage.house.engine) as db:
        facts = claims.facts(stage.house.keys, db.get_one(Claim, row.id))
    assert facts["reporter"] == "Ni Made Contoh"
    assert facts["phone"].startswith("+62")
    assert "telegram" not in facts["phone"]


def test_a_report_that_has_arrived_does_not_arrive_again(stage: Stage) -> None:
    member(stage)
    tell(stage, "wife", WAYAN.name)
    [before] = everything(stage)
    with transaction(stage.house.engine) as db:
        timers.set_timer(db, arrivals.KIND, before.id, stage.clock())
    assert stage.pass_time(timedelta(0)) == []
    [after] = everything(stage)
    assert (after.state, after.version) == (State.REPORTED, before.version)


def test_an_unknown_person_is_told_to_the_officer_all_the_same(stage: Stage) -> None:
    told = tell(stage, "stranger", STRANGE)
    [row] = everything(stage)
    assert row.registration_id is None
    assert row.due_at is not None
    assert "Belum ada pendaftaran yang cocok" in hear(told, "officer")[0]


def test_the_member_is_asked_once_in_the_chat_that_signed_up_for_itself(stage: Stage) -> None:
    who = member(stage)
    [text] = hear(tell(stage, "wife", WAYAN.name), who)
    assert ASKED in text
    assert labels(last(stage, who)) == ["Kabar ini keliru"]
    assert hear(tell(stage, "child", WAYAN.name), who) == []


def test_who_signed_somebody_else_up_is_not_asked(stage: Stage) -> None:
    who = member(stage, whom="family")
    assert hear(tell(stage, "wife", WAYAN.name), who) == []
    [row] = everything(stage)
    assert forge(stage, who, f"open:mistaken:{row.id}")[0].startswith("Tombol itu sudah tidak")
    assert everything(stage)[0].disputed_at is None


def test_a_death_that_is_told_twice_is_one_claim(stage: Stage) -> None:
    who = member(stage)
    tell(stage, "wife", WAYAN.name)
    nik = f"517103120685{int(who.removeprefix('worker')):04}"
    told = tell(stage, "child", "Bapak Wayan", nik)
    first, again = everything(stage)
    assert (first.state, again.state) == (State.REPORTED, State.WITHDRAWN)
    [text] = hear(told, "officer")
    assert "disampaikan lagi" in text
    assert last(stage, "officer")["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == (
        f"open:claims:{first.id}"
    )
    with transaction(stage.house.engine) as db:
        [facts] = reports.told_again(db, stage.house.keys, db.get_one(Claim, first.id))
    assert (facts["name"], facts["number"]) == ("Bapak Wayan", nik)


def test_a_death_is_told_anew_after_a_false_report(stage: Stage) -> None:
    who = member(stage)
    tell(stage, "wife", WAYAN.name)
    moved(stage, State.FALSE_REPORT)
    assert ASKED in hear(tell(stage, "child", WAYAN.name), who)[0]
    assert [row.state for row in everything(stage)] == ["false_report", "reported"]


def test_a_claim_is_of_the_village_where_the_person_signed_up(stage: Stage) -> None:
    appoint(stage, "tetangga", OTHER_VILLAGE)
    who = member(stage, village=OTHER_VILLAGE)
    nik = f"517103120685{int(who.removeprefix('worker')):04}"
    told = tell(stage, "officer", WAYAN.name, nik)
    [row] = everything(stage)
    assert row.village == OTHER_VILLAGE
    assert "Cocok dengan NIK" in hear(told, "tetangga")[0]
    assert not any("Cocok" in text for text in hear(told, "officer"))


def test_the_member_disputes_and_the_offices_hear_of_it_at_once(stage: Stage) -> None:
    who = member(stage)
    tell(stage, "neighbour", WAYAN.name)
    told = [(whom, plain_text(call)) for whom, call in stage.do(who, MISTAKEN)]
    assert hear(told, who)[0].startswith("Terima kasih.")
    for whom in ("officer", "kabupaten"):
        assert "dibantah" in hear(told, whom)[0]
    [row] = everything(stage)
    assert row.state == State.REPORTED, "it never closes a claim by itself"
    assert row.disputed_at is not None
    assert said(stage, who, MISTAKEN) == ["Itu sudah kami catat dan sampaikan ke petugas."]
    assert everything(stage)[0].disputed_at == row.disputed_at


@pytest.mark.parametrize("key", ["", "nothing", "' OR 1=1", "real"])
def test_a_press_of_anybody_else_is_refused_and_put_on_record(stage: Stage, key: str) -> None:
    member(stage)
    tell(stage, "neighbour", WAYAN.name)
    [row] = everything(stage)
    for whom in ("stranger", "neighbour", "officer"):
        data = f"open:mistaken:{row.id if key == 'real' else key}"
        assert forge(stage, whom, data)[0].startswith("Tombol itu sudah tidak berlaku.")
    [after] = everything(stage)
    assert (after.disputed_at, after.version) == (None, row.version)
    with transaction(stage.house.engine) as db:
        refused = db.exec(select(Audit).where(Audit.action == "refused_press")).all()
    assert len(refused) == 3
    assert {one.object_id for one in refused} == {row.id if key == "real" else ""}


def test_a_press_after_the_end_changes_nothing(stage: Stage) -> None:
    who = member(stage)
    tell(stage, "neighbour", WAYAN.name)
    moved(stage, State.FALSE_REPORT)
    assert "sudah selesai diperiksa" in said(stage, who, MISTAKEN)[0]
    assert everything(stage)[0].disputed_at is None


def test_reminders_wait_while_a_death_is_told_and_go_on_after_a_false_report(
    stage: Stage,
) -> None:
    who = member(stage)
    id = row_of(stage, who).id
    with transaction(stage.house.engine) as db:
        due = {one.kind: one.due_at for one in db.exec(select(Timer).where(Timer.key == id))}
    assert {"reminder", "working"} <= set(due)
    tell(stage, "wife", WAYAN.name)
    later = max(due["reminder"], due["working"]) + timedelta(days=1)
    heard = stage.pass_time(later - stage.clock())
    assert [text for whom, text in heard if whom == who] == []
    with transaction(stage.house.engine) as db:
        for kind in ("reminder", "working"):
            assert db.get_one(Timer, (kind, id)).due_at == stage.clock() + quiet.PAUSE
        assert quiet.is_quiet(db, id)
    moved(stage, State.FALSE_REPORT)
    told = [plain_text(call) for whom, call in stage.pass_time(quiet.PAUSE) if whom == who]
    assert any("masih bekerja?" in text for text in told)
    with transaction(stage.house.engine) as db:
        assert not quiet.is_quiet(db, id)


def offered(stage: Stage, who: str) -> Registration:
    """The sign-up of who was offered a seat until tomorrow."""
    until = stage.clock() + timedelta(days=1)
    with transaction(stage.house.engine) as db:
        row = registrations.of_person(db, stage.chat(who).id, most=1)[0]
        row.state, row.offered_until = Standing.OFFERED, until
        timers.set_timer(db, places.KIND, row.id, until)
        return row


def test_a_seat_is_kept_while_a_death_is_told_and_can_be_taken_up_afterwards(
    stage: Stage,
) -> None:
    who = member(stage)
    row = offered(stage, who)
    tell(stage, "neighbour", WAYAN.name)
    stage.pass_time(timedelta(days=2))
    assert row_of(stage, who).state == Standing.OFFERED
    moved(stage, State.FALSE_REPORT)
    told = [plain_text(call) for whom, call in stage.pass_time(quiet.PAUSE) if whom == who]
    assert any("kursi" in text.casefold() for text in told)
    with transaction(stage.house.engine) as db:
        fresh = registrations.by_id(db, row.id)
        assert fresh is not None
        assert offers.accept(stage.house, db, fresh, Actor(1, "worker"), stage.clock())


def test_a_village_without_an_officer_loses_no_report(stage: Stage) -> None:
    act(stage, "wife", "/meninggal", "51.04.01.2001", STRANGE, *TOLD[:-1])
    told = [(whom, plain_text(call)) for whom, call in stage.do("wife", TOLD[-1])]
    assert {whom for whom, _ in told} == {"wife"}
    assert "belum ada petugas yang membaca" in told[0][1]
    assert len(everything(stage)) == 1


def test_an_officer_may_tell_too_and_is_answered_alike(stage: Stage) -> None:
    told = hear(tell(stage, "officer", STRANGE), "officer")
    assert told[:3] == hear(tell(stage, "wife", STRANGE), "wife")
    assert [one.role for one in audited(stage.house, "claim_reported")] == [
        "village_officer",
        "reporter",
    ]


def accident(stage: Stage, who: str, *whose: str) -> list[tuple[str, str]]:
    """Tell an accident of yesterday, half past two; what everybody was told after it was sent."""
    reporter = "[I Wayan Contoh]" if len(whose) == 1 and "Wayan" in whose[0] else "Ni Made Contoh"
    act(stage, who, "/kecelakaan", "[Lanjut]", *whose, *HAPPENED, reporter, "0812 3456 789")
    return [(whom, plain_text(call)) for whom, call in stage.do(who, TOLD[-1])]


def test_the_own_accident_is_followed_and_shows_the_clock_and_the_own_card(stage: Stage) -> None:
    who = member(stage)
    told = accident(stage, who, "[I Wayan Contoh]")
    [row] = everything(stage)
    assert (row.kind, row.state) == (Kind.JKK, State.NOTIFIED)
    assert row.since == datetime(2026, 11, 19, 6, 30, tzinfo=UTC)
    assert row.due_at == datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
    assert row.registration_id == row_of(stage, who).id
    with transaction(stage.house.engine) as db:
        assert [one.bound_by for one in followers.followers(db, row.id)] == ["worker"]
    receipt, clock, text = hear(told, who)
    assert "sudah kami terima" in receipt
    assert "Ini belum laporan ke BPJS" in clock
    assert "Sisa waktu 28 jam" in clock
    assert f"Nomor peserta: {int(who.removeprefix('worker')):011}" in text
    assert "NIK: ........" in text
    assert "reply_markup" not in stage.chat(who).said[-1]
    for whom in ("officer", "kabupaten"):
        assert "Sisa waktu 28 jam" in hear(told, whom)[0]
        assert "Minta nomor tanda terima cabang" in hear(told, whom)[0]


@pytest.mark.parametrize(
    ("kind", "by_police"),
    [
        (AT_WORK, False),
        ("[Di jalan: berangkat, pulang, saat kerja]", True),
        ("[Di laut, saat bekerja]", False),
    ],
)
def test_a_report_of_the_police_is_asked_for_on_the_road_alone(
    stage: Stage, kind: str, by_police: bool
) -> None:
    who = member(stage)
    act(stage, who, "/kecelakaan", "[Lanjut]", "[I Wayan Contoh]", kind, *HAPPENED[1:])
    act(stage, who, "[I Wayan Contoh]", "0812 3456 789", TOLD[-1])
    [row] = everything(stage)
    with transaction(stage.house.engine) as db:
        one = Opened(stage.house, db, db.get_one(Claim, row.id), stage.clock())
        assert ("police_report" in {paper.key for paper in one.checklist()}) == by_police


def test_who_signed_somebody_else_up_does_not_follow_and_sees_no_card(stage: Stage) -> None:
    who = member(stage, whom="family")
    act(stage, who, "/kecelakaan", "[Lanjut]", "[I Wayan Contoh]", *HAPPENED)
    act(stage, who, "Ni Made Contoh", "0812 3456 789")
    told = [(whom, plain_text(call)) for whom, call in stage.do(who, TOLD[-1])]
    [row] = everything(stage)
    assert row.registration_id == row_of(stage, who).id
    with transaction(stage.house.engine) as db:
        assert followers.followers(db, row.id) == []
    assert "Nomor peserta: ........" in hear(told, who)[2]


def test_an_accident_of_somebody_else_is_answered_alike_whoever_it_is(stage: Stage) -> None:
    member(stage)
    known = accident(stage, "sister", "Tegal Harum", WAYAN.name, "[Lewati]")
    unknown = accident(stage, "stranger", "Tegal Harum", STRANGE, "[Lewati]")
    plainly = [text.replace(STRANGE, WAYAN.name) for text in hear(unknown, "stranger")]
    assert hear(known, "sister") == plainly
    assert "Cocok dengan nama saja" in hear(known, "officer")[0]
    assert "Belum ada pendaftaran yang cocok" in hear(unknown, "officer")[0]


def test_the_officer_of_a_death_hears_of_the_accident_before(stage: Stage) -> None:
    member(stage)
    accident(stage, "sister", "Tegal Harum", WAYAN.name, "[Lewati]")
    told = tell(stage, "wife", WAYAN.name)
    assert "juga ada di kabar kecelakaan" in hear(told, "officer")[0]
    assert [row.kind for row in everything(stage)] == ["jkk", "jkm"]


def test_no_nik_that_was_typed_is_ever_said(stage: Stage) -> None:
    told = accident(stage, "sister", "Tegal Harum", WAYAN.name, "5171 0312 0685 7777")
    assert [text for _, text in told if "7777" in text.replace(" ", "")] == []
    [row] = everything(stage)
    with transaction(stage.house.engine) as db:
        facts = claims.facts(stage.house.keys, db.get_one(Claim, row.id))
    assert facts["number"] == "5171031206857777"


def test_a_time_that_has_not_come_is_asked_again(stage: Stage) -> None:
    act(stage, "sister", "/kecelakaan", "[Lanjut]", "Tegal Harum", STRANGE, "[Lewati]")
    act(stage, "sister", *HAPPENED[:3], "[Hari ini]")
    assert "Sekarang baru pukul 10.00" in said(stage, "sister", "jam 5 sore")[0]
    assert kept(stage, "sister", "accident.time") == ""


def test_a_death_by_accident_goes_on_with_what_is_known(stage: Stage) -> None:
    who = member(stage)
    act(stage, who, "/kecelakaan", "[Lanjut]", "[I Wayan Contoh]", *HAPPENED[:5])
    [asked] = said(stage, who, "[Orangnya meninggal]")
    assert "Kapan I Wayan Contoh meninggal?" in asked
    act(stage, who, "[Hari ini]", "[Istri]")  # of what is known
    told = stage.do(who, "Ni Made Contoh") + stage.do(who, "[Lewati]")
    assert "•••• •••• ••••" in plain_text(told[-1][1])
    stage.do(who, TOLD[-1])
    [row] = everything(stage)
    assert (row.kind, row.registration_id) == ("jkm", row_of(stage, who).id)
    with transaction(stage.house.engine) as db:
        facts = claims.facts(stage.house.keys, db.get_one(Claim, row.id))
    assert (facts["place"], facts["time"]) == ("kebun Subak Contoh", "1430")
    assert facts["cause"] == "work"
    assert facts["accident_on"] == "2026-11-19"


@pytest.mark.parametrize("door", ["/lapor", "lapor"])
def test_the_small_page_leads_to_both(stage: Stage, door: str) -> None:
    act(stage, "wife", door)
    assert labels(last(stage, "wife")) == ["🚑 Lapor kecelakaan", "🕯 Kabarkan ada yang meninggal"]
    assert "turut berduka" in said(stage, "wife", "[Kabarkan ada yang meninggal]")[0]
    act(stage, "wife", "/lapor")
    assert "Berobat dulu." in said(stage, "wife", "[Lapor kecelakaan]")[0]


@pytest.mark.parametrize(
    ("again", "resumed"),
    [("[Lanjutkan]", "Kapan I Wayan Contoh"), ("[Mulai dari awal]", "turut berduka")],
)
def test_a_report_that_was_put_off_goes_on_or_begins_anew(
    stage: Stage, again: str, resumed: str
) -> None:
    act(stage, "wife", "/meninggal", "Tegal Harum", WAYAN.name, "[Lewati]", "nanti")
    assert "belum selesai" in said(stage, "wife", "/meninggal")[0]
    assert resumed in said(stage, "wife", again)[0]


def test_the_villages_of_the_account_are_buttons(stage: Stage) -> None:
    who = member(stage)
    act(stage, who, "/meninggal")
    assert labels(last(stage, who))[0].startswith("Tegal Harum, ")
    act(stage, "stranger", "/meninggal")
    assert labels(last(stage, "stranger")) == ["⬅️ Kembali", "❓ Bantuan"]
