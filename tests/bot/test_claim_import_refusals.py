"""Rows of the branch that cannot be right: each refused with its reason, the others taken."""

from dataclasses import replace
from datetime import date

import pytest

from bot.house import House
from rules.claims import Kind, State
from storage.member_sheets import Cell
from tests.bot.claim_sheets import (
    LODGED,
    NOW,
    PAID,
    REJECTED,
    WIFE,
    everything,
    keys_of,
    news,
    now_of,
    said,
    taken,
)
from tests.claims_on_record import DIED, claim, signed_up
from tests.people import MADE

JKM, JKK, S = Kind.JKM, Kind.JKK, State


@pytest.fixture
def house(house: House) -> House:
    """A house in which it is the second of December."""
    return replace(house, clock=lambda: NOW)


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
