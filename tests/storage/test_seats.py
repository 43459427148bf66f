"""Never one seat too many, never one lost: counters under a race, on both databases."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from bot.house import House
from rules.seats import SeatCounter
from storage import registrations, seats
from storage.database import transaction
from storage.models import Registration, Seat
from storage.models import SeatCounter as CounterRow
from tests.people import submission
from tests.steps import all_of

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
VILLAGE = SeatCounter("denpasar/51.71.03.2008", 100)
OTHER_VILLAGE = SeatCounter("denpasar/51.71.03.2009", 100)
WHOLE = SeatCounter("denpasar/*", None)


def signed_up(house: House, count: int, nik: str = "") -> list[str]:
    """The ids of so many sign-ups, each with its own NIK or all with one."""
    niks = (nik or f"517103120685{number:04}" for number in range(1, count + 1))
    with transaction(house.engine) as db:
        new = (submission(nik=number, name="I Wayan", answers={}) for number in niks)
        return [registrations.submit(db, house.keys, one, NOW).id for one in new]


def set_used(house: House, **used: int) -> None:
    keys = {"village": VILLAGE.key, "whole": WHOLE.key}
    with transaction(house.engine) as db:
        for name, count in used.items():
            db.add(CounterRow(key=keys[name], used=count))


def used(house: House) -> dict[str, int]:
    return {row.key: row.used for row in all_of(house, CounterRow)}


def taking(house: House, *counters: SeatCounter) -> Callable[[str], str]:
    """What takes a seat for one sign-up, in a transaction of its own."""

    def take(id: str) -> str:
        with transaction(house.engine) as db:
            row = db.get_one(Registration, id)
            return seats.take(db, counters, row, NOW)

    return take


def at_once(take: Callable[[str], str], ids: list[str]) -> Counter[str]:
    """What became of all who tried in the same moment."""
    with ThreadPoolExecutor(len(ids)) as pool:
        return Counter(pool.map(take, ids))


def test_sixty_race_for_the_last_five_seats_and_five_get_one(house: House) -> None:
    ids = signed_up(house, 60)
    set_used(house, village=95, whole=95)
    assert at_once(taking(house, VILLAGE, WHOLE), ids) == {"taken": 5, "full": 55}
    assert used(house) == {VILLAGE.key: 100, WHOLE.key: 100}
    assert len(all_of(house, Seat)) == 5


def test_many_race_for_seats_whose_counter_does_not_exist_yet(house: House) -> None:
    ids = signed_up(house, 12)
    few = SeatCounter(VILLAGE.key, 5)
    assert at_once(taking(house, few, WHOLE), ids) == {"taken": 5, "full": 7}
    assert used(house) == {few.key: 5, WHOLE.key: 5}


def test_the_cap_of_the_programme_binds_too_and_gives_the_villages_seat_back(house: House) -> None:
    ids = signed_up(house, 8)
    whole = SeatCounter(WHOLE.key, 3)
    assert at_once(taking(house, VILLAGE, whole), ids) == {"taken": 3, "full": 5}
    assert used(house) == {VILLAGE.key: 3, whole.key: 3}


def test_two_villages_share_the_cap_of_the_programme(house: House) -> None:
    ids = signed_up(house, 20)
    whole = SeatCounter(WHOLE.key, 7)
    one, other = taking(house, VILLAGE, whole), taking(house, OTHER_VILLAGE, whole)

    def take(id: str) -> str:
        return (one if ids.index(id) % 2 else other)(id)

    assert at_once(take, ids) == {"taken": 7, "full": 13}
    counts = used(house)
    assert counts[whole.key] == 7
    assert counts[VILLAGE.key] + counts[OTHER_VILLAGE.key] == 7


def test_without_a_cap_seats_are_counted_and_never_full(house: House) -> None:
    ids = signed_up(house, 4)
    set_used(house, whole=1_000_000)
    endless = SeatCounter(VILLAGE.key, None)
    assert [taking(house, endless, WHOLE)(id) for id in ids] == ["taken"] * 4
    assert used(house) == {VILLAGE.key: 4, WHOLE.key: 1_000_004}


def test_a_cap_of_nothing_is_always_full(house: House) -> None:
    (id,) = signed_up(house, 1)
    assert taking(house, SeatCounter(VILLAGE.key, 0), WHOLE)(id) == "full"
    assert all_of(house, Seat) == []


def test_one_nik_holds_one_seat(house: House) -> None:
    first, second = signed_up(house, 2, "5171031206850001")
    take = taking(house, VILLAGE, WHOLE)
    assert [take(first), take(second), take(first)] == ["taken", "duplicate", "taken"]
    assert used(house) == {VILLAGE.key: 1, WHOLE.key: 1}


def test_one_nik_confirmed_many_times_at_once_holds_one_seat(house: House) -> None:
    ids = signed_up(house, 10, "5171031206850001")
    take = taking(house, VILLAGE, WHOLE)

    def again_as_a_turn_would(id: str) -> str:
        try:
            return take(id)
        except IntegrityError:
            return take(id)

    assert at_once(again_as_a_turn_would, ids) == {"taken": 1, "duplicate": 9}
    assert used(house) == {VILLAGE.key: 1, WHOLE.key: 1}


def given_back(house: House, id: str) -> bool:
    with transaction(house.engine) as db:
        return seats.give_back(db, (VILLAGE, WHOLE), id)


def test_a_seat_is_given_back_once(house: House) -> None:
    first, second = signed_up(house, 2)
    take = taking(house, VILLAGE, WHOLE)
    assert [take(first), take(second)] == ["taken", "taken"]
    assert [given_back(house, first) for _ in range(3)] == [True, False, False]
    assert used(house) == {VILLAGE.key: 1, WHOLE.key: 1}
    assert take(first) == "taken"


def test_a_seat_given_back_by_many_at_once_is_free_once(house: House) -> None:
    ids = signed_up(house, 2)
    for id in ids:
        taking(house, VILLAGE, WHOLE)(id)
    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(lambda _: given_back(house, ids[0]), range(10))) == 1
    assert used(house) == {VILLAGE.key: 1, WHOLE.key: 1}


def test_who_holds_no_seat_gives_none_back(house: House) -> None:
    first, second = signed_up(house, 2)
    taking(house, VILLAGE, WHOLE)(first)
    assert not given_back(house, second)
    assert used(house) == {VILLAGE.key: 1, WHOLE.key: 1}


def test_a_transaction_that_fails_takes_no_seat(house: House) -> None:
    (id,) = signed_up(house, 1)

    def take_and_fail() -> None:
        with transaction(house.engine) as db:
            row = db.get_one(Registration, id)
            assert seats.take(db, (VILLAGE, WHOLE), row, NOW) == "taken"
            raise RuntimeError

    with pytest.raises(RuntimeError):
        take_and_fail()
    assert used(house) == {}
    assert all_of(house, Seat) == []


def test_a_seat_that_became_free_is_taken_by_the_next(house: House) -> None:
    first, second = signed_up(house, 2)
    single = SeatCounter(VILLAGE.key, 1)
    take = taking(house, single, WHOLE)
    assert [take(first), take(second)] == ["taken", "full"]
    assert given_back(house, first)
    assert take(second) == "taken"
