"""Finds people of a village by what an officer types; names are opened in memory, up to a cap."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from conversations.roster import Listed, found
from rules import nik
from rules.registration import State
from storage.models import Registration
from storage.sealing import Keyring

MOST = 2_000  # sign-ups of a village that are opened for one search, the newest
LAST_DIGITS, CODE_SIGNS = 4, 7
MEMBERS = (State.ACTIVE, State.LAPSED)
SHOWN = (Registration.id, Registration.code, Registration.name_sealed, Registration.state)


@dataclass(frozen=True)
class Hits:
    """Who was found; `capped` if the village has older sign-ups that were not looked at."""

    people: tuple[Listed, ...]
    capped: bool = False


def search(db: Session, keys: Keyring, village: str, typed: str) -> Hits:
    """The people of a village whom a part of a name, a code, a NIK or its end fits."""
    here = Registration.village == village
    exact = _exact(keys, typed)
    if exact is not None:
        rows = db.exec(_select(here, exact)).all()
        if rows:
            return Hits(_listed(keys, rows))
    if typed.isdecimal() and len(typed) == LAST_DIGITS:
        return _by_last_digits(db, keys, village, typed)
    rows = db.exec(_select(here).limit(MOST + 1)).all()
    return Hits(tuple(found(_listed(keys, rows[:MOST]), typed)), len(rows) > MOST)


def _select(*here: Any) -> Any:
    order = (col(Registration.created_at).desc(), col(Registration.id))
    return select(*SHOWN).where(*here).order_by(*order)


def _exact(keys: Keyring, typed: str) -> Any:
    """What finds a whole NIK or code without opening anything."""
    digits = nik.digits(typed)
    if len(digits) == nik.LENGTH:
        return Registration.nik_hash == keys.index("nik", digits)
    signs = "".join(filter(str.isalnum, typed.upper()))
    if len(signs) == CODE_SIGNS:
        return Registration.code == f"{signs[:3]}-{signs[3:]}"
    return None


def _by_last_digits(db: Session, keys: Keyring, village: str, typed: str) -> Hits:
    chosen = select(Registration.id, Registration.nik_sealed).where(Registration.village == village)
    order = (col(Registration.created_at).desc(), col(Registration.id))
    rows = db.exec(chosen.order_by(*order).limit(MOST + 1)).all()
    ids = [
        id
        for id, sealed in rows[:MOST]
        if keys.open("registration.nik", id, sealed).endswith(typed)
    ]
    return Hits(tuple(of_ids(db, keys, [village], ids)), len(rows) > MOST)


def of_ids(
    db: Session, keys: Keyring, villages: Sequence[str], ids: Sequence[str]
) -> tuple[Listed, ...]:
    """These people in this order; one of another village is left out."""
    here = (col(Registration.id).in_(ids), col(Registration.village).in_(villages))
    by_id = {one.id: one for one in _listed(keys, db.exec(_select(*here)))}
    return tuple(by_id[id] for id in ids if id in by_id)


def _listed(keys: Keyring, rows: Iterable[Any]) -> tuple[Listed, ...]:
    return tuple(
        Listed(id, code, keys.open("registration.name", id, sealed), state in MEMBERS)
        for id, code, sealed, state in rows
    )
