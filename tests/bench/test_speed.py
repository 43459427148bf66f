"""The bench of speed at its smallest: that its people are plausible, and that it plays through."""

from pathlib import Path

import pytest

from rules import nik
from tests.bench.speed import sign_ups
from tests.bench.speed.deliveries import Plan
from tests.bench.speed.peers import SQLITE, THEIRS, opened
from tests.bench.speed.run import measure, oddities


def test_every_person_of_the_bench_has_a_number_of_their_own() -> None:
    numbers = {sign_ups.nik(number) for number in range(1, 20_001)}
    assert len(numbers) == 20_000
    assert all(nik.contains_nik(number) for number in numbers)


@pytest.mark.long
@pytest.mark.parametrize(("name", "polling"), [(SQLITE, False), (SQLITE, True), (THEIRS, False)])
def test_everybody_of_the_bench_comes_to_the_receipt(
    name: str, polling: bool, tmp_path: Path
) -> None:
    with opened((name,), tmp_path, polling) as (peer,):
        figures = measure(peer, Plan("", people=3, warm=0.0, seconds=0.1))
    assert figures.result["receipts"] >= 3
    assert not oddities(figures)
