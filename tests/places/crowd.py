"""A crowd that races for seats: processes on one PostgreSQL, through the functions of the bot."""

import multiprocessing
import random
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.context import ForkServerContext
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from bot import offers, places
from bot.house import House, open_house
from rules.registration import SEATED_STATES, State
from storage import registrations
from storage.audit import Actor, Change
from storage.database import transaction
from storage.models import Audit, Registration, Seat
from storage.models import SeatCounter as CounterRow
from storage.replay import replay
from tests.conftest import settings_for
from tests.places.village import with_seats

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
OFFICER, WORKER = Actor(6_200_000_001, "village_officer"), Actor(6_100_000_001, "worker")
PROGRAMME = "bengkayang"
PREPARED = "tests.places.prepared"


@dataclass(frozen=True)
class Crowd:
    """Where it races: the folder with the keys, the database, and the caps."""

    home: Path
    database: str
    per_village: int
    in_all: int

    def house(self) -> House:
        """A house of one's own on the shared database."""
        house = open_house(settings_for(self.home, self.database))
        programme = with_seats(house.programmes[PROGRAMME], self.per_village, self.in_all)
        return replace(house, programmes={PROGRAMME: programme})


def sign_up(house: House, people: int, villages: list[str]) -> list[str]:
    """So many pending sign-ups over these villages, written at once."""
    ids = [secrets.token_hex(8) for _ in range(people)]
    for start in range(0, people, 5_000):
        rows = [_row(house, id, villages[n % len(villages)]) for n, id in enumerate(ids)]
        with transaction(house.engine) as db:
            db.execute(insert(Registration), rows[start : start + 5_000])
    return ids


def _row(house: House, id: str, village: str) -> dict[str, object]:
    return {
        "id": id,
        "code": id,
        "programme": PROGRAMME,
        "village": village,
        "state": State.PENDING,
        "version": 1,
        "person_id": WORKER.id,
        "whom": "self",
        "nik_hash": secrets.token_bytes(32),
        "nik_sealed": house.keys.seal("registration.nik", id, "5171031206850001"),
        "name_sealed": house.keys.seal("registration.name", id, "I Contoh"),
        "warnings": "",
        "returned_question": "",
        "group_key": "vulnerable_workers",
        "line": "",
        "offers": 0,
        "mark": "",
        "left_why": "",
        "created_at": NOW,
        "changed_at": NOW,
        "queued_at": NOW,
    }


def race(crowd: Crowd, ids: list[str], attempts: int, seed: int) -> Counter[str]:
    """Try so often with random people, and count what became of it."""
    house, chance = crowd.house(), random.Random(seed)
    seen: Counter[str] = Counter()
    for _ in range(attempts):
        id = chance.choice(ids)
        while True:
            try:
                with transaction(house.engine) as db:
                    became = _attempt(house, db, id, chance)
                break
            except OperationalError:
                seen["again"] += 1  # as a turn would: the database asks to try once more
        seen[became] += 1
    house.engine.dispose()
    return seen


def _attempt(house: House, db: Session, id: str, chance: random.Random) -> str:
    """Confirm who is pending; now and then one with a seat leaves; an offer is taken up."""
    row = registrations.by_id(db, id)
    assert row is not None
    if row.state == State.PENDING:
        by = (OFFICER, Change("confirm", "registration", id))
        return places.confirm(house, db, row, by, NOW)
    if row.state == State.OFFERED and offers.accept(house, db, row, WORKER, NOW):
        return "accepted"
    if row.state == State.CONFIRMED and chance.random() < 0.3:
        by = (WORKER, Change("withdrawn", "registration", id))
        assert registrations.change_state(db, row, State.WITHDRAWN, by, NOW)
        places.free(house, db, row, NOW, "withdrawn")
        return "withdrawn"
    return "nothing"


def apart() -> ForkServerContext:
    """Processes that share nothing; the imports, which take longer than a race, are made once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.places.last_seat", "tests.places.officers", PREPARED])
    return context


def in_processes(crowd: Crowd, ids: list[str], attempts: int, processes: int = 4) -> Counter[str]:
    """The same race in several processes at once."""
    each = attempts // processes
    tasks = [(crowd, ids, each, seed) for seed in range(processes)]
    with apart().Pool(processes) as pool:
        return sum(pool.starmap(race, tasks), Counter())


def faults(crowd: Crowd) -> Iterator[str]:
    """Everything that must never be: a seat too many, one lost, one empty while somebody waits."""
    house = crowd.house()
    with transaction(house.engine) as db:
        used = {row.key: row.used for row in db.exec(select(CounterRow))}
        held = db.exec(select(Registration).join(Seat)).all()
        by_village = Counter(row.village for row in held)
        waiting = Counter(
            db.exec(select(Registration.village).where(Registration.state == State.WAITING))
        )
        told = replay(db.exec(select(Audit).order_by(col(Audit.id))))
        for id in db.exec(_seated_without_a_seat()):
            yield f"{id} is confirmed without a seat"
    yield from told.unexplained
    if used.get(f"{PROGRAMME}/*", 0) != len(held) or len(held) > crowd.in_all:
        yield f"{len(held)} seats, counted {used.get(f'{PROGRAMME}/*')}, of {crowd.in_all}"
    for village in sorted({*by_village, *waiting}):
        given = by_village[village]
        if used.get(f"{PROGRAMME}/{village}", 0) != given or given > crowd.per_village:
            yield f"{village}: {given} seats, counted {used.get(f'{PROGRAMME}/{village}')}"
        if waiting[village] and given < crowd.per_village and len(held) < crowd.in_all:
            yield f"{village}: a seat is empty while {waiting[village]} wait"
    house.engine.dispose()


def _seated_without_a_seat():  # type: ignore[no-untyped-def]
    joined = select(Registration.id).join(Seat, isouter=True)
    seated = col(Registration.state).in_(SEATED_STATES)
    return joined.where(seated, col(Seat.registration_id).is_(None))
