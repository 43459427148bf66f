"""A year of claims at full size: `python -m tests.bench.claims_year [--claims 400]`.

Prints what happened, how often somebody was late, and every fault; 1 if there was one.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from sqlmodel import col, func, select

from storage.database import transaction
from storage.models import Outbound
from tests.conftest import opened, settings_for
from tests.places.claims_year import REGENCY, Year


def main() -> int:
    """Run the year and say what came of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--claims", type=int, default=400)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, opened(settings_for(Path(folder))) as house:
        began = time.monotonic()
        year = Year(house, claims=given.claims, days=365).run()
        took = time.monotonic() - began
        with transaction(house.engine) as db:
            families = col(Outbound.person_id) >= 6_300_000_000
            news = select(func.count()).select_from(Outbound).where(families)
            told = db.exec(news).one()
            late = select(func.count()).select_from(Outbound).where(Outbound.person_id == REGENCY)
            passed_on = db.exec(late).one()
    print(f"{given.claims} claims in a year of {took:.0f} s: {dict(year.events)}")
    print(f"{told} news to families, {passed_on} times passed on to the regency")
    print(f"{len(year.faults)} faults", *year.faults[:20], sep="\n")
    return bool(year.faults)


if __name__ == "__main__":
    sys.exit(main())
