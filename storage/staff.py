"""Village officers and their one-time invitations."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from storage import audit
from storage.audit import Actor, Change
from storage.models import Invitation, Staff
from storage.sealing import Keyring

VALID_FOR = timedelta(hours=24)
MOST_ATTEMPTS = 5
VILLAGE_OFFICER = "village_officer"


@dataclass(frozen=True)
class Invited:
    """Whom to invite: the village, the telephone number (+62...), and who is told."""

    village: str
    phone: str
    inviter_id: int | None = None


def invite(db: Session, keys: Keyring, invited: Invited, now: datetime) -> str:
    """Make an invitation; its token (256 bits, base64url). Only hashes are stored."""
    token = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    row = Invitation(
        token_hash=keys.index("invitation", token),
        role=VILLAGE_OFFICER,
        village=invited.village,
        phone_hash=keys.index("phone", invited.phone),
        inviter_id=invited.inviter_id,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    db.add(row)
    change = Change("invited", "village", invited.village)
    audit.record(db, Actor(invited.inviter_id or 0, "operator"), change, now)
    return token


def accept(
    db: Session, keys: Keyring, token: str, phone: str, who: tuple[int, str], now: datetime
) -> Invitation | None:
    """Use an invitation once, if it is valid and the number is the invited one; else None.

    `who` is the Telegram id and the name that the account shows.
    """
    token_hash = keys.index("invitation", token)
    usable = (
        col(Invitation.token_hash) == token_hash,
        col(Invitation.used_at).is_(None),
        col(Invitation.expires_at) > now,
        col(Invitation.attempts) < MOST_ATTEMPTS,
    )
    matching = col(Invitation.phone_hash) == keys.index("phone", phone)
    taken = db.exec(update(Invitation).where(*usable, matching).values(used_at=now))
    if taken.rowcount != 1:
        attempts = col(Invitation.attempts) + 1
        db.exec(update(Invitation).where(*usable).values(attempts=attempts))
        refused = Change("invitation_refused", "person", str(who[0]))
        audit.record(db, Actor(who[0], "none"), refused, now)
        return None
    row = db.exec(select(Invitation).where(Invitation.token_hash == token_hash)).one()
    _appoint(db, keys, row, who, now)
    return row


def _appoint(
    db: Session, keys: Keyring, row: Invitation, who: tuple[int, str], now: datetime
) -> None:
    person_id, name = who
    if officer_of(db, person_id, row.village):
        return
    id = secrets.token_hex(8)
    sealed = keys.seal("staff.name", id, name)
    staff = Staff(
        id=id,
        person_id=person_id,
        role=row.role,
        village=row.village,
        name_sealed=sealed,
        since=now,
    )
    db.add(staff)
    change = Change("appointed", "village", row.village, to_state=row.role)
    audit.record(db, Actor(person_id, row.role), change, now)


def seats_of(db: Session, person_id: int) -> list[Staff]:
    """The offices that a person holds now."""
    here = (Staff.person_id == person_id, col(Staff.ended_at).is_(None))
    return list(db.exec(select(Staff).where(*here).order_by(col(Staff.since))))


def officer_of(db: Session, person_id: int, village: str) -> Staff | None:
    """The office that a person holds in a village now, if any."""
    return next((row for row in seats_of(db, person_id) if row.village == village), None)


def officers(db: Session, village: str | None = None) -> list[Staff]:
    """All who hold office now, of one village or of all."""
    query = select(Staff).where(col(Staff.ended_at).is_(None))
    if village:
        query = query.where(Staff.village == village)
    return list(db.exec(query.order_by(col(Staff.village), col(Staff.since))))


def end(db: Session, staff_id: str, now: datetime) -> bool:
    """End an office; False if there is none with this id."""
    row = db.get(Staff, staff_id)
    if row is None or row.ended_at is not None:
        return False
    row.ended_at = now
    change = Change("dismissed", "village", row.village, from_state=row.role)
    audit.record(db, Actor(0, "operator"), change, now)
    return True


def name(keys: Keyring, row: Staff) -> str:
    """The name that an officer's account showed at appointment."""
    return keys.open("staff.name", row.id, row.name_sealed)
