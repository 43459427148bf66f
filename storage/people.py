"""People: the Telegram accounts that wrote to the bot. Functions leave the commit to the caller."""

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


def mark_unreachable(db: Session, person_id: int, since: datetime | None) -> None:
    """Note that Telegram no longer delivers to this person; None when it does again."""
    statement = update(Person).where(col(Person.id) == person_id)
    db.exec(statement.values(unreachable_since=since))


def mark_asked(db: Session, person_id: int, message_id: int) -> None:
    """Keep the id of the bot's newest message: texts with a lower id were sent before it."""
    statement = update(Person).where(col(Person.id) == person_id)
    db.exec(statement.values(asked_message=message_id))


def add_interest(db: Session, programme: str, person_id: int, now: datetime) -> None:
    """Remember who wants to be told when a programme opens; once."""
    if db.get(Interest, (programme, person_id)) is None:
        db.add(Interest(programme=programme, person_id=person_id, since=now))


def take_interested(db: Session, programme: str) -> list[int]:
    """Those who wait for a programme to open; they are taken off the list."""
    rows = db.exec(select(Interest).where(Interest.programme == programme)).all()
    for row in rows:
        db.delete(row)
    return [row.person_id for row in rows]
