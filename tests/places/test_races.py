"""Four processes race for seats, and officers for decisions: never one too many, none lost.

`python -m tests.bench.races` runs the same at full size.
"""

from collections import Counter
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from storage.database import transaction
from storage.models import Registration, Seat
from tests.conftest import own_database
from tests.places import last_seat, officers
from tests.places.crowd import PROGRAMME, Crowd, faults, in_processes, sign_up
from tests.places.month import villages_of


@pytest.mark.long
def test_four_processes_race_for_seats_and_none_is_given_twice_or_lost(
    postgresql: str, tmp_path: Path
) -> None:
    crowd = Crowd(tmp_path, own_database(postgresql), per_village=4, in_all=18)
    house = crowd.house()
    villages = villages_of(house.programmes[PROGRAMME])[:5]
    ids = sign_up(house, 150, villages)
    seen = in_processes(crowd, ids, 800)
    assert list(faults(crowd)) == []
    assert min(seen[name] for name in ("confirmed", "waiting", "withdrawn", "accepted")) > 0, seen
    with transaction(house.engine) as db:
        assert db.exec(select(func.count()).select_from(Seat)).one() <= 18
        states = Counter(db.exec(select(col(Registration.state))))
    assert states.total() == 150
    assert states["withdrawn"] == seen["withdrawn"]
    house.engine.dispose()


def test_officers_who_decide_the_same_cases_at_once_decide_each_once(
    postgresql: str, tmp_path: Path
) -> None:
    crowd = Crowd(tmp_path, own_database(postgresql), per_village=3, in_all=5)
    house = crowd.house()
    villages = villages_of(house.programmes[PROGRAMME])[:2]
    ids = sign_up(house, 40, villages)
    officers.appoint(house, 5, villages)
    house.engine.dispose()
    seen = officers.in_processes(crowd, ids, 5)
    assert seen["tried"] == 160
    counted = officers.decisions_of(crowd)
    assert counted == Counter(ids)
    assert list(faults(crowd)) == []


def test_of_many_people_for_one_seat_one_has_it_and_all_others_a_place_in_line(
    postgresql: str, tmp_path: Path
) -> None:
    crowd = Crowd(tmp_path, own_database(postgresql), per_village=1, in_all=100)
    house = crowd.house()
    villages = villages_of(house.programmes[PROGRAMME])[:3]
    rounds = last_seat.rounds_of(house, villages, 40)
    seen = last_seat.in_processes(crowd, rounds)
    assert seen == Counter(confirmed=3, waiting=117)
    each = Counter(confirmed=1, waiting=39)
    assert last_seat.states(house) == dict.fromkeys(villages, each)
    assert list(faults(crowd)) == []
    house.engine.dispose()
