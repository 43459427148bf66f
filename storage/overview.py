"""What an overview counts among the sign-ups of one village, and the head of a line."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from rules.registration import State
from rules.seats import Pool
from storage.line import ORDER
from storage.models import Registration


def in_line(db: Session, pool: Pool) -> int:
    """How many wait for a seat of a pool."""
    here = [
        Registration.programme == pool.programme,
        Registration.group_key == pool.group,
        Registration.state == State.WAITING,
    ]
    if pool.village:
        here.append(Registration.village == pool.village)
    return db.exec(select(func.count()).select_from(Registration).where(*here)).one()


def next_of(db: Session, village: str, most: int) -> list[Registration]:
    """Those of a village who stand first in its line, or in the programme's."""
    here = (Registration.village == village, Registration.state == State.WAITING)
    return list(db.exec(select(Registration).where(*here).order_by(*ORDER).limit(most)))


def marked(db: Session, village: str) -> int:
    """How many decisions of a village were taken in a conflict of interest, for want of another."""
    here = (Registration.village == village, col(Registration.mark) != "")
    return db.exec(select(func.count()).select_from(Registration).where(*here)).one()


def offers_ending(db: Session, village: str, until: datetime) -> int:
    """How many offered seats of a village wait for an answer that is due by a moment."""
    here = (
        Registration.village == village,
        Registration.state == State.OFFERED,
        col(Registration.offered_until) <= until,
    )
    return db.exec(select(func.count()).select_from(Registration).where(*here)).one()
