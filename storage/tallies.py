"""Tallies: how many sign-ups of a village are in each state, kept in counter rows.

They change in the transaction of the move itself, at its very end and in the order of their keys:
many wait for the tally of a village, and no two of them may wait for one another. What could ever
make them differ is mended every day.
"""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlmodel import Session, case, col, delete, func, select

from rules.registration import State
from storage.database import at_the_end, inserting, is_postgresql
from storage.models import Registration, Tally

UNWRITTEN = "unwritten tallies"  # in the session's notes
CLEAN = "clean"  # of those pending, the ones without a warning


def keys_of(village: str, state: str, warnings: str) -> tuple[str, ...]:
    """The tallies on which a sign-up is counted."""
    clean = (f"{village}/{CLEAN}",) if state == State.PENDING and not warnings else ()
    return (f"{village}/{state}", *clean)


def move(db: Session, before: Iterable[str], after: Iterable[str]) -> None:
    """Count a sign-up where it is now, and no longer where it was."""
    add(db, Counter(after), Counter(before))


def add(db: Session, more: Counter[str], less: Counter[str] | None = None) -> None:
    """Count so many more, and so many less, on each key."""
    change = db.info.setdefault(UNWRITTEN, Counter())
    change.update(more)
    change.subtract(less or {})
    at_the_end(db, write)


def write(db: Session) -> None:
    """Write what was counted in this transaction; who reads tallies in it does so first."""
    change = db.info.pop(UNWRITTEN, {})
    rows = [{"key": key, "count": count} for key, count in sorted(change.items()) if count]
    if rows:
        db.connection().execute(_counting(is_postgresql(db)), rows)


@cache
def _counting(postgresql: bool) -> Any:
    new = inserting(postgresql, Tally)
    more = {"count": col(Tally.count) + new.excluded.count}
    return new.on_conflict_do_update(index_elements=["key"], set_=more)


def of(db: Session, village: str, name: str) -> int:
    """How many sign-ups of a village are in a state, or `CLEAN`."""
    write(db)
    row = db.exec(select(Tally.count).where(Tally.key == f"{village}/{name}")).first()
    return row or 0


def of_area(db: Session, area: str) -> dict[str, Counter[str]]:
    """The tallies of every village of an area that has a sign-up, by village."""
    write(db)
    here = col(Tally.key).startswith(f"{area}.") | col(Tally.key).startswith(f"{area}/")
    found: dict[str, Counter[str]] = {}
    for row in db.exec(select(Tally).where(here)):
        village, _, name = row.key.partition("/")
        found.setdefault(village, Counter())[name] = row.count
    return found


def recount(db: Session) -> None:
    """Count everything anew."""
    write(db)
    db.exec(delete(Tally))
    clean = case((col(Registration.warnings) == "", 1), else_=0)
    grouped = select(Registration.village, Registration.state, func.count(), func.sum(clean))
    fresh: Counter[str] = Counter()
    for village, state, count, cleans in db.exec(
        grouped.group_by(col(Registration.village), col(Registration.state))
    ):
        fresh[f"{village}/{state}"] = count
        if state == State.PENDING:
            fresh[f"{village}/{CLEAN}"] = cleans
    add(db, fresh)
    write(db)
