"""Officers who decide the same cases at the same time, in processes of their own."""

import random
from collections import Counter

from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from bot import decisions
from bot.here import Here
from bot.house import House
from bot.updates import Incoming
from conversations.model import Looked, Turn
from conversations.model import Session as Talk
from conversations.outcomes import Decide
from storage import people, staff
from storage.database import transaction
from storage.models import Audit
from storage.staff import Invited
from tests.places.crowd import NOW, Crowd, apart

FIRST = 6_300_000_001
DECISIONS = (
    ("confirm", "", ""),
    ("reject", "not_working", ""),
    ("return", "unclear", "enrolment.name"),
)


def appoint(house: House, officers: int, villages: list[str]) -> None:
    """So many officers, each of every village."""
    with transaction(house.engine) as db:
        for number in range(officers):
            phone = f"+628120001{number:04}"
            people.locked(db, FIRST + number, NOW)
            for village in villages:
                token = staff.invite(db, house.keys, Invited(village, phone), NOW)
                who = (FIRST + number, f"Petugas {number}")
                assert staff.accept(db, house.keys, token, phone, who, NOW)


def decide_all(crowd: Crowd, ids: list[str], officers: int, seed: int) -> Counter[str]:
    """Go through all cases in an order of one's own, each as some officer who saw it undecided."""
    house, chance = crowd.house(), random.Random(seed)
    seen: Counter[str] = Counter()
    for id in chance.sample(ids, len(ids)):
        officer, decision = FIRST + chance.randrange(officers), chance.choice(DECISIONS)
        while True:
            try:
                with transaction(house.engine) as db:
                    _decide(house, db, officer, Decide(id, 1, *decision))
                break
            except OperationalError:
                seen["again"] += 1
        seen["tried"] += 1
    house.engine.dispose()
    return seen


def _decide(house: House, db: Session, officer: int, outcome: Decide) -> None:
    person = people.locked(db, officer, NOW)
    here = Here(house, db, person, Incoming(officer, "", Looked()), NOW)
    decisions.decide(here, outcome, Turn(Talk("desk"), path=()))


def in_processes(crowd: Crowd, ids: list[str], officers: int, processes: int = 4) -> Counter[str]:
    """The same in several processes at once: each case is decided at by so many officers."""
    tasks = [(crowd, ids, officers, seed) for seed in range(processes)]
    with apart().Pool(processes) as pool:
        return sum(pool.starmap(decide_all, tasks), Counter())


def decisions_of(crowd: Crowd) -> Counter[str]:
    """How often each case was decided, by the audit."""
    house = crowd.house()
    with transaction(house.engine) as db:
        actions = [decision for decision, _, _ in DECISIONS]
        rows = db.exec(select(Audit.object_id).where(Audit.action.in_(actions)))  # type: ignore[attr-defined]
        counted = Counter(rows.all())
    house.engine.dispose()
    return counted
