"""How long BPJS' answer takes to be taken in: shown first, saved, and given once more.

python -m tests.bench.imports --rows 32768 [--database URL]
"""

import argparse
import csv
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlmodel import SQLModel

from bot import member_import
from bot.house import House, open_house
from bot.settings import GivenSettings
from rules import areas
from rules.registration import State
from storage import member_sheets, tallies, timers
from storage.database import open_engine, transaction
from storage.registrations import base32

SIGNED_UP = datetime(2026, 11, 3, 2, tzinfo=UTC)
NOW = datetime(2026, 12, 2, 2, tzinfo=UTC)
HEADINGS = ("NIK", "Nomor KPJ", "Aktif sejak", "Dibayar sampai", "Alasan ditolak")
REFUSED_OF = 200  # every so many rows one is refused
AT_ONCE = 1_000
T = TypeVar("T")


def nik(number: int) -> str:
    """An invented number: no two alike."""
    return f"517103{1 + number % 28:02}{1 + number // 28 % 12:02}85{number % 9_999 + 1:04}"


def person(house: House, number: int, village: str, at: datetime) -> dict[str, Any]:
    """A sign-up as a row of the table."""
    id = base32(16)
    text = {"returned_question": "", "warnings": "", "line": "", "mark": "", "left_why": ""}
    moments = dict.fromkeys(("created_at", "changed_at", "queued_at"), at)
    return (
        text
        | moments
        | {
            "id": id,
            "code": f"{base32(3)}-{base32(4)}",
            "programme": "denpasar",
            "village": village,
            "state": (State.CONFIRMED, State.SUBMITTED)[number % 2],
            "version": 2,
            "person_id": 6_100_000_000 + number,
            "whom": "self",
            "nik_hash": house.keys.index("nik", nik(number)),
            "nik_sealed": house.keys.seal("registration.nik", id, nik(number)),
            "name_sealed": house.keys.seal("registration.name", id, f"I Contoh {number}"),
            "group_key": "vulnerable_workers",
            "offers": 0,
        }
    )


def fill(house: House, rows: int, at: datetime = SIGNED_UP) -> None:
    """Invented people, a hundred in each village, each with a seat."""
    tables = SQLModel.metadata.tables
    villages = [village.code for village in areas.villages("51.71")]
    for start in range(0, rows, AT_ONCE):
        numbers = range(start, min(rows, start + AT_ONCE))
        people = [person(house, n, villages[n // 100 % len(villages)], at) for n in numbers]
        seats = [
            {
                "programme": one["programme"],
                "nik_hash": one["nik_hash"],
                "registration_id": one["id"],
                "since": at,
                "stage": "",
            }
            for one in people
        ]
        with transaction(house.engine) as db:
            db.connection().execute(tables["registration"].insert(), people)
            db.connection().execute(tables["seat"].insert(), seats)
    with transaction(house.engine) as db:
        tallies.recount(db)


def answer(path: Path, rows: int) -> None:
    """What BPJS answers: a card and the months for most, a reason for some."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for number in range(rows):
            if number % REFUSED_OF == REFUSED_OF - 1:
                writer.writerow([nik(number), "", "", "", "NIK tidak sesuai data Dukcapil"])
            else:
                writer.writerow([nik(number), 10_000_000_000 + number, "1-12-2026", "2-2027", ""])


def timed(name: str, work: Callable[[], T]) -> T:
    """Do it, and print how long it took, and how much of that this process was at work."""
    began, worked = time.perf_counter(), time.process_time()
    done = work()
    took, worked = time.perf_counter() - began, time.process_time() - worked
    print(f"{name}: {took:.1f} s, {worked:.1f} s of them at work", flush=True)
    return done


def take_in(house: House, path: Path, keep: bool) -> list[member_import.Result]:
    """What the command does, but for printing the lines."""
    rows = member_sheets.read(path).rows
    return member_import.run(house, rows, keep, lambda _: None)


def turns(url: str) -> None:
    """Be a bot whose people write twenty times a second, until stdin ends; print the waits."""
    engine, waits, ended = open_engine(url), list[float](), threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    while not ended.wait(0.05):
        began = time.perf_counter()
        with transaction(engine) as db:
            timers.set_timer(db, "bench", "one", NOW)
        waits.append(time.perf_counter() - began)
    middle, longest = statistics.median(waits), max(waits)
    print(f"  {len(waits)} turns beside it: half within {middle:.2f} s, all within {longest:.2f} s")


@contextmanager
def somebody_writing(url: str) -> Iterator[None]:
    """Turns of the bot in another process meanwhile."""
    command = [sys.executable, "-m", "tests.bench.imports", "--turns", url]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        yield
        process.communicate()


def measure(rows: int, database: str) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        home, path = Path(folder), Path(folder) / "jawaban.csv"
        settings = GivenSettings(lindung_home=home / "rumah", database_url=database)
        house = open_house(settings, clock=lambda: NOW)
        timed(f"{rows:,} invented people", lambda: fill(house, rows))
        answer(path, rows)
        for name, keep in (("shown", False), ("saved", True), ("saved again", True)):
            with somebody_writing(settings.database):
                done = timed(name, partial(take_in, house, path, keep))
            changed, bad = (sum(getattr(one, of) for one in done) for of in ("changed", "bad"))
            print(f"  changed {changed:,}, bad {bad:,}")
        house.engine.dispose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"most memory: {peak:.0f} MB")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=32_768)
    parser.add_argument("--database", default="", help="an empty PostgreSQL; else a SQLite file")
    parser.add_argument("--turns", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.turns:
        turns(given.turns)
    else:
        measure(given.rows, given.database)


if __name__ == "__main__":
    main()
