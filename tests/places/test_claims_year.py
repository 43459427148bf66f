"""A few weeks of claims over a leave and Lebaran; the whole year: `tests.bench.claims_year`."""

from pathlib import Path

from sqlmodel import Session, func, select

from storage.database import transaction
from storage.models import Outbound
from tests.conftest import opened, settings_for
from tests.places.claims_year import FAMILY, REGENCY, Year, notices


def test_no_late_claim_is_forgotten_and_no_family_left_without_news(tmp_path: Path) -> None:
    with opened(settings_for(tmp_path)) as house:
        year = Year(house, claims=12, days=100).run()
        assert year.faults == []
        assert year.events["paid"] >= 1
        with transaction(house.engine) as db:
            assert _late(db) >= 3
            assert notices(db, REGENCY) >= 3
            assert all(notices(db, FAMILY + number) >= 2 for number in range(12))


def _late(db: Session) -> int:
    """How often somebody was told that a claim is late."""
    kinds = (Outbound.kind == "claim_office", Outbound.person_id == REGENCY)
    return db.exec(select(func.count()).select_from(Outbound).where(*kinds)).one()
