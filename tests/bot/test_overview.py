"""Where villages stand, as each office may see it, and the history of one sign-up."""

import ast
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import event
from sqlmodel import select

from bot.demo.phone import Phone
from bot.house import House
from bot.stage import Stage, StageClock, appoint, enlist
from rules import areas
from rules.registration import State
from storage import programmes, registrations, staff
from storage.audit import Actor, Change
from storage.database import transaction
from storage.models import Audit, Export, Registration
from tests import keys
from tests.bot.test_waiting import PEOPLE, joined, row_of, withdraw
from tests.conftest import TEGAL_HARUM, Bot
from tests.conversations.sayable import CATALOGUES
from tests.on_stage import forge, labels, last, said
from tests.people import WAYAN, submission
from tests.places.village import with_seats
from tests.steps import audited, told
from tests.storage.conftest import house as house
from tests.storage.conftest import one_house as one_house

OTHER_VILLAGE = "51.71.03.2009"
AS_CADRE = replace(WAYAN, whom="[Warga (saya kader)]", phone="0812 3456 789").answers
STALE = "sudah tidak berlaku"


@pytest.fixture
def stage(house: House) -> Stage:
    """Friday 20 November 2026, ten in the morning; Denpasar with two seats a village is open."""
    clock = StageClock(datetime(2026, 11, 20, 2, tzinfo=UTC))
    small = {**house.programmes, "denpasar": with_seats(house.programmes["denpasar"], 2, None)}
    with transaction(house.engine) as db:
        programmes.set_open(db, "denpasar", True, clock())
    return Stage(replace(house, clock=clock, programmes=small), clock)


def pending(stage: Stage, name: str, place: int, village: str = TEGAL_HARUM) -> Registration:
    """Somebody has signed up; nobody has decided."""
    new = submission(PEOPLE[place], village=village, typed_by=stage.chat(name).id)
    with transaction(stage.house.engine) as db:
        return registrations.submit(db, stage.house.keys, new, stage.clock())


def refusals(stage: Stage) -> list[int]:
    """Who made presses that were refused."""
    with transaction(stage.house.engine) as db:
        rows = db.exec(select(Audit).where(Audit.action == "refused_press").order_by(Audit.id))
        return [row.actor_id for row in rows]


def end_offices(stage: Stage, name: str) -> None:
    with transaction(stage.house.engine) as db:
        for office in staff.offices_of(db, stage.chat(name).id):
            staff.end(db, office.id, stage.clock())


def line_of(text: str, words: str) -> str:
    """The line of a page that begins so."""
    return next(line for line in text.splitlines() if line.startswith(words))


def test_the_officer_of_a_village_sees_its_seats_and_who_is_next(stage: Stage) -> None:
    appoint(stage, "officer", TEGAL_HARUM)
    for place, name in enumerate(("a", "b", "c", "d", "e", "f", "g")):
        joined(stage, name, PEOPLE[place])
    withdraw(stage, "a")
    pending(stage, "h", 7)
    [page] = said(stage, "officer", "/kursi")
    assert line_of(page, "Kursi terpakai") == "Kursi terpakai: 2 dari 2"
    assert line_of(page, "Menunggu petugas") == "Menunggu petugas: 1"
    assert line_of(page, "Menunggu kursi") == "Menunggu kursi: 4"
    assert line_of(page, "Ditawari kursi") == "Ditawari kursi, belum menjawab: 1"
    assert line_of(page, "Disahkan") == "Disahkan, belum dikirim ke BPJS: 1"
    head = [line for line in page.splitlines() if line[:1].isdigit()]
    assert [line.split(" · ")[0] for line in head] == [
        f"{place}. {PEOPLE[place + 2].name}" for place in (1, 2, 3)
    ]
    assert row_of(stage, "d").code in head[0]


def test_marked_decisions_and_cards_at_the_village_are_counted(stage: Stage) -> None:
    appoint(stage, "officer", TEGAL_HARUM)
    joined(stage, "a", PEOPLE[0])
    with transaction(stage.house.engine) as db:
        db.get_one(Registration, row_of(stage, "a").id).mark = "self"
    enlist(stage, "a", "12345678901", "2026-11-20", "1")
    [page] = said(stage, "officer", "/kursi")
    assert line_of(page, "Kartu masih di desa") == "Kartu masih di desa: 1"
    assert line_of(page, "Diputuskan petugas sendiri")[-1] == "1"


