"""Many rows in one statement: what it writes, and that its words stay the same."""

from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from bot.house import House
from storage import people
from storage.database import transaction
from storage.many import Inserts, Updates, among
from storage.models import Person
from tests.storage.test_queue import NOW

COLUMNS = ["id", "language", "slot", "turn", "asked_message", "created_at"]
FRESH = Inserts(Person, COLUMNS, key=["id"], told="id")
AFRESH = Inserts(Person, COLUMNS, key=["id"], moved=["slot"])
TURNS = Updates(Person, ["id", "turn"])
CHOSEN = select(Person.id).where(among(Person.id, "ids")).order_by(Person.id)  # type: ignore[arg-type]


def person(number: int, **other: Any) -> dict[str, Any]:
    row = {"id": number, "language": "id", "slot": "", "turn": 0, "asked_message": 0}
    return {**row, "created_at": NOW, **other}


def test_what_is_there_stays_and_the_result_names_what_is_new(house: House) -> None:
    with transaction(house.engine) as db:
        FRESH.write(db, [person(1, slot="first")])
        told = FRESH.write(db, [person(1, slot="second"), person(2), person(3)])
        assert sorted(told.scalars()) == [2, 3]
        found = people.find(db, 1)
        assert found is not None
        assert found.slot == "first"


def test_what_is_there_takes_what_was_named_and_nothing_else(house: House) -> None:
    with transaction(house.engine) as db:
        AFRESH.write(db, [person(1)])
        AFRESH.write(db, [person(1, slot="new", turn=7), person(2, slot="other")])
        one, two = people.find(db, 1), people.find(db, 2)
        assert one is not None
        assert two is not None
        assert (one.slot, one.turn, two.slot) == ("new", 0, "other")


def test_a_change_reaches_its_own_row_alone(house: House) -> None:
    with transaction(house.engine) as db:
        FRESH.write(db, [person(number) for number in range(1, 5)])
        TURNS.write(db, [{"id": 1, "turn": 11}, {"id": 3, "turn": 33}, {"id": 9, "turn": 99}])
        kept = [db.get_one(Person, number).turn for number in range(1, 5)]
        assert kept == [11, 0, 33, 0]


@pytest.mark.parametrize("wanted", [[], [2], [3, 1, 9]])
def test_those_among_the_values_are_found(house: House, wanted: list[int]) -> None:
    with transaction(house.engine) as db:
        FRESH.write(db, [person(number) for number in range(1, 5)])
        found = db.connection().execute(CHOSEN, {"ids": wanted}).scalars().all()
        assert list(found) == sorted(set(wanted) - {9})


def test_the_words_stay_the_same_however_many_there_are(house: House) -> None:
    """Else PostgreSQL, and the driver's memory of statements, would plan each anew."""
    if house.engine.dialect.name != "postgresql":
        return
    said: list[str] = []
    event.listen(house.engine, "before_cursor_execute", lambda *seen: said.append(seen[2]))
    with transaction(house.engine) as db:
        for first, many in ((1, 1), (10, 5), (100, 40)):
            rows = [person(number) for number in range(first, first + many)]
            FRESH.write(db, rows)
            TURNS.write(db, rows)
            db.connection().execute(CHOSEN, {"ids": [row["id"] for row in rows]})
    assert len(said) == 9
    assert len(set(said)) == 3
