"""Sheets of members: CSV as Excel and LibreOffice save it, xlsx, and files that are neither."""

import random
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from storage import member_sheets
from storage.member_sheets import Row, SheetError
from tests.long_run import sizes

HEADINGS = "NIK;KPJ;Aktif sejak;Dibayar dari;Dibayar sampai;Dibayar oleh;Diterima"
LINE = "5171031206850001;12345678901;1-12-2026;12-2026;2-2027;program;1-12-2026"
CELLS = {
    "nik": "5171031206850001",
    "kpj": "12345678901",
    "active_from": "1-12-2026",
    "paid_from": "12-2026",
    "paid_to": "2-2027",
    "paid_by": "program",
    "received": "1-12-2026",
}


def csv_file(folder: Path, text: str, encoding: str = "utf-8", name: str = "peserta.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def xlsx_file(folder: Path, *lines: list[Any]) -> Path:
    book = Workbook()
    assert book.active is not None
    for line in lines:
        book.active.append(line)
    path = folder / "peserta.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_is_read_however_it_was_saved(
    tmp_path: Path, delimiter: str, encoding: str, end: str
) -> None:
    text = f"{HEADINGS};Dusun é{end}{LINE};Café{end}".replace(";", delimiter)
    sheet = member_sheets.read(csv_file(tmp_path, text, encoding))
    assert sheet.rows == (Row(2, CELLS),)
    assert sheet.unused == ("Dusun é",)


def test_case_gaps_and_order_of_the_headings_are_free(tmp_path: Path) -> None:
    text = "diterima,DIBAYAR_OLEH,kpj ,Nama,Kode\n1-12-2026,desa,12345678901,Wayan,abc-defg\n"
    sheet = member_sheets.read(csv_file(tmp_path, text))
    cells = {"received": "1-12-2026", "paid_by": "desa", "kpj": "12345678901", "code": "abc-defg"}
    assert sheet.rows == (Row(2, cells),)
    assert sheet.unused == ("Nama",)


def test_headings_may_be_english(tmp_path: Path) -> None:
    text = "code,card number,active from,paid from,paid to,paid by,received on\nA,B,C,D,E,F,G\n"
    sheet = member_sheets.read(csv_file(tmp_path, text))
    names = ("code", "kpj", "active_from", "paid_from", "paid_to", "paid_by", "received")
    assert sheet.rows == (Row(2, dict(zip(names, "ABCDEFG", strict=True))),)


@pytest.mark.parametrize(
    ("headings", "names"),
    [
        ("No. Peserta;Tgl Aktif;Iuran s/d;NIK", ("kpj", "active_from", "", "nik")),
        ("NIK;Nomor KPJ;Dibayar sampai;Alasan ditolak", ("nik", "kpj", "paid_to", "reason")),
        ("nik;Ditolak;Keterangan penolakan", ("nik", "refused", "reason")),
        (
            "NIK;Membership number;Active from;Paid until;Refused",
            ("nik", "kpj", "active_from", "paid_to", "refused"),
        ),
    ],
)
def test_the_columns_of_an_answer_are_known_by_their_headings(
    tmp_path: Path, headings: str, names: tuple[str, ...]
) -> None:
    line = ";".join("abcde"[: len(names)])
    sheet = member_sheets.read(csv_file(tmp_path, f"{headings}\n{line}\n"))
    assert set(sheet.rows[0].cells) == set(names) - {""}


def test_empty_lines_are_passed_over_and_the_numbers_stay_those_of_the_file(
    tmp_path: Path,
) -> None:
    text = f"\n{HEADINGS}\n\n;;;\n{LINE}\n\n{LINE};zuviel;noch mehr\n5171031206850001\n"
    sheet = member_sheets.read(csv_file(tmp_path, text))
    assert [row.number for row in sheet.rows] == [5, 7, 8]
    assert sheet.rows[1].cells == CELLS
    assert sheet.rows[2].cells == {"nik": "5171031206850001"}


def test_an_xlsx_keeps_dates_and_numbers_as_such(tmp_path: Path) -> None:
    path = xlsx_file(
        tmp_path,
        [],
        ["Kode", "Aktif_Sejak", "KPJ"],
        ["abc-defg", date(2026, 12, 1), 12345678901],
        [None, None, None],
        ["hij-klmn", "1-12-2026", "12345678902"],
    )
    sheet = member_sheets.read(path)
    first = {"code": "abc-defg", "active_from": date(2026, 12, 1), "kpj": 12345678901}
    last = {"code": "hij-klmn", "active_from": "1-12-2026", "kpj": "12345678902"}
    assert sheet.rows == (Row(3, first), Row(5, last))


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("peserta.pdf", LINE, "not_a_sheet"),
        ("peserta.xlsx", LINE, "unreadable"),
        ("peserta.csv", "", "empty"),
        ("peserta.csv", " \n;;\n", "empty"),
        ("peserta.csv", "nama,kpj\nWayan,1\n", "no_person"),
        ("peserta.csv", "nik,kpj,No KPJ\n1,2,3\n", "column_twice"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(
    tmp_path: Path, name: str, text: str, reason: str
) -> None:
    with pytest.raises(SheetError) as refused:
        member_sheets.read(csv_file(tmp_path, text, name=name))
    assert refused.value.reason == reason
    assert reason in member_sheets.ERRORS


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="not_there"):
        member_sheets.read(tmp_path / "lain.csv")


def test_a_small_workbook_that_unpacks_into_very_much_is_refused_before_it_is_read(
    tmp_path: Path,
) -> None:
    path = xlsx_file(tmp_path, HEADINGS.split(";"), LINE.split(";"))
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as book,
        book.open("xl/media/padding.xml", "w") as part,
    ):
        for _ in range(301):
            part.write(bytes(1_000_000))
    assert path.stat().st_size < 1_000_000
    with pytest.raises(SheetError, match="too_large"):
        member_sheets.read(path)


def test_a_workbook_of_very_many_parts_is_refused(tmp_path: Path) -> None:
    path = xlsx_file(tmp_path, HEADINGS.split(";"), LINE.split(";"))
    with zipfile.ZipFile(path, "a") as book:
        for number in range(member_sheets.MAX_PARTS):
            book.writestr(f"xl/media/{number}.xml", "")
    with pytest.raises(SheetError, match="too_large"):
        member_sheets.read(path)


def test_a_file_above_what_is_read_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADINGS)
    with path.open("r+b") as file:
        file.truncate(member_sheets.MAX_FILE + 1)
    with pytest.raises(SheetError, match="too_large"):
        member_sheets.read(path)


@pytest.mark.parametrize("count", sizes(200, 1_000))
def test_a_workbook_damaged_anywhere_is_read_or_refused_and_never_falls_over(
    tmp_path: Path, count: int
) -> None:
    path = xlsx_file(tmp_path, HEADINGS.split(";"), LINE.split(";"))
    whole, chance, seen = path.read_bytes(), random.Random(29), set()
    for _ in range(count):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 2, 8, 40))):
            anywhere, in_the_list = chance.randrange(len(whole)), -1 - chance.randrange(700)
            damaged[chance.choice((anywhere, in_the_list))] = chance.randrange(256)
        path.write_bytes(damaged)
        try:
            member_sheets.read(path)
        except SheetError as refused:
            seen.add(refused.reason)
    assert {"unreadable", "too_large"} <= seen <= set(member_sheets.ERRORS)
