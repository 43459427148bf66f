"""People: the Telegram accounts that wrote to the bot. Functions leave the commit to the caller."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlmodel import Session, col, select, update

from storage.database import at_the_end, inserting, is_postgresql
from storage.many import Updates, among
from storage.models import Interest, Person

AT_HAND = "people"  # in the session's notes: who is at hand


@dataclass
class Account:
    """A person as read; what is changed of a person at hand is written by `write`."""

    id: int
    language: str
    slot: str
    turn: int
    asked_message: int
    unreachable_since: datetime | None


# Made once: to build a statement takes longer than to run it. No objects of the ORM: every turn
# changes its person, and to find out what has changed costs more than to write it.
FOUND = select(*(getattr(Person, one.name) for one in fields(Account))).where(
    among(col(Person.id), "people")
)
LOCK = FOUND.order_by(col(Person.id)).with_for_update()
CHANGED = ("language", "slot", "turn", "unreachable_since")
WRITE = Updates(Person, ["id", *CHANGED])
ASKED = Updates(Person, ["id", "asked_message"])


def lock(db: Session, person_ids: Iterable[int]) -> None:
    """Have those of these people at hand whom we know: read, and kept from others until the end.

    All at once and in one order, so that no two transactions wait for one another.
    """
    rows = _read(db, LOCK, list(person_ids))
    db.info.setdefault(AT_HAND, {}).update((row.id, (row, replace(row))) for row in rows)
    at_the_end(db, write)


def locked(db: Session, person_id: int, now: datetime) -> Account:
    """A person at hand, or brought there; made on first sight."""
    if person_id not in db.info.get(AT_HAND, {}):
        # Another process may make the same person at the same moment.
        fresh = Person(id=person_id, created_at=now).model_dump()
        db.connection().execute(_new(is_postgresql(db)), fresh)
        lock(db, [person_id])
    account: Account = db.info[AT_HAND][person_id][0]
    return account


def find(db: Session, person_id: int) -> Account | None:
    """A person as he is now, if we know him."""
    if person_id in (at_hand := db.info.get(AT_HAND, {})):
        found: Account = at_hand[person_id][0]
        return found
    return next(iter(_read(db, FOUND, [person_id])), None)


def language(db: Session, person_id: int) -> str:
    """The language of a person; Indonesian for one we do not know."""
    found = find(db, person_id)
    return found.language if found else "id"


def _read(db: Session, query: Any, person_ids: list[int]) -> list[Account]:
    return [Account(*row) for row in db.connection().execute(query, {"people": person_ids})]


def write(db: Session) -> None:
    """Write what has changed of the people at hand, of all at once."""
    rows = []
    for account, before in db.info.get(AT_HAND, {}).values():
        if account != before:
            rows.append(dict(vars(account)))
            vars(before).update(vars(account))
    if rows:
        WRITE.write(db, rows)


def leave(db: Session, account: Account) -> None:
    """Let a person be in no conversation, whether at hand or not."""
    account.slot = ""
    if account.id not in db.info.get(AT_HAND, {}):
        db.exec(update(Person).where(col(Person.id) == account.id).values(slot=""))


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
    if person_id in (at_hand := db.info.get(AT_HAND, {})):
        at_hand[person_id][0].unreachable_since = since


def is_unreachable(db: Session, person_id: int) -> bool:
    """Whether Telegram no longer delivered to this person the last time."""
    found = find(db, person_id)
    return found is not None and found.unreachable_since is not None


def mark_asked(db: Session, asked: Mapping[int, int]) -> None:
    """Keep the message id of each open question: texts with a lower one were sent before it."""
    rows = [{"id": person, "asked_message": message} for person, message in asked.items()]
    if rows:
        ASKED.write(db, rows)


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
