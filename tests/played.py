"""What many tests begin with is played once in a process, and then put back row by row."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine
from sqlmodel import SQLModel, select

from bot.house import House
from bot.stage import Stage, StageClock
from storage.database import transaction
from storage.models import ProgrammeState
from tests.conftest import clear

Rows = list[tuple[str, list[dict[str, Any]]]]
Play = Callable[[House], Stage]


@dataclass(frozen=True)
class Kept:
    """How a play left the stage, and all that was stored then."""

    stage: Stage
    rows: Rows


_kept: dict[tuple[object, ...], Kept] = {}


def played(house: House, play: Play) -> Stage:
    """The stage as `play` leaves it in a house in which nothing but open programmes is stored."""
    kind = house.engine.dialect.name
    # The numbers that PostgreSQL gives out next are of one database.
    place = kind if kind == "sqlite" else str(house.engine.url)
    scene = (play.__module__, play.__qualname__, place, house.keys.index_key, _opened(house))
    if scene not in _kept:
        stage = play(house)
        _kept[scene] = Kept(_copied(stage, stage.house), _rows(house.engine))
        return stage
    _put_back(house.engine, _kept[scene].rows)
    return _copied(_kept[scene].stage, house)


def _opened(house: House) -> tuple[str, ...]:
    with transaction(house.engine) as db:
        rows = db.exec(select(ProgrammeState).order_by(ProgrammeState.key)).all()
    return tuple(row.key for row in rows if row.is_open)


def _copied(stage: Stage, house: House) -> Stage:
    """The same chats and the same moment, in another house of the same kind."""
    clock = StageClock(stage.clock.moment)
    own = {"engine": house.engine, "anchors": house.anchors, "clock": clock}
    copy = Stage(replace(stage.house, **own), clock)
    copy.chats = deepcopy(stage.chats)
    copy.invitation, copy.claim_code = stage.invitation, stage.claim_code
    copy._updates, copy._messages = stage._updates, stage._messages
    return copy


def _rows(engine: Engine) -> Rows:
    with engine.connect() as connection:
        found = [
            (table.name, [dict(row) for row in connection.execute(table.select()).mappings()])
            for table in SQLModel.metadata.sorted_tables
        ]
    return [(name, rows) for name, rows in found if rows]


def _put_back(engine: Engine, rows: Rows) -> None:
    clear(engine)
    with engine.begin() as connection:
        for name, of_table in rows:
            connection.execute(SQLModel.metadata.tables[name].insert(), of_table)
