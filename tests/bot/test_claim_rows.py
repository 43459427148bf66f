"""The cells of a sheet of claims: what is understood, and what is refused in plain words."""

from datetime import date, datetime
from pathlib import Path

import pytest

from bot import claim_rows, sheet_cells
from bot.claim_rows import KINDS, STATUSES, Wanted
from conversations.model import Invalid, Words
from rules.claim_reports import NEEDS_REASON, REPORTED
from rules.claims import Kind, State
from storage import member_sheets
from storage.member_sheets import Cell, Row, SheetError

TODAY = date(2026, 12, 2)
NIK = "5171031206850001"
GOOD: dict[str, Cell] = {
    "nik": NIK,
    "status": "dibayar",
    "day": "1-12-2026",
    "receipt": "TT-01/2026",
    "amount": "42.000.000",
}
PAID = Wanted(2, State.PAID, date(2026, 12, 1), NIK, receipt="TT-01/2026", amount=42_000_000)


def read(**cells: Cell) -> Wanted:
    """The good row, with other cells; an empty text leaves a cell out."""
    kept = {name: cell for name, cell in {**GOOD, **cells}.items() if cell != ""}
    return claim_rows.read(Row(2, kept), TODAY)


def refused(**cells: Cell) -> Words:
    with pytest.raises(Invalid) as why:
        read(**cells)
    return why.value.words


@pytest.mark.parametrize(
    "cells",
    [
        {},
        {"day": date(2026, 12, 1), "amount": 42_000_000},
        {"day": datetime(2026, 12, 1, 9), "amount": 42_000_000.0},  # noqa: DTZ001 (a cell)
        {"status": " SUDAH  Dibayar ", "day": "1 Des 2026", "amount": "Rp42.000.000,00"},
        {"nik": 5171031206850001, "reason": "-", "amount": "42 juta"},
    ],
)
def test_the_same_row_is_read_however_its_cells_are_written(cells: dict[str, Cell]) -> None:
    assert read(**cells) == PAID


@pytest.mark.parametrize("status", REPORTED)
def test_every_word_for_a_status_is_understood(status: State) -> None:
    why = "akta kematian belum ada" if status in NEEDS_REASON else ""
    for name in STATUSES[status]:
        for said in (name, name.upper(), f"Klaim sudah {name}."):
            assert read(status=said, reason=why).status is status


@pytest.mark.parametrize("kind", Kind)
def test_every_word_for_a_kind_is_understood(kind: Kind) -> None:
    assert {read(kind=f"Klaim {name.title()}").kind for name in KINDS[kind]} == {kind}


@pytest.mark.parametrize(
    ("cells", "who"),
    [
        ({}, "NIK •••• 0001"),
        ({"nik": "", "kpj": 12345678901}, "KPJ •••••••8901"),
        ({"code": "ABC-DEFG"}, "ABC-DEFG"),
    ],
)
def test_a_person_is_named_by_any_of_three_and_never_shown_in_full(
    cells: dict[str, Cell], who: str
) -> None:
    assert read(**cells).who == who
    assert NIK not in repr(read(**cells))
    assert "12345678901" not in repr(read(**cells))


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"nik": ""}, Words("claim_sheet.nobody")),
        ({"status": ""}, Words("claim_sheet.no_status")),
        ({"status": "proses"}, Words("claim_sheet.status_unclear", {"status": "proses"})),
        ({"status": NIK}, Words("claim_sheet.status_unclear", {"status": "•••• 0001"})),
        ({"day": ""}, Words("claim_sheet.no_day")),
        (
            {"day": "kemarin"},
            Words("sheet.day_unclear", {"column": Words("claim_sheet.column.day")}),
        ),
        ({"kind": "JHT"}, Words("claim_sheet.kind_unclear")),
        (
            {"reason": "berkas kurang"},
            Words("claim_sheet.reason_too_much", {"status": Words("follow.state.paid")}),
        ),
        ({"status": "ditolak"}, Words("claim_sheet.no_reason.rejected")),
        ({"status": "ditolak", "reason": "Ditolak"}, Words("claim_sheet.no_reason.rejected")),
        (
            {"status": "kurang berkas", "reason": "kurang berkas"},
            Words("claim_sheet.no_reason.papers_missing"),
        ),
    ],
)
def test_a_bad_cell_is_refused_with_its_reason(cells: dict[str, Cell], words: Words) -> None:
    assert refused(**cells) == words


