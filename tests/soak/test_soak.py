"""Random people walk through the real bot, on each kind of database; nothing may break."""

from pathlib import Path

import pytest

from tests.soak.soak import soak
from tests.soak.verdict import Verdict

SEED = 20_261_129
UPDATES, MANY = 1_000, 2_500


def report(verdict: Verdict) -> str:
    """What is needed to see what happened, and to have it happen again."""
    return "\n".join([str(verdict), *verdict.last, *verdict.faults[:20]])


@pytest.mark.parametrize("updates", [UPDATES, pytest.param(MANY, marks=pytest.mark.long)])
def test_nothing_breaks_whatever_people_do(database_url: str, tmp_path: Path, updates: int) -> None:
    verdict = soak(tmp_path / "home", database_url, updates, Verdict(SEED))
    assert verdict.faults == [], report(verdict)
    assert verdict.updates >= updates
    reached = verdict.reached
    assert reached["submitted"], "nobody came to the end of a form"
    assert reached["confirm"] + reached["reject"] + reached["return"], "no office decided anything"
