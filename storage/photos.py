"""Photos of a claim's papers: wanted in a turn, fetched once under a lease, kept sealed.

Nothing here commits. A photo leaves `wanted` once, by a conditional UPDATE: who fetched it again
after a kill, or beside another, changes nothing more.
"""

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select, update

from conversations.model import Words
from rules.permissions import Action
from storage import audit, followers, staff
from storage.audit import Actor, Change
from storage.claims import Pen
from storage.models import Claim, ClaimPhoto
from storage.sealing import Keyring

FILE, CONTENT = "claim_photo.file", "claim_photo.content"
LEASE = timedelta(seconds=90)  # longer than fetching and re-encoding may take
TRIES = 6
MOST_OF_PAPER, MOST_OF_CLAIM = 4, 40  # those refused do not count
BOT = "bot"  # the role in the audit of what nobody did by hand


@dataclass(frozen=True)
class TooMany:
    """The photo is not taken: its paper or the whole claim has enough of them; `words` say so."""

    words: Words


def want(db: Session, pen: Pen, claim: Claim, paper: str, file_id: str) -> ClaimPhoto | TooMany:
    """Note a photo of a paper that Telegram keeps under `file_id`, beside earlier ones.

    The claim's row is locked where the database can, so that no two pass the last place.
    """
    db.exec(select(Claim.id).where(Claim.id == claim.id).with_for_update()).one()
    had = per_paper(db, claim.id)
    if had[paper] >= MOST_OF_PAPER:
        return TooMany(Words("photo.full_paper", {"most": MOST_OF_PAPER}))
    if had.total() >= MOST_OF_CLAIM:
        return TooMany(Words("photo.full_claim", {"most": MOST_OF_CLAIM}))
    row = _noted(pen, claim.id, paper, file_id)
    db.add(row)
    db.flush()
    audit.record(db, pen.by, Change("photo_sent", "claim", claim.id, reason=paper), pen.now)
    return row


def _noted(pen: Pen, claim_id: str, paper: str, file_id: str) -> ClaimPhoto:
    id = secrets.token_hex(8)
    return ClaimPhoto(
        id=id,
        claim_id=claim_id,
        paper=paper,
        sent_by=pen.by.id,
        sent_at=pen.now,
        file_sealed=pen.keys.seal(FILE, id, file_id),
    )


def per_paper(db: Session, claim_id: str) -> Counter[str]:
    """How many photos of each paper were sent and not refused."""
    here = (ClaimPhoto.claim_id == claim_id, ClaimPhoto.state != "refused")
    return Counter(db.exec(select(ClaimPhoto.paper).where(*here)))


def unread(db: Session, claim_id: str) -> frozenset[str]:
    """The papers whose newest photo could not be read."""
    here = (ClaimPhoto.claim_id == claim_id, ClaimPhoto.state != "wanted")
    order = (col(ClaimPhoto.sent_at), col(ClaimPhoto.id))
    query = select(ClaimPhoto.paper, ClaimPhoto.state).where(*here).order_by(*order)
    last = dict(db.exec(query).all())
    return frozenset(paper for paper, state in last.items() if state == "refused")


def take(db: Session, now: datetime) -> ClaimPhoto | None:
    """Take up the oldest photo to be fetched that nobody is at work on; this counts a try.

    It is this process' own until `LEASE` has passed.
    """
    free = or_(col(ClaimPhoto.taken_until).is_(None), col(ClaimPhoto.taken_until) <= now)
    query = select(ClaimPhoto).where(ClaimPhoto.state == "wanted", free)
    order = (col(ClaimPhoto.sent_at), col(ClaimPhoto.id))
    row = db.exec(query.order_by(*order).limit(1)).first()
    if row is None:
        return None
    same = (col(ClaimPhoto.id) == row.id, col(ClaimPhoto.attempts) == row.attempts, free)
    values = {"attempts": row.attempts + 1, "taken_until": now + LEASE}
    if db.exec(update(ClaimPhoto).where(*same).values(**values)).rowcount != 1:
        return None
    db.refresh(row)
    return row


def again(db: Session, id: str, until: datetime) -> None:
    """After a failure: let nobody take up this photo until a moment."""
    db.exec(update(ClaimPhoto).where(col(ClaimPhoto.id) == id).values(taken_until=until))


def keep(db: Session, keys: Keyring, id: str, jpeg: bytes, now: datetime) -> bool:
    """Keep the picture itself, sealed, on record; False if it is kept or refused already."""
    sealed = keys.seal_bytes(CONTENT, id, jpeg)
    return _settle(db, id, "photo_kept", now, state="kept", content_sealed=sealed)


def refuse(db: Session, id: str, why: str, now: datetime) -> bool:
    """Give a photo up for a reason (a word), on record; False if it is kept or refused already."""
    return _settle(db, id, "photo_refused", now, state="refused", why=why)


def _settle(db: Session, id: str, action: str, now: datetime, **values: object) -> bool:
    wanted = (col(ClaimPhoto.id) == id, col(ClaimPhoto.state) == "wanted")
    new = {**values, "taken_until": None}
    if db.exec(update(ClaimPhoto).where(*wanted).values(**new)).rowcount != 1:
        return False
    row = db.get_one(ClaimPhoto, id, populate_existing=True)
    reason = f"{row.paper} {row.why}".strip()
    audit.record(db, Actor(0, BOT), Change(action, "claim", row.claim_id, reason=reason), now)
    return True


def newest(db: Session, claim_id: str, paper: str) -> ClaimPhoto | None:
    """The newest photo kept of a paper: the one that counts."""
    here = (ClaimPhoto.claim_id == claim_id, ClaimPhoto.paper == paper, ClaimPhoto.state == "kept")
    order = (col(ClaimPhoto.sent_at).desc(), col(ClaimPhoto.id).desc())
    return db.exec(select(ClaimPhoto).where(*here).order_by(*order).limit(1)).first()


def file_id(keys: Keyring, row: ClaimPhoto) -> str:
    """Under which Telegram keeps the photo."""
    return keys.open(FILE, row.id, row.file_sealed)


def content(keys: Keyring, row: ClaimPhoto) -> bytes:
    """The picture as kept: a JPEG without metadata. `ValueError` of one that is not kept."""
    if row.content_sealed is None:
        raise ValueError(f"photo {row.id} is {row.state}")
    return keys.open_bytes(CONTENT, row.id, row.content_sealed)


def may_see(db: Session, person_id: int, row: ClaimPhoto) -> bool:
    """Whether this account may be shown a photo: it is of the family, or its office handles it.

    Asked anew whenever one is sent: an office may have ended since the button was drawn.
    """
    if followers.follows(db, person_id, row.claim_id):
        return True
    village = db.get_one(Claim, row.claim_id).village
    return staff.office_for(db, person_id, Action.HANDLE_CLAIM, village) is not None


def shown(db: Session, person_id: int, row: ClaimPhoto, now: datetime) -> None:
    """Put on record that a photo is sent to an office; the family looks at its own."""
    if followers.follows(db, person_id, row.claim_id):
        return
    village = db.get_one(Claim, row.claim_id).village
    office = staff.office_for(db, person_id, Action.HANDLE_CLAIM, village)
    by = Actor(person_id, office.role if office else "none")
    audit.record(db, by, Change("photo_shown", "claim", row.claim_id, reason=row.paper), now)
