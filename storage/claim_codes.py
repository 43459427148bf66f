"""Claim codes: given out of band, 50 bits, kept as a keyed hash; and the pause after wrong ones.

A code opens a claim only together with the number noted for one of its heirs. A wrong code, an
unknown one and a number of somebody else take the same questions to the database and end alike.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, col, delete, select, update

from storage import audit, followers
from storage.audit import Actor, Change
from storage.claims import Pen, change
from storage.followers import Bound
from storage.models import Claim, ClaimAlarm, ClaimLink, ClaimLock, Heir
from storage.sealing import Keyring

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none is mistaken for another
LENGTH = 10  # letters of 5 bits
MISTAKEN = str.maketrans("ILOU", "110V")
FREE_TRIES = 3  # before the first pause
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 240, 1440))
FORGET = timedelta(days=7)  # after which wrong tries of an account count no more
ALARM = 50  # wrong codes of all accounts in an hour
LINK_VALID_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class Tried:
    """What a try led to: the claim, or None; until when no further one is looked at; and whether
    this was the try that raises the alarm."""

    claim: Claim | None = None
    locked_until: datetime | None = None
    alarm: bool = False


def make(db: Session, pen: Pen, row: Claim) -> str:
    """Make a code for a claim, in the place of the one before; "" if somebody was faster."""
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    if not change(db, row, pen.now, code_hash=_hash(pen.keys, code)):
        return ""
    audit.record(db, pen.by, Change("claim_code_made", "claim", row.id), pen.now)
    return f"{code[:5]}-{code[5:]}"


def read(typed: str) -> str:
    """A code however it is typed, or "" where it cannot be one."""
    letters = "".join(filter(str.isalnum, typed.upper())).translate(MISTAKEN)
    return letters if len(letters) == LENGTH and set(letters) <= set(LETTERS) else ""


def _hash(keys: Keyring, code: str) -> bytes:
    return keys.index("claim_code", code)


def locked_until(db: Session, person_id: int, now: datetime) -> datetime | None:
    """Until when no code of this account is looked at, if it is kept off."""
    row = db.get(ClaimLock, person_id, populate_existing=True)
    return row.until if row and row.until > now else None


def enter(db: Session, pen: Pen, code: str, phone: str) -> Tried:
    """Bind an account (`pen.by`) to the claim of a code, if the number is an heir's."""
    until = locked_until(db, pen.by.id, pen.now)
    if until is not None:
        return Tried(locked_until=until)
    claim, heir = find(db, pen.keys, code, phone)
    if claim is None or heir is None:
        audit.record(db, pen.by, Change("claim_code_refused", "person", str(pen.by.id)), pen.now)
        until = _count_wrong(db, pen.by.id, pen.now)
        return Tried(locked_until=until, alarm=_count_for_all(db, pen.now))
    db.exec(delete(ClaimLock).where(col(ClaimLock.person_id) == pen.by.id))
    followers.follow(db, pen, claim, Bound(pen.by.id, "code", heir.id))
    return Tried(claim)


def find(db: Session, keys: Keyring, code: str, phone: str) -> tuple[Claim | None, Heir | None]:
    """The claim of a code and its heir of a number; the same work whether they exist or not."""
    claim = db.exec(select(Claim).where(Claim.code_hash == _hash(keys, code))).first()
    # Of a code that there is not, the heirs of no claim are looked for: that takes as long.
    id = claim.id if claim else "-"
    here = (Heir.claim_id == id, Heir.phone_hash == keys.index("phone", phone))
    return claim, db.exec(select(Heir).where(*here)).first()


def _count_wrong(db: Session, person_id: int, now: datetime) -> datetime | None:
    """Count a wrong try of an account; until when it has to pause now, if it has to."""
    row = db.get(ClaimLock, person_id) or ClaimLock(person_id=person_id, tries=0, until=now)
    if row.until < now - FORGET:
        row.tries = 0
    row.tries += 1
    over = row.tries - FREE_TRIES
    row.until = now + PAUSES[min(over, len(PAUSES) - 1)] if over >= 0 else now
    db.add(row)
    db.flush()
    return row.until if over >= 0 else None


def _count_for_all(db: Session, now: datetime) -> bool:
    """Count a wrong try of anybody; True once an hour, when there were too many."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    insert = postgresql_insert if db.get_bind().dialect.name == "postgresql" else sqlite_insert
    first = insert(ClaimAlarm).values(hour=hour, tries=1, told=False)
    more = {"tries": col(ClaimAlarm.tries) + 1}
    db.execute(first.on_conflict_do_update(index_elements=["hour"], set_=more))
    here = col(ClaimAlarm.hour) == hour
    too_many = (here, col(ClaimAlarm.tries) >= ALARM, col(ClaimAlarm.told).is_(False))
    return db.exec(update(ClaimAlarm).where(*too_many).values(told=True)).rowcount == 1


def prune(db: Session, now: datetime) -> None:
    """Forget links that are good no more, and tries that count no more."""
    old = now - FORGET
    db.exec(delete(ClaimLink).where(col(ClaimLink.expires_at) < old))
    db.exec(delete(ClaimLock).where(col(ClaimLock.until) < old))
    db.exec(delete(ClaimAlarm).where(col(ClaimAlarm.hour) < old))


def make_link(db: Session, pen: Pen, row: Claim) -> str:
    """A token (256 bits) that binds the account that opens it, once, within a quarter of an hour.

    For the counter: the heir sits in front of the officer.
    """
    token = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    link = ClaimLink(
        token_hash=pen.keys.index("claim_link", token),
        claim_id=row.id,
        made_by=pen.by.id,
        expires_at=pen.now + LINK_VALID_FOR,
    )
    db.add(link)
    audit.record(db, pen.by, Change("claim_link_made", "claim", row.id), pen.now)
    return token


def use_link(db: Session, keys: Keyring, token: str, person_id: int, now: datetime) -> Claim | None:
    """Bind the account that opened a link to its claim; None where it is none, used, or late."""
    hashed = col(ClaimLink.token_hash) == keys.index("claim_link", token)
    fresh = (hashed, col(ClaimLink.used_at).is_(None), col(ClaimLink.expires_at) > now)
    if db.exec(update(ClaimLink).where(*fresh).values(used_at=now)).rowcount != 1:
        audit.record(
            db,
            Actor(person_id, "none"),
            Change("claim_link_refused", "person", str(person_id)),
            now,
        )
        return None
    link = db.exec(select(ClaimLink).where(hashed)).one()
    claim = db.get_one(Claim, link.claim_id)
    followers.follow(
        db, Pen(keys, Actor(person_id, "heir"), now), claim, Bound(person_id, "counter")
    )
    return claim
