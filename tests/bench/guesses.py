"""Guessing claim codes: a million tries from ten thousand accounts against the real check.

    python -m tests.bench.guesses --tries 1000000 --accounts 10000 --claims 10000

First the check alone, without the pause; then as the bot asks it, with the pause of each account.
Says how many came in (none may), how many were looked at, and how long a wrong code, an unknown
one and the number of somebody else take, side by side in one run.
"""

import argparse
import secrets
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from rules.claims import Kind
from storage import claim_codes, claims, followers
from storage.audit import Actor
from storage.claims import Pen, Report
from storage.database import migrate, open_engine, transaction
from storage.followers import NewHeir
from storage.sealing import new_keys, read_keys

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
BATCH = 10_000
SAMPLES = 2_000


def main() -> None:
    """Make the claims, guess, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=1_000_000)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--claims", type=int, default=10_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'guesses.db'}")
        migrate(engine)
        pen = Pen(read_keys(new_keys()), Actor(1, "village_officer"), NOW)
        with transaction(engine) as db:
            known = [_claim(db, pen, number) for number in range(given.claims)]
        began = time.perf_counter()
        came_in = _without_pause(engine, pen, given.tries)
        took = time.perf_counter() - began
        print(f"without the pause: {given.tries:,} tries in {took:.0f} s, {came_in} came in")
        began = time.perf_counter()
        came_in, looked_at = _with_pause(engine, pen, given.tries, given.accounts)
        took = time.perf_counter() - began
        print(
            f"with the pause: {given.tries:,} tries of {given.accounts:,} accounts in {took:.0f} s,"
            f" {looked_at:,} looked at, {came_in} came in"
        )
        _times(engine, pen, known)
        engine.dispose()


def _claim(db: Session, pen: Pen, number: int) -> str:
    new = Report(Kind.JKM, "51.71.03.2008", date(2026, 11, 30), NOW, 1, {"name": "I Contoh"})
    row = claims.report(db, pen, new)
    followers.note(db, pen, row, NewHeir("wife", "Ni Contoh", _phone(number)))
    return claim_codes.read(claim_codes.make(db, pen, row))


def _phone(number: int) -> str:
    return f"+6281200{number:06d}"


def _guess() -> str:
    return "".join(secrets.choice(claim_codes.LETTERS) for _ in range(claim_codes.LENGTH))


def _without_pause(engine: object, pen: Pen, tries: int) -> int:
    """The guesser even owns the right number of an heir."""
    came_in = 0
    for start in range(0, tries, BATCH):
        with transaction(engine) as db:  # type: ignore[arg-type]
            for number in range(start, min(start + BATCH, tries)):
                claim, heir = claim_codes.find(db, pen.keys, _guess(), _phone(number % 10_000))
                came_in += claim is not None and heir is not None
    return came_in


def _with_pause(engine: object, pen: Pen, tries: int, accounts: int) -> tuple[int, int]:
    """All accounts in turn, one try of each a minute of the day."""
    came_in = looked_at = 0
    for start in range(0, tries, accounts):
        now = NOW + timedelta(minutes=start // accounts)
        with transaction(engine) as db:  # type: ignore[arg-type]
            for account in range(min(accounts, tries - start)):
                mine = replace(pen, by=Actor(10_000_000 + account, "heir"), now=now)
                if claim_codes.locked_until(db, mine.by.id, now) is None:
                    looked_at += 1
                tried = claim_codes.enter(db, mine, _guess(), _phone(account))
                came_in += tried.claim is not None
    return came_in, looked_at


def _times(engine: object, pen: Pen, known: list[str]) -> None:
    """The three kinds of no, alternating, each by an account that has not tried before."""
    took: dict[str, list[float]] = {"unknown code": [], "number of another": [], "both": []}
    account = 20_000_000
    for sample in range(SAMPLES):
        tries = {
            "unknown code": (_guess(), _phone(sample)),
            "number of another": (known[sample % len(known)], "+628999999999"),
            "both": (_guess(), "+628999999999"),
        }
        for kind, (code, phone) in tries.items():
            account += 1
            with transaction(engine) as db:  # type: ignore[arg-type]
                mine = replace(pen, by=Actor(account, "heir"))
                began = time.perf_counter()
                claim_codes.enter(db, mine, code, phone)
                db.flush()
                took[kind].append(time.perf_counter() - began)
    first = statistics.median(took["unknown code"])
    for kind, seconds in took.items():
        median = statistics.median(seconds)
        print(f"{kind}: median {median * 1e6:.0f} us, {median / first:.3f} of an unknown code's")


if __name__ == "__main__":
    main()
