"""A month of four programmes at full size: `python -m tests.bench.month [PROGRAMME ...]`.

Denpasar has 27 villages of 100 places, Bengkayang 122, Gianyar two stages, Badung 35,000 places
over the regency. Prints, of all pools in which somebody waits at the end, how many places are
somebody's; and whether the audit tells the same waiting lists as the tables.
"""

import sys
import tempfile
import time
from pathlib import Path

from tests.conftest import opened, settings_for
from tests.places.month import Month, villages_of
from tests.places.test_month import of_size

FULL = {"denpasar": 100, "bengkayang": 100, "gianyar": 2429, "badung": 35_000}


def main(keys: list[str]) -> int:
    """Run the months one after another; 1 if a place stayed empty or the audit differs."""
    return max([_month(key) for key in keys or FULL])


def _month(key: str) -> int:
    with tempfile.TemporaryDirectory() as folder, opened(settings_for(Path(folder))) as house:
        began = time.monotonic()
        run = of_size(house, key, villages_of(house.programmes[key]), FULL[key]).run()
        return _told(key, run, time.monotonic() - began)


def _told(key: str, run: Month, took: float) -> int:
    pools = run.seats_kept().values()
    cap, given, confirmed = (sum(one[place] for one in pools) for place in range(3))
    lines = run.replayed()
    same = {pool: line for pool, line in lines.waiting.items() if line} == run.lines()
    waiting = sum(map(len, run.lines().values()))
    print(f"{key}: {run.count:,} sign-ups in {took:.0f} s; {dict(run.events)}")
    print(f"  {len(pools)} lines with {waiting:,} people; of their {cap:,} places {given:,} given")
    print(f"  ({given / cap:.2%}), {confirmed:,} of them confirmed ({confirmed / cap:.2%});")
    print(f"  {lines.offers:,} offers, {len(lines.unexplained)} unexplained; the same list: {same}")
    return given / cap < 0.995 or bool(lines.unexplained) or not same


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
