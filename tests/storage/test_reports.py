"""Whose death or accident was told: by number, by name; and what is told again joins the first."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.house import House
from rules.claims import Kind, State
from rules.registration import State as Standing
from storage import claims, members, registrations, reports
from storage.audit import Actor
from storage.claims import Pen, Report
from storage.database import transaction
from storage.members import Acceptance
from storage.models import Claim, Registration
from storage.reports import Found
from tests.people import MADE, WAYAN, Person, submission

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
DAY = date(2026, 12, 1)
WIFE, SYSTEM = Actor(6_300_000_001, "reporter"), Actor(0, "arrivals")
VILLAGE, OTHER_VILLAGE = "51.71.03.2008", "51.71.03.2009"
KPJ = "12345678901"


def signed_up(house: House, person: Person = WAYAN, **other: Any) -> Registration:
    with transaction(house.engine) as db:
        return registrations.submit(db, house.keys, submission(person, **other), NOW)


def whose(house: House, name: str, number: str = "", village: str = VILLAGE) -> Found | None:
    with transaction(house.engine) as db:
        return reports.whose(db, house.keys, village, {"name": name, "number": number})


def told(house: House, name: str = WAYAN.name) -> str:
    facts = {"name": name, "cause": "illness", "reporter": "Ni Made Contoh"}
    new = Report(Kind.JKM, VILLAGE, DAY, NOW, WIFE.id, facts)
    with transaction(house.engine) as db:
        return claims.report(db, Pen(house.keys, WIFE, NOW), new).id


def test_a_nik_finds_its_person_in_whatever_village(house: House) -> None:
    row = signed_up(house, village=OTHER_VILLAGE)
    assert whose(house, "siapa saja", WAYAN.nik) == Found(row.id, "nik")


def test_a_card_finds_its_member(house: House) -> None:
    row = signed_up(house)
    with transaction(house.engine) as db:
        db.get_one(Registration, row.id).state = Standing.CONFIRMED
    with transaction(house.engine) as db:
        fresh = db.get_one(Registration, row.id)
        members.record(db, house.keys, fresh, Acceptance(KPJ, DAY, ()), SYSTEM, NOW)
    assert whose(house, "siapa saja", KPJ) == Found(row.id, "card")


@pytest.mark.parametrize("name", ["I Wayan Contoh", "wayan tjontoh i"])
def test_a_name_that_sounds_the_same_finds_the_one_who_has_it(house: House, name: str) -> None:
    row = signed_up(house)
    signed_up(house, MADE)
    assert whose(house, name) == Found(row.id, "name")


def test_a_name_that_two_people_have_finds_nobody(house: House) -> None:
    signed_up(house)
    signed_up(house, Person(MADE.nik, WAYAN.name))
    assert whose(house, WAYAN.name) is None


def test_two_sign_ups_of_one_person_are_one_and_the_member_counts(house: House) -> None:
    first = signed_up(house)
    signed_up(house)
    with transaction(house.engine) as db:
        db.get_one(Registration, first.id).state = Standing.ACTIVE
    assert whose(house, WAYAN.name) == Found(first.id, "name")
    assert whose(house, "siapa saja", WAYAN.nik) == Found(first.id, "nik")


@pytest.mark.parametrize("name", ["I Wayan", "...", "I Wayan Contoh Dua"])
def test_a_part_of_a_name_finds_nobody(house: House, name: str) -> None:
    signed_up(house)
    assert whose(house, name) is None


def test_a_name_is_looked_for_in_the_village_alone(house: House) -> None:
    signed_up(house, village=OTHER_VILLAGE)
    assert whose(house, WAYAN.name) is None


def test_a_number_that_is_unknown_leaves_the_name(house: House) -> None:
    row = signed_up(house)
    assert whose(house, WAYAN.name, MADE.nik) == Found(row.id, "name")
    assert whose(house, WAYAN.name, KPJ) == Found(row.id, "name")


def test_what_is_told_again_joins_the_first_and_stays_readable(house: House) -> None:
    row = signed_up(house)
    first, again, other = told(house), told(house, "wayan"), told(house)
    pen = Pen(house.keys, SYSTEM, NOW)
    with transaction(house.engine) as db:
        kept = db.get_one(Claim, first)
        claims.change(db, kept, NOW, registration_id=row.id)
        assert reports.join(db, pen, db.get_one(Claim, again), kept)
    with transaction(house.engine) as db:
        joined = db.get_one(Claim, again)
        assert (joined.state, joined.registration_id) == (State.WITHDRAWN, row.id)
        assert claims.steps(db, house.keys, again)[-1].note == f"joined {first}"
        [facts] = reports.told_again(db, house.keys, db.get_one(Claim, first))
        assert facts["name"] == "wayan"
        assert reports.told_again(db, house.keys, db.get_one(Claim, other)) == []
        found = claims.open_death(db, row.id)
        assert found is not None
        assert found.id == first


def test_a_report_that_was_taken_back_is_no_report_told_again(house: House) -> None:
    row = signed_up(house)
    first, own = told(house), told(house)
    with transaction(house.engine) as db:
        for id in (first, own):
            claims.change(db, db.get_one(Claim, id), NOW, registration_id=row.id)
        moved = claims.Moved(State.WITHDRAWN, DAY, "salah orang")
        claims.move(db, Pen(house.keys, SYSTEM, NOW), db.get_one(Claim, own), moved)
    with transaction(house.engine) as db:
        assert reports.told_again(db, house.keys, db.get_one(Claim, first)) == []
