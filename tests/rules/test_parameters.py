"""Parameters by the day, and what is said of a wrong file."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rules.parameters import (
    NotInForce,
    ParameterFileError,
    UnknownParameter,
    load,
    parameter,
    value,
)

RATE = """
rate:
  unit: share
  last_checked: 2026-11-20
  values:
    2027-01-01: {value: null, reference: Article 3}
    2025-01-01: {value: 0.24, reference: Article 1}
    2026-01-01: {value: 12, reference: Article 2}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rates.yaml").write_text(RATE)
    return tmp_path


def test_the_value_of_a_day_is_the_one_that_took_force_last(folder: Path) -> None:
    rate = load(folder)["rate"]
    assert rate.value(date(2025, 1, 1)) == rate.value(date(2025, 12, 31)) == Decimal("0.24")
    assert rate.value(date(2026, 1, 1)) == 12
    assert rate.reference(date(2026, 12, 31)) == "Article 2"
    assert (rate.unit, rate.last_checked) == ("share", date(2026, 11, 20))


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2027, 1, 1), date(2050, 1, 1)])
def test_a_day_before_the_first_value_or_after_the_end_has_none(folder: Path, day: date) -> None:
    rate = load(folder)["rate"]
    assert not rate.in_force(day)
    with pytest.raises(NotInForce, match=f"rate has no value on {day}"):
        rate.value(day)
    with pytest.raises(NotInForce):
        rate.reference(day)


def test_the_last_day_of_a_value_is_the_day_before_the_next(folder: Path) -> None:
    rate = load(folder)["rate"]
    assert rate.last_day(date(2025, 6, 1)) == date(2025, 12, 31)
    assert rate.last_day(date(2026, 12, 31)) == date(2026, 12, 31)
    assert rate.last_day(date(2027, 1, 1)) is None


def test_a_share_is_not_taken_for_a_whole_number(folder: Path) -> None:
    rate = load(folder)["rate"]
    assert rate.whole(date(2026, 1, 1)) == 12
    with pytest.raises(ValueError, match="not a whole number"):
        rate.whole(date(2025, 1, 1))


def test_a_misspelt_name_is_unknown_when_it_is_named() -> None:
    with pytest.raises(UnknownParameter, match="bpu_jkm_contributoin"):
        parameter("bpu_jkm_contributoin")


def test_a_shipped_value_can_be_asked_for_by_name() -> None:
    assert value("bpu_jkm_contribution", date(2024, 5, 1)) == 6800


def test_every_shipped_value_has_a_reference_and_a_day_on_which_it_was_checked() -> None:
    for one in load().values():
        assert one.last_checked <= date(2026, 12, 31)
        assert all(step.reference for _, step in one.steps)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("rate: {unit: x}", "rates.yaml: rate.last_checked: is missing"),
        (RATE.replace("reference: Article 1", "ref: x"), "2025-01-01.ref: is not a field that"),
        (RATE.replace("0.24", "viel"), "rate.values.2025-01-01.value: input should be"),
        (RATE.replace("0.24", "true"), "must be a number, or null where the rule ends"),
        (RATE.replace("2026-01-01:", "2025-01-01:"), "is written twice"),
        (RATE.replace("2026-01-01:", "2026-13-01:"), "rate.values.2026-13-01"),
        ("- rate", "rates.yaml: must be a list of fields"),
        ("rate: [", "rates.yaml: is not readable as YAML"),
        (RATE.replace("rate:", "Rate 1:"), "rates.yaml: Rate 1"),
        ("rate: {unit: x, last_checked: 2026-01-01, values: {}}", "rate.values: dictionary should"),
    ],
)
def test_a_wrong_file_is_told_in_plain_words(tmp_path: Path, wrong: str, says: str) -> None:
    (tmp_path / "rates.yaml").write_text(wrong)
    with pytest.raises(ParameterFileError) as caught:
        load(tmp_path)
    assert says in str(caught.value)


def test_a_parameter_of_two_files_is_an_error(folder: Path) -> None:
    (folder / "second.yaml").write_text(RATE)
    with pytest.raises(ParameterFileError, match=r"second\.yaml: rate: another file names it"):
        load(folder)
