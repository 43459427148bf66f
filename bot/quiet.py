"""While somebody's death is reported, the chat of that sign-up is not reminded of anything."""

from datetime import timedelta

from sqlmodel import Session

from storage import claims

PAUSE = timedelta(days=1)  # after which is looked again: nothing is lost, it is said later


def is_quiet(db: Session, registration: str) -> bool:
    """Whether a death of this sign-up's person was told, and nobody has said that it is false."""
    return claims.open_death(db, registration) is not None
