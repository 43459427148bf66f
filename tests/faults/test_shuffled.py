"""The webhook that delivers out of order, in its small and in its full size."""

from pathlib import Path

import pytest

from tests.conftest import clear, one_engine
from tests.faults import shuffled
from tests.long_run import sizes


@pytest.mark.parametrize("updates", sizes(60, 2_000))
def test_out_of_order_nothing_is_kept_that_was_not_said_and_everybody_comes_to_the_receipt(
    tmp_path: Path, updates: int
) -> None:
    assert shuffled.play("", tmp_path, updates, people=2 if updates == 60 else 20).broken == []


@pytest.mark.long
def test_the_same_holds_with_two_bots_of_which_either_is_given_an_update(
    tables: str, tmp_path: Path
) -> None:
    clear(one_engine(tables))
    assert shuffled.play(tables, tmp_path, 2_000, people=20).broken == []
