"""Offices: who holds which role where, and the one-time invitations to them."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from rules.permissions import ALLOWED, Action, Office, Role, lies_in, may
from storage import audit
from storage.audit import Actor, Change
from storage.models import Invitation, Staff
from storage.sealing import Keyring

VALID_FOR = timedelta(hours=24)
MOST_ATTEMPTS = 5


@dataclass(frozen=True)
class Invited:
    """Whom to invite: the area, the telephone number (+62...), who is told, and the role.

    `replaces` is the office that ends when this one is taken up.
    """

    area: str
    phone: str
    inviter_id: int | None = None
    role: Role = Role.VILLAGE_OFFICER
    replaces: str = ""


def invite(db: Session, keys: Keyring, invited: Invited, now: datetime) -> str:
    """Make an invitation; its token (256 bits, base64url). Only hashes are stored."""
    token = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    row = Invitation(
        token_hash=keys.index("invitation", token),
        role=invited.role,
        area=invited.area,
        replaces=invited.replaces,
        phone_hash=keys.index("phone", invited.phone),
        inviter_id=invited.inviter_id,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    db.add(row)
    change = Change("invited", "area", invited.area, to_state=invited.role)
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
    if any(held.role == row.role and held.area == row.area for held in offices_of(db, person_id)):
        return
    id = secrets.token_hex(8)
    sealed = keys.seal("staff.name", id, name)
    staff = Staff(
        id=id,
        person_id=person_id,
        role=row.role,
        area=row.area,
        name_sealed=sealed,
        since=now,
    )
    db.add(staff)
    change = Change("appointed", "area", row.area, to_state=row.role)
    audit.record(db, Actor(person_id, row.role), change, now)


def offices_of(db: Session, person_id: int) -> list[Staff]:
    """The offices that a person holds now."""
    here = (Staff.person_id == person_id, col(Staff.ended_at).is_(None))
    return list(db.exec(select(Staff).where(*here).order_by(col(Staff.since), col(Staff.id))))


def office_for(db: Session, person_id: int, action: Action, village: str) -> Staff | None:
    """The office by which a person may do something in a village or area now, if any."""
    held = offices_of(db, person_id)
    return next((row for row in held if may([as_office(row)], action, village)), None)


def as_office(row: Staff) -> Office:
    """An office as the rules know it."""
    return Office(Role(row.role), row.area)


def allowed(row: Staff) -> frozenset[Action]:
    """What an office allows in its area."""
    return ALLOWED[Role(row.role)]


def holders(db: Session, action: Action, village: str) -> list[Staff]:
    """Everybody who may do something in a village now."""
    roles = [role for role, actions in ALLOWED.items() if action in actions]
    query = select(Staff).where(col(Staff.ended_at).is_(None), col(Staff.role).in_(roles))
    areas = {village[:end] for end in (2, 5, 8, len(village))}
    rows = db.exec(query.where(col(Staff.area).in_(areas)).order_by(col(Staff.since)))
    return [row for row in rows if lies_in(village, row.area)]


def all_offices(db: Session, area: str = "") -> list[Staff]:
    """All who hold office now, in an area or everywhere."""
    query = select(Staff).where(col(Staff.ended_at).is_(None))
    rows = db.exec(query.order_by(col(Staff.area), col(Staff.since), col(Staff.id)))
    return [row for row in rows if not area or lies_in(row.area, area)]


def end(db: Session, staff_id: str, now: datetime) -> bool:
    """End an office; False if there is none with this id."""
    row = db.get(Staff, staff_id)
    if row is None or row.ended_at is not None:
        return False
    row.ended_at = now
    change = Change("dismissed", "area", row.area, from_state=row.role)
    audit.record(db, Actor(0, "operator"), change, now)
    return True


def name(keys: Keyring, row: Staff) -> str:
    """The name that the account showed at appointment."""
    return keys.open("staff.name", row.id, row.name_sealed)
