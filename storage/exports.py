"""Sheets for BPJS: whose turn it is to be sent, marking them as sent, and who asked for a sheet.

Nothing here commits. Only who was confirmed before a cutoff, still is, and is not noted as having
left belongs to a sheet, and is marked by it later.
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, literal
from sqlalchemy import insert as core_insert
from sqlmodel import Session, col, func, or_, select, tuple_, update

from rules.registration import State
from storage import audit, tallies
from storage.audit import Actor, Change
from storage.database import Moment
from storage.models import Audit, Export, ExportRow, Registration

LEASE = timedelta(seconds=60)
TRIES = 5
START = ("", "")


@dataclass(frozen=True)
class Wanted:
    """The confirmed sign-ups of a programme, of an area or ("") everywhere, before a moment.

    With a `sheet` only those who were noted to stand in it (`storage/sheet_people.py`).
    """

    programme: str
    area: str
    cutoff: datetime
    sheet: str = ""


def _here(wanted: Wanted) -> list[ColumnElement[bool]]:
    village = col(Registration.village)
    of_area = or_(village == wanted.area, village.startswith(f"{wanted.area}."))
    return [
        col(Registration.programme) == wanted.programme,
        col(Registration.state) == State.CONFIRMED,
        col(Registration.changed_at) < wanted.cutoff,
        col(Registration.left_why) == "",
        *([of_area] if wanted.area else []),
        *([_stands_in(wanted.sheet)] if wanted.sheet else []),
    ]


def _stands_in(sheet: str) -> ColumnElement[bool]:
    same = ExportRow.registration_id == Registration.id
    return select(ExportRow.export_id).where(ExportRow.export_id == sheet, same).exists()


def count(db: Session, wanted: Wanted) -> int:
    """How many they are."""
    return db.exec(select(func.count()).select_from(Registration).where(*_here(wanted))).one()


def page(db: Session, wanted: Wanted, after: tuple[str, str], most: int) -> Sequence[Any]:
    """The next of them after a (village, id), in this order.

    Rows of `village`, `id`, `group_key`, `code` and `record_sealed`.
    """
    names = ("village", "id", "group_key", "code", "record_sealed")
    columns = [getattr(Registration, name) for name in names]
    key = tuple_(col(Registration.village), col(Registration.id))
    query = select(*columns).where(*_here(wanted), key > after)
    ordered = query.order_by(col(Registration.village), col(Registration.id)).limit(most)
    return db.execute(ordered).all()


def mark(db: Session, wanted: Wanted, by: Actor, now: datetime, most: int) -> int:
    """Move so many of them to `submitted`, each on record; how many, and 0 when all are done."""
    order = (col(Registration.village), col(Registration.id))
    query = select(Registration.id, Registration.village).where(*_here(wanted)).order_by(*order)
    chosen = db.exec(query.limit(most).with_for_update()).all()
    if not chosen:
        return 0
    these = col(Registration.id).in_([id for id, _ in chosen])
    _on_record(db, these, by, now)
    new = {"state": State.SUBMITTED, "version": col(Registration.version) + 1, "changed_at": now}
    statement = update(Registration).where(these).values(**new)
    db.exec(statement, execution_options={"synchronize_session": False})
    villages = [village for _, village in chosen]
    tallies.add(db, _tallies(villages, State.SUBMITTED), _tallies(villages, State.CONFIRMED))
    return len(chosen)


def _tallies(villages: Sequence[str], state: State) -> Counter[str]:
    return Counter(key for village in villages for key in tallies.keys_of(village, state, ""))


def _on_record(db: Session, these: ColumnElement[bool], by: Actor, now: datetime) -> None:
    facts = {
        "at": literal(now, Moment()),
        "actor_id": literal(by.id),
        "role": literal(by.role),
        "action": literal("sent_to_bpjs"),
        "object_type": literal("registration"),
        "object_id": col(Registration.id),
        "from_state": col(Registration.state),
        "to_state": literal(str(State.SUBMITTED)),
        "reason": literal(""),
    }
    rows = select(*facts.values()).where(these)  # type: ignore[call-overload]
    db.execute(core_insert(Audit).from_select(list(facts), rows))


def ask(db: Session, wanted: Wanted, asked_by: int, now: datetime) -> Export:
    """Write down that somebody wants a sheet."""
    row = Export(
        id=secrets.token_hex(8),
        programme=wanted.programme,
        area=wanted.area,
        cutoff=wanted.cutoff,
        asked_by=asked_by,
        asked_at=now,
    )
    db.add(row)
    db.flush()
    return row


def wanted_of(row: Export) -> Wanted:
    """Who belongs to a sheet."""
    return Wanted(row.programme, row.area, row.cutoff)


def waits(db: Session, programme: str, area: str, asked_by: int) -> bool:
    """Whether this person waits for this sheet already."""
    mine = (Export.programme == programme, Export.area == area, Export.asked_by == asked_by)
    return db.exec(select(Export.id).where(*mine, Export.state == "wanted")).first() is not None


def marking(db: Session, asked_by: int) -> list[Export]:
    """What a person began to mark as sent and has not brought to its end, oldest first."""
    query = select(Export).where(Export.asked_by == asked_by, Export.state == "marking")
    return list(db.exec(query.order_by(col(Export.asked_at))))


def take(db: Session, now: datetime) -> Export | None:
    """Take up the oldest sheet to be made or marked that nobody is at work on; this counts a try.

    It is this process' own until `LEASE` has passed without `extend`.
    """
    free = or_(col(Export.taken_until).is_(None), col(Export.taken_until) <= now)
    query = select(Export).where(col(Export.state).in_(("wanted", "marking")), free)
    row = db.exec(query.order_by(col(Export.asked_at), col(Export.id)).limit(1)).first()
    if row is None:
        return None
    same = (col(Export.id) == row.id, col(Export.attempts) == row.attempts, free)
    values = {"attempts": row.attempts + 1, "taken_until": now + LEASE}
    if db.exec(update(Export).where(*same).values(**values)).rowcount != 1:
        return None
    db.refresh(row)
    return row


def extend(db: Session, id: str, until: datetime) -> None:
    """Keep a sheet to oneself, or (after a failure) let nobody take it up, until a moment."""
    db.exec(update(Export).where(col(Export.id) == id).values(taken_until=until))


def move(db: Session, id: str, states: tuple[str, str], **values: object) -> bool:
    """Move a sheet from one state to another, with further columns; False if it was elsewhere."""
    here = (col(Export.id) == id, col(Export.state) == states[0])
    new = {"state": states[1], "taken_until": None, **values}
    return db.exec(update(Export).where(*here).values(**new)).rowcount == 1


def exported(db: Session, row: Export, rows: int, by: Actor, now: datetime) -> None:
    """Put on record that a sheet of so many people leaves the house."""
    reason = f"{rows} rows of {row.programme} {row.area}".strip()
    audit.record(db, by, Change("exported", "export", row.id, reason=reason), now)


def refused(db: Session, row: Export, now: datetime) -> None:
    """Put on record that a sheet was not made: who asked for it holds that office no longer."""
    change = Change("export_refused", "export", row.id)
    audit.record(db, Actor(row.asked_by, "none"), change, now)
