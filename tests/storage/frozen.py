"""Sign-ups with evidence, and a forger who can write the database but has no key."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text
from sqlmodel import Session

from bot.house import House
from conversations.model import Given
from rules.coverage import PaidMonth
from rules.registration import State
from storage import evidence, members, proof, registrations, verification
from storage.audit import Actor, Change
from storage.database import transaction
from storage.members import Acceptance
from storage.models import Registration
from storage.verification import Problem
from tests.people import WAYAN, Person, given, submission

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
DAY = date(2026, 12, 1)
OFFICER = Actor(6_200_000_001, "village_officer")
FIELDS = {"residence": "here", "occupation": "petani", "work": "over_5_years", "able": "able"}
ANSWERS = {f"enrolment.{name}": given(value) for name, value in FIELDS.items()}


def frozen(
    house: House,
    person: Person = WAYAN,
    answers: Mapping[str, Given] | None = None,
    now: datetime = NOW,
) -> str:
    """Somebody whom the village has confirmed; the id of the sign-up."""
    with transaction(house.engine) as db:
        numbers = {"enrolment.nik": given(person.nik), "enrolment.name": given(person.name)}
        new = submission(person, {**numbers, **ANSWERS} if answers is None else answers)
        row = registrations.submit(db, house.keys, new, now)
        confirm(house, db, row, now)
        return row.id


def confirm(house: House, db: Session, row: Registration, now: datetime = NOW) -> None:
    """Confirm a pending sign-up with an officer's statement, and freeze it."""
    by = (OFFICER, Change("confirm", "registration", row.id))
    registrations.change_state(db, row, State.CONFIRMED, by, now, decided_at=now)
    stated = {"desk.attest": given("yes", at=now.isoformat(), by=OFFICER.id)}
    proof.store(db, house.keys, row.id, stated, now)
    evidence.freeze(db, house.keys, row, OFFICER, now)


def accepted(house: House, id: str, kpj: str = "12345678901", now: datetime = NOW) -> None:
    """BPJS accepts, and two months are paid."""
    months = tuple(PaidMonth(one, "programme", DAY) for one in (DAY, date(2027, 1, 1)))
    with transaction(house.engine) as db:
        row = db.get_one(Registration, id)
        members.record(db, house.keys, row, Acceptance(kpj, DAY, months), OFFICER, now)


def found(house: House, id: str) -> list[Problem]:
    with transaction(house.engine) as db:
        return verification.verify(db, house.keys, id)


def found_anywhere(house: House) -> list[Problem]:
    with transaction(house.engine) as db:
        return verification.verify_all(db, house.keys)


def whats(problems: list[Problem]) -> list[tuple[str, int]]:
    return [(problem.what, problem.seq) for problem in problems]


@contextmanager
def forger(house: House, stays: bool = True) -> Iterator[Connection]:
    """Somebody who writes past our code and past foreign keys; unless it `stays`, it is undone."""
    with house.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SET session_replication_role = replica"))
        yield connection
        if stays:
            connection.commit()
        else:
            connection.rollback()
        connection.invalidate()


def forged(house: House, statement: str, **values: Any) -> int:
    """One statement of a forger; how many rows it changed."""
    with forger(house) as connection:
        return connection.execute(text(statement), values).rowcount


def rows_of(house: House, table: str, id: str) -> list[dict[str, Any]]:
    """The rows of a sign-up as the database has them, by which a forger can put them back."""
    order = " ORDER BY seq" if table == "evidence" else ""
    statement = text(f"SELECT * FROM {table} WHERE registration_id = :id{order}")  # noqa: S608
    with house.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(statement, {"id": id})]


def put_back(house: House, table: str, rows: list[dict[str, Any]]) -> None:
    names = list(rows[0])
    places = ", ".join(f":{name}" for name in names)
    statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"  # noqa: S608
    with forger(house) as connection:
        connection.execute(text(statement), rows)
