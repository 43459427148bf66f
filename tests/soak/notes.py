"""What an office writes in its own words about a sign-up or a claim, whoever it names in them."""

from sqlmodel import Session, col, or_, select

from storage import claims, registrations
from storage.models import Claim, Follower, Registration
from tests.soak.invariants import Look


def is_noted(look: Look, reader: int, mark: str) -> bool:
    """Whether a note on what the reader signed up for, reported or follows holds the mark."""
    keys = look.house.keys
    own = select(Registration).where(Registration.person_id == reader)
    with Session(look.reading) as db:
        if any(mark in registrations.note(keys, row) for row in db.exec(own)):
            return True
        query = select(Claim.id).join(Registration, isouter=True).join(Follower, isouter=True)
        about = (Registration.person_id, Claim.reported_by, Follower.person_id)
        followed = query.where(or_(*(col(person) == reader for person in about)))
        told = (step for id in set(db.exec(followed)) for step in claims.steps(db, keys, id))
        return any(mark in step.note for step in told)
