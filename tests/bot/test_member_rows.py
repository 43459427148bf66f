"""The cells of a sheet of members: what is understood, and what is refused in plain words."""

from datetime import date, datetime

import pytest

from bot import member_rows, sheet_cells
from conversations.model import Invalid, Words
from rules.coverage import PaidMonth
from storage.acceptances import PaidUntil
from storage.member_sheets import Cell, Row
from storage.members import Acceptance

TODAY = date(2026, 12, 2)
DAY = date(2026, 12, 1)
GOOD: dict[str, Cell] = {
    "nik": "5171031206850001",
    "kpj": "12345678901",
    "active_from": "1-12-2026",
    "paid_from": "Desember 2026",
    "paid_to": "2-2027",
    "paid_by": "program",
    "received": "2026-12-01",
}
MONTHS = tuple(
    PaidMonth(month, "programme", DAY) for month in (DAY, date(2027, 1, 1), date(2027, 2, 1))
)


def read(**cells: Cell) -> member_rows.Wanted:
    """The good row, with other cells; an empty text leaves a cell out."""
    kept = {name: cell for name, cell in {**GOOD, **cells}.items() if cell != ""}
    return member_rows.read(Row(2, kept), TODAY)


def column(key: str, name: str) -> Words:
    return Words(key, {"column": Words(f"sheet.column.{name}")})


def test_a_whole_row_is_read() -> None:
    wanted = read()
    assert (wanted.line, wanted.nik) == (2, "5171031206850001")
    assert wanted.acceptance == Acceptance("12345678901", DAY, MONTHS)


@pytest.mark.parametrize(
    "cells",
    [
        {"active_from": DAY, "received": datetime(2026, 12, 1, 9, 30)},  # noqa: DTZ001 (a cell)
        {"paid_from": date(2026, 12, 31), "paid_to": datetime(2027, 2, 1)},  # noqa: DTZ001
        {"nik": 5171031206850001, "kpj": 12345678901.0},
        {"nik": 5171031206850001.0},
        {"nik": "'5171 0312 0685 0001", "kpj": "1234-5678-901"},
        {"paid_from": "2026-12", "paid_to": "02/2027", "received": "1 Des 2026"},
        {"paid_by": " Pemerintah "},
    ],
)
def test_the_same_row_is_read_however_its_cells_are_written(cells: dict[str, Cell]) -> None:
    assert read(**cells) == read()


def test_a_row_may_bring_only_months_or_only_the_card() -> None:
    assert read(kpj="", active_from="").acceptance == Acceptance(months=MONTHS)
    no_months = dict.fromkeys(member_rows.OF_PAYMENT, "")
    assert read(**no_months).acceptance == Acceptance("12345678901", DAY)


@pytest.mark.parametrize("payer", member_rows.PAYERS)
def test_every_payer_can_be_named(payer: str) -> None:
    for name in member_rows.PAYERS[payer]:  # type: ignore[index]
        months = read(paid_by=name.upper()).acceptance.months
        assert {month.payer for month in months} == {payer}


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"nik": 5171031206850000}, Words("sheet.digits_lost")),
        ({"nik": 5171031206850010.0}, Words("sheet.digits_lost")),
        ({"nik": 9771031206850001}, Words("sheet.digits_lost")),
        ({"nik": 5.5}, Words("sheet.digits_lost")),
        ({"nik": float("nan")}, Words("sheet.digits_lost")),
        ({"nik": "5,17103E+15"}, Words("sheet.digits_lost")),
        ({"nik": "5.17103120685E+15"}, Words("sheet.digits_lost")),
        ({"nik": True}, Words("sheet.no_number")),
        ({"nik": DAY}, Words("sheet.no_number")),
        ({"nik": "517103120685"}, Words("nik.wrong_length", {"digits": 12})),
        ({"nik": ""}, Words("sheet.nobody")),
        ({"kpj": 1234567890}, Words("kpj.wrong_length", {"signs": 10})),
        ({"active_from": "kemarin"}, column("sheet.day_unclear", "active_from")),
        ({"active_from": "31-2-2026"}, column("sheet.day_unclear", "active_from")),
        ({"received": 46000}, column("sheet.day_unclear", "received")),
        ({"paid_from": "13-2026"}, column("sheet.month_unclear", "paid_from")),
        ({"paid_to": 202702}, column("sheet.month_unclear", "paid_to")),
        ({"paid_to": "11-2026"}, Words("sheet.months_reversed")),
        ({"paid_by": "bupati"}, Words("sheet.payer_unclear")),
        ({"received": ""}, column("sheet.missing", "received")),
        ({"paid_from": ""}, column("sheet.missing", "paid_from")),
    ],
)
def test_a_bad_cell_is_refused_with_its_reason(cells: dict[str, Cell], words: Words) -> None:
    with pytest.raises(Invalid) as refused:
        read(**cells)
    assert refused.value.words == words


