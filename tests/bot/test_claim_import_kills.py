"""An import of claims killed at random moments and begun again: all is done once, told once."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from bot.house import House
from rules.claims import State
from storage.database import transaction
from storage.models import Audit, Claim, ClaimStep, Outbound
from tests.bench.claim_imports import REJECTED_OF, answer, fill

ROWS, KILLS = 300, 2
PROJECT = Path(__file__).parents[2]


def begun(house: House, home: Path, path: Path) -> "subprocess.Popen[bytes]":
    """`lindung sheets import claims FILE --apply`, in a process of its own."""
    url = house.engine.url.render_as_string(hide_password=False)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PROJECT),
        "LINDUNG_HOME": str(home),
        "DATABASE_URL": url.replace("+psycopg", ""),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "sheets", "import", "claims", str(path), "--apply"],
        env=environment,
        cwd=path.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def moved(house: House) -> int:
    """How many claims are where the branch says."""
    ended = col(Claim.state).in_((State.PAID, State.REJECTED))
    with transaction(house.engine) as db:
        return db.exec(select(func.count()).select_from(Claim).where(ended)).one()


def killed(process: "subprocess.Popen[bytes]", house: House, chance: random.Random) -> bool:
    """Kill it some time after it has begun to save; False if it was done before."""
    was = moved(house)
    while process.poll() is None and moved(house) == was:
        time.sleep(0.05)
    time.sleep(chance.random() * 0.2)
    process.kill()
    _, errors = process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), errors.decode()
    return process.returncode != 0


@pytest.mark.long
def test_an_import_of_claims_that_is_killed_is_done_in_the_end_and_once(
    house: House, tmp_path: Path
) -> None:
    chance, path, home = random.Random(7), tmp_path / "klaim.csv", tmp_path / "home"
    fill(house, ROWS)
    answer(path, ROWS)
    kills = 0
    for _ in range(KILLS):
        kills += killed(begun(house, home, path), house, chance)
    last = begun(house, home, path)
    _, errors = last.communicate()
    assert last.returncode == 0, errors.decode()
    assert kills
    all_is_done_once(house)


def all_is_done_once(house: House) -> None:
    rejected = ROWS // REJECTED_OF
    with transaction(house.engine) as db:
        states = Counter(db.exec(select(Claim.state)).all())
        told = Counter(db.exec(select(Outbound.person_id)).all())
        steps = Counter(db.exec(select(ClaimStep.to_state)).all())
        here = (Audit.role == "operator", Audit.action == "claim_moved")
        audited = Counter(db.exec(select(Audit.to_state).where(*here)).all())
    assert states == {State.PAID: ROWS - rejected, State.REJECTED: rejected}
    assert (len(told), set(told.values())) == (ROWS, {1})
    after = {State.LODGED: ROWS, State.APPROVED: ROWS - rejected, **states}
    assert {state: steps[state] for state in after} == after
    assert audited == after
