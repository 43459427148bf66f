"""The soak is no better than what it finds: bugs are seeded, and each must be found soon."""

from pathlib import Path

import pytest

from tests.soak import soak
from tests.soak.seeded_bugs import BUGS, Bug
from tests.soak.verdict import Verdict

SOON = 2_500  # updates of a walk
WALKS = 4  # a seed says what is done; how quickly it is served decides what comes of it


def found_by(folder: Path, bug: Bug, seed: int) -> list[str]:
    """What the walk of a seed finds, until the bug shows."""
    folder.mkdir()
    verdict = Verdict(seed)
    soak.soak(folder, f"sqlite:///{folder}/lindung.db", SOON, verdict)
    return [fault for fault in verdict.faults if bug.found in fault]


@pytest.mark.long
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_seeded_bug_is_found_soon(
    bug: Bug, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soak, "AT_REST", 8.0)
    bug.plant(monkeypatch)
    seeds = range(bug.seed, bug.seed + WALKS)
    assert any(found_by(tmp_path / str(seed), bug, seed) for seed in seeds), seeds
