"""Offices: who holds which role where, and the one-time invitations to them."""

import base64
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, bindparam, col, or_, select, update

from rules.permissions import ALLOWED, Action, Office, Role, lies_in, may, roles_for
from storage import audit, timers
from storage.audit import Actor, Change
from storage.many import among
from storage.models import Invitation, Staff
from storage.sealing import Keyring

VALID_FOR = timedelta(hours=24)
MOST_ATTEMPTS = 5
OPERATOR = Actor(0, "operator")
OFFICELESS = "officeless"  # in the session's notes: who holds no office
# Made once: to build a statement takes longer than to run it.
HOLDERS = select(Staff.person_id).where(
    among(col(Staff.person_id), "people"), col(Staff.ended_at).is_(None)
)
OFFICES = (
    select(Staff)
    .where(col(Staff.person_id) == bindparam("person"), col(Staff.ended_at).is_(None))
    .order_by(col(Staff.since), col(Staff.id))
)


@dataclass(frozen=True)
class Invited:
    """Whom to invite: the area, the telephone number (+62...), who is told, and the role.

    `replaces` is the office that ends when this one is taken up; `made_by` the office that invites,
    "" for the operator.
    """

    area: str
    phone: str
    inviter_id: int | None = None
    role: Role = Role.VILLAGE_OFFICER
    replaces: str = ""
    made_by: str = ""


@dataclass(frozen=True)
class Accepted:
    """What an accepted invitation led to: the office held now, and the one that ended for it."""

    office: Staff
    invitation: Invitation
    replaced: Staff | None = None


def invite(
    db: Session, keys: Keyring, invited: Invited, now: datetime, by: Actor = OPERATOR
) -> str:
    """Make an invitation; its token (256 bits, base64url). Only hashes are stored."""
    token = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    row = Invitation(
        token_hash=keys.index("invitation", token),
        role=invited.role,
        area=invited.area,
        replaces=invited.replaces,
        made_by=invited.made_by,
        phone_hash=keys.index("phone", invited.phone),
        inviter_id=invited.inviter_id,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    db.add(row)
    reason = f"replaces {invited.replaces}" if invited.replaces else ""
    change = Change("invited", "area", invited.area, to_state=invited.role, reason=reason)
    audit.record(db, by, change, now)
    return token


def invitation(db: Session, keys: Keyring, token: str, now: datetime) -> Invitation | None:
    """An invitation that may still be used: unused, in time, and by an office that still stands."""
    found = db.exec(select(Invitation).where(*_usable(keys, token, now))).first()
    offices = {found.made_by, found.replaces} - {""} if found else set()
    behind = [db.get(Staff, id) for id in offices]
    return found if all(row and row.ended_at is None for row in behind) else None


def _usable(keys: Keyring, token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Invitation.token_hash) == keys.index("invitation", token),
        col(Invitation.used_at).is_(None),
        col(Invitation.expires_at) > now,
        col(Invitation.attempts) < MOST_ATTEMPTS,
    )


def accept(
    db: Session, keys: Keyring, token: str, phone: str, who: tuple[int, str], now: datetime
) -> Accepted | None:
    """Use an invitation once, if it is valid and the number is the invited one; else None.

    `who` is the Telegram id and the name that the account shows.
    """
    row = _take(db, keys, token, phone, now)
    if row is None or not _stands(db, row, who[0]):
        refused = Change("invitation_refused", "person", str(who[0]))
        audit.record(db, Actor(who[0], "none"), refused, now)
        return None
    office = _appoint(db, keys, row, who, now)
    office.phone_sealed = keys.seal("staff.phone", office.id, phone)
    return Accepted(office, row, _hand_over(db, row, now) if row.replaces else None)


def _take(db: Session, keys: Keyring, token: str, phone: str, now: datetime) -> Invitation | None:
    """Use an invitation up; a wrong number counts as one of its tries."""
    usable = _usable(keys, token, now)
    matching = col(Invitation.phone_hash) == keys.index("phone", phone)
    taken = db.exec(update(Invitation).where(*usable, matching).values(used_at=now))
    if taken.rowcount == 1:
        return db.exec(select(Invitation).where(usable[0])).one()
    attempts = col(Invitation.attempts) + 1
    db.exec(update(Invitation).where(*usable).values(attempts=attempts))
    return None


def _stands(db: Session, row: Invitation, person_id: int) -> bool:
    """Whether the offices behind an invitation still stand; nobody invites himself."""
    offices = [held(db, id) for id in sorted({row.made_by, row.replaces} - {""})]
    return all(one is not None and one.person_id != person_id for one in offices)


