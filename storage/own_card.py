"""What an officer has declared of the own identity card and family card: keyed hashes alone."""

from sqlmodel import Session

from rules.conflicts import Officer
from storage import staff
from storage.sealing import Keyring


def declare(db: Session, keys: Keyring, person_id: int, nik: str, kk: str) -> None:
    """Keep the hashes of both numbers with every office of this person; the numbers are not."""
    for office in staff.offices_of(db, person_id):
        office.nik_hash, office.kk_hash = keys.index("nik", nik), keys.index("kk", kk)
        db.add(office)
    db.flush()


def of(db: Session, person_id: int) -> Officer:
    """A person as the rules on conflicts of interest know it; an office without them is enough."""
    declared = [row for row in staff.offices_of(db, person_id) if row.nik_hash and row.kk_hash]
    newest = declared[-1] if declared else None
    return Officer(
        person_id,
        nik=newest.nik_hash if newest else None,
        kk=newest.kk_hash if newest else None,
    )
