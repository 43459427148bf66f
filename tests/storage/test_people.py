"""People at hand: read once, changed in memory, written together."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import event
from sqlmodel import Session

from bot.house import House
from storage import people
from storage.database import transaction
from storage.models import Person

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
WAYAN, MADE = 6_000_000_001, 6_000_000_002


@pytest.fixture
def both(house: House) -> None:
    with transaction(house.engine) as db:
        for id in (WAYAN, MADE):
            people.locked(db, id, NOW)


@contextmanager
def noting(db: Session) -> Iterator[list[str]]:
    """The statements that a session runs meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.get_bind(), "before_cursor_execute", note)
    yield statements
    event.remove(db.get_bind(), "before_cursor_execute", note)


def stored(house: House, id: int) -> Person:
    with transaction(house.engine) as db:
        return db.get_one(Person, id)


@pytest.mark.usefixtures("both")
def test_what_changed_is_written_in_one_statement_and_else_nothing(house: House) -> None:
    with transaction(house.engine) as db:
        people.lock(db, [MADE, WAYAN])
        people.locked(db, WAYAN, NOW).turn = 7
        people.locked(db, MADE, NOW).slot = "enrolment"
        with noting(db) as statements:
            people.write(db)
            people.write(db)
    assert len(statements) == 1
    assert (stored(house, WAYAN).turn, stored(house, WAYAN).slot) == (7, "")
    assert (stored(house, MADE).turn, stored(house, MADE).slot) == (0, "enrolment")
    assert stored(house, MADE).created_at == NOW


@pytest.mark.usefixtures("both")
def test_everybody_in_the_transaction_sees_a_person_at_hand_as_changed(db: Session) -> None:
    account = people.locked(db, WAYAN, NOW)
    account.language = "en"
    people.mark_unreachable(db, WAYAN, NOW)
    assert people.find(db, WAYAN) is account
    assert people.language(db, WAYAN) == "en"
    assert people.is_unreachable(db, WAYAN)
    account.unreachable_since = None
    assert not people.is_unreachable(db, WAYAN)
    assert people.language(db, 1) == "id"
    assert people.find(db, 1) is None


@pytest.mark.usefixtures("both")
def test_who_is_made_to_leave_a_page_stays_out_of_it(house: House) -> None:
    """Whether the person's own turn shares the transaction or not."""
    with transaction(house.engine) as db:
        for id in (WAYAN, MADE):
            people.locked(db, id, NOW).slot = "desk"
        people.write(db)
    with transaction(house.engine) as db:
        people.locked(db, WAYAN, NOW).turn += 1
        for id in (WAYAN, MADE):
            found = people.find(db, id)
            assert found is not None
            people.leave(db, found)
        people.write(db)
    assert [stored(house, id).slot for id in (WAYAN, MADE)] == ["", ""]
