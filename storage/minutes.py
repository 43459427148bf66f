"""Minutes of a village's deliberation, and the sign-ups to which they belong."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy
from sqlalchemy import BigInteger
from sqlmodel import Session, col, func, insert, literal, select, update

from rules.registration import SEATED_STATES, State
from storage import audit, evidence
from storage.audit import Actor, Change
from storage.database import Moment
from storage.evidence import Fact
from storage.models import Audit, Minutes, Registration
from storage.sealing import Keyring

PHOTO = "minutes.photo"
DECIDED = (State.CONFIRMED, State.WAITING, State.SUBMITTED, State.ACTIVE)


@dataclass(frozen=True)
class Decision:
    """The sign-ups that an officer decided in one moment: of a batch."""

    officer: int
    at: datetime


def _without(village: str, of: Decision | None) -> list[Any]:
    here = [
        Registration.village == village,
        col(Registration.state).in_(DECIDED),
        col(Registration.minutes_id).is_(None),
    ]
    if of is None:
        return here
    return [*here, Registration.officer_id == of.officer, Registration.decided_at == of.at]


def missing(db: Session, village: str, of: Decision | None = None) -> int:
    """How many decided sign-ups of a village have no minutes yet; on wish those of one decision."""
    query = select(func.count()).select_from(Registration).where(*_without(village, of))
    return db.exec(query).one()


def any_missing(db: Session, village: str) -> bool:
    """Whether a decided sign-up of a village has no minutes yet."""
    query = select(Registration.id).where(*_without(village, None)).limit(1)
    return db.exec(query).first() is not None


@dataclass(frozen=True)
class Record:
    """What stands on the minutes; `photo` is the file id of a photo of them, or ""."""

    village: str
    number: str
    held_on: date
    photo: str = ""


def record(
    db: Session, keys: Keyring, new: Record, of: Decision | None, by: Actor, now: datetime
) -> int:
    """Keep minutes and attach them to the decided sign-ups that have none; to how many."""
    id = secrets.token_hex(8)
    row = Minutes(
        id=id,
        village=new.village,
        number=new.number,
        held_on=new.held_on,
        photo_sealed=keys.seal(PHOTO, id, new.photo) if new.photo else None,
        recorded_by=by.id,
        recorded_at=now,
    )
    db.add(row)
    db.flush()
    here = _without(new.village, of)
    _note_each(db, id, here, by, now)
    _keep_each(db, keys, new, here, (by, now))
    attached = db.exec(update(Registration).where(*here).values(minutes_id=id)).rowcount
    audit.record(db, by, Change("minutes", "minutes", id, reason=f"attached={attached}"), now)
    return attached


def _note_each(db: Session, id: str, here: list[Any], by: Actor, now: datetime) -> None:
    """Put it on the record of each sign-up, in one statement."""
    kept: dict[str, Any] = {
        "at": literal(now, Moment()),
        "actor_id": literal(by.id, BigInteger()),
        "role": literal(by.role),
        "action": literal("minutes"),
        "object_type": literal("registration"),
        "object_id": col(Registration.id),
        "from_state": literal(""),
        "to_state": literal(""),
        "reason": literal(f"minutes={id}"),
    }
    rows = sqlalchemy.select(*kept.values()).where(*here)
    db.execute(insert(Audit).from_select(list(kept), rows))


def _keep_each(
    db: Session, keys: Keyring, new: Record, here: list[Any], by: tuple[Actor, datetime]
) -> None:
    """Append it to the evidence of those that are confirmed."""
    confirmed = col(Registration.state).in_(SEATED_STATES)
    ids = db.exec(select(Registration.id).where(*here, confirmed))
    fact = Fact("minutes", "attached", new.held_on, {"number": new.number})
    evidence.append_many(db, keys, {id: [fact] for id in ids}, *by)


def of_registration(db: Session, row: Registration) -> Minutes | None:
    """The minutes that belong to a sign-up, if there are any."""
    return db.get(Minutes, row.minutes_id) if row.minutes_id else None


def photo(keys: Keyring, row: Minutes) -> str:
    """The id under which Telegram keeps the photo of minutes, or ""."""
    return keys.open(PHOTO, row.id, row.photo_sealed) if row.photo_sealed else ""
