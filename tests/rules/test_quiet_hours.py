"""The quiet hours: how they are written, and when a night is over."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from rules.quiet_hours import QuietHours, over_at, read

BALI = ZoneInfo("Asia/Makassar")


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=BALI)


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [("21-7", 21, 7), ("0-5", 0, 5), ("09-10", 9, 10), ("23-0", 23, 0), ("19-20", 19, 20)],
)
def test_hours_are_written_from_one_to_another(text: str, begins: int, ends: int) -> None:
    assert read(text) == QuietHours(begins, ends)


def test_off_is_never_quiet() -> None:
    assert read("off") is None
    assert over_at(None, at("2026-11-20 23:00")) is None


@pytest.mark.parametrize(
    "text", ["", "21", "21-24", "24-7", "-1-7", "21-7 ", "21:00-07:00", "7-7", "07-7", "OFF", "x-y"]
)
def test_anything_else_is_refused_with_how_to_write_it(text: str) -> None:
    with pytest.raises(
        ValueError, match=r'^not quiet hours: .*; write them like "21-7", or "off"$'
    ):
        read(text)


@pytest.mark.parametrize(
    ("now", "over"),
    [
        ("2026-11-20 20:59:59.999999", None),
        ("2026-11-20 21:00", "2026-11-21 07:00"),
        ("2026-11-20 23:59:59", "2026-11-21 07:00"),
        ("2026-11-21 00:00", "2026-11-21 07:00"),
        ("2026-11-21 06:59:59.999999", "2026-11-21 07:00"),
        ("2026-11-21 07:00", None),
        ("2026-11-21 12:00", None),
        ("2026-12-31 22:30", "2027-01-01 07:00"),
    ],
)
def test_a_night_is_over_at_seven_in_the_morning(now: str, over: str | None) -> None:
    assert over_at(QuietHours(21, 7), at(now)) == (at(over) if over else None)


@pytest.mark.parametrize(
    ("now", "over"),
    [
        ("2026-11-20 12:59", None),
        ("2026-11-20 13:00", "2026-11-20 15:00"),
        ("2026-11-20 14:59", "2026-11-20 15:00"),
        ("2026-11-20 15:00", None),
        ("2026-11-20 22:00", None),
    ],
)
def test_hours_of_one_day_are_over_on_that_day(now: str, over: str | None) -> None:
    assert over_at(QuietHours(13, 15), at(now)) == (at(over) if over else None)


def test_a_night_may_end_at_midnight() -> None:
    assert over_at(QuietHours(22, 0), at("2026-11-20 22:15")) == at("2026-11-21 00:00")
    assert over_at(QuietHours(22, 0), at("2026-11-21 00:00")) is None
