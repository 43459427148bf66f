"""The engine of the database: SQLite in one file, or PostgreSQL, with the same promises."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, Engine, ExceptionContext, event, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolEmpty
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel, create_engine

MIGRATIONS = Path(__file__).parent / "migrations"
# The database is away or full, or gave way to others: nothing is wrong with what was to be done,
# and it can be tried again.
AWAY = (OperationalError, InterfaceError, PoolEmpty)
GAVE_WAY = ("40001", "40P01", "55P03")  # serialization, deadlock, lock timeout
# A server that only reads (after a failover, say), and one that ended a transaction which took too
# long: to SQLAlchemy these are errors of the program.
ALSO_AWAY = ("25006", "25P03", "25P04")
PUT_OFF = "put off"  # in the session's notes: what is to be done before the commit
# Numbers of the locks of who migrates, and of who takes up what is to be sent: any that nothing
# else uses.
MIGRATING, CLAIMING = 0x4C494E44, 0x4C494E45
# Seconds to connect, to wait for what another transaction holds, and (in milliseconds) for a
# network that is silent: without them it holds a worker for minutes.
PATIENCE = {"connect_timeout": 5, "options": "-c lock_timeout=10s", "tcp_user_timeout": 10_000}
WRITABLE = {"target_session_attrs": "read-write"}


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment; SQLite would hand it back naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments, store UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware moment."""
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


def open_engine(url: str, writes: bool = True) -> Engine:
    """Open `sqlite:///path` or `postgresql://...` and set what durability needs.

    Errors of an engine show the statement, never its values. One that `writes` connects to no
    server that only reads.
    """
    if url.startswith("sqlite"):
        return _sqlite(url)
    plain = url.replace("postgres://", "postgresql://", 1)
    url = plain.replace("postgresql://", "postgresql+psycopg://", 1)
    wanted = PATIENCE | (WRITABLE if writes else {})
    engine = create_engine(
        url, pool_pre_ping=True, hide_parameters=True, pool_timeout=10, connect_args=wanted
    )
    event.listen(engine, "handle_error", _is_away)
    return engine


def _is_away(context: ExceptionContext) -> OperationalError | None:
    """What else means that the database is away; its connections are not used again."""
    error = context.original_exception
    if getattr(error, "sqlstate", None) not in ALSO_AWAY:
        return None
    context.is_disconnect = True
    return OperationalError(context.statement, None, error, True, True)


def _sqlite(url: str) -> Engine:
    arguments = {"check_same_thread": False, "timeout": 30}
    engine = create_engine(url, connect_args=arguments, hide_parameters=True)

    def on_connect(connection: Any, _record: object) -> None:
        # Without this SQLAlchemy begins late, and read-then-write turns lose updates silently.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def on_begin(connection: Any) -> None:
        reads = connection.get_execution_options().get("reads", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine


def need_not_last(engine: Engine) -> None:
    """Let an SQLite file that is thrown away afterwards not wait for the disk at every commit."""

    def on_connect(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", on_connect)
        engine.dispose()  # connections made until now do wait


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One transaction: committed at the end, rolled back on any error.

    What was put off with `at_the_end` is done before.
    """
    with Session(engine, expire_on_commit=False) as db, db.begin():
        yield db
        for work in db.info.get(PUT_OFF, ()):
            work(db)


def at_the_end(db: Session, work: Callable[[Session], None]) -> None:
    """Let the transaction do a piece of work just before it is committed, once.

    So what many turns write goes together, and locks that others wait for are held but a moment.
    """
    db.info.setdefault(PUT_OFF, {})[work] = True


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A transaction that only reads: on SQLite it waits for no writer, and none for it."""
    with transaction(engine.execution_options(reads=True)) as db:
        yield db


def gave_way(error: Exception) -> bool:
    """Whether a transaction only gave way to another that wanted the same rows."""
    return getattr(getattr(error, "orig", None), "sqlstate", "") in GAVE_WAY


def inserting(postgresql: bool, table: type[SQLModel]) -> Any:
    """An INSERT of this kind of database, which knows ON CONFLICT."""
    return (postgresql_insert if postgresql else sqlite_insert)(table)


def is_postgresql(db: Session) -> bool:
    """Whether this is PostgreSQL, with more than one writer at once."""
    return db.get_bind().dialect.name == "postgresql"


# Alembic is read where it is needed: it takes a fifth of a second, and most processes (a sheet's, a
# picture's) need none.


@cache
def newest() -> str:
    """The revision of the schema that this code needs."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


def revision_of(connection: Connection) -> str:
    """The revision that a database has; "" where it has no tables yet."""
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision() or ""


def _alone(connection: Connection) -> None:
    """Keep other processes from migrating until the transaction ends, however long that takes."""
    for statement in (
        "SET LOCAL lock_timeout = 0",
        f"SELECT pg_advisory_xact_lock({MIGRATING})",
        "SET LOCAL lock_timeout TO DEFAULT",
    ):
        connection.exec_driver_sql(statement)


def nobody_else(db: Session, lock: int) -> bool:
    """Whether nobody else is at something; nobody else begins it until this transaction ends."""
    if not is_postgresql(db):
        return True  # one writes at a time
    asked = db.connection().execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": lock})
    return bool(asked.scalar_one())


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to a revision, up or down; of several processes at once one does it."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            _alone(connection)
        if revision == "head" and revision_of(connection) == newest():
            return
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        if revision == "base" or revision.startswith("-"):
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)
