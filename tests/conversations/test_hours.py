"""Times of day as people type them."""

import pytest

from conversations.hours import written_time
from conversations.model import Invalid

TYPED = {
    "14.30": "1430",
    "07.30": "0730",
    "jam 2 siang": "1400",
    "jam 11 siang": "1100",
    "pukul 12 siang": "1200",
    "setengah 8 pagi": "0730",
    "jm 9 pgi": "0900",
    "3 sore": "1500",
    "jam 7 malam": "1900",
    "1 malem": "0100",
    "12 malam": "0000",
    "pkl 09.15 WITA": "0915",
    "0200": "0200",
}


@pytest.mark.parametrize("typed", TYPED)
def test_a_time_is_read_as_it_is_said(typed: str) -> None:
    assert written_time(typed) == TYPED[typed]


@pytest.mark.parametrize("typed", ["kemarin", "25.00", "14.70", "jam", "", "setengah 8.15 pagi"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        written_time(typed)
    assert refused.value.offered == ()


@pytest.mark.parametrize(
    ("typed", "keys"), [("jam 2", ["0200", "1400"]), ("10.30", ["1030", "2230"])]
)
def test_a_time_of_night_or_day_offers_both(typed: str, keys: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        written_time(typed)
    assert [option.key for option in refused.value.offered] == keys


@pytest.mark.parametrize("hour", range(24))
def test_a_time_as_it_is_kept_is_read_as_itself(hour: int) -> None:
    assert written_time(f"{hour:02}30") == f"{hour:02}30"