def test_paid_until_alone_is_received_today_or_on_its_own_day() -> None:
    alone = dict.fromkeys(("paid_from", "paid_by"), "")
    named = PaidUntil(date(2027, 2, 1), DAY, is_named=True)
    assert read(**alone).acceptance == Acceptance("12345678901", DAY, until=named)
    today = PaidUntil(date(2027, 2, 1), TODAY)
    assert read(**alone, received="").acceptance == Acceptance("12345678901", DAY, until=today)


REASON = {**dict.fromkeys(set(GOOD) - {"nik"}, ""), "reason": "NIK salah"}


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({}, "NIK salah"),
        ({"refused": "Ya"}, "NIK salah"),
        ({"refused": "Nama ibu salah", "reason": ""}, "Nama ibu salah"),
        ({"reason": " Nama \n ibu  salah "}, "Nama ibu salah"),
        ({"reason": "NIK 5171 0312 0685 0001 ganda"}, "NIK •••• 0001 ganda"),
        ({"reason": "sudah terdaftar, KPJ 12345678901"}, "sudah terdaftar, KPJ •••• 8901"),
        ({"reason": "lahir 2026-12-01, bukan 2026-12-02"}, "lahir 2026-12-01, bukan 2026-12-02"),
        ({"reason": "a" * 400}, "a" * sheet_cells.LONGEST_REASON),
    ],
)
def test_a_refusal_is_read_with_its_reason_and_no_number_in_it(
    cells: dict[str, Cell], why: str
) -> None:
    assert read(**{**REASON, **cells}).refused == why


@pytest.mark.parametrize("cells", [{"reason": "-"}, {"refused": "Tidak"}, {"reason": "Berhasil"}])
def test_who_was_not_refused_is_read_as_accepted(cells: dict[str, Cell]) -> None:
    assert read(**cells) == read()


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        ({"reason": "", "refused": "ya"}, "sheet.no_reason"),
        ({"reason": "ditolak"}, "sheet.no_reason"),
        ({"refused": "tidak"}, "sheet.both"),
        ({"kpj": "12345678901"}, "sheet.both"),
    ],
)
def test_a_refusal_that_is_none_or_has_no_reason_is_a_bad_row(
    cells: dict[str, Cell], key: str
) -> None:
    with pytest.raises(Invalid) as refused:
        read(**{**REASON, **cells})
    assert refused.value.words == Words(key)


def test_months_far_ahead_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        read(paid_to="1-2029")
    assert refused.value.words.key == "day.month_far_ahead"


def test_a_row_that_asks_for_nothing_is_refused() -> None:
    nothing = dict.fromkeys(set(GOOD) - {"nik"}, "")
    with pytest.raises(Invalid) as refused:
        read(**nothing)
    assert refused.value.words == Words("sheet.nothing")


def test_no_nik_is_shown_in_full_whatever_column_it_stands_in() -> None:
    nik = "5171031206850001"
    for cells in (
        {"nik": nik},
        {"code": nik},
        {"nik": 5171031206850000},
        {"nik": "51710312068500"},
    ):
        assert len([sign for sign in sheet_cells.masked(Row(2, cells)) if sign.isdigit()]) == 4
    assert nik not in read().who + read(code=nik).who + repr(read())
    assert sheet_cells.masked(Row(2, {"code": "abc-defg", "nik": nik})) == "abc-defg"
    assert sheet_cells.masked(Row(2, {})) == "?"
