"""The waiting list: who is next for a seat, and the place at which somebody stands.

A line is the sign-ups of a pool (`rules.seats.Pool`) that are `waiting`, by their column `line`.
"""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, func, select

from rules.registration import State
from rules.seats import Pool
from rules.seats import SeatCounter as Counter
from storage.models import Registration, SeatCounter


def _here(pool: Pool) -> list[Any]:
    here = [
        Registration.programme == pool.programme,
        Registration.group_key == pool.group,
        Registration.state == State.WAITING,
    ]
    return [*here, Registration.village == pool.village] if pool.village else here


ORDER = (col(Registration.line), col(Registration.id))


def first(db: Session, pool: Pool, but: Sequence[str] = ()) -> Registration | None:
    """Who is next, locked where the database can; `but` are passed over.

    So is who is noted as having left: the note becomes law within ten minutes.
    """
    query = select(Registration).where(*_here(pool), *_stays(but)).order_by(*ORDER).limit(1)
    return _locked(db, query)


def _stays(but: Sequence[str]) -> list[Any]:
    return [Registration.left_why == "", col(Registration.id).not_in(but)]


def first_with_room(
    db: Session, pool: Pool, village: Counter, but: Sequence[str] = ()
) -> Registration | None:
    """Who is next among the villages with a seat left, where both village and whole count.

    `village` is the counter of any village of the pool.
    """
    prefix, cap = village.key.rpartition("/")[0], village.cap or 0
    key = f"{prefix}/" + col(Registration.village)
    joined = select(Registration).join(SeatCounter, col(SeatCounter.key) == key, isouter=True)
    room = func.coalesce(col(SeatCounter.used), 0) < cap
    query = joined.where(*_here(pool), *_stays(but), room).order_by(*ORDER).limit(1)
    return _locked(db, query)


def _locked(db: Session, query: Any) -> Registration | None:
    locked = query.with_for_update(of=Registration).execution_options(populate_existing=True)
    return db.exec(locked).first()  # type: ignore[no-any-return]


def is_empty(db: Session, pool: Pool) -> bool:
    """Whether nobody waits."""
    return db.exec(select(Registration.id).where(*_here(pool)).limit(1)).first() is None


def place(db: Session, pool: Pool, row: Registration) -> int:
    """The place at which a waiting sign-up stands; 1 is next."""
    before = (col(Registration.line) < row.line) | (
        (col(Registration.line) == row.line) & (col(Registration.id) < row.id)
    )
    query = select(func.count()).select_from(Registration).where(*_here(pool), before)
    return db.exec(query).one() + 1


def listed(db: Session, pool: Pool, most: int = 0) -> list[Registration]:
    """The line in its order; on wish its beginning alone."""
    query = select(Registration).where(*_here(pool)).order_by(*ORDER)
    return list(db.exec(query.limit(most) if most else query))


def pools(db: Session) -> Sequence[tuple[str, str, str]]:
    """(programme, group, village) of everybody who waits, each once."""
    parts = (Registration.programme, Registration.group_key, Registration.village)
    waiting = select(*parts).where(Registration.state == State.WAITING).distinct()
    return db.exec(waiting.order_by(*parts)).all()
