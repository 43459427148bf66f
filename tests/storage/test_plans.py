"""What the desk asks of a village of any size goes by an index, as SQLite says it would."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import Session

from bot.house import House
from storage import minutes, queue
from storage.database import transaction
from storage.queue import Round
from storage.registrations import open_with_nik, receive
from tests.conftest import opened, settings_for
from tests.people import WAYAN, submission
from tests.storage.test_queue import KETUT, NOW, VILLAGE, filed

ASKED: dict[str, tuple[Callable[[Session], object], str]] = {
    "a clean page": (lambda db: queue.clean(db, VILLAGE, KETUT, NOW), "registration_clean"),
    "what is clean, one by one": (
        lambda db: queue.next_case(db, VILLAGE, KETUT, NOW, Round(clean_first=True)),
        "registration_clean",
    ),
    "what is doubtful": (
        lambda db: queue.next_case(db, VILLAGE, KETUT, NOW),
        "registration_doubtful",
    ),
    "what the officer holds": (
        lambda db: queue.next_case(db, VILLAGE, KETUT, NOW),
        "registration_mine",
    ),
    "a batch": (
        lambda db: queue.decided_at(db, [VILLAGE], KETUT.person, NOW),
        "registration_decided",
    ),
    "minutes that lack": (
        lambda db: minutes.any_missing(db, VILLAGE),
        "registration_undocumented",
    ),
}


def plans(house: House, ask: Callable[[Session], object]) -> str:
    """How SQLite would go about each statement of a question."""
    found: list[str] = []
    statements: list[tuple[str, object]] = []

    def on_execute(_c: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        if statement.startswith("SELECT"):
            statements.append((statement, values))

    event.listen(house.engine, "before_cursor_execute", on_execute)
    with transaction(house.engine) as db:
        ask(db)
    event.remove(house.engine, "before_cursor_execute", on_execute)
    with house.engine.connect() as connection:
        for statement, values in statements:
            told = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            found += [str(row[3]) for row in told]
    return "\n".join(found)


@pytest.mark.parametrize("what", sorted(ASKED))
def test_what_the_desk_asks_goes_by_an_index(tmp_path: Path, what: str) -> None:
    """On SQLite: PostgreSQL chooses by how many rows there are."""
    ask, index = ASKED[what]
    with opened(settings_for(tmp_path)) as house:
        filed(house, 3)
        told = plans(house, ask)
    assert f"USING INDEX {index} " in told or f"COVERING INDEX {index} " in told, told
    assert "SCAN registration" not in told


def test_a_sign_up_is_stored_without_looking_through_those_of_the_programme(
    tmp_path: Path,
) -> None:
    """Its possible duplicates are found by their hashes, however many others there are."""
    with opened(settings_for(tmp_path)) as house:
        filed(house, 3)
        told = plans(house, lambda db: receive(db, house.keys, submission(WAYAN), NOW))
    assert "registration_index_1 (hash=?)" in told
    assert "registration_1 (id=?)" in told
    assert "programme=?" not in told
    assert "SCAN" not in told


def test_ones_own_sign_up_is_found_by_its_nik(tmp_path: Path) -> None:
    """Asked at every answer of a form."""
    with opened(settings_for(tmp_path)) as house:
        filed(house, 3)
        mine = ("denpasar", WAYAN.nik, 1)
        told = plans(house, lambda db: open_with_nik(db, house.keys, *mine))
    assert "ix_registration_nik_hash (nik_hash=?)" in told or "person_id (person_id=?)" in told
