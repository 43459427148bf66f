"""Seats: a counter row per village and programme, changed in the confirming transaction."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, col, delete, select, update

from rules.seats import SeatCounter
from storage.models import Registration, Seat
from storage.models import SeatCounter as CounterRow


def take(
    db: Session,
    counters: tuple[SeatCounter, ...],
    row: Registration,
    now: datetime,
    stage: str = "",
) -> str:
    """Take a seat on every counter: "taken", "full" or "duplicate" (the NIK holds one already).

    A seat that this sign-up holds, kept for it by an offer, stays "taken". The UPDATE's own
    condition decides, so of two who race for the last seat one finds it full.
    """
    of_nik = db.exec(_seat(row)).first()
    if of_nik is not None:
        return "taken" if of_nik.registration_id == row.id else "duplicate"
    if _follows(db, row):
        return "taken"
    taken: list[SeatCounter] = []
    for counter in counters:
        if not _count_up(db, counter):
            _count_down(db, tuple(taken))
            return "full"
        taken.append(counter)
    _seat_down(db, row, now, stage)
    return "taken"


def _follows(db: Session, row: Registration) -> bool:
    """Let a seat that is kept for this sign-up follow its NIK, which was corrected meanwhile."""
    kept = update(Seat).where(col(Seat.registration_id) == row.id)
    return db.exec(kept.values(nik_hash=row.nik_hash)).rowcount == 1


def _seat_down(db: Session, row: Registration, now: datetime, stage: str) -> None:
    seat = Seat(
        programme=row.programme,
        nik_hash=row.nik_hash,
        registration_id=row.id,
        since=now,
        stage=stage,
    )
    db.add(seat)
    db.flush()


def _seat(row: Registration):  # type: ignore[no-untyped-def]
    return select(Seat).where(Seat.programme == row.programme, Seat.nik_hash == row.nik_hash)


def _count_up(db: Session, counter: SeatCounter) -> bool:
    _ensure(db, counter.key)
    here = [col(CounterRow.key) == counter.key]
    if counter.cap is not None:
        here.append(col(CounterRow.used) < counter.cap)
    more = update(CounterRow).where(*here).values(used=col(CounterRow.used) + 1)
    return db.exec(more).rowcount == 1


def _ensure(db: Session, key: str) -> None:
    postgresql = db.get_bind().dialect.name == "postgresql"
    insert = postgresql_insert if postgresql else sqlite_insert
    db.execute(insert(CounterRow).values(key=key, used=0).on_conflict_do_nothing())


def _count_down(db: Session, counters: tuple[SeatCounter, ...]) -> None:
    keys = [counter.key for counter in counters]
    less = update(CounterRow).where(col(CounterRow.key).in_(keys))
    db.exec(less.values(used=col(CounterRow.used) - 1))


def lock(db: Session, key: str) -> None:
    """Let nobody else give or take seats of a programme until this transaction ends.

    Else somebody could join a line in the moment in which a seat became free, unseen by each other.
    SQLite has one writer at a time anyway.
    """
    _ensure(db, key)
    db.exec(select(CounterRow.key).where(CounterRow.key == key).with_for_update()).one()


def held_by(db: Session, registration: str) -> Seat | None:
    """The seat of a sign-up, if it holds one."""
    return db.exec(select(Seat).where(Seat.registration_id == registration)).first()


def give_back(db: Session, counters: tuple[SeatCounter, ...], registration: str) -> bool:
    """Free the seat of a sign-up; False if it held none."""
    gone = db.exec(delete(Seat).where(col(Seat.registration_id) == registration))
    if gone.rowcount != 1:
        return False
    _count_down(db, counters)
    return True


def of_nik(db: Session, row: Registration) -> Registration | None:
    """The sign-up that holds the seat of this NIK in the programme, if there is one."""
    joined = select(Registration).join(Seat)
    return db.exec(
        joined.where(Seat.programme == row.programme, Seat.nik_hash == row.nik_hash)
    ).first()


def has_room(db: Session, counter: SeatCounter) -> bool:
    """Whether a counter has a seat left."""
    return counter.cap is None or used(db, counter.key) < counter.cap


def used(db: Session, key: str) -> int:
    """How many seats a counter holds."""
    row = db.get(CounterRow, key, populate_existing=True)
    return row.used if row else 0