@pytest.mark.parametrize(
    ("column", "cell", "key"),
    [
        *(("amount", cell, "claim_sheet.no_sum") for cell in ("0", "banyak", "42.00.000", 0, 1.5)),
        *(("amount", cell, "claim_sheet.no_sum") for cell in (True, date(2026, 1, 1), 10**12)),
        ("receipt", NIK, "words.no_numbers"),
        ("nik", 5171031206850000, "sheet.digits_lost"),
        ("nik", "517103120685", "nik.wrong_length"),
        ("kpj", "123", "kpj.wrong_length"),
    ],
)
def test_what_is_wrong_is_said_with_the_name_of_its_column(
    column: str, cell: Cell, key: str
) -> None:
    words = refused(**{column: cell})
    assert words.key == "claim_sheet.in_column"
    assert words.params["column"] == Words(f"claim_sheet.column.{column}")
    why = words.params["why"]
    assert isinstance(why, Words)
    assert why.key == key


def test_a_sum_counts_only_where_it_was_paid() -> None:
    assert read(status="disetujui", amount="akan dibayar").amount is None
    assert read(amount="").amount is None
    assert read(amount="-").amount is None


def test_a_reason_is_kept_without_long_numbers() -> None:
    wanted = read(status="ditolak", reason=f"  NIK {NIK}\n tidak  cocok ")
    assert wanted.reason == "NIK •••• 0001 tidak cocok"


def test_no_number_is_shown_in_full_whatever_column_it_stands_in() -> None:
    for column in claim_rows.WHO:
        shown = sheet_cells.masked(Row(2, {column: NIK}), claim_rows.WHO)
        assert shown == "•••• 0001"


HEADINGS = [
    ("No. Peserta;Status Klaim;Tgl;Nomor Tanda Terima;Jumlah (Rp);Alasan;Jenis Klaim", "kpj"),
    ("JENIS;alasan;Nominal;tanda_terima;TANGGAL;Keputusan;NIK", "nik"),
    ("registration code;claim status;date;receipt number;amount;reason;kind", "code"),
    ("why,sum,receipt,kind,state,Status Date,Membership Number".replace(",", ";"), "kpj"),
]


@pytest.mark.parametrize(("headings", "who"), HEADINGS)
def test_columns_are_known_by_heading_in_either_language_and_any_order(
    tmp_path: Path, headings: str, who: str
) -> None:
    path = tmp_path / "klaim.csv"
    path.write_text(f"{headings};Cabang\n" + "x;" * headings.count(";") + "x;Denpasar\n")
    sheet = member_sheets.read(path, member_sheets.CLAIMS)
    columns = {who, "status", "day", "receipt", "amount", "reason", "kind"}
    assert set(sheet.rows[0].cells) == columns
    assert sheet.unused == ("Cabang",)


def test_a_heading_names_one_column_alone() -> None:
    names = [name for headings in member_sheets.CLAIMS.values() for name in headings]
    assert len(names) == len(set(names))


def test_a_sheet_of_claims_needs_somebody_and_a_sheet_of_members_no_card_alone(
    tmp_path: Path,
) -> None:
    path = tmp_path / "klaim.csv"
    path.write_text("KPJ;Status\n12345678901;cair\n")
    assert member_sheets.read(path, member_sheets.CLAIMS).rows
    with pytest.raises(SheetError, match="no_person"):
        member_sheets.read(path)
    path.write_text("Nama;Status\nWayan;cair\n")
    with pytest.raises(SheetError, match="no_person"):
        member_sheets.read(path, member_sheets.CLAIMS)
