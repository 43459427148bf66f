"""Many values or many rows in one statement, whose words are the same however many there are.

A statement that is written anew for each number of values is read and planned anew, by SQLAlchemy
and by the database: on PostgreSQL that cost a third of its work.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    Table,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, SQLModel

from storage.database import inserting, is_postgresql

GIVEN = "given_"  # begins the names of what a statement is given


class among(FunctionElement[Any]):  # noqa: N801 (reads as a function of SQL)
    """Whether a column is one of the values that `name` stands for.

    Not of a boolean type: SQLite would compare it with 1, and take no index.
    """

    inherit_cache = True

    def __init__(self, column: Any, name: str) -> None:
        super().__init__(column, bindparam(name, type_=ARRAY(column.type)))


@compiles(among)
def _written_out(element: among, compiler: Any, **kw: Any) -> str:
    """Value by value: SQLite reads statements quickly, and takes no index for a list of another
    kind.
    """
    column, values = element.clauses
    listed = bindparam(values.key, type_=column.type, expanding=True)
    return str(compiler.process(column.in_(listed), **kw))


@compiles(among, "postgresql")
def _in_an_array(element: among, compiler: Any, **kw: Any) -> str:
    column, values = (compiler.process(one, **kw) for one in element.clauses)
    return f"{column} = ANY ({values})"


class Many:
    """Writes columns of many rows of a table at once.

    On PostgreSQL each column is one array; SQLite runs a short statement for each row as quickly.
    """

    def __init__(self, model: type[SQLModel], columns: Sequence[str]) -> None:
        self._model, self._columns = model, tuple(columns)
        self._table: Table = SQLModel.metadata.tables[str(model.__tablename__)]
        self._statement = cache(self._made)

    def write(self, db: Session, rows: Sequence[Mapping[str, Any]]) -> Any:
        """Write rows, at least one; the result of the statement."""
        postgresql = is_postgresql(db)
        given = self._in_arrays(rows) if postgresql else self._one_by_one(rows)
        return db.connection().execute(self._statement(postgresql), given)

    def _made(self, postgresql: bool) -> Any:
        raise NotImplementedError

    def _in_arrays(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
        return {GIVEN + name: [row[name] for row in rows] for name in self._columns}

    def _one_by_one(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [{GIVEN + name: row[name] for name in self._columns} for row in rows]

    def _arrays(self) -> Any:
        """The arrays as a table."""
        columns = [self._table.c[name] for name in self._columns]
        arrays = [bindparam(GIVEN + one.name, type_=ARRAY(one.type)) for one in columns]
        return func.unnest(*arrays).table_valued(*self._columns, name="given").render_derived()


class Updates(Many):
    """Changes columns of rows that are known by the first of them."""

    def _made(self, postgresql: bool) -> Any:
        key, *others = self._columns
        one: dict[str, Any] = {name: bindparam(GIVEN + name) for name in self._columns}
        given = self._arrays().c if postgresql else one
        changed = update(self._table).where(self._table.c[key] == given[key])
        return changed.values({name: given[name] for name in others})


class Inserts(Many):
    """Stores rows. Those whose `key` is there stay, or take the columns `moved` of the new; without
    a key there may be none.

    With `told` the result holds that column of the rows that were stored or changed.
    """

    def __init__(
        self,
        model: type[SQLModel],
        columns: Sequence[str],
        key: Sequence[str] = (),
        moved: Sequence[str] = (),
        told: str = "",
    ) -> None:
        super().__init__(model, columns)
        self._key, self._moved, self._told = list(key), moved, told

    def _one_by_one(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [{name: row[name] for name in self._columns} for row in rows]

    def _made(self, postgresql: bool) -> Any:
        new = inserting(postgresql, self._model)
        if postgresql:
            new = new.from_select(list(self._columns), select(*self._arrays().c))
        if self._moved:
            moved = {name: new.excluded[name] for name in self._moved}
            new = new.on_conflict_do_update(index_elements=self._key, set_=moved)
        elif self._key:
            new = new.on_conflict_do_nothing(index_elements=self._key)
        return new.returning(self._table.c[self._told]) if self._told else new
