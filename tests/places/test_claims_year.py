"""A few weeks of claims over a leave and Lebaran; the whole year: `tests.bench.claims_year`."""

from pathlib import Path

import pytest
from sqlmodel import Session, func, select

from storage.database import transaction
from storage.models import Outbound
from tests.conftest import opened, settings_for
from tests.places.claims_year import FAMILY, REGENCY, Year, notices


@pytest.mark.long
@pytest.mark.parametrize(
    ("claims", "days"), [(5, 45), pytest.param(12, 100, marks=pytest.mark.long)]
)
def test_no_late_claim_is_forgotten_and_no_family_left_without_news(
    tmp_path: Path, claims: int, days: int
) -> None:
    with opened(settings_for(tmp_path)) as house:
        year = Year(house, claims=claims, days=days).run()
        assert year.faults == []
        assert year.events["paid"] >= days // 100
        with transaction(house.engine) as db:
            assert _late(db) >= days // 30
            assert notices(db, REGENCY) >= days // 30
            assert all(notices(db, FAMILY + number) >= 2 for number in range(claims))


def _late(db: Session) -> int:
    """How often somebody was told that a claim is late."""
    kinds = (Outbound.kind == "claim_office", Outbound.person_id == REGENCY)
    return db.exec(select(func.count()).select_from(Outbound).where(*kinds)).one()
