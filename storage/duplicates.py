"""Possible duplicates, found by keyed hashes alone: same NIK, one digit off, same name and day."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from sqlmodel import Session, bindparam, col, delete, select

from rules.names import phonetic
from rules.registration import OPEN_STATES
from storage.many import Inserts, among
from storage.models import IndexHash, Registration
from storage.sealing import Keyring

Hashes = tuple[tuple[str, bytes], ...]  # kind, keyed hash
# (kind of hash, the warning that a match is); the weightiest first
KINDS = (("nik", "duplicate_nik"), ("nik_near", "duplicate_near"), ("name", "duplicate_name"))


KEPT = Inserts(IndexHash, ["kind", "hash", "registration_id"])
GONE = delete(IndexHash).where(col(IndexHash.registration_id) == bindparam("registration"))
# Two statements instead of a join, for which SQLite goes through all sign-ups of a programme. Both
# are always run, so that the time tells nothing. Made once: that takes longer than to run them.
ALIKE = select(IndexHash.registration_id, IndexHash.kind).where(
    col(IndexHash.hash).in_(bindparam("hashes", expanding=True))
)
THESE = select(Registration.id, Registration.programme, Registration.state).where(
    among(col(Registration.id), "ids")
)


class _Named(Protocol):
    @property
    def nik(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def born(self) -> str: ...


def of(person: _Named) -> tuple[tuple[str, str], ...]:
    """The (kind, value) pairs that say who someone is; the values are personal."""
    return tuple(_parts(person))


def _parts(person: _Named) -> Iterator[tuple[str, str]]:
    yield "nik", person.nik
    for place in range(len(person.nik)):
        yield "nik_near", f"{person.nik[:place]}_{person.nik[place + 1 :]}"
    if person.born:
        yield "name", f"{phonetic(person.name)} {person.born}"


def hashes(keys: Keyring, parts: Iterable[tuple[str, str]]) -> Hashes:
    """The keyed hash of each part, with its kind."""
    return tuple((kind, keys.index(kind, value)) for kind, value in parts)


def keep(db: Session, registration: str, hashes: Hashes) -> None:
    """Keep the hashes of a new sign-up."""
    rows = [
        {"kind": kind, "hash": keyed, "registration_id": registration} for kind, keyed in hashes
    ]
    KEPT.write(db, rows)


def replace(db: Session, registration: str, hashes: Hashes) -> None:
    """Keep the hashes of a sign-up, in place of those kept before."""
    db.connection().execute(GONE, {"registration": registration})
    keep(db, registration, hashes)


def found(db: Session, programme: str, hashes: Hashes, but: str) -> tuple[str, ...]:
    """The warnings for the officer: at most the weightiest one."""
    given = {"hashes": [keyed for _, keyed in hashes]}
    alike = [(row.registration_id, row.kind) for row in db.connection().execute(ALIKE, given)]
    these = db.connection().execute(THESE, {"ids": [id for id, _ in alike if id != but]})
    open_ones = {id for id, at, state in these if at == programme and state in OPEN_STATES}
    kinds = {kind for id, kind in alike if id in open_ones}
    return tuple(warning for kind, warning in KINDS if kind in kinds)[:1]
