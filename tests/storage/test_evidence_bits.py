"""Every single bit of stored evidence: whichever is changed, it is found, and the record named."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from bot.house import House
from storage import verification
from tests.conftest import opened, own_database, settings_for
from tests.long_run import sizes
from tests.people import given
from tests.storage.frozen import accepted, forger, frozen

TABLES = {
    "evidence": (
        *("registration_id", "seq", "kind", "subject", "at", "by_id", "role"),
        *("content_sealed", "commitment", "link"),
    ),
    "evidence_head": ("registration_id", "count", "link", "mac"),
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    """Somebody who was confirmed and accepted, on SQLite; of few words, as they are many bits."""
    with opened(settings_for(tmp_path_factory.mktemp("home"))) as house:
        id = frozen(house, answers={"enrolment.work": given("over_5_years")})
        accepted(house, id)
        yield house, id


@contextmanager
def past_us(house: House) -> Iterator[Session]:
    """One transaction of a forger, whose end undoes it; foreign keys are not looked at."""
    with forger(house, stays=False) as connection, Session(connection) as db:
        yield db


def as_stored(db: Session, table: str) -> list[dict[str, Any]]:
    """The rows of a table: numbers as they are, all else as bytes."""
    names = [
        f"{name}" if name in ("seq", "by_id", "count") else f"CAST({name} AS BLOB) AS {name}"
        for name in TABLES[table]
    ]
    rows = db.execute(text(f"SELECT rowid AS place, {', '.join(names)} FROM {table}"))  # noqa: S608
    return [dict(row._mapping) for row in rows]


def flipped(value: int | bytes, nth: int) -> Iterator[int | bytes]:
    """The value with one bit changed, for every nth bit: of a number out of all 64."""
    yield from islice(_flipped(value), 0, None, nth)


def _flipped(value: int | bytes) -> Iterator[int | bytes]:
    if isinstance(value, int):
        yield from (value ^ (1 << bit) for bit in range(63))
        yield value - 2**63
        return
    for bit in range(len(value) * 8):
        changed = bytearray(value)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)


def stored(table: str, name: str) -> str:
    """How a changed value is written in SQLite, whose texts need be none."""
    is_bytes = name in ("content_sealed", "commitment", "link", "mac")
    value = ":value" if is_bytes or name in ("seq", "by_id", "count") else "CAST(:value AS TEXT)"
    return f"UPDATE {table} SET {name} = {value} WHERE rowid = :place"  # noqa: S608


@pytest.mark.parametrize("nth", sizes(31, 1))
@pytest.mark.parametrize(("table", "name"), [(t, name) for t in TABLES for name in TABLES[t]])
def test_every_changed_bit_is_found(
    kept: tuple[House, str], table: str, name: str, nth: int
) -> None:
    house, id = kept
    with past_us(house) as db:
        assert verification.verify(db, house.keys, id) == []
        rows, tried = as_stored(db, table), 0
        for row in rows:
            for value in flipped(row[name], nth):
                tried += _is_found(db, (house, id), stored(table, name), row, value)
            db.execute(text(stored(table, name)), {"value": row[name], "place": row["place"]})
        assert verification.verify(db, house.keys, id) == []
    assert tried >= len(rows) * 8 // nth


def _is_found(
    db: Session, kept: tuple[House, str], statement: str, row: dict[str, Any], value: int | bytes
) -> bool:
    """Whether it could be stored; then it must be found, with the record named."""
    house, id = kept
    try:
        with db.begin_nested():
            db.execute(text(statement), {"value": value, "place": row["place"]})
    except IntegrityError:
        return False  # the number of another record
    problems = verification.verify(db, house.keys, id)
    named = {problem.seq for problem in problems}
    assert problems, (statement, row, value)
    assert "seq" not in row or row["seq"] in named or value in named, (statement, row, problems)
    return True


def test_a_number_that_is_none_is_found(kept: tuple[House, str]) -> None:
    house, id = kept
    for table, name in (("evidence", "seq"), ("evidence", "by_id"), ("evidence_head", "count")):
        with past_us(house) as db:
            db.execute(text(f"UPDATE {table} SET {name} = 'x' WHERE rowid = 1"))  # noqa: S608
            assert verification.verify(db, house.keys, id)


def test_changed_bits_are_found_on_postgresql(postgresql: str, tmp_path: Path) -> None:
    numbers = {"seq": 30, "by_id": 62, "count": 30}
    draw = random.Random(5)
    with opened(settings_for(tmp_path / "home", own_database(postgresql))) as house:
        id = frozen(house)
        accepted(house, id)
        tried = 0
        for table, names in TABLES.items():
            for name in names:
                for _ in range(12):
                    bit = draw.randrange(numbers.get(name, 128))
                    tried += _is_found_there(house, id, (table, name), bit, draw)
    assert tried > 100


def _is_found_there(
    house: House, id: str, place: tuple[str, str], bit: int, draw: random.Random
) -> bool:
    table, name = place
    with past_us(house) as db:
        rows = db.execute(text(f"SELECT ctid, {name} FROM {table} ORDER BY link")).all()  # noqa: S608
        row = draw.choice(rows)
        try:
            with db.begin_nested():
                statement = f"UPDATE {table} SET {name} = {_there(name)} WHERE ctid = :ctid"  # noqa: S608
                values = {"bit": bit, "mask": 1 << bit % 60, "ctid": row[0]}
                used = {name: value for name, value in values.items() if f":{name}" in statement}
                db.execute(text(statement), used)
        except DBAPIError:
            return False  # no text, or the number of another record
        assert verification.verify(db, house.keys, id), (place, bit)
        return True


def _there(name: str) -> str:
    """A value with one bit changed, in PostgreSQL's own words."""
    if name in ("seq", "by_id", "count"):
        return f"{name} # CAST(:mask AS bigint)"
    if name == "at":
        return "at + CAST(:mask AS bigint) % 100000000 * interval '1 microsecond'"
    if name in ("content_sealed", "commitment", "link", "mac"):
        return f"set_bit({name}, :bit, 1 - get_bit({name}, :bit))"
    first = f"convert_to({name}, 'UTF8')"
    return f"convert_from(set_bit({first}, :bit % 8, 1 - get_bit({first}, :bit % 8)), 'UTF8')"
