"""Cards that two officers reach for, and cards of who was noted as having left."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.house import House
from bot.stage import Stage, appoint
from rules.registration import State
from storage import staff
from storage.database import transaction
from storage.models import Audit, Registration
from tests.forged.scenes import VILLAGE, signed_up
from tests.on_stage import over, said
from tests.played import played

OPEN = ("/petugas", "[Satu per satu (1)]")
PAGE = ("/cari", "Ragu")
LEFT = (*PAGE, "[Ada perubahan]", "[Pindah dari desa ini]", "[Hari ini]", "[Benar, catat]")


def one_doubtful(house: House) -> Stage:
    """A village with two officers and one doubtful sign-up, on each kind of database."""
    on_stage = over(house)
    for name in ("officer", "colleague"):
        appoint(on_stage, name, VILLAGE)
    on_stage.do("worker", "halo")
    signed_up(on_stage, "I Ragu Contoh", 2, warnings=("age_old",))
    return on_stage


@pytest.fixture
def stage(house: House) -> Stage:
    """The same, played once."""
    return played(house, one_doubtful)


def row(stage: Stage) -> Registration:
    with transaction(stage.house.engine) as db:
        return db.exec(select(Registration)).one()


def test_a_card_that_the_colleague_has_opened_meanwhile_leads_on(stage: Stage) -> None:
    said(stage, "officer", *OPEN)
    stage.clock.moment += timedelta(minutes=6)
    assert "I Ragu Contoh" in said(stage, "colleague", *OPEN)[-1]
    told = "\n".join(said(stage, "officer", "[Sahkan]"))
    assert "sedang dibuka petugas lain" in told
    assert "I Ragu Contoh" not in told
    assert row(stage).held_by == stage.chat("colleague").id
    said(stage, "colleague", "[Sahkan]", "[Ya, saya tahu]")
    assert (row(stage).state, row(stage).officer_id) == ("confirmed", stage.chat("colleague").id)


def test_an_attestation_on_a_card_that_the_colleague_holds_decides_nothing(stage: Stage) -> None:
    said(stage, "officer", *OPEN, "[Sahkan]")
    stage.clock.moment += timedelta(minutes=6)
    said(stage, "colleague", *OPEN)
    assert "sedang dibuka petugas lain" in "\n".join(said(stage, "officer", "[Ya, saya tahu]"))
    assert row(stage).state == State.PENDING
    assert row(stage).held_by == stage.chat("colleague").id


def test_a_card_of_who_was_noted_as_having_left_says_so(stage: Stage) -> None:
    said(stage, "officer", *LEFT)
    assert "tercatat keluar: pindah dari desa ini" in said(stage, "officer", *OPEN)[-1]


def test_a_decline_taken_back_after_a_departure_came_to_nothing_begins_anew(stage: Stage) -> None:
    said(stage, "officer", *LEFT)
    stage.clock.moment += timedelta(minutes=8)
    said(stage, "officer", *OPEN, "[Tolak]", "[Bukan warga desa ini]")
    stage.pass_time(timedelta(minutes=4))
    said(stage, "officer", "[Urungkan (10 menit)]")
    assert (row(stage).state, row(stage).left_why) == (State.PENDING, "")
    with transaction(stage.house.engine) as db:
        undone = db.exec(select(Audit).where(Audit.action == "departure_undone")).all()
    assert [one.object_id for one in undone] == [row(stage).id]


def test_the_second_officer_is_told_who_decided_and_when_by_the_villages_clock(
    stage: Stage,
) -> None:
    said(stage, "colleague", *OPEN)
    stage.clock.moment = stage.clock.moment.replace(hour=17, minute=30)
    said(stage, "officer", *OPEN, "[Sahkan]", "[Ya, saya tahu]")
    with transaction(stage.house.engine) as db:
        for office in staff.offices_of(db, stage.chat("officer").id):
            assert staff.end(db, office.id, stage.clock())
    stage.clock.moment += timedelta(minutes=10)
    told = "\n".join(said(stage, "colleague", "[Tolak]"))
    assert "oleh Officer pada 21 November 2026 pukul 01.30: Disahkan desa" in told
