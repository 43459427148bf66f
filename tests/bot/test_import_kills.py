"""An import killed at random moments and begun again: all is done in the end, and once."""

import csv
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.house import House
from rules.registration import State
from storage import outbox
from storage.database import transaction
from storage.models import Audit, Contribution, Member, Outbound, Registration, Tally
from tests.bench.imports import fill, nik

ROWS, REFUSED, KILLS = 900, 20, 2
PROJECT = Path(__file__).parents[2]


def answer(path: Path) -> None:
    """A card and three months for most, a reason for some."""
    day = datetime.now(UTC).date()
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["NIK", "KPJ", "Aktif sejak", "Dibayar sampai", "Alasan ditolak"])
        for number in range(ROWS):
            if number < REFUSED:
                writer.writerow([nik(number), "", "", "", "NIK tidak sesuai"])
            else:
                card = 10_000_000_000 + number
                writer.writerow([nik(number), card, day, f"{day:%m-%Y}", ""])


def begun(house: House, home: Path, path: Path) -> "subprocess.Popen[bytes]":
    """`lindung sheets import FILE --apply`, in a process of its own."""
    url = house.engine.url.render_as_string(hide_password=False)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PROJECT),
        "LINDUNG_HOME": str(home),
        "DATABASE_URL": url.replace("+psycopg", ""),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "sheets", "import", str(path), "--apply"],
        env=environment,
        cwd=path.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def members(house: House) -> int:
    with transaction(house.engine) as db:
        return len(db.exec(select(Member.registration_id)).all())


def killed(process: "subprocess.Popen[bytes]", house: House, chance: random.Random) -> bool:
    """Kill it some time after it has begun to save; False if it was done before."""
    was = members(house)
    while process.poll() is None and members(house) == was:
        time.sleep(0.05)
    time.sleep(chance.random() * 0.2)
    process.kill()
    _, errors = process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), errors.decode()
    return process.returncode != 0


@pytest.mark.long
def test_an_import_that_is_killed_again_and_again_is_done_in_the_end_and_once(
    house: House, tmp_path: Path
) -> None:
    chance, path, home = random.Random(7), tmp_path / "jawaban.csv", tmp_path / "home"
    fill(house, ROWS, datetime.now(UTC) - timedelta(days=1))
    answer(path)
    kills = 0
    for _ in range(KILLS):
        kills += killed(begun(house, home, path), house, chance)
    last = begun(house, home, path)
    _, errors = last.communicate()
    assert last.returncode == 0, errors.decode()
    assert kills
    all_is_done_once(house)


def all_is_done_once(house: House) -> None:
    accepted = ROWS - REFUSED
    with transaction(house.engine) as db:
        states = Counter(db.exec(select(Registration.state)).all())
        paid = Counter(db.exec(select(Contribution.registration_id)).all())
        told = Counter(db.exec(select(Outbound.person_id)).all())
        actions = Counter(
            (row.object_id, row.action)
            for row in db.exec(select(Audit).where(col(Audit.object_type) == "registration"))
        )
        counted: Counter[str] = Counter()
        for row in db.exec(select(Tally)):
            counted[row.key.partition("/")[2]] += row.count
    assert states == {State.ACTIVE: accepted, State.REFUSED: REFUSED}
    assert +counted == states
    assert (len(paid), set(paid.values())) == (accepted, {1})
    assert (len(told), set(told.values())) == (ROWS, {1})
    assert set(actions.values()) == {1}
    done = Counter(action for _, action in actions)
    assert done["accepted_by_bpjs"] == done["contribution"] == accepted
    assert done["refused_by_bpjs"] == REFUSED


@pytest.mark.long
def test_a_notice_of_the_import_can_be_opened_and_sent(house: House, tmp_path: Path) -> None:
    fill(house, 3, datetime.now(UTC) - timedelta(days=1))
    path = tmp_path / "jawaban.csv"
    day = datetime.now(UTC).date()
    path.write_text(f"NIK,KPJ,Aktif sejak\n{nik(0)},12345678901,{day}\n")
    process = begun(house, tmp_path / "home", path)
    process.communicate()
    assert process.returncode == 0
    with transaction(house.engine) as db:
        (row,) = outbox.claim(db, 1, datetime.now(UTC), 1)
        call = outbox.call(house.keys, row)
    assert call["chat_id"] == row.person_id == 6_100_000_000
    assert "12345678901" in call["text"]
