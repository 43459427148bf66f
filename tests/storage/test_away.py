"""What a database says when it cannot work just now is one kind of error: it is tried again."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from storage.database import AWAY, migrate, open_engine, transaction
from storage.models import Person
from tests.conftest import own_database, run_in

NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def address(postgresql: str) -> str:
    """A PostgreSQL database of this file's own."""
    return own_database(postgresql)


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    engine = open_engine(address)
    migrate(engine)
    yield engine
    engine.dispose()


def backend(engine: Engine) -> int:
    """The server's process behind the next connection."""
    with transaction(engine) as db:
        return int(db.connection().execute(text("SELECT pg_backend_pid()")).scalar_one())


def write(engine: Engine, *first: str, pause: float = 0) -> None:
    """Write something in a transaction that begins with these statements."""
    with transaction(engine) as db:
        for statement in first:
            db.connection().execute(text(statement))
        time.sleep(pause)
        db.add(Person(id=1, created_at=NOW))


def test_a_server_that_only_reads_is_away_and_its_connections_are_not_used_again(
    engine: Engine,
) -> None:
    before = backend(engine)
    with pytest.raises(AWAY) as away:
        write(engine, "SET TRANSACTION READ ONLY")
    assert away.value.connection_invalidated
    assert "created_at" not in str(away.value.params), "an error shows no value"
    assert backend(engine) != before


def test_a_transaction_that_the_server_ended_can_be_tried_again(engine: Engine) -> None:
    with pytest.raises(AWAY):
        write(engine, "SET idle_in_transaction_session_timeout = 1", pause=0.3)
    with pytest.raises(AWAY):
        write(engine, "SET transaction_timeout = 1", pause=0.3)


def test_no_connection_is_made_to_a_server_that_only_reads(engine: Engine, address: str) -> None:
    name = engine.url.database
    run_in(address, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    fresh = open_engine(address)
    try:
        with pytest.raises(AWAY):
            backend(fresh)
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"ALTER DATABASE {name} RESET default_transaction_read_only"))
    assert backend(fresh)
    fresh.dispose()
