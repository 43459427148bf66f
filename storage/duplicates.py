"""Possible duplicates, found by keyed hashes alone: same NIK, one digit off, same name and day."""

from collections.abc import Iterator
from typing import Protocol

from sqlmodel import Session, bindparam, col, delete, insert, select

from rules.names import phonetic
from rules.registration import OPEN_STATES
from storage.models import IndexHash, Registration
from storage.sealing import Keyring

# (kind of hash, the warning that a match is); the weightiest first
KINDS = (("nik", "duplicate_nik"), ("nik_near", "duplicate_near"), ("name", "duplicate_name"))


GONE = delete(IndexHash).where(col(IndexHash.registration_id) == bindparam("registration"))
FOUND = (  # made once: that takes longer than to run it
    select(IndexHash.kind)
    .join(Registration, col(Registration.id) == IndexHash.registration_id)
    .where(
        col(IndexHash.hash).in_(bindparam("hashes", expanding=True)),
        col(Registration.programme) == bindparam("programme"),
        col(Registration.id) != bindparam("but"),
        col(Registration.state).in_(OPEN_STATES),
    )
    .distinct()
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


def index(
    db: Session, keys: Keyring, registration: str, parts: tuple[tuple[str, str], ...]
) -> None:
    """Keep the hashes of a sign-up, in place of those kept before."""
    db.flush()
    db.connection().execute(GONE, {"registration": registration})
    rows = [
        {"kind": kind, "hash": keys.index(kind, value), "registration_id": registration}
        for kind, value in parts
    ]
    db.connection().execute(insert(IndexHash), rows)


def found(
    db: Session, keys: Keyring, programme: str, parts: tuple[tuple[str, str], ...], but: str
) -> tuple[str, ...]:
    """The warnings for the officer: at most the weightiest one."""
    hashes = [keys.index(kind, value) for kind, value in parts]
    wanted = {"hashes": hashes, "programme": programme, "but": but}
    kinds = set(db.connection().execute(FOUND, wanted).scalars())
    return tuple(warning for kind, warning in KINDS if kind in kinds)[:1]
