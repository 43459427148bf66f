"""What the branch sends back on claims, on both databases: shown first, saved once, told once."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlmodel import col, select

from bot import claim_import
from bot.house import House, open_house, zone
from bot.member_import import Result
from rules.claims import Kind, State
from storage import claims, member_batches, outbox
from storage.acceptances import Acceptance
from storage.audit import Actor
from storage.database import transaction
from storage.member_sheets import Cell, Row
from storage.models import Audit, Claim, ClaimStep, Outbound, Timer
from tests.claims_on_record import DIED, claim, signed_up
from tests.conftest import TEGAL_HARUM, settings_for
from tests.people import MADE, WAYAN

NOW = datetime(2026, 12, 2, 2, tzinfo=UTC)
WIFE, SON = 6_300_000_001, 6_300_000_002
JKM, JKK, S = Kind.JKM, Kind.JKK, State
PAID: dict[str, Cell] = {
    "nik": WAYAN.nik,
    "status": "cair",
    "day": "1-12-2026",
    "receipt": "TT-77",
    "amount": "42.000.000",
}
LODGED: dict[str, Cell] = {"nik": WAYAN.nik, "status": "diterima", "day": "20-11-2026"}
RETURNED: dict[str, Cell] = {
    "nik": WAYAN.nik,
    "status": "kurang berkas",
    "day": "30-11-2026",
    "reason": "Akta kematian belum ada",
}
REJECTED: dict[str, Cell] = {**RETURNED, "status": "ditolak", "reason": "Tidak bekerja lagi"}


@pytest.fixture
def house(house: House) -> House:
    """A house in which it is the second of December."""
    return replace(house, clock=lambda: NOW)


def taken(house: House, *rows: dict[str, Cell], keep: bool = True) -> list[Result]:
    """The results of a sheet whose first line below the headings is line 2."""
    numbered = [Row(number, cells) for number, cells in enumerate(rows, start=2)]
    return claim_import.run(house, numbered, keep, lambda _: None)


def keys_of(results: Sequence[Result]) -> list[str]:
    return [result.words.key for result in results]


def said(house: House, results: Sequence[Result]) -> list[str]:
    """The words of the table."""
    return [house.texts.plain(result.words) for result in results]


def everything(house: House) -> list[str]:
    """What an import may change."""
    with transaction(house.engine) as db:
        tables: tuple[Any, ...] = (Claim, ClaimStep, Outbound, Audit, Timer)
        return sorted(str(row) for table in tables for row in db.exec(select(table)).all())


def news(house: House) -> list[tuple[int, str]]:
    """Who is told what."""
    with transaction(house.engine) as db:
        rows = db.exec(select(Outbound).order_by(col(Outbound.person_id))).all()
        return [(row.person_id, outbox.call(house.keys, row)["text"]) for row in rows]


def now_of(house: House, row: Claim) -> Claim:
    with transaction(house.engine) as db:
        return db.get_one(Claim, row.id)


def way_of(house: House, row: Claim) -> list[tuple[State, date, str]]:
    """The steps of a claim with their days and notes."""
    with transaction(house.engine) as db:
        kept = claims.steps(db, house.keys, row.id)
        return [(step.to_state, step.on, step.note) for step in kept]


@pytest.mark.parametrize(
    ("kind", "state", "cells", "to"),
    [
        (JKM, S.LODGED, PAID, S.PAID),
        (JKM, S.COMPLETE, LODGED, S.LODGED),
        (JKM, S.LODGED, {**LODGED, "status": "cek lapangan"}, S.FIELD_CHECK),
        (JKM, S.LODGED, {**LODGED, "status": "disetujui"}, S.APPROVED),
        (JKM, S.LODGED, RETURNED, S.PAPERS_MISSING),
        (JKM, S.LODGED, REJECTED, S.REJECTED),
        (JKK, S.LODGED, RETURNED, S.SECOND_REPORT),
        (JKK, S.SECOND_REPORT, LODGED, S.LODGED),
        (JKK, S.RECOVERED, PAID, S.PAID),
        (JKM, S.VERIFIED, PAID, S.PAID),
    ],
)
def test_a_row_moves_a_claim_to_what_it_reports(
    house: House, kind: Kind, state: State, cells: dict[str, Cell], to: State
) -> None:
    row = claim(house, signed_up(house), kind, state)
    results = taken(house, cells)
    assert [(result.changed, result.bad) for result in results] == [(True, False)]
    now = now_of(house, row)
    assert now.state == to
    assert way_of(house, row)[-1][2] == cells.get("reason", "")
    assert (now.due_at is None) == (to is S.PAID)


def test_skipped_steps_are_each_on_record_and_the_family_is_told_once(house: House) -> None:
    row = claim(house, signed_up(house), heirs=[WIFE, SON])
    results = taken(house, PAID)
    assert said(house, results) == [
        "JKM: Berkas lengkap → Diajukan ke BPJS → Disetujui BPJS → Sudah dibayar, 1 Desember 2026"
    ]
    day = date(2026, 12, 1)
    steps = [(state, day, "") for state in (S.LODGED, S.APPROVED, S.PAID)]
    assert way_of(house, row)[-3:] == steps
    told = news(house)
    assert [person for person, _ in told] == [WIFE, SON]
    assert all("Sudah dibayar" in text for _, text in told)
    now = now_of(house, row)
    assert claims.receipt(house.keys, now) == "TT-77"
    assert claims.amount(house.keys, now) == 42_000_000
    assert now.since.astimezone(zone(now.village)).date() == day


def test_each_step_is_in_the_audit_as_the_operators(house: House) -> None:
    row = claim(house, signed_up(house), state=S.LODGED)
    taken(house, PAID)
    with transaction(house.engine) as db:
        here = (Audit.object_id == row.id, Audit.role == "operator")
        kept = db.exec(select(Audit).where(*here).order_by(col(Audit.id))).all()
    assert [(one.action, one.from_state, one.to_state) for one in kept] == [
        ("claim_moved", "lodged", "approved"),
        ("claim_moved", "approved", "paid"),
        ("claim_filled", "", ""),
    ]
    assert {one.actor_id for one in kept} == {0}


def test_a_rehearsal_says_the_same_and_changes_nothing(house: House) -> None:
    claim(house, signed_up(house), heirs=[WIFE])
    claim(house, signed_up(house, MADE), JKK, S.LODGED)
    rows = (PAID, {**RETURNED, "nik": MADE.nik}, {**PAID, "nik": "1"}, {**LODGED, "day": "x"})
    before = everything(house)
    rehearsed = taken(house, *rows, keep=False)
    assert everything(house) == before
    assert taken(house, *rows) == rehearsed
    assert [result.changed for result in rehearsed] == [True, True, False, False]


def test_a_second_run_changes_nothing_and_says_so(house: House) -> None:
    claim(house, signed_up(house), heirs=[WIFE])
    claim(house, signed_up(house, MADE), JKK, S.LODGED, heirs=[SON])
    rows = (LODGED, RETURNED, PAID, {**RETURNED, "nik": MADE.nik})
    first = taken(house, *rows)
    assert all(result.changed for result in first)
    before = everything(house)
    again = taken(house, *rows)
    assert keys_of(again) == ["sheet.same"] * 4
    assert not any(result.changed or result.bad for result in again)
    assert everything(house) == before


def test_rows_of_one_claim_go_by_their_days_and_are_told_in_one_notice(house: House) -> None:
    row = claim(house, signed_up(house), heirs=[WIFE])
    results = taken(house, PAID, LODGED)
    assert [result.line for result in results] == [2, 3]
    assert all(result.changed for result in results)
    assert [step[1].day for step in way_of(house, row)[-3:]] == [20, 1, 1]
    assert len(news(house)) == 1


def test_each_later_change_is_told_with_its_reason(house: House) -> None:
    row = claim(house, signed_up(house), state=S.LODGED, heirs=[WIFE])
    taken(house, RETURNED)
    taken(house, {**RETURNED, "day": "1-12-2026", "reason": "Buku tabungan buram"})
    assert [step[0] for step in way_of(house, row)[-3:]] == [
        *(S.PAPERS_MISSING, S.COMPLETE, S.PAPERS_MISSING)
    ]
    told = [text for _, text in news(house)]
    assert ["Akta kematian belum ada" in text for text in told].count(True) == 1
    assert ["Buku tabungan buram" in text for text in told].count(True) == 1


def test_a_receipt_and_a_sum_that_were_not_known_are_added_and_nobody_is_told(
    house: House,
) -> None:
    row = claim(house, signed_up(house), state=S.PAID, heirs=[WIFE])
    results = taken(house, {**PAID, "day": DIED})
    assert keys_of(results) == ["claim_sheet.filled"]
    assert results[0].changed
    now = now_of(house, row)
    assert (claims.receipt(house.keys, now), claims.amount(house.keys, now)) == (
        *("TT-77", 42_000_000),
    )
    assert news(house) == []
    assert keys_of(taken(house, {**PAID, "day": DIED})) == ["sheet.same"]


def test_a_member_may_be_named_by_the_card_or_the_code_alone(house: House) -> None:
    of = signed_up(house)
    with transaction(house.engine) as db:
        new = {of.id: [Acceptance("12345678901", date(2026, 10, 1))]}
        member_batches.record(db, house.keys, new, Actor(0, "operator"), NOW)
    row = claim(house, of)
    nobody = {name: cell for name, cell in LODGED.items() if name != "nik"}
    results = taken(house, {**nobody, "kpj": 12345678901})
    assert [result.who for result in results] == [f"{of.code}  KPJ •••••••8901"]
    assert now_of(house, row).state == S.LODGED
    typed = of.code.lower().replace("-", "")
    approved = {**nobody, "code": typed, "status": "disetujui"}
    assert [(one.who, one.changed) for one in taken(house, approved)] == [(of.code, True)]


def test_names_of_two_people_are_refused_and_unknown_ones_too(house: House) -> None:
    claim(house, signed_up(house))
    made = signed_up(house, MADE)
    rows = [
        {**LODGED, "code": made.code},
        {**LODGED, "nik": "5171030109750003"},
        {**LODGED, "kpj": "99999999999"},
        {**LODGED, "code": "AAA-AAAA"},
        {**LODGED, "nik": MADE.nik},
    ]
    assert keys_of(taken(house, *rows)) == [
        "claim_sheet.two_people",
        "sheet.nik_unknown",
        "claim_sheet.card_unknown",
        "sheet.code_unknown",
        "claim_sheet.no_claim",
    ]


def test_of_several_claims_the_kind_decides_and_of_one_kind_the_day(house: House) -> None:
    of = signed_up(house)
    fell, later = date(2026, 10, 5), date(2026, 10, 20)
    first = claim(house, of, JKK, S.SECOND_REPORT, on=fell)
    death = claim(house, of)
    assert keys_of(taken(house, LODGED)) == ["claim_sheet.several.kind"]
    assert taken(house, {**LODGED, "kind": "JKM"})[0].changed
    assert now_of(house, death).state == S.LODGED
    second = claim(house, of, JKK, S.SECOND_REPORT, on=later)
    injured = {**LODGED, "kind": "kecelakaan kerja"}
    assert keys_of(taken(house, injured)) == ["claim_sheet.several.day"]
    assert keys_of(taken(house, {**injured, "happened": DIED})) == ["claim_sheet.no_claim_on_day"]
    assert taken(house, {**injured, "happened": later})[0].changed
    assert [now_of(house, one).state for one in (first, second)] == [S.SECOND_REPORT, S.LODGED]


def test_a_claim_that_is_over_does_not_stand_in_the_way_of_a_new_one(house: House) -> None:
    of = signed_up(house)
    over = claim(house, of, JKK, S.LODGED, on=date(2026, 10, 5))
    paid = {**PAID, "day": "10-11-2026"}
    assert taken(house, paid)[0].changed
    new = claim(house, of, JKK, S.LODGED, on=date(2026, 11, 1))
    assert keys_of(taken(house, paid)) == ["sheet.same"]
    assert taken(house, PAID)[0].changed
    assert [now_of(house, one).state for one in (over, new)] == [S.PAID, S.PAID]
    assert keys_of(taken(house, {**LODGED, "kind": "JKM"})) == ["claim_sheet.no_claim_of_kind"]


REFUSED: list[tuple[Kind, State, dict[str, Cell], str]] = [
    (JKM, S.LODGED, {**PAID, "day": "3-12-2026"}, "kolom tanggal: hari itu belum tiba"),
    (JKM, S.LODGED, {**PAID, "day": "1-11-2026"}, "sebelum kejadiannya, 2 November 2026"),
    (JKM, S.REPORTED, PAID, "Minta petugas desa memastikan dulu"),
    (JKK, S.NOTIFIED, PAID, "keadaan orangnya belum dicatat"),
    (JKK, S.LODGED, {**LODGED, "status": "cek lapangan"}, "(JKK) tidak punya langkah"),
    (JKM, S.PAID, {**LODGED, "status": "disetujui"}, "klaim ini sudah selesai: Sudah dibayar"),
    (JKM, S.APPROVED, {**LODGED, "status": "diajukan"}, "tercatat “Disetujui BPJS”"),
    (JKM, S.LODGED, LODGED, "sudah tercatat pada 2 November 2026"),
    (JKM, S.COMPLETE, {**PAID, "amount": "0"}, "kolom jumlah: isinya bukan jumlah uang"),
    (JKM, S.COMPLETE, {**PAID, "status": "proses"}, "“proses” belum dikenal. Tulis: diterima"),
    (JKM, S.COMPLETE, {**REJECTED, "reason": "-"}, "kolom alasan kosong"),
]


@pytest.mark.parametrize(("kind", "state", "cells", "why"), REFUSED)
def test_a_row_that_cannot_be_right_is_refused_with_its_reason_and_the_others_are_taken(
    house: House, kind: Kind, state: State, cells: dict[str, Cell], why: str
) -> None:
    row = claim(house, signed_up(house), kind, state, heirs=[WIFE])
    other = claim(house, signed_up(house, MADE))
    results = taken(house, cells, {**LODGED, "nik": MADE.nik})
    assert [(result.line, result.bad) for result in results] == [(2, True), (3, False)]
    assert why in said(house, results)[0]
    assert [now_of(house, one).state for one in (row, other)] == [state, S.LODGED]
    assert news(house) == []


def test_what_contradicts_the_record_is_refused(house: House) -> None:
    row = claim(house, signed_up(house))
    taken(house, {**LODGED, "receipt": "TT-1"}, REJECTED)
    rows = [
        {**LODGED, "receipt": "TT-2"},
        {**REJECTED, "reason": "Alasan lain"},
        {**PAID, "receipt": "TT-1"},
    ]
    before = everything(house)
    assert keys_of(taken(house, *rows)) == [
        "claim_sheet.other_receipt",
        "claim_sheet.other_reason",
        "claim_sheet.no_way.rejected",
    ]
    assert everything(house) == before
    assert now_of(house, row).state == S.REJECTED


def test_another_sum_than_the_one_on_record_is_refused(house: House) -> None:
    claim(house, signed_up(house))
    taken(house, PAID)
    assert keys_of(taken(house, {**PAID, "amount": "10.000.000"})) == ["claim_sheet.other_sum"]


def test_an_objection_opens_the_way_again_and_the_old_sheet_still_says_nothing_new(
    house: House,
) -> None:
    row = claim(house, signed_up(house))
    old = ({**LODGED, "receipt": "TT-1"}, REJECTED)
    taken(house, *old)
    with transaction(house.engine) as db:
        pen = claims.Pen(house.keys, Actor(1, "village_officer"), NOW)
        found = claims.by_id(db, row.id)
        assert found is not None
        claims.move(db, pen, found, claims.Moved(S.OBJECTION, date(2026, 12, 1)))
    anew = {**LODGED, "day": "2-12-2026", "receipt": "TT-9"}
    assert taken(house, anew)[0].changed
    assert claims.receipt(house.keys, now_of(house, row)) == "TT-9"
    assert keys_of(taken(house, *old, anew)) == ["sheet.same"] * 3


def test_many_claims_go_in_batches_and_it_is_said_how_far_it_is(house: House) -> None:
    people = [replace(WAYAN, nik=f"51710312068500{n:02}") for n in range(1, 6)]
    for person in people:
        claim(house, signed_up(house, person))
    rows = [Row(n, {**LODGED, "nik": one.nik}) for n, one in enumerate(people, start=2)]
    steps: list[int] = []
    results = claim_import.run(house, rows, True, steps.append, batch=2)
    assert steps == [2, 2, 1]
    assert [result.line for result in results] == [2, 3, 4, 5, 6]
    assert all(result.changed for result in results)


def lindung(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """`lindung sheets import`, in a process of its own."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "LINDUNG_HOME": str(home),
    }
    return subprocess.run(
        [sys.executable, "-m", "bot", "sheets", "import", *words],
        env=environment,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with two claims, one of them for somebody whose row is bad."""
    home = tmp_path / "rumah"
    house = open_house(settings_for(home))
    claim(house, signed_up(house, village=TEGAL_HARUM), heirs=[WIFE])
    claim(house, signed_up(house, MADE), JKK, S.NOTIFIED)
    house.engine.dispose()
    return home


def sheet(folder: Path, name: str = "klaim.xlsx") -> Path:
    """What a branch sends: a day as such, a sum as a number."""
    book = Workbook()
    assert book.active is not None
    book.active.append(["Nama", "NIK", "Status Klaim", "Tanggal", "Jumlah (Rp)"])
    book.active.append([WAYAN.name, WAYAN.nik, "Sudah cair", date(2026, 11, 20), 42_000_000])
    book.active.append([MADE.name, MADE.nik, "Disetujui", date(2026, 11, 20), None])
    book.save(folder / name)
    return folder / name


def test_the_command_shows_first_and_saves_when_told_to(home: Path) -> None:
    path = str(sheet(home))
    rehearsal = lindung(home, "claims", path)
    assert rehearsal.returncode == 1, rehearsal.stderr
    assert "Kolom yang tidak dipakai: Nama" in rehearsal.stdout
    assert "Sudah dibayar, 20 November 2026" in rehearsal.stdout
    assert "Berubah: 1. Tetap: 0. Ditolak: 1." in rehearsal.stdout
    assert "baru percobaan" in rehearsal.stdout
    saved = lindung(home, "claims", path, "--apply")
    assert "Keluarga yang mengikuti klaimnya dikabari" in saved.stdout
    again = lindung(home, "--apply", "claims", path)
    assert "Tidak ada yang berubah." in again.stdout
    assert "Berubah: 0. Tetap: 1. Ditolak: 1." in again.stdout
    for output in (rehearsal, saved, again):
        assert re.findall(r"\d{12,}", output.stdout + output.stderr) == []


def test_a_file_that_is_called_as_a_kind_of_sheet_is_still_a_file(home: Path) -> None:
    sheet(home, "claims.xlsx").rename(home / "claims")
    for words in (["claims"], ["members"], ["claims", "claims"]):
        failed = lindung(home, *words)
        assert failed.returncode == 1
        said_of = words[-1]
        assert failed.stderr.startswith(f"{said_of}: ")
    assert "tidak ada" in lindung(home, "members").stderr
    assert ".csv" in lindung(home, "claims").stderr


def test_a_sheet_of_members_is_taken_in_as_before_with_its_name_or_without(home: Path) -> None:
    path = home / "peserta.csv"
    path.write_text("NIK,KPJ\n5171030109750003,12345678901\n")
    plain, named = lindung(home, str(path)), lindung(home, "members", str(path), "--apply")
    assert "tidak ada pendaftaran dengan NIK ini" in plain.stdout
    assert "tidak ada pendaftaran dengan NIK ini" in named.stdout
    assert lindung(home, "klaim", str(path)).returncode == 2


def test_a_sheet_of_claims_without_anybody_is_refused_as_a_whole(home: Path) -> None:
    path = home / "klaim.csv"
    path.write_text("Nama;Status\nWayan;cair\n")
    failed = lindung(home, "claims", str(path))
    assert "nik, nomor peserta, atau kode pendaftaran" in failed.stderr
