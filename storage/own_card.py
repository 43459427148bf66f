"""What an officer has declared of the own identity card and family card: keyed hashes alone."""

from sqlmodel import Session, select

from rules.conflicts import Officer
from storage.models import OwnCard
from storage.sealing import Keyring


def declare(db: Session, keys: Keyring, person_id: int, nik: str, kk: str) -> None:
    """Keep the hashes of both numbers beside those declared before; the numbers are not kept."""
    nik_hash, kk_hash = keys.index("nik", nik), keys.index("kk", kk)
    db.merge(OwnCard(person_id=person_id, nik_hash=nik_hash, kk_hash=kk_hash))
    db.flush()


def of(db: Session, person_id: int) -> Officer:
    """A person as the rules on conflicts of interest know it, by all that was ever declared."""
    rows = list(db.exec(select(OwnCard).where(OwnCard.person_id == person_id)))
    niks, kks = (row.nik_hash for row in rows), (row.kk_hash for row in rows)
    return Officer(person_id, niks=frozenset(niks), kks=frozenset(kks))
