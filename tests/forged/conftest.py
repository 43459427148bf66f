"""The village of every scene, made once and put back after each."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from bot.stage import Stage, open_stage
from tests.forged.scenes import DAY, open_village


@pytest.fixture(scope="module")
def village() -> Iterator[Stage]:
    """The village as every scene begins with it; making it takes longer than most scenes."""
    with open_stage(DAY) as on_stage:
        open_village(on_stage)
        yield on_stage


@pytest.fixture
def stage(village: Stage) -> Iterator[Stage]:
    """The village, put back afterwards as it was."""
    path = Path(village.house.engine.url.database or "")
    with village.house.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    content = path.read_bytes()
    before = deepcopy((village.chats, village.clock.moment, village._updates, village._messages))
    yield village
    village.house.engine.dispose()
    for ending in ("-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
    path.write_bytes(content)
    village.chats, village.clock.moment, village._updates, village._messages = before