def test_a_regency_sees_sums_its_fullest_desks_and_who_named_nobody(stage: Stage) -> None:
    appoint(stage, "regency", "51.71", "regency_officer")
    appoint(stage, "officer", TEGAL_HARUM)
    joined(stage, "a", PEOPLE[0])
    for place, village in ((1, TEGAL_HARUM), (2, OTHER_VILLAGE), (3, OTHER_VILLAGE)):
        pending(stage, f"w{place}", place, village)
    [page] = said(stage, "regency", "/kursi")
    desa = sum(village.kind == "desa" for village in areas.villages("51.71"))
    assert line_of(page, "Desa yang sudah") == "Desa yang sudah mengusulkan: 2"
    assert line_of(page, "Desa yang belum")[-2:] == str(desa - 2)
    assert line_of(page, "Desa tanpa petugas") == f"Desa tanpa petugas: {desa - 1}"
    assert line_of(page, "Menunggu petugas") == "Menunggu petugas: 3"
    assert line_of(page, "Disahkan") == "Disahkan, belum dikirim ke BPJS: 1"
    other = areas.village(OTHER_VILLAGE)
    assert other is not None
    shown = labels(last(stage, "regency"))
    assert shown[:2] == [f"{other.title} · 2", "Desa Tegal Harum · 1"]
    assert "📄 Unduh untuk BPJS (1)" in shown


