"""How an import goes: some rows in one transaction, and the bot gets its turn in between."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from storage.database import transaction

# After a stretch of work the bot gets its turn: who waits for SQLite looks every 0.1 s.
STRETCH, BREATH = 0.25, 0.12
TRIES = 3
T = TypeVar("T")
Step = Callable[[int], None]  # is told how many more rows are done
Part = Callable[[Session], list[T]]  # what is done in one transaction


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items, some at a time."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def done(engine: Engine, parts: Sequence[Part[T]], step: Step) -> Iterator[T]:
    """What came of each part, each of them in a transaction of its own."""
    one_writer = engine.dialect.name == "sqlite"
    since = time.monotonic()
    for part in parts:
        if one_writer and time.monotonic() - since > STRETCH:
            time.sleep(BREATH)
            since = time.monotonic()
        some = _committed(engine, part)
        yield from some
        step(len(some))


def _committed(engine: Engine, part: Part[T]) -> list[T]:
    """One transaction, begun anew if the database gave way to somebody else."""
    for left in reversed(range(TRIES)):
        try:
            with transaction(engine) as db:
                return part(db)
        except OperationalError:
            if not left:
                raise
            time.sleep(BREATH)
    raise AssertionError("not reached")
