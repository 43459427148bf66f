"""A seat kept for a sign-up that waits for its officer: shown first, reminded of, in the digest."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot import offers, places
from bot.house import House
from bot.stage import Stage, appoint
from rules.registration import State
from storage import registrations, timers
from storage.audit import Actor, Change
from storage.database import transaction
from storage.models import Registration, SeatCounter, Timer
from storage.queue import KEPT
from tests.forged.scenes import VILLAGE, signed_up
from tests.on_stage import over, said
from tests.played import played

WORKER = Actor(6_100_000_001, "worker")
OPEN = ("/petugas", "[Satu per satu (2)]")


def two_sign_ups(house: House) -> Stage:
    """An officer; somebody who has waited long, and somebody later who took an offer up."""
    on_stage = over(house)
    appoint(on_stage, "officer", VILLAGE)
    on_stage.do("worker", "halo")
    signed_up(on_stage, "I Lama Contoh", 1, warnings=("age_old",))
    signed_up(on_stage, "I Tawaran Contoh", 2, warnings=("age_old",))
    return on_stage


@pytest.fixture
def stage(house: House) -> Stage:
    """The same, played once."""
    return played(house, two_sign_ups)


def named(stage: Stage, name: str) -> Registration:
    with transaction(stage.house.engine) as db:
        rows = db.exec(select(Registration)).all()
        return next(row for row in rows if registrations.name(stage.house.keys, row) == name)


def offered_and_accepted(stage: Stage, name: str = "I Tawaran Contoh") -> None:
    """The offer of a seat was taken up."""
    house, now, id = stage.house, stage.clock(), named(stage, name).id
    with transaction(house.engine) as db:
        row = registrations.by_id(db, id)
        assert row is not None
        by = (WORKER, Change("brought", "registration", row.id))
        assert registrations.change_state(db, row, State.WAITING, by, now, line="1")
        assert places.fill(house, db, row, now, "room") == 1
        assert offers.accept(house, db, row, WORKER, now)


def watched(stage: Stage) -> list[str]:
    """For whom a timer stands."""
    with transaction(stage.house.engine) as db:
        return [one.key for one in db.exec(select(Timer).where(Timer.kind == KEPT))]


def told(stage: Stage, **span: float) -> str:
    """What the officer hears within a time."""
    heard = stage.pass_time(timedelta(**span))
    return "\n".join(call["text"] for who, call in heard if who == "officer" and "text" in call)


def test_the_card_for_which_a_seat_is_kept_comes_first(stage: Stage) -> None:
    offered_and_accepted(stage)
    card = said(stage, "officer", *OPEN)[-1]
    assert "I Tawaran Contoh" in card
    assert "Kursinya disimpan" in card


def test_the_officers_are_reminded_of_it_after_as_many_days_as_an_offer_lasts(
    stage: Stage,
) -> None:
    offered_and_accepted(stage)
    days = stage.house.programmes["denpasar"].offer_days.value
    assert "masih disimpan" not in told(stage, days=days - 1, hours=23)
    assert "I Tawaran Contoh" in told(stage, hours=2)
    assert "masih disimpan" not in told(stage, hours=2)
    assert "masih disimpan" in told(stage, days=days)


def test_the_digest_names_how_many(stage: Stage) -> None:
    assert "kursinya disimpan" not in told(stage, days=1)
    offered_and_accepted(stage)
    assert "kursinya disimpan: <b>1</b>" in told(stage, days=1)


def test_nobody_is_reminded_once_it_is_decided(stage: Stage) -> None:
    offered_and_accepted(stage)
    said(stage, "officer", *OPEN, "[Sahkan]", "[Ya, saya tahu]")
    assert named(stage, "I Tawaran Contoh").state == State.CONFIRMED
    assert "masih disimpan" not in told(stage, days=30)
    assert watched(stage) == []


def test_a_confirmation_undone_while_others_wait_keeps_its_seat_and_comes_first(
    stage: Stage,
) -> None:
    said(stage, "officer", *OPEN, "[Sahkan]", "[Ya, saya tahu]")
    with transaction(stage.house.engine) as db:
        db.get_one(SeatCounter, f"denpasar/{VILLAGE}").used = 100
    signed_up(stage, "I Menunggu Contoh", 3, warnings=("age_old",))
    waiting = named(stage, "I Menunggu Contoh").id
    with transaction(stage.house.engine) as db:
        row = registrations.by_id(db, waiting)
        assert row is not None
        by = (WORKER, Change("brought", "registration", row.id))
        assert places.confirm(stage.house, db, row, by, stage.clock()) == "waiting"
    said(stage, "officer", "[Urungkan (10 menit)]")
    assert watched(stage) == [named(stage, "I Lama Contoh").id]


def test_an_undo_that_gives_the_seat_back_keeps_none(stage: Stage) -> None:
    said(stage, "officer", *OPEN, "[Sahkan]", "[Ya, saya tahu]", "[Urungkan (10 menit)]")
    assert watched(stage) == []
    id = named(stage, "I Lama Contoh").id
    with transaction(stage.house.engine) as db:
        timers.set_timer(db, KEPT, id, stage.clock())
    assert "masih disimpan" not in told(stage, minutes=1)
