"""`lindung migrate` is killed half-way, on an empty database and on one that was lived in."""

import os
import signal
import traceback
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, column, event, insert, inspect, make_url, select
from sqlalchemy import table as sql_table
from sqlmodel import SQLModel

from bot.stage import appoint, enlist
from storage.database import migrate, open_engine
from tests.conftest import TEGAL_HARUM, opened, own_database, settings_for
from tests.faults.people import Verdict
from tests.on_stage import LINK, TO_NAME, act, over
from tests.people import WAYAN

FIRST = "0001"  # the oldest schema
Rows = dict[str, list[str]]
Columns = dict[str, list[str]]


def killed(databases: Iterator[str], every: int) -> Verdict:
    """Migrate, killed before every so-manieth statement, and then once more."""
    verdict, kills = Verdict(), 0
    for at in count(1, every):
        engine = open_engine(next(databases))
        before = columns_of(engine)
        rows = rows_of(engine, before)
        ended = in_a_child(engine.url.render_as_string(hide_password=False), at)
        migrate(engine)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            other = compare_metadata(context, SQLModel.metadata)
        verdict.must(not other, f"the schema after a kill at {at}: {other}")
        verdict.must(rows_of(engine, before) == rows, f"the rows after a kill at {at}")
        engine.dispose()
        if ended:
            break
        kills += 1
    verdict.figures |= {"kills": kills, "rows": sum(len(some) for some in rows.values())}
    return verdict


def columns_of(engine: Engine) -> Columns:
    """The columns of each table that there is."""
    found = inspect(engine)
    tables = set(found.get_table_names()) - {"alembic_version"}
    return {table: [one["name"] for one in found.get_columns(table)] for table in tables}


def rows_of(engine: Engine, columns: Columns) -> Rows:
    """What stands in these columns."""
    with engine.connect() as connection:
        return {
            table: sorted(
                map(repr, connection.exec_driver_sql(f"SELECT {', '.join(names)} FROM {table}"))  # noqa: S608
            )
            for table, names in columns.items()
        }


def in_a_child(url: str, at: int) -> bool:
    """Migrate in a child that is killed before a statement; whether it came to its end.

    Raises where it ended otherwise.
    """
    child = os.fork()
    if child:
        status = os.waitpid(child, 0)[1]
        if status and not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            raise RuntimeError(f"the migration failed before it was killed ({status})")
        return not status
    try:
        _migrate_to_the_death(url, at)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _migrate_to_the_death(url: str, at: int) -> None:
    left = [at]
    engine = open_engine(url)

    def on_execute(*_: object) -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", on_execute)
    migrate(engine)


def sqlite_files(folder: Path, lived: bool) -> Iterator[str]:
    """New files, one after another; empty, or lived in and at the oldest schema."""
    folder.mkdir(exist_ok=True)
    old = folder / "old.db"
    if lived:
        _live_in(folder, f"sqlite:///{folder / 'new.db'}", f"sqlite:///{old}")
    for number in count():
        path = folder / f"{number}.db"
        path.write_bytes(old.read_bytes() if lived else b"")
        yield f"sqlite:///{path}"


def databases(server: str, folder: Path, lived: bool) -> Iterator[str]:
    """New PostgreSQL databases, one after another; empty, or lived in and at the oldest schema."""
    like = "template1"
    if lived:
        old = own_database(server)
        _live_in(folder, own_database(server), old)
        like = str(make_url(old).database)
    while True:
        yield own_database(server, like)


def _live_in(home: Path, new: str, old: str) -> None:
    """Let people sign up, one become a member, and one be at it; all that the oldest schema has."""
    with opened(settings_for(home, new)) as house:
        stage = over(house)
        appoint(stage, "officer", TEGAL_HARUM)
        act(stage, "worker", LINK, *WAYAN.answers)
        enlist(stage, "worker", "12345678901", "2026-09-15", "12")
        act(stage, "neighbour", *TO_NAME)
        engine = open_engine(old)
        migrate(engine, FIRST)
        _copy(house.engine, engine)
        engine.dispose()


def _copy(new: Engine, old: Engine) -> None:
    columns = columns_of(old)
    with new.connect() as source, old.begin() as target:
        for table in SQLModel.metadata.sorted_tables:
            some = [column(name, table.c[name].type) for name in columns.get(table.name, ())]
            part = sql_table(table.name, *some)
            if some and (rows := source.execute(select(part)).mappings().all()):
                target.execute(insert(part), [dict(row) for row in rows])
