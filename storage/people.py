"""People: the Telegram accounts that wrote to the bot. Functions leave the commit to the caller."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select, update

from storage.models import Interest, Person


def locked(db: Session, person_id: int, now: datetime) -> Person:
    """Load a person, made on first sight, and keep others off until the transaction ends."""
    query = select(Person).where(Person.id == person_id).with_for_update()
    person = db.exec(query).first()
    if person is None:
        person = Person(id=person_id, created_at=now)
        db.add(person)
        db.flush()
    return person


def languages(db: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """The languages of the accounts that there are."""
    query = select(Person.id, Person.language).where(col(Person.id).in_(list(person_ids)))
    return dict(db.exec(query).all())


def mark_unreachable(db: Session, person_id: int, since: datetime | None) -> None:
    """Note that Telegram no longer delivers to this person; None when it does again."""
    statement = update(Person).where(col(Person.id) == person_id)
    db.exec(statement.values(unreachable_since=since))


def mark_asked(db: Session, person_id: int, message_id: int) -> None:
    """Keep the message id of the open question: texts with a lower id were sent before it."""
    statement = update(Person).where(col(Person.id) == person_id)
    db.exec(statement.values(asked_message=message_id))


def add_interest(db: Session, programme: str, village: str, person_id: int, now: datetime) -> None:
    """Remember who, of which village, wants to be told when a programme opens; once."""
    row = db.get(Interest, (programme, person_id))
    if row is None:
        row = Interest(programme=programme, person_id=person_id, village=village, since=now)
    row.village = village
    db.add(row)


def take_interested(db: Session, programme: str) -> list[tuple[int, str]]:
    """Who waits for a programme to open, with the village; they are taken off the list."""
    rows = db.exec(select(Interest).where(Interest.programme == programme)).all()
    for row in rows:
        db.delete(row)
    return [(row.person_id, row.village) for row in rows]
