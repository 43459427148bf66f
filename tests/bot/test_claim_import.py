"""What the branch sends back on claims, on both databases: shown first, saved once, told once."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import col, select

from bot import claim_import
from bot.house import House
from bot.zones import zone
from rules.claims import Kind, State
from storage import claims, member_batches
from storage.acceptances import Acceptance
from storage.audit import Actor
from storage.database import transaction
from storage.member_sheets import Cell, Row
from storage.models import Audit
from tests.bot.claim_sheets import (
    LODGED,
    NOW,
    PAID,
    REJECTED,
    RETURNED,
    SON,
    WIFE,
    everything,
    keys_of,
    news,
    now_of,
    said,
    taken,
    way_of,
)
from tests.claims_on_record import DIED, claim, signed_up
from tests.people import MADE, WAYAN

JKM, JKK, S = Kind.JKM, Kind.JKK, State


@pytest.fixture
def house(house: House) -> House:
    """A house in which it is the second of December."""
    return replace(house, clock=lambda: NOW)


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
