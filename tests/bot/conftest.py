"""A whole bot whose clock is pushed, so that no test waits for a pause."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Bot
from tests.steps import Clock, clocked_bot


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def clocked(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Bot]:
    """The bot; its clock goes on when pushed."""
    with clocked_bot(tmp_path / "home", clock, database_url) as bot:
        yield bot
