"""What holds of every engine that a test opens."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, event

_dialects: dict[str, Dialect] = {}
_compiled: dict[Any, Any] = {}


@event.listens_for(Engine, "engine_connect")
def share_compiled(connection: Connection) -> None:
    """What one engine has compiled serves the next of its kind: else each test compiles all SQL."""
    engine = connection.engine
    first = _dialects.setdefault(engine.dialect.name, engine.dialect)
    if engine.dialect is not first:
        engine.dialect = first
    engine.update_execution_options(compiled_cache=_compiled)


@event.listens_for(Engine, "connect")
def promise_no_order(connection: Any, _record: object) -> None:
    """Let SQLite give rows backwards where no order is asked for: PostgreSQL may, some day."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA reverse_unordered_selects=ON")