def test_the_page_of_a_regency_reads_no_sign_up(stage: Stage) -> None:
    appoint(stage, "regency", "51.71", "regency_officer")
    pending(stage, "a", 0)
    asked: list[str] = []

    def heard(_c: object, _cur: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(stage.house.engine, "before_cursor_execute", heard)
    try:
        said(stage, "regency", "/kursi")
    finally:
        event.remove(stage.house.engine, "before_cursor_execute", heard)
    assert any("FROM tally" in one for one in asked)
    typed = "SELECT DISTINCT registration.person_id"  # whether the account has typed any
    sign_ups = [one for one in asked if "FROM registration" in " ".join(one.split())]
    assert [one for one in sign_ups if not one.startswith(typed)] == []


def test_a_regency_officer_sees_a_village_without_the_names_in_its_line(stage: Stage) -> None:
    appoint(stage, "regency", "51.71", "regency_officer")
    for place, name in enumerate(("a", "b", "c")):
        joined(stage, name, PEOPLE[place])
    [page] = said(stage, "regency", "/kursi", "Tegal Harum")
    assert "Menunggu kursi: 1" in page
    assert "hanya tampak bagi petugas desa" in page
    assert "I Contoh" not in page
    assert "[🗂 Periksa pendaftaran]" not in labels(last(stage, "regency"))


def test_an_auditor_sees_the_same_without_the_sheet(stage: Stage) -> None:
    appoint(stage, "auditor", "51.71", "auditor")
    joined(stage, "a", PEOPLE[0])
    [page] = said(stage, "auditor", "/kursi")
    assert "Disahkan, belum dikirim ke BPJS: 1" in page
    shown = labels(last(stage, "auditor"))
    assert not [label for label in shown if "BPJS" in label]
    assert "📜 Riwayat satu pendaftaran" in shown


def test_an_auditor_reads_the_history_of_a_sign_up_on_record_and_without_names(
    stage: Stage,
) -> None:
    appoint(stage, "auditor", "51.71", "auditor")
    for place, name in enumerate(("a", "b", "c")):
        joined(stage, name, PEOPLE[place])
    withdraw(stage, "a")
    row = row_of(stage, "c")
    [page] = said(stage, "auditor", "/kursi", "[📜 Riwayat satu pendaftaran]", row.code.lower())
    steps = [line for line in page.splitlines() if line.startswith("•")]
    assert [step.partition(" · ")[2] for step in steps] == [
        "pendaftar: mendaftar → Menunggu petugas desa",
        "petugas desa: mengesahkan (Menunggu petugas desa → Daftar tunggu)",
        "daftar tunggu: menawarkan kursi (Daftar tunggu → Ditawari tempat)",
    ]
    assert steps[0].startswith("• 20 November 2026, 10.")
    assert PEOPLE[2].name not in page
    with transaction(stage.house.engine) as db:
        read = db.exec(select(Audit).where(Audit.action == "read_audit")).one()
    assert (read.actor_id, read.role, read.object_id) == (
        stage.chat("auditor").id,
        "auditor",
        row.id,
    )


def test_the_sheet_with_its_numbers_is_asked_for_once_more_and_never_by_a_first_button(
    stage: Stage,
) -> None:
    appoint(stage, "regency", "51.71", "regency_officer")
    said(stage, "regency", "/kursi")
    assert not [label for label in labels(last(stage, "regency")) if "BPJS" in label]
    joined(stage, "a", PEOPLE[0])
    said(stage, "regency", "/kursi", "1")
    [asked] = said(stage, "regency", "/kursi", "[📄 Unduh untuk BPJS (1)]")
    assert "1 orang" in asked
    assert "NIK lengkap" in asked
    with transaction(stage.house.engine) as db:
        assert db.exec(select(Export)).all() == []
    said(stage, "regency", "[📄 Ya, kirim ke obrolan ini]")
    with transaction(stage.house.engine) as db:
        assert len(db.exec(select(Export)).all()) == 1


def test_a_history_names_the_officer_of_that_day_and_the_next_code_is_understood(
    stage: Stage,
) -> None:
    appoint(stage, "auditor", "51.71", "auditor")
    appoint(stage, "Ketut", TEGAL_HARUM)
    for place, name in enumerate(("a", "b")):
        row = pending(stage, name, place)
        by = Actor(stage.chat("Ketut").id, "village_officer")
        with transaction(stage.house.engine) as db:
            found = registrations.by_id(db, row.id)
            assert found is not None
            change = Change("return", "registration", row.id)
            registrations.change_state(db, found, State.RETURNED, (by, change), stage.clock())
    end_offices(stage, "Ketut")
    first, second = (row_of(stage, name).code for name in ("a", "b"))
    [page] = said(stage, "auditor", "/kursi", "[📜 Riwayat satu pendaftaran]", first)
    assert "petugas desa Ketut: mengembalikan" in page
    assert "pendaftar: mendaftar" in page
    assert labels(last(stage, "auditor")) == ["📜 Riwayat lain", "↩️ Ke ringkasan"]
    [page] = said(stage, "auditor", second)
    assert f"Riwayat {second}" in page
    assert "auditor" not in page
    [page] = said(stage, "auditor", "[📜 Riwayat lain]", first)
    assert "pemeriksa Auditor: membaca riwayat" in page


def test_a_history_elsewhere_reads_like_one_that_there_is_not(stage: Stage) -> None:
    appoint(stage, "auditor", "51.04", "auditor")
    pending(stage, "a", 0)
    code = row_of(stage, "a").code
    [elsewhere] = said(stage, "auditor", "/kursi", "[📜 Riwayat satu pendaftaran]", code)
    assert refusals(stage) == [stage.chat("auditor").id]
    [none] = said(stage, "auditor", "/kursi", "[📜 Riwayat satu pendaftaran]", "ZZZ-ZZZZ")
    assert elsewhere.replace(code, "ZZZ-ZZZZ") == none


@pytest.mark.parametrize(
    ("role", "area"),
    [("helper", TEGAL_HARUM), ("village_officer", OTHER_VILLAGE), ("regency_officer", "51.04")],
)
def test_who_may_not_see_a_village_is_refused_and_on_record(
    stage: Stage, role: str, area: str
) -> None:
    appoint(stage, "thief", area, role)
    for place, name in enumerate(("a", "b", "c")):
        joined(stage, name, PEOPLE[place])
    for code in (TEGAL_HARUM, "51.71", "51"):
        [answer] = forge(stage, "thief", f"open:overview:{code}")
        assert STALE in answer
    assert refusals(stage) == [stage.chat("thief").id] * 3


def test_a_helper_of_one_village_is_not_asked_for_it_and_the_receipt_names_the_person(
    stage: Stage,
) -> None:
    appoint(stage, "helper", TEGAL_HARUM, "helper")
    [first] = said(stage, "helper", "/daftar")
    assert "Desa Tegal Harum" in first
    receipt = said(stage, "helper", *AS_CADRE)[0]
    assert f"{WAYAN.name} belum dijamin" in receipt
    assert "Anda belum dijamin" not in receipt


def test_help_on_a_page_offers_no_way_out_of_a_form(stage: Stage) -> None:
    appoint(stage, "regency", "51.71", "regency_officer")
    said(stage, "regency", "/kursi", "[❓ Bantuan]")
    assert not {"Ubah", "Nanti", "Batal"} & set(" ".join(labels(last(stage, "regency"))).split())


def test_a_helper_and_a_worker_have_no_overview(stage: Stage) -> None:
    appoint(stage, "helper", TEGAL_HARUM, "helper")
    for name in ("helper", "worker"):
        [answer] = said(stage, name, "/kursi")
        assert "hanya untuk petugas desa, petugas wilayah dan pemeriksa" in answer


@pytest.mark.parametrize("press", ["[🔄 Lihat lagi]", "[🏘 Desa yang belum mengusulkan]"])
def test_after_the_office_ended_the_open_page_tells_nothing_more(stage: Stage, press: str) -> None:
    appoint(stage, "regency", "51.71", "regency_officer")
    said(stage, "regency", "/kursi")
    end_offices(stage, "regency")
    [answer] = said(stage, "regency", press)
    assert "hanya untuk petugas" in answer
    assert refusals(stage) == [stage.chat("regency").id]


def test_every_action_on_a_sign_up_has_words_for_its_history() -> None:
    calls = [
        node.args[:2]
        for tree in keys.trees(keys.ALL)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) > 1
        if node.func.id == "Change"
    ]
    actions = {
        action.value
        for action, of in calls
        if isinstance(action, ast.Constant)
        if isinstance(of, ast.Constant) and of.value == "registration"
    }
    assert len(actions) > 10
    assert [one for one in actions if f"history.did.{one}" not in CATALOGUES["id"]] == []


