"""Timers: each fires once, over two processes and over a restart, late ones too; some at a time."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session as Database
from sqlmodel import func, select

from bot import timers as clockwork
from bot import unfinished
from bot.house import House, open_house
from conversations.model import Given, Session
from storage import people, registrations, sessions, timers
from storage.database import open_engine, transaction
from storage.models import Outbound, Registration, Timer
from tests.conftest import own_database, settings_for
from tests.people import WAYAN, submission

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
LATE = NOW + timedelta(days=3)
FIRST = 6_300_000_000
MANY = 120


class Torn(Exception):
    """The process dies in the middle of a transaction."""


def begun(house: House, count: int) -> None:
    """So many people have each begun a sign-up and fallen silent."""
    answers = {"enrolment.whom": Given("self", "", NOW.isoformat(), 1)}
    with transaction(house.engine) as db:
        for number in range(count):
            person = people.locked(db, FIRST + number, NOW)
            person.slot = "enrolment"
            sessions.save(db, house.keys, person, Session("enrolment", answers), NOW)
            unfinished.watch(db, person.id, NOW)


def dies(
    house: House, most: int | None = None, meanwhile: Callable[[], None] = lambda: None
) -> None:
    """Timers are taken and their effects written, and then the process ends uncommitted."""
    with transaction(house.engine) as db:
        clockwork.run(house, db, LATE, most)
        meanwhile()
        raise Torn


def told(house: House) -> Counter[int]:
    with transaction(house.engine) as db:
        return Counter(db.exec(select(Outbound.person_id)))


def left(house: House) -> int:
    with transaction(house.engine) as db:
        return db.exec(select(func.count()).select_from(Timer)).one()


def drained(house: House) -> None:
    while left(house):
        clockwork.run_some(house, LATE)


EACH_ONCE = Counter(range(FIRST, FIRST + MANY))


def test_two_processes_fire_each_timer_once(postgresql: str, tmp_path: Path) -> None:
    address = own_database(postgresql)
    first = open_house(settings_for(tmp_path, address))
    second = replace(first, engine=open_engine(address))
    begun(first, MANY)
    threads = [threading.Thread(target=drained, args=(one,)) for one in (first, second) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told(first) == EACH_ONCE
    for one in (first, second):
        one.engine.dispose()


def test_what_one_process_has_taken_another_does_not_see_until_it_fails(
    postgresql: str, tmp_path: Path
) -> None:
    address = own_database(postgresql)
    house = open_house(settings_for(tmp_path, address))
    begun(house, MANY)
    other = open_engine(address)

    def meanwhile() -> None:
        with Database(other) as db:
            assert len(timers.take_due(db, LATE, 100)) == MANY - 100

    with pytest.raises(Torn):
        dies(house, 100, meanwhile)
    assert told(house) == Counter()
    drained(house)
    assert told(house) == EACH_ONCE
    other.dispose()
    house.engine.dispose()


def test_two_processes_that_set_the_same_timer_at_once_both_go_on(
    postgresql: str, tmp_path: Path
) -> None:
    house = open_house(settings_for(tmp_path, own_database(postgresql)))
    failed: list[Exception] = []
    together = threading.Barrier(4)

    def start() -> None:
        together.wait()
        try:
            with transaction(house.engine) as db:
                timers.set_once(db, "sweep", "daily", NOW)
                timers.set_timer(db, "digest", "office", NOW)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert left(house) == 2
    house.engine.dispose()


def test_after_a_restart_the_late_ones_fire_once(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    before = open_house(settings)
    begun(before, MANY)
    with pytest.raises(Torn):
        dies(before)
    before.engine.dispose()
    after = open_house(settings)
    drained(after)
    assert told(after) == EACH_ONCE
    drained(after)
    assert told(after) == EACH_ONCE
    after.engine.dispose()


def test_so_many_are_done_in_one_transaction_and_the_oldest_first(house: House) -> None:
    begun(house, 3)
    with transaction(house.engine) as db:
        timers.set_timer(db, unfinished.KIND, str(FIRST + 2), NOW)
    with transaction(house.engine) as db:
        assert timers.take_due(db, LATE, 2) == [
            (unfinished.KIND, str(FIRST + 2)),
            (unfinished.KIND, str(FIRST)),
        ]
    assert left(house) == 1


def test_a_timer_is_moved_and_one_that_is_set_is_left_alone(house: House) -> None:
    with transaction(house.engine) as db:
        timers.set_timer(db, "one", "a", NOW)
        timers.set_timer(db, "one", "a", LATE)
        timers.set_once(db, "one", "a", NOW)
        assert timers.take_due(db, NOW) == []
        assert timers.take_due(db, LATE) == [("one", "a")]


def test_one_that_fails_stops_no_other_and_is_tried_again_in_an_hour(house: House) -> None:
    begun(house, 2)
    with transaction(house.engine) as db:
        timers.set_timer(db, unfinished.KIND, "no number", NOW)
    clockwork.run_some(house, LATE)
    assert set(told(house)) == {FIRST, FIRST + 1}
    assert due(house) == LATE + clockwork.TRY_AGAIN


def due(house: House) -> datetime:
    with transaction(house.engine) as db:
        return db.exec(select(Timer.due_at)).one()


@pytest.fixture
def impatient(postgresql: str, tmp_path: Path) -> Iterator[tuple[House, Engine]]:
    """A house that waits for no lock, and an engine beside it that holds one."""
    address = own_database(postgresql)
    house = open_house(settings_for(tmp_path, address))
    short = open_engine(f"{address}&options=-c%20lock_timeout%3D50")
    yield replace(house, engine=short), house.engine
    short.dispose()
    house.engine.dispose()


@pytest.mark.long
def test_one_that_the_database_refuses_stops_no_other_and_is_tried_again_soon(
    impatient: tuple[House, Engine],
) -> None:
    house, other = impatient
    begun(house, 2)
    with transaction(house.engine) as db:
        row = registrations.submit(db, house.keys, submission(WAYAN, {}), NOW)
        timers.set_timer(db, "reminder", row.id, NOW)
    with transaction(other) as holding:
        holding.get_one(Registration, row.id, with_for_update=True)
        clockwork.run_some(house, LATE)
    assert set(told(house)) == {FIRST, FIRST + 1}
    assert due(house) == LATE + clockwork.TRY_SOON