def _appoint(
    db: Session, keys: Keyring, row: Invitation, who: tuple[int, str], now: datetime
) -> Staff:
    person_id, name = who
    for one in offices_of(db, person_id):
        if (one.role, one.area) == (row.role, row.area):
            return one
    id = secrets.token_hex(8)
    sealed = keys.seal("staff.name", id, name)
    db.info.get(OFFICELESS, set()).discard(person_id)
    staff = Staff(
        id=id,
        person_id=person_id,
        role=row.role,
        area=row.area,
        name_sealed=sealed,
        since=now,
    )
    db.add(staff)
    change = Change("appointed", "area", row.area, to_state=row.role, reason=f"office {id}")
    audit.record(db, Actor(person_id, row.role), change, now)
    return staff


def _hand_over(db: Session, row: Invitation, now: datetime) -> Staff:
    before = db.get_one(Staff, row.replaces)
    by = Actor(before.person_id, before.role) if row.made_by else OPERATOR
    _end(db, before, now, by, "handed_over")
    return before


def read_ahead(db: Session, person_ids: Collection[int]) -> None:
    """Note who of these people holds no office, for `offices_of`: nearly everybody."""
    holds = db.connection().execute(HOLDERS, {"people": list(person_ids)}).scalars()
    db.info[OFFICELESS] = set(person_ids) - set(holds)


def offices_of(db: Session, person_id: int) -> list[Staff]:
    """The offices that a person holds now."""
    if person_id in db.info.get(OFFICELESS, ()):
        return []
    return list(db.exec(OFFICES, params={"person": person_id}))


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


def has_held_office(db: Session, person_id: int) -> bool:
    """Whether a person holds an office, or has held one."""
    query = select(Staff.id).where(Staff.person_id == person_id).limit(1)
    return db.exec(query).first() is not None


def holders(db: Session, action: Action, village: str) -> list[Staff]:
    """Everybody who may do something in a village now."""
    held = (col(Staff.ended_at).is_(None), col(Staff.role).in_(roles_for(action)))
    query = select(Staff).where(*held)
    areas = {village[:end] for end in (2, 5, 8, len(village))}
    rows = db.exec(query.where(col(Staff.area).in_(areas)).order_by(col(Staff.since)))
    return [row for row in rows if lies_in(village, row.area)]


def all_offices(db: Session, area: str = "") -> list[Staff]:
    """All who hold office now, in an area or everywhere."""
    query = select(Staff).where(col(Staff.ended_at).is_(None))
    if area:
        query = query.where(or_(Staff.area == area, col(Staff.area).startswith(f"{area}.")))
    return list(db.exec(query.order_by(col(Staff.area), col(Staff.since), col(Staff.id))))


def held(db: Session, staff_id: str) -> Staff | None:
    """An office that is held now, kept as it is until the transaction ends."""
    query = select(Staff).where(Staff.id == staff_id, col(Staff.ended_at).is_(None))
    fresh = query.with_for_update().execution_options(populate_existing=True)
    return db.exec(fresh).first()


def end(db: Session, staff_id: str, now: datetime, by: Actor = OPERATOR) -> bool:
    """End an office; False if there is none with this id."""
    row = held(db, staff_id)
    if row is not None:
        _end(db, row, now, by, "dismissed")
    return row is not None


def _end(db: Session, row: Staff, now: datetime, by: Actor, action: str) -> None:
    row.ended_at = now
    timers.drop(db, "digest", row.id)
    change = Change(action, "area", row.area, from_state=row.role, reason=f"office {row.id}")
    audit.record(db, by, change, now)


def name_then(db: Session, keys: Keyring, actor: Actor, village: str, at: datetime) -> str:
    """The name of who acted at a moment by an office of a village, or above; or ""."""
    query = select(Staff).where(
        Staff.person_id == actor.id, Staff.role == actor.role, col(Staff.since) <= at
    )
    ended = col(Staff.ended_at)
    held = db.exec(query.where(ended.is_(None) | (ended >= at)).order_by(col(Staff.since).desc()))
    return next((name(keys, row) for row in held if lies_in(village, row.area)), "")


def name(keys: Keyring, row: Staff) -> str:
    """The name that the account showed at appointment."""
    return keys.open("staff.name", row.id, row.name_sealed)


def phone(keys: Keyring, row: Staff) -> str:
    """The number that was invited to the office, "" where it was appointed before one was kept."""
    return keys.open("staff.phone", row.id, row.phone_sealed) if row.phone_sealed else ""
