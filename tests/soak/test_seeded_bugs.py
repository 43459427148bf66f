"""The soak is no better than what it finds: bugs are seeded, and each must be found soon."""

from pathlib import Path

import pytest

from tests.soak import soak
from tests.soak.seeded_bugs import BUGS, Bug

SOON = 2_500  # updates


@pytest.mark.long
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_seeded_bug_is_found_soon(
    bug: Bug, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soak, "AT_REST", 8.0)
    bug.plant(monkeypatch)
    verdict = soak.soak(tmp_path, f"sqlite:///{tmp_path}/lindung.db", SOON, bug.seed)
    assert any(bug.found in fault for fault in verdict.faults), verdict.faults
