"""The counters of a registration."""

import pytest

from rules.programmes import load
from rules.seats import SeatCounter, counters

PROGRAMMES = load()


@pytest.mark.parametrize(
    ("key", "village", "per_village", "in_all"),
    [
        ("denpasar", "51.71.03.2008", 100, None),
        ("bengkayang", "61.07.01.2001", 100, 12200),
        ("gianyar", "51.04.01.2001", None, 2429),
        ("purwakarta", "32.14.01.2001", None, None),
        ("badung", "51.03.01.2001", None, 35000),
    ],
)
def test_every_programme_counts_by_village_and_in_all(
    key: str, village: str, per_village: int | None, in_all: int | None
) -> None:
    assert counters(PROGRAMMES[key], village) == (
        SeatCounter(f"{key}/{village}", per_village),
        SeatCounter(f"{key}/*", in_all),
    )


def test_a_village_of_elsewhere_has_no_counters() -> None:
    with pytest.raises(ValueError, match=r"61\.07\.01\.2001 is not of the programme badung"):
        counters(PROGRAMMES["badung"], "61.07.01.2001")
