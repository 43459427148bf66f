"""The races at full size: `python -m tests.bench.races [--attempts 100000] [--cases 5000]
[--rounds 100]`.

Four processes race for seats, then fifty officers in four processes decide the same cases, then
200 people are confirmed at once for one seat, in so many rounds. Prints what became of the
attempts, and every fault; the exit status says whether there was one.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.bench.servers import postgresql
from tests.places import last_seat, officers
from tests.places.crowd import PROGRAMME, Crowd, faults, in_processes, sign_up
from tests.places.month import villages_of

USERS = 200


def main() -> int:
    """Race, look for faults, and say so."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--attempts", type=int, default=100_000)
    parser.add_argument("--cases", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=100, help="at most 122")
    given = parser.parse_args()
    return max(_seats(given.attempts), _decisions(given.cases), _last_seats(given.rounds))


def _seats(attempts: int) -> int:
    with tempfile.TemporaryDirectory() as folder, postgresql(Path(folder)) as address:
        people = attempts
        per_village, villages = max(2, people // 1_000), 40
        crowd = Crowd(Path(folder), address, per_village, per_village * villages - 5)
        house = crowd.house()
        ids = sign_up(house, people, villages_of(house.programmes[PROGRAMME])[:villages])
        house.engine.dispose()
        began = time.monotonic()
        seen = in_processes(crowd, ids, attempts)
        took = time.monotonic() - began
        found = list(faults(crowd))
    shown = ", ".join(f"{count:,} {name}" for name, count in seen.most_common())
    print(f"{attempts:,} attempts of {people:,} people in 4 processes, {took:.0f} s: {shown}")
    print(f"{crowd.in_all:,} seats in {villages} villages; {len(found)} faults", *found, sep="\n")
    return bool(found)


def _decisions(cases: int) -> int:
    with tempfile.TemporaryDirectory() as folder, postgresql(Path(folder)) as address:
        crowd = Crowd(Path(folder), address, per_village=100, in_all=cases)
        house = crowd.house()
        villages = villages_of(house.programmes[PROGRAMME])[:10]
        ids = sign_up(house, cases, villages)
        officers.appoint(house, 50, villages)
        house.engine.dispose()
        began = time.monotonic()
        seen = officers.in_processes(crowd, ids, 50)
        took = time.monotonic() - began
        counted = officers.decisions_of(crowd)
        found = [*faults(crowd), *(id for id in ids if counted[id] != 1)]
    print(f"{cases:,} cases, each tried four times by 50 officers, {took:.0f} s: {dict(seen)}")
    print(
        f"decided once: {sum(counted[id] == 1 for id in ids):,}; {len(found)} faults", *found[:20]
    )
    return bool(found)


def _last_seats(rounds: int) -> int:
    with tempfile.TemporaryDirectory() as folder, postgresql(Path(folder)) as address:
        crowd = Crowd(Path(folder), address, per_village=1, in_all=rounds)
        house = crowd.house()
        villages = villages_of(house.programmes[PROGRAMME])[:rounds]
        people = last_seat.rounds_of(house, villages, USERS)
        began = time.monotonic()
        seen = last_seat.in_processes(crowd, people)
        took = time.monotonic() - began
        each = Counter(confirmed=1, waiting=USERS - 1)
        wrong = [code for code, one in last_seat.states(house).items() if one != each]
        house.engine.dispose()
        found = [*faults(crowd), *wrong]
    print(f"{rounds} rounds of {USERS} people for one seat, {took:.0f} s: {dict(seen)}")
    print(f"{len(found)} faults", *found[:20])
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
