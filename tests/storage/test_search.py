"""Finding people of one village on both databases: by name, code, NIK or its end, up to a cap."""

from datetime import UTC, datetime

import pytest

from bot.house import House
from rules.registration import State
from storage import registrations, search
from storage.database import transaction
from storage.models import Registration
from storage.search import Hits
from tests.people import Person, submission

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
VILLAGE, OTHER_VILLAGE = "51.71.03.2008", "51.71.03.2009"
WAYAN = Person("5171031206850001", "I Wayan Contoh")
MADE = Person("5171035708900002", "Ni Made Contoh")
JOKO = Person("5171031206700003", "Djoko Soesilo")


def signed_up(house: House, person: Person, village: str = VILLAGE) -> Registration:
    with transaction(house.engine) as db:
        return registrations.submit(db, house.keys, submission(person, village=village), NOW)


def searched(house: House, typed: str, village: str = VILLAGE) -> Hits:
    with transaction(house.engine) as db:
        return search.search(db, house.keys, village, typed)


def names(hits: Hits) -> list[str]:
    return sorted(one.name for one in hits.people)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("wayan", [WAYAN.name]),
        ("joko susilo", [JOKO.name]),
        ("contoh", [WAYAN.name, MADE.name]),
        ("0002", [MADE.name]),
        ("5171 0312 0685 0001", [WAYAN.name]),
        ("0009", []),
        ("Ketut", []),
        ("5171031206850009", []),
    ],
)
def test_people_are_found_by_a_part_of_the_name_and_by_digits(
    house: House, typed: str, found: list[str]
) -> None:
    for person in (WAYAN, MADE, JOKO):
        signed_up(house, person)
    assert names(searched(house, typed)) == found


def test_a_person_is_found_by_the_code_however_it_is_typed(house: House) -> None:
    code = signed_up(house, WAYAN).code
    signed_up(house, MADE)
    for typed in (code, code.lower(), code.replace("-", " "), code.replace("-", "")):
        assert names(searched(house, typed)) == [WAYAN.name]


def test_nobody_of_another_village_is_found_by_whatever_is_typed(house: House) -> None:
    code = signed_up(house, WAYAN, OTHER_VILLAGE).code
    for typed in ("wayan", code, "0001", WAYAN.nik):
        assert searched(house, typed) == Hits(())
    assert names(searched(house, "wayan", OTHER_VILLAGE)) == [WAYAN.name]


def test_a_search_that_looks_at_the_newest_alone_says_so(house: House) -> None:
    row = signed_up(house, WAYAN)
    with transaction(house.engine) as db:
        db.add_all(_like(row, number, house) for number in range(search.MOST))
    for typed in ("wayan", "0001"):
        hits = searched(house, typed)
        assert hits.capped
        assert WAYAN.name not in names(hits)
    assert names(searched(house, row.code)) == [WAYAN.name]
    assert names(searched(house, WAYAN.nik)) == [WAYAN.name]


def _like(row: Registration, number: int, house: House) -> Registration:
    """A younger sign-up of somebody else, with just what a search reads."""
    id = f"CONTOH{number:010}"
    return Registration(
        **{
            **row.model_dump(),
            "id": id,
            "code": f"{number:07}",
            "nik_hash": number.to_bytes(32, "big"),
            "nik_sealed": house.keys.seal("registration.nik", id, f"51710312068{number % 9:05}9"),
            "name_sealed": house.keys.seal("registration.name", id, "Ni Ketut Contoh"),
            "created_at": NOW.replace(hour=3),
        }
    )


def test_a_member_is_marked_among_the_people_found(house: House) -> None:
    row = signed_up(house, WAYAN)
    assert [one.is_member for one in searched(house, "wayan").people] == [False]
    with transaction(house.engine) as db:
        db.get_one(Registration, row.id).state = State.ACTIVE
    assert [one.is_member for one in searched(house, "wayan").people] == [True]


def test_people_chosen_before_keep_their_order_and_leave_out_other_villages(house: House) -> None:
    ids = [signed_up(house, person).id for person in (WAYAN, MADE)]
    stranger = signed_up(house, JOKO, OTHER_VILLAGE).id
    with transaction(house.engine) as db:
        chosen = search.of_ids(db, house.keys, [VILLAGE], [*reversed(ids), stranger, "NOBODY"])
    assert [one.id for one in chosen] == [*reversed(ids)]