def test_after_the_office_ended_no_history_is_read(stage: Stage) -> None:
    appoint(stage, "auditor", "51.71", "auditor")
    pending(stage, "a", 0)
    said(stage, "auditor", "/kursi", "[📜 Riwayat satu pendaftaran]")
    end_offices(stage, "auditor")
    [answer] = said(stage, "auditor", row_of(stage, "a").code)
    assert "mendaftar →" not in answer
    with transaction(stage.house.engine) as db:
        assert db.exec(select(Audit).where(Audit.action == "read_audit")).all() == []


def test_a_list_of_villages_that_named_nobody_leaves_out_those_that_did(stage: Stage) -> None:
    appoint(stage, "regency", "51.71", "regency_officer")
    pending(stage, "a", 0)
    said(stage, "regency", "/kursi", "[🏘 Desa yang belum mengusulkan]")
    listed = {*labels(last(stage, "regency"))}
    while "➡️ Berikutnya" in labels(last(stage, "regency")):
        said(stage, "regency", "[➡️ Berikutnya]")
        listed |= {*labels(last(stage, "regency"))}
    named = {village.title for village in areas.villages("51.71") if village.kind == "desa"}
    assert named - listed == {"Desa Tegal Harum"}
    kelurahan = {one.title for one in areas.villages("51.71") if one.kind == "kelurahan"}
    assert kelurahan & listed == set()


def in_office(bot: Bot, role: str, area: str, name: str) -> Phone:
    """A phone whose owner was invited to an office, and has accepted."""
    phone = bot.phone(name)
    with transaction(bot.house.engine) as db:
        invited = staff.Invited(area, phone.phone_number, role=staff.Role(role))
        token = staff.invite(db, bot.house.keys, invited, datetime.now(UTC))
    phone.start(f"s_{token}")
    phone.wait()
    phone.tap(phone.reply_keyboard[0])
    phone.wait(1 if role == "helper" else 2)
    return phone


def test_over_http_each_office_sees_its_own_and_a_helper_nothing(bot: Bot) -> None:
    with transaction(bot.house.engine) as db:
        new = submission(PEOPLE[0], village=TEGAL_HARUM)
        registrations.submit(db, bot.house.keys, new, datetime.now(UTC))
    officer = in_office(bot, "village_officer", TEGAL_HARUM, "Ketut")
    officer.send("/kursi")
    assert "Menunggu petugas: 1" in told(officer, "Kursi terpakai").text
    regency = in_office(bot, "regency_officer", "51.71", "Dinas")
    told(regency, "Desa yang sudah mengusulkan: 1")
    regency.press("Desa Tegal Harum")
    assert "Menunggu petugas: 1" in told(regency, "Kursi terpakai: 0 dari 100").text
    auditor = in_office(bot, "auditor", "51.71", "Pemeriksa")
    told(auditor, "Desa yang sudah mengusulkan: 1")
    auditor.press("Riwayat satu pendaftaran")
    told(auditor, "Ketik kode pendaftaran")
    with transaction(bot.house.engine) as db:
        code = db.exec(select(Registration)).one().code
    auditor.send(code)
    assert "pendaftar: mendaftar" in told(auditor, "Riwayat").text
    helper = in_office(bot, "helper", TEGAL_HARUM, "Kader")
    helper.press_data(helper.last.id, f"open:overview:{TEGAL_HARUM}")
    told(helper, "Tombol itu sudah tidak berlaku")
    assert [row.actor_id for row in audited(bot.house, "refused_press")] == [helper.user_id]
