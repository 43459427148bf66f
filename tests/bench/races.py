"""The race for seats at full size: `python -m tests.bench.races [--attempts 100000]`.

Prints what became of the attempts, and every fault; the exit status says whether there was one.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.servers import postgresql
from tests.places.crowd import PROGRAMME, Crowd, faults, in_processes, sign_up
from tests.places.month import villages_of


def main() -> int:
    """Race, look for faults, and say so."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--attempts", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, postgresql(Path(folder)) as address:
        people = given.attempts // 4
        per_village, villages = max(2, people // 400), 40
        crowd = Crowd(Path(folder), address, per_village, per_village * villages - 5)
        house = crowd.house()
        ids = sign_up(house, people, villages_of(house.programmes[PROGRAMME])[:villages])
        house.engine.dispose()
        began = time.monotonic()
        seen = in_processes(crowd, ids, given.attempts)
        took = time.monotonic() - began
        found = list(faults(crowd))
    shown = ", ".join(f"{count:,} {name}" for name, count in seen.most_common())
    print(f"{given.attempts:,} attempts of {people:,} people in 4 processes, {took:.0f} s: {shown}")
    print(f"{crowd.in_all:,} seats in {villages} villages; {len(found)} faults", *found, sep="\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
