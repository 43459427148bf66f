"""Random people walk through the real bot, on each kind of database; nothing may break."""

from pathlib import Path

import pytest

from tests.soak.soak import soak
from tests.soak.verdict import Verdict

SEED = 20_261_129
UPDATES, PEOPLE = 5_000, 160


def report(verdict: Verdict) -> str:
    """What is needed to see what happened, and to have it happen again."""
    return "\n".join([str(verdict), *verdict.last, *verdict.faults[:20]])


@pytest.mark.both_databases  # but the slower one takes its time
@pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True
)
def test_nothing_breaks_whatever_people_do(database_url: str, tmp_path: Path) -> None:
    verdict = soak(tmp_path / "home", database_url, UPDATES, Verdict(SEED, PEOPLE))
    assert verdict.faults == [], report(verdict)
    assert verdict.updates >= UPDATES
    reached = verdict.reached
    assert reached["submitted"], "nobody came to the end of a form"
    assert reached["confirm"] + reached["reject"] + reached["return"], "no office decided anything"
