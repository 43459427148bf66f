"""Who follows a claim: accounts bound to it, and the heirs who may become one by their number."""

import secrets
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from storage import audit
from storage.audit import Change
from storage.claims import Pen
from storage.models import Claim, Follower, Heir
from storage.sealing import Keyring

NAME, PHONE = "heir.name", "heir.phone"


@dataclass(frozen=True)
class NewHeir:
    """An heir to be noted: `relation` is a `rules.heirs.Relation`, `phone` a number as +62..."""

    relation: str
    name: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True)
class Bound:
    """How an account came to a claim: by its `code`, at the `counter`, or as the `worker`."""

    person_id: int
    by: str
    heir_id: str = ""


def note(db: Session, pen: Pen, row: Claim, new: NewHeir) -> Heir:
    """Note an heir of a claim; one with this number already is the same one, renamed."""
    hashed = pen.keys.index("phone", new.phone)
    here = (Heir.claim_id == row.id, Heir.phone_hash == hashed)
    heir = db.exec(select(Heir).where(*here)).first()
    id = heir.id if heir else secrets.token_hex(8)
    heir = heir or Heir(
        id=id,
        claim_id=row.id,
        relation=new.relation,
        name_sealed=b"",
        phone_hash=hashed,
        phone_sealed=pen.keys.seal(PHONE, id, new.phone),
        noted_by=pen.by.id,
        noted_at=pen.now,
    )
    heir.relation, heir.name_sealed = new.relation, pen.keys.seal(NAME, id, new.name)
    db.add(heir)
    db.flush()
    audit.record(db, pen.by, Change("heir_noted", "claim", row.id, reason=new.relation), pen.now)
    return heir


def heirs(db: Session, claim_id: str) -> list[Heir]:
    """The heirs noted for a claim, oldest first."""
    query = select(Heir).where(Heir.claim_id == claim_id)
    return list(db.exec(query.order_by(col(Heir.noted_at), col(Heir.id))))


def name(keys: Keyring, heir: Heir) -> str:
    """The heir's name."""
    return keys.open(NAME, heir.id, heir.name_sealed)


def phone(keys: Keyring, heir: Heir) -> str:
    """The heir's number, as +62..."""
    return keys.open(PHONE, heir.id, heir.phone_sealed)


def follow(db: Session, pen: Pen, row: Claim, bound: Bound) -> bool:
    """Bind an account to a claim, on record; False if it is bound already."""
    if follows(db, bound.person_id, row.id):
        return False
    new = Follower(
        claim_id=row.id,
        person_id=bound.person_id,
        heir_id=bound.heir_id,
        bound_by=bound.by,
        since=pen.now,
    )
    db.add(new)
    db.flush()
    audit.record(db, pen.by, Change("claim_followed", "claim", row.id, reason=bound.by), pen.now)
    return True


def followers(db: Session, claim_id: str) -> list[Follower]:
    """The accounts bound to a claim, in the order in which they came."""
    query = select(Follower).where(Follower.claim_id == claim_id)
    return list(db.exec(query.order_by(col(Follower.since), col(Follower.person_id))))


def follows(db: Session, person_id: int, claim_id: str) -> bool:
    """Whether an account is bound to a claim."""
    return db.get(Follower, (claim_id, person_id)) is not None


def followed_by(db: Session, person_id: int) -> list[Claim]:
    """The claims that an account is bound to, newest first."""
    joined = select(Claim).join(Follower).where(Follower.person_id == person_id)
    return list(db.exec(joined.order_by(col(Claim.reported_at).desc(), col(Claim.id))))
