"""Reads the tables of evidence as a forger may have left them: whatever stands there, nothing
fails, and two values that differ in one bit are read as different.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    LargeBinary,
    Select,
    Table,
    bindparam,
    cast,
    select,
)
from sqlalchemy.types import TypeEngine
from sqlmodel import Session, SQLModel

from storage import models as _models  # noqa: F401 (the tables are known once it is read)
from storage.chain import Linked, stamp
from storage.database import Moment

RECORDS, HEADS, ANSWERS, REGISTRATIONS, CONTRIBUTIONS = (
    SQLModel.metadata.tables[name]
    for name in ("evidence", "evidence_head", "answer", "registration", "contribution")
)
Raw = Mapping[str, Any]
Values = Mapping[str, Any]
NO_NUMBER = -1  # where SQLite was made to keep something else as a number


def of(db: Session, table: Table, ids: Sequence[str], *order: str) -> Iterator[Raw]:
    """The rows of some sign-ups: numbers and bytes as they are, moments as a link has them, texts.

    SQLite keeps texts that are none, and moments that can be read in several ways: there they are
    read as bytes, and bytes that are no text are kept apart.
    """
    query = _of(table, db.get_bind().dialect.name, order)
    return _rows(db, table, query, {"ids": list(ids)})


def of_nobody(db: Session, table: Table) -> Iterator[Raw]:
    """The rows that belong to no sign-up."""
    known = table.c.registration_id.in_(select(REGISTRATIONS.c.id))
    query = _selected(table, db.get_bind().dialect.name).where(~known)
    return _rows(db, table, query, {})


@cache
def _of(table: Table, dialect: str, order: tuple[str, ...]) -> Select[Any]:
    """Made once: that takes longer than asking."""
    here = table.c.registration_id.in_(bindparam("ids", expanding=True))
    return _selected(table, dialect).where(here).order_by(*(table.c[name] for name in order))


def _selected(table: Table, dialect: str) -> Select[Any]:
    return select(*(_raw(one) if dialect == "sqlite" else one for one in table.columns))


def _rows(db: Session, table: Table, query: Select[Any], values: Values) -> Iterator[Raw]:
    types = {column.name: column.type for column in table.columns}
    for row in db.connection().execute(query, values).mappings():
        yield {name: _value(types[name], value) for name, value in row.items()}


def _raw(column: Column[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, Integer):
        return column
    return cast(column, LargeBinary).label(column.name)


def _value(kind: TypeEngine[Any], value: Any) -> Any:
    if isinstance(kind, LargeBinary):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(kind, Integer) and not isinstance(value, int):
        return NO_NUMBER
    return stamp(value) if isinstance(kind, Moment) and value else value


def linked(row: Raw) -> Linked:
    """What the link of a row binds."""
    return Linked(**{name: row[name] for name in Linked.__dataclass_fields__})
