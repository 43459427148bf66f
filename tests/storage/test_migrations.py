"""The schema goes up and down on both databases and is what the models say."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, insert, inspect
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import SQLModel, select

from storage.database import migrate, open_engine, transaction
from storage.models import Audit, Inbound, Invitation, Person
from tests.conftest import own_database

NOW = datetime(2026, 12, 1, 10, 30, 15, 123456, tzinfo=UTC)
BIG = 2**52 - 1  # the largest id that Telegram gives


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of each kind that has no tables yet."""
    url = f"sqlite:///{tmp_path / 'lindung.db'}"
    if request.param == "postgresql":
        url = own_database(request.getfixturevalue("postgresql"))
    engine = open_engine(url)
    yield engine
    engine.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_the_schema_goes_up_down_and_up_again(engine: Engine) -> None:
    migrate(engine)
    assert tables(engine) == set(SQLModel.metadata.tables)
    migrate(engine, "base")
    assert tables(engine) == set()
    migrate(engine)
    assert tables(engine) == set(SQLModel.metadata.tables)


def test_each_step_can_be_taken_back_and_taken_again(engine: Engine) -> None:
    migrate(engine)
    migrate(engine, "-1")
    migrate(engine)
    assert tables(engine) == set(SQLModel.metadata.tables)


def test_going_up_twice_changes_nothing(engine: Engine) -> None:
    migrate(engine)
    with transaction(engine) as db:
        db.add(Person(id=1, created_at=NOW))
    migrate(engine)
    with transaction(engine) as db:
        assert db.get(Person, 1) is not None


def test_processes_that_start_together_on_an_empty_database_all_come_up(postgresql: str) -> None:
    """On SQLite there is one process alone."""
    address, together = own_database(postgresql), Barrier(4)

    def come_up() -> set[str]:
        engine = open_engine(address)
        together.wait()
        migrate(engine)
        there = tables(engine)
        engine.dispose()
        return there

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(come_up) for _ in range(4)]:
            assert done.result() == set(SQLModel.metadata.tables)


def test_the_migrations_make_just_what_the_models_say(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def columns(engine: Engine) -> dict[tuple[str, str], tuple[str, bool, bool]]:
    """Of each column its type, and whether it may be left empty, and out."""
    found = inspect(engine)
    return {
        (table, one["name"]): (
            str(one["type"]),
            bool(one["nullable"]),
            bool(one["nullable"] or one["default"]),
        )
        for table in tables(engine)
        for one in found.get_columns(table)
    }


def test_the_code_before_the_newest_schema_can_go_on_with_it(engine: Engine) -> None:
    migrate(engine, "head")
    migrate(engine, "-1")
    before = columns(engine)
    migrate(engine)
    after = columns(engine)
    assert {key: after.get(key) for key in before} == before, "nothing is gone or other"
    old_tables = {table for table, _ in before}
    more = {key: how for key, how in after.items() if key not in before and key[0] in old_tables}
    assert all(may_be_left_out for _, _, may_be_left_out in more.values()), more


def test_ids_above_32_bits_survive(engine: Engine) -> None:
    migrate(engine)
    with transaction(engine) as db:
        db.add(Person(id=BIG, asked_message=BIG, created_at=NOW))
        db.add(Inbound(update_id=BIG, lane=-BIG, body_sealed=b"x", received_at=NOW))
        db.add(Audit(at=NOW, actor_id=BIG, role="", action="", object_type="", object_id=""))
        db.add(
            Invitation(
                token_hash=b"t",
                role="",
                area="",
                phone_hash=b"p",
                inviter_id=BIG,
                created_at=NOW,
                expires_at=NOW,
            )
        )
    with transaction(engine) as db:
        assert db.exec(select(Person.id, Person.asked_message)).one() == (BIG, BIG)
        assert db.exec(select(Inbound.update_id, Inbound.lane)).one() == (BIG, -BIG)
        assert db.exec(select(Audit.actor_id)).one() == BIG
        assert db.exec(select(Invitation.inviter_id)).one() == BIG


@pytest.mark.parametrize(
    "moment", [NOW, NOW.astimezone(timezone(timedelta(hours=8))), datetime(1, 1, 2, tzinfo=UTC)]
)
def test_moments_come_back_aware_and_equal(engine: Engine, moment: datetime) -> None:
    migrate(engine)
    with transaction(engine) as db:
        db.add(Person(id=1, created_at=moment, unreachable_since=None))
    with transaction(engine) as db:
        person = db.get_one(Person, 1)
    assert person.created_at == moment
    assert person.created_at.utcoffset() == timedelta(0)
    assert person.unreachable_since is None


def keep(engine: Engine, *rows: SQLModel) -> None:
    """One transaction that adds rows."""
    with transaction(engine) as db:
        db.add_all(rows)


def test_a_moment_without_a_time_zone_is_refused(engine: Engine) -> None:
    migrate(engine)
    person = Person(id=1, created_at=NOW.replace(tzinfo=None))
    with pytest.raises(StatementError, match="a moment needs a time zone"):
        keep(engine, person)
    with transaction(engine) as db:
        assert db.get(Person, 1) is None


def test_an_error_shows_no_value(engine: Engine) -> None:
    migrate(engine)
    first, again = (
        Inbound(update_id=1, lane=1, body_sealed=b"wangi", received_at=NOW) for _ in range(2)
    )
    keep(engine, first)
    with pytest.raises(IntegrityError) as refused:
        keep(engine, again)
    assert "wangi" not in str(refused.value)


def test_a_failed_transaction_leaves_nothing(engine: Engine) -> None:
    migrate(engine)
    twice = [Person(id=7, created_at=NOW) for _ in range(2)]
    with pytest.raises(IntegrityError):
        keep_one_by_one(engine, Person(id=1, created_at=NOW), *twice)
    with transaction(engine) as db:
        assert db.get(Person, 1) is None


def keep_one_by_one(engine: Engine, *rows: SQLModel) -> None:
    """One transaction that sends each row to the database before the next."""
    with transaction(engine) as db:
        for row in rows:
            db.execute(insert(type(row)).values(row.model_dump()))
