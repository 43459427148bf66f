"""How the bot starts: what it reads then is never looked through for garbage again."""

import asyncio
import gc
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.running import until_stopped
from rules import working_days
from tests.conftest import opened, settings_for

SATURDAY = datetime(2026, 11, 28, 2, tzinfo=UTC)


class Frozen(Exception):
    """The collector was told to leave alone what there is."""


def test_holidays_are_read_before_the_collector_leaves_things_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def frozen() -> None:
        raise Frozen

    working_days._off.cache_clear()
    monkeypatch.setattr(gc, "freeze", frozen)
    settings = settings_for(tmp_path / "home")
    with opened(settings) as house, pytest.raises(Frozen):
        asyncio.run(until_stopped(replace(house, clock=lambda: SATURDAY), settings))
    assert working_days._off.cache_info().currsize
