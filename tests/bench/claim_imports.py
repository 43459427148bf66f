"""How long it takes to take in what the branch sends back: `python -m tests.bench.claim_imports`.

Invented members with a claim each, followed by one heir.
"""

import argparse
import csv
import tempfile
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from sqlmodel import col, select

from bot import claim_import
from bot.house import House, open_house
from bot.member_import import Result
from bot.settings import GivenSettings
from rules.claims import Kind, State
from storage import member_sheets
from storage.database import transaction
from storage.models import Registration
from tests.bench.imports import fill as fill_people
from tests.bench.imports import nik, somebody_writing, timed
from tests.claims_on_record import DIED, SIGNED_UP, at

NOW = datetime(2026, 12, 2, 2, tzinfo=UTC)
DAY = date(2026, 11, 20)
HEADINGS = ("NIK", "Status klaim", "Tanggal", "Tanda terima", "Jumlah (Rp)", "Alasan")
AT_ONCE = 200
REJECTED_OF = 10  # every so many claims one is rejected


def fill(house: House, rows: int) -> None:
    """Members with a claim each whose papers are complete."""
    fill_people(house, rows, SIGNED_UP)
    with transaction(house.engine) as db:
        people = db.exec(select(Registration).order_by(col(Registration.person_id))).all()
    how = (Kind.JKM, State.COMPLETE, DIED)
    for start in range(0, rows, AT_ONCE):
        with transaction(house.engine) as db:
            for one in people[start : start + AT_ONCE]:
                at(house, db, one, how, [one.person_id])


def answer(path: Path, rows: int) -> None:
    """What the branch says: paid for most, rejected for some."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for number in range(rows):
            if number % REJECTED_OF == REJECTED_OF - 1:
                writer.writerow([nik(number), "ditolak", DAY, "", "", "Iuran terputus"])
            else:
                writer.writerow([nik(number), "cair", DAY, f"TT-{number}", "42.000.000", ""])


def take_in(house: House, path: Path, keep: bool) -> list[Result]:
    """What the command does, but for printing the lines."""
    rows = member_sheets.read(path, member_sheets.CLAIMS).rows
    return claim_import.run(house, rows, keep, lambda _: None)


def measure(rows: int, database: str) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        home, path = Path(folder), Path(folder) / "klaim.csv"
        settings = GivenSettings(lindung_home=home / "rumah", database_url=database)
        house = open_house(settings, clock=lambda: NOW)
        timed(f"{rows:,} invented claims", lambda: fill(house, rows))
        answer(path, rows)
        for name, keep in (("shown", False), ("saved", True), ("saved again", True)):
            with somebody_writing(settings.database):
                done = timed(name, partial(take_in, house, path, keep))
            changed, bad = (sum(getattr(one, of) for one in done) for of in ("changed", "bad"))
            print(f"  changed {changed:,}, bad {bad:,}")
        house.engine.dispose()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=4_000)
    parser.add_argument("--database", default="", help="an empty PostgreSQL; else a SQLite file")
    given = parser.parse_args()
    measure(given.rows, given.database)


if __name__ == "__main__":
    main()
