"""Conflicts of interest: whose sign-up an officer had better leave to another.

Who typed a sign-up, or lives in the house of its person, does not decide on it. Where a village
has no other officer the decision stands, with a mark.
"""

from dataclasses import dataclass
from typing import Literal

Conflict = Literal["self", "family", "entered"]


@dataclass(frozen=True)
class Officer:
    """An account, and the keyed hashes of all that its owner ever declared: NIK, family cards."""

    person: int
    niks: frozenset[bytes] = frozenset()
    kks: frozenset[bytes] = frozenset()


@dataclass(frozen=True)
class Case:
    """A sign-up: which account typed it for whom, and the same hashes of its person."""

    typed_by: int
    whom: str
    nik: bytes
    kk: bytes | None = None


def conflicts(officer: Officer, case: Case) -> tuple[Conflict, ...]:
    """Why this officer had better not decide on a case; () where nothing speaks against it."""
    typed = case.typed_by == officer.person
    own = (typed and case.whom == "self") or case.nik in officer.niks
    found: tuple[tuple[Conflict, bool], ...] = (
        ("self", own),
        ("family", not own and case.kk in officer.kks),
        ("entered", typed and case.whom != "self"),
    )
    return tuple(key for key, holds in found if holds)
