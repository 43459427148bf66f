"""Many people and one seat, round after round: each round in a village of its own."""

from collections import Counter
from multiprocessing.synchronize import Barrier

from sqlalchemy.exc import OperationalError
from sqlmodel import select

from bot import places
from bot.house import House
from storage import registrations
from storage.audit import Change
from storage.database import transaction
from storage.models import Registration
from tests.places.crowd import NOW, OFFICER, Crowd, apart, sign_up

PATIENCE = 600.0  # seconds that a process waits for the others at the start of a round
_together: list[Barrier] = []


def rounds_of(house: House, villages: list[str], users: int) -> list[list[str]]:
    """So many people sign up in each of these villages; their ids, by village."""
    return [sign_up(house, users, [village]) for village in villages]


def in_processes(crowd: Crowd, rounds: list[list[str]], processes: int = 4) -> Counter[str]:
    """All are confirmed at once, round by round, by so many processes; what became of them."""
    context = apart()
    barrier = context.Barrier(processes)
    parts = [(crowd, [ids[part::processes] for ids in rounds]) for part in range(processes)]
    with context.Pool(processes, initializer=_meet_at, initargs=(barrier,)) as pool:
        return sum(pool.starmap(_race, parts, chunksize=1), Counter())


def _meet_at(barrier: Barrier) -> None:
    """Where this process waits for the others before each round."""
    _together.append(barrier)


def _race(crowd: Crowd, rounds: list[list[str]]) -> Counter[str]:
    house, seen = crowd.house(), Counter[str]()
    for ids in rounds:
        _together[0].wait(PATIENCE)
        seen.update(_confirmed(house, id) for id in ids)
    house.engine.dispose()
    return seen


def _confirmed(house: House, id: str) -> str:
    while True:
        try:
            with transaction(house.engine) as db:
                row = registrations.by_id(db, id)
                assert row is not None
                by = (OFFICER, Change("confirm", "registration", id))
                return places.confirm(house, db, row, by, NOW)
        except OperationalError:
            continue  # as a turn would: the database asks to try once more


def states(house: House) -> dict[str, Counter[str]]:
    """What became of the people, by village."""
    found: dict[str, Counter[str]] = {}
    with transaction(house.engine) as db:
        for village, state in db.exec(select(Registration.village, Registration.state)):
            found.setdefault(village, Counter())[state] += 1
    return found
