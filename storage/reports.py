"""Whose death or accident was told: found among the sign-ups; and what was told again.

Nothing here commits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from rules import nik
from rules.claims import State
from rules.names import phonetic
from rules.registration import OPEN_STATES
from storage import claims
from storage.claims import Moved, Pen
from storage.models import Claim, Member, Registration
from storage.sealing import Keyring
from storage.search import MEMBERS, MOST

JOINED = "joined"
MOST_TOLD, WITHIN = 5, timedelta(hours=24)  # reports of one account


def has_told_enough(db: Session, person_id: int, now: datetime) -> bool:
    """Whether an account has told so many deaths and accidents of late that it tells no more."""
    lately = (Claim.reported_by == person_id, col(Claim.reported_at) > now - WITHIN)
    told = db.exec(select(func.count()).select_from(Claim).where(*lately)).one()
    return told >= MOST_TOLD


@dataclass(frozen=True)
class Found:
    """A sign-up, and by what it was found: its "nik", its "card", or its "name" alone."""

    registration_id: str
    by: str


def whose(db: Session, keys: Keyring, village: str, told: Mapping[str, str]) -> Found | None:
    """The sign-up of who was told of, if it is certain enough to look at.

    By the number that was given, else by a name of the village that sounds the same, if just one
    person there has it.
    """
    number, name = told.get("number", ""), told.get("name", "")
    if number and (found := _with_number(db, keys, village, number)):
        return found
    alike = _with_name(db, keys, village, name)
    if len({row.nik_hash for row in alike}) != 1:
        return None
    return Found(_likeliest(alike, village).id, "name")


def _with_number(db: Session, keys: Keyring, village: str, number: str) -> Found | None:
    if len(number) == nik.LENGTH:
        here = Registration.nik_hash == keys.index("nik", number)
        rows = list(db.exec(select(Registration).where(here)))
        return Found(_likeliest(rows, village).id, "nik") if rows else None
    card = Member.kpj_hash == keys.index("kpj", number)
    member = db.exec(select(Member).where(card)).first()
    return Found(member.registration_id, "card") if member else None


def _likeliest(rows: Iterable[Registration], village: str) -> Registration:
    """Of several sign-ups of one person: a member, one that stands, of this village, the newest."""
    return max(
        rows,
        key=lambda row: (
            row.state in MEMBERS,
            row.state in OPEN_STATES,
            row.village == village,
            row.created_at,
        ),
    )


def _with_name(db: Session, keys: Keyring, village: str, name: str) -> list[Registration]:
    """Who of a village has a name that sounds the same; nobody where there are too many to look."""
    sought = phonetic(name)
    query = select(Registration).where(Registration.village == village)
    rows = list(db.exec(query.order_by(col(Registration.created_at).desc()).limit(MOST + 1)))
    if not sought or len(rows) > MOST:
        return []
    return [row for row in rows if phonetic(_name(keys, row)) == sought]


def _name(keys: Keyring, row: Registration) -> str:
    return keys.open("registration.name", row.id, row.name_sealed)


def join(db: Session, pen: Pen, again: Claim, first: Claim) -> bool:
    """What was told again is one with what was told first; False if somebody was faster.

    It is withdrawn before it is said whose it is: nothing of it joins that sign-up's evidence.
    """
    note, values = f"{JOINED} {first.id}", {"village": first.village, "due_at": None}
    gone = Moved(State.WITHDRAWN, again.happened_on, note, values)
    if not claims.move(db, pen, again, gone):
        return False
    return claims.change(db, again, pen.now, registration_id=first.registration_id)


def told_again(db: Session, keys: Keyring, first: Claim) -> list[dict[str, str]]:
    """The facts (`claims.facts`) of each report that was joined to this one, oldest first."""
    if first.registration_id is None:
        return []
    rows = claims.of_registration(db, first.registration_id)
    joined = [row for row in rows if row.state == State.WITHDRAWN and _is_of(db, keys, row, first)]
    return [claims.facts(keys, row) for row in reversed(joined)]


def _is_of(db: Session, keys: Keyring, row: Claim, first: Claim) -> bool:
    return claims.steps(db, keys, row.id)[-1].note == f"{JOINED} {first.id}"
