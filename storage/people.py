"""People: the Telegram accounts that wrote to the bot. Functions leave the commit to the caller."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlmodel import Session, bindparam, col, select, update

from storage.database import inserting, is_postgresql
from storage.models import Interest, Person

LOCKED = "people"  # in the session's notes: who is loaded and kept from others
# Made once: to build a statement takes longer than to run it.
LOCK = (
    select(Person)
    .where(col(Person.id).in_(bindparam("people", expanding=True)))
    .order_by(col(Person.id))
    .with_for_update()
)
ASKED = (
    update(Person)
    .where(col(Person.id) == bindparam("person"))
    .values(asked_message=bindparam("message"))
)


def lock(db: Session, person_ids: Iterable[int]) -> None:
    """Load those of these people whom we know, for `locked`, all at once and in one order."""
    rows = db.exec(LOCK, params={"people": list(person_ids)})
    db.info[LOCKED] = {person.id: person for person in rows}


def locked(db: Session, person_id: int, now: datetime) -> Person:
    """Load a person, made on first sight, and keep others off until the transaction ends."""
    if found := db.info.get(LOCKED, {}).get(person_id):
        return cast(Person, found)
    person = db.exec(LOCK, params={"people": [person_id]}).first()
    if person is None:
        # Another process may make the same person at the same moment.
        fresh = Person(id=person_id, created_at=now).model_dump()
        db.connection().execute(_new(is_postgresql(db)), fresh)
        person = db.exec(LOCK, params={"people": [person_id]}).one()
    return person


@cache
def _new(postgresql: bool) -> Any:
    return inserting(postgresql, Person).on_conflict_do_nothing()


def languages(db: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """The languages of the accounts that there are."""
    query = select(Person.id, Person.language).where(col(Person.id).in_(list(person_ids)))
    return dict(db.exec(query).all())


def mark_unreachable(db: Session, person_id: int, since: datetime | None) -> None:
    """Note that Telegram no longer delivers to this person; None when it does again."""
    statement = update(Person).where(col(Person.id) == person_id)
    db.exec(statement.values(unreachable_since=since))


def is_unreachable(db: Session, person_id: int) -> bool:
    """Whether Telegram no longer delivered to this person the last time."""
    since = select(Person.unreachable_since).where(Person.id == person_id)
    return db.exec(since).first() is not None


def mark_asked(db: Session, asked: Mapping[int, int]) -> None:
    """Keep the message id of each open question: texts with a lower one were sent before it."""
    rows = [{"person": person, "message": message} for person, message in asked.items()]
    if rows:
        db.connection().execute(ASKED, rows)


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
