"""Anchors: one line a day outside of the database that vouches for all chains as of a moment.

A line has the moment, how many records and chains there were, the state (a keyed hash over every
head as of then) and a keyed hash over all that and the line before. Records carry their moment, so
the state can be found anew at any time; whoever puts back an older state of a chain that an anchor
has seen is found, though not which chain it was. The moment lies an hour back: what was under way
then is written down since.
"""

import os
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session

from storage import chain
from storage.evidence_rows import HEADS, RECORDS, Raw
from storage.sealing import Keyring
from storage.verification import Checked, Problem

FILE = "evidence.txt"
UNDER_WAY = timedelta(hours=1)
WHOLE = 1 << 256


@dataclass(frozen=True)
class Anchor:
    """One line; `moment` is written as `chain.stamp` does, hashes in hex."""

    moment: str
    records: int
    chains: int
    state: str
    mac: str

    @property
    def line(self) -> str:
        """As it stands in the file."""
        counts = f"records={self.records} chains={self.chains}"
        return f"{self.moment.replace(' ', 'T')} {counts} {self.state} {self.mac}"


@dataclass
class _Sum:
    """What the heads add up to: keyed hashes nobody sees, so that no others add up alike."""

    records: int = 0
    chains: int = 0
    total: int = 0

    def add(self, keys: Keyring, head: tuple[str, int, bytes], sign: int = 1) -> None:
        if seq := head[1]:
            self.chains += sign
            self.records += sign * seq
            self.total += sign * int.from_bytes(chain.mac(keys, "anchored", *head))

    def state(self, keys: Keyring, moment: str) -> str:
        plain = f"{self.total % WHOLE:x}"
        return chain.mac(keys, "state", moment, self.records, self.chains, plain).hex()


def keep(db: Session, keys: Keyring, folder: Path, now: datetime) -> Anchor:
    """Append the anchor of an hour ago to the file of a folder, which is made if need be."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    before = [one for one in read(folder) if one is not None]
    anchor = make(db, keys, before[-1].mac if before else "", now - UNDER_WAY)
    text = f"{anchor.line}\n".encode()
    descriptor = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "rb+", buffering=0) as file:
        whole = file.read()
        file.write(text if not whole or whole.endswith(b"\n") else b"\n" + text)
        os.fsync(file.fileno())
    return anchor


def make(db: Session, keys: Keyring, before: str, moment: datetime) -> Anchor:
    """The anchor as of a moment; `before` is the last one's `mac`."""
    found, at = _Sum(), chain.stamp(moment)
    for head in _heads(db, moment):
        found.add(keys, head)
    state = found.state(keys, at)
    return Anchor(at, found.records, found.chains, state, _mac(keys, before, found, (at, state)))


def _heads(db: Session, moment: datetime) -> Iterator[tuple[str, int, bytes]]:
    """The heads as of a moment: as they are, but of what was appended to since."""
    later = select(RECORDS.c.registration_id).where(RECORDS.c.at > moment)
    rows = select(RECORDS.c.registration_id, RECORDS.c.seq, RECORDS.c.link)
    moved = rows.where(RECORDS.c.registration_id.in_(later), RECORDS.c.at <= moment)
    heads = select(HEADS.c.registration_id, HEADS.c.count, HEADS.c.link)
    still = heads.where(HEADS.c.registration_id.not_in(later))
    then = {row[0]: row for row in db.connection().execute(moved.order_by(RECORDS.c.seq))}
    for row in (*then.values(), *db.connection().execute(still)):
        yield row[0], row[1], row[2]


def _mac(keys: Keyring, before: str, found: _Sum, rest: tuple[str, str]) -> str:
    return chain.mac(keys, "anchor", before, found.records, found.chains, *rest).hex()


def read(folder: Path) -> list[Anchor | None]:
    """The anchors of a folder, oldest first; None for a line that is none."""
    path = folder / FILE
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    return [_read(line) for line in lines if line]


def _read(line: str) -> Anchor | None:
    try:
        moment, records, chains, state, mac = line.split(" ")
        counts = [int(part.partition("=")[2]) for part in (records, chains)]
    except ValueError:
        return None
    anchor = Anchor(moment.replace("T", " "), counts[0], counts[1], state, mac)
    return anchor if anchor.line == line else None


class Against:
    """Holds chains against the anchors of a folder, as they are checked one after the other."""

    def __init__(self, keys: Keyring, folder: Path) -> None:
        self._keys, self._lines = keys, read(folder)
        self.anchors = [one for one in self._lines if one is not None]
        self._moments = sorted({one.moment for one in self.anchors})
        self._steps = [_Sum() for _ in range(len(self._moments) + 1)]

    def add(self, checked: Checked) -> None:
        """Take one chain in. Each record is the head from its moment on until the next."""
        before = (checked.registration_id, 0, b"")
        for row, moment in _from_when(checked.rows):
            head = (checked.registration_id, row["seq"], row["link"])
            step = self._steps[bisect_left(self._moments, moment)]
            step.add(self._keys, before, -1)
            step.add(self._keys, head)
            before = head

    def problems(self) -> list[Problem]:
        """What does not fit, when all chains have been taken in."""
        found = [Problem("", "anchor_line", n) for n, one in enumerate(self._lines, 1) if not one]
        sums, before = self._sums(), ""
        for number, one in enumerate(self.anchors, 1):
            counts = _Sum(one.records, one.chains)
            if one.mac != _mac(self._keys, before, counts, (one.moment, one.state)):
                found.append(Problem("", "anchor_line", number, one.moment))
            elif one.state != sums[one.moment].state(self._keys, one.moment):
                found.append(Problem("", "anchor", number, one.moment))
            before = one.mac
        return found

    def _sums(self) -> dict[str, _Sum]:
        found, last = {}, _Sum()
        for moment, step in zip(self._moments, self._steps, strict=False):
            records, chains = last.records + step.records, last.chains + step.chains
            last = _Sum(records, chains, last.total + step.total)
            found[moment] = last
        return found


def _from_when(rows: Sequence[Raw]) -> list[tuple[Raw, str]]:
    """Each record with the moment from which it was the head: no later than those after it."""
    found: list[tuple[Raw, str]] = []
    earliest = "~"
    for row in reversed(rows):
        earliest = min(earliest, str(row["at"]))
        found.append((row, earliest))
    return found[::-1]
