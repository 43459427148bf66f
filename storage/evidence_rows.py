"""Reads the tables of evidence as a forger may have left them: whatever stands there, nothing
fails, and two values that differ in one bit are read as different.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    LargeBinary,
    RowMapping,
    Table,
    cast,
    select,
)
from sqlmodel import Session, SQLModel

from storage import models as _models  # noqa: F401 (the tables are known once it is read)
from storage.chain import Linked, stamp
from storage.database import Moment

RECORDS, HEADS, ANSWERS, REGISTRATIONS, CONTRIBUTIONS = (
    SQLModel.metadata.tables[name]
    for name in ("evidence", "evidence_head", "answer", "registration", "contribution")
)
Raw = Mapping[str, Any]
NO_NUMBER = -1  # where SQLite was made to keep something else as a number


def read(db: Session, table: Table, here: ColumnElement[bool], *order: str) -> Iterator[Raw]:
    """The rows of a table: numbers and bytes as they are, moments as a link has them, texts.

    SQLite keeps texts that are none, and moments that can be read in several ways: there they are
    read as bytes, and bytes that are no text are kept apart.
    """
    is_sqlite = db.get_bind().dialect.name == "sqlite"
    columns = [_raw(column) if is_sqlite else column for column in table.columns]
    query = select(*columns).where(here).order_by(*(table.c[name] for name in order))
    for row in db.connection().execute(query).mappings():
        yield _plain(table, row)


def _raw(column: Column[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, Integer):
        return column
    return cast(column, LargeBinary).label(column.name)


def _plain(table: Table, row: RowMapping) -> Raw:
    return {name: _value(table.c[name], value) for name, value in row.items()}


def _value(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, LargeBinary):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(column.type, Integer) and not isinstance(value, int):
        return NO_NUMBER
    return stamp(value) if isinstance(column.type, Moment) and value else value


def linked(row: Raw) -> Linked:
    """What the link of a row binds."""
    return Linked(**{name: row[name] for name in Linked.__dataclass_fields__})


def of(db: Session, table: Table, ids: Sequence[str], *order: str) -> Iterator[Raw]:
    """The rows of some sign-ups."""
    return read(db, table, table.c.registration_id.in_(ids), *order)
