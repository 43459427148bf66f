"""Databases with many unfinished sign-ups in them, to start on."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import insert
from sqlmodel import SQLModel

from bot.house import House, open_house
from bot.settings import GivenSettings
from conversations.model import Session
from storage import inbox, sessions
from storage.database import transaction
from storage.models import Inbound, Person, StoredSession
from tests.bench.speed.stand_in import TOKEN
from tests.people import given

NOW = datetime.now(UTC)
BATCH = 5_000
SLOT = "enrolment"
ANSWERS = {
    "enrolment.village": "51.71.03.2008",
    "enrolment.whom": "self",
    "enrolment.consent": "yes",
    "enrolment.nik": "5171031206850001",
    "enrolment.name": "I Wayan Contoh",
    "enrolment.residence": "here",
}


def fill(environment: Mapping[str, str], many: int) -> None:
    """Lay out the tables, and store so many people, each half-way, each with an update done."""
    home = Path(environment["LINDUNG_HOME"])
    database = environment.get("DATABASE_URL", "")
    settings = GivenSettings(bot_token=SecretStr(TOKEN), lindung_home=home, database_url=database)
    house = open_house(settings)
    for table, rows in (
        (Person, _people(many)),
        (StoredSession, _sessions(house, many)),
        (Inbound, _updates(house, many)),
    ):
        _store(house, table, rows)
    house.engine.dispose()


def _store(house: House, table: type[SQLModel], rows: Iterator[dict[str, Any]]) -> None:
    while some := list(islice(rows, BATCH)):
        with transaction(house.engine) as db:
            db.connection().execute(insert(table), some)


def _people(many: int) -> Iterator[dict[str, Any]]:
    row = Person(id=0, slot=SLOT, turn=7, created_at=NOW).model_dump()
    return ({**row, "id": number} for number in range(1, many + 1))


def _sessions(house: House, many: int) -> Iterator[dict[str, Any]]:
    answers = {name: given(value) for name, value in ANSWERS.items()}
    state = house.keys.seal_json(sessions.PLACE, f"1 {SLOT}", asdict(Session(SLOT, answers)))
    text = house.keys.open(sessions.PLACE, f"1 {SLOT}", state)
    row = StoredSession(person_id=0, slot=SLOT, state_sealed=b"", updated_at=NOW).model_dump()
    for number in range(1, many + 1):
        sealed = house.keys.seal(sessions.PLACE, f"{number} {SLOT}", text)
        yield {**row, "person_id": number, "state_sealed": sealed}


def _updates(house: House, many: int) -> Iterator[dict[str, Any]]:
    done = {"state": "done", "received_at": NOW, "sent_at": NOW, "body_sealed": b""}
    row = Inbound(update_id=0, lane=0, **done).model_dump()
    for number in range(1, many + 1):
        sealed = house.keys.seal(inbox.BODY, number, '{"update_id": 1}')
        yield {**row, "update_id": number, "lane": number, "body_sealed": sealed}
