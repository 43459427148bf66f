"""A claim for tests that look at what hangs on one, and who may handle it."""

from datetime import date, datetime

from sqlmodel import Session

from bot.house import House
from rules.claims import Kind
from rules.permissions import Role
from storage import claims
from storage.audit import Actor
from storage.claims import Pen, Report
from storage.models import Claim, Staff
from tests.conftest import TEGAL_HARUM


def reported(house: House, db: Session, by: int, village: str = TEGAL_HARUM) -> Claim:
    """A death that an account reported."""
    now = house.clock()
    facts = {"name": "I Wayan Contoh", "relation": "child"}
    new = Report(Kind.JKM, village, date(2026, 11, 20), now, by, facts)
    return claims.report(db, pen(house, by), new)


def pen(house: House, by: int, at: datetime | None = None) -> Pen:
    """Who writes: a member of the family."""
    return Pen(house.keys, Actor(by, "worker"), at or house.clock())


def hold_office(
    house: House,
    db: Session,
    person_id: int,
    area: str = TEGAL_HARUM,
    role: Role = Role.VILLAGE_OFFICER,
) -> Staff:
    """An office that this account holds from now on."""
    id = f"{person_id:016x}"
    sealed = house.keys.seal("staff.name", id, "Luh")
    row = Staff(
        id=id, person_id=person_id, role=role, area=area, name_sealed=sealed, since=house.clock()
    )
    db.add(row)
    db.flush()
    return row
