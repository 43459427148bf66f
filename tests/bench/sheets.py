"""How long the sheet for BPJS takes, from a database file with sealed rows to the finished files.

python -m tests.bench.sheets --rows 35000

The database is made for it, with invented people, in a temporary folder (TMPDIR): about 1 GB for
a million. `--without-records` measures sign-ups from before records were kept, with their answers.
"""

import argparse
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from bot import sheets, texts
from bot.house import House, open_house
from bot.settings import GivenSettings
from bot.sheets import Order, Source
from rules import areas, programmes
from storage import proof, records, sealing
from storage.database import open_engine, transaction
from storage.exports import Wanted
from storage.models import Answer, Registration
from storage.registrations import base32
from tests.bench.sheet_writers import peak
from tests.people import given

NOW = datetime(2026, 2, 1, 2, tzinfo=UTC)
PROGRAMME, AREA = "denpasar", "51.71"
BATCH = 5_000
ANSWERS = {
    "enrolment.phone": "+6281200000001 telegram",
    "enrolment.occupation": "pedagang",
    "details.workplace": "Pasar Contoh",
    "details.hamlet": "Banjar Contoh",
    "details.family_card": "5171010101200001",
    "details.mother": "Ni Ketut Contoh",
}


def people(house: House, many: int, with_records: bool) -> Iterator[dict[str, Any]]:
    """Rows of confirmed sign-ups, spread over the villages."""
    villages = [village.code for village in areas.villages(AREA) if village.kind == "desa"]
    keys, same = house.keys, {"programme": PROGRAMME, "state": "confirmed", "person_id": 1}
    moments = dict.fromkeys(("created_at", "changed_at", "queued_at"), NOW - timedelta(days=1))
    for number in range(many):
        id, nik, name = base32(16), f"517103120685{number % 9999 + 1:04d}", f"Contoh {number}"
        record = dict.fromkeys(records.ANSWERS, "") | {
            "nik": nik,
            "name": name,
            "birth_date": "1985-06-12",
            "sex": "male",
            "phone": "+6281200000001",
            "occupation": "pedagang",
            "workplace": "Pasar Contoh",
            "address": "Banjar Contoh",
            "mother": "Ni Ketut",
            "family_card": "51710101012000",
        }
        yield {
            **same,
            **moments,
            "id": id,
            "code": secrets.token_hex(6),
            "village": villages[number % len(villages)],
            "whom": "self",
            "warnings": "",
            "nik_hash": keys.index("nik", f"{number}"),
            "nik_sealed": keys.seal("registration.nik", id, nik),
            "name_sealed": keys.seal("registration.name", id, name),
            "record_sealed": keys.seal_json(records.PLACE, id, record) if with_records else None,
        }


def fill(house: House, many: int, with_records: bool) -> None:
    """Store so many people."""
    rows = people(house, many, with_records)
    while some := list(islice(rows, BATCH)):
        with transaction(house.engine) as db:
            db.execute(insert(Registration), some)
            if not with_records:
                _answer(house, db, some)


def _answer(house: House, db: Session, some: list[dict[str, Any]]) -> None:
    """Store what these people answered, as `storage/proof.py` keeps it."""
    answers = [
        proof._row(house.keys, row["id"], question, given(value)).model_dump()
        for row in some
        for question, value in ANSWERS.items()
    ]
    db.execute(insert(Answer), answers)


def opened(folder: Path) -> House:
    """The house of a folder, with its schema."""
    return replace(open_house(GivenSettings(lindung_home=folder)), clock=lambda: NOW)


def make(folder: Path) -> None:
    """Make the sheet and say what it took; in a process that did nothing else."""
    engine = open_engine(GivenSettings(lindung_home=folder).database)
    keys = sealing.keys_from_file(folder / "keys")
    source = Source(engine, keys, programmes.load()[PROGRAMME], texts.load())
    before = peak()
    began, used = time.perf_counter(), time.process_time()
    made = sheets.make(source, Order(Wanted(PROGRAMME, AREA, NOW), folder, NOW, sheet="bench"))
    span, used = time.perf_counter() - began, time.process_time() - used
    rows = sum(one.rows for one in made)
    size = sum(one.path.stat().st_size for one in made) / 2**20
    print(f"{rows} rows: {span:.2f} s ({used:.2f} s of processor), peak {peak():.0f} MB", end=" ")
    print(f"({before:.0f} MB before it began), {len(made)} file(s) of {size:.1f} MB")


def main() -> None:
    """Make the database, then measure in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=35_000)
    parser.add_argument("--without-records", action="store_true")
    parser.add_argument("--made", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.made:
        return make(asked.made)
    with tempfile.TemporaryDirectory(prefix="lindung-bench-") as folder:
        fill(opened(Path(folder)), asked.rows, not asked.without_records)
        own = [sys.executable, "-m", "tests.bench.sheets", "--made", folder]
        subprocess.run(own, check=True)
    return None


if __name__ == "__main__":
    main()
