"""Parameters by the day, and what is said of a wrong file."""

from datetime import date, timedelta
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
    2026-01-01: {value: 12, reference: Article 2, sources: [r1, o9a]}
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
    for ask in (rate.value, rate.whole, rate.reference, rate.sources):
        with pytest.raises(NotInForce, match=f"rate has no value on {day}") as caught:
            ask(day)
        assert (caught.value.name, caught.value.on) == ("rate", day)


def test_a_value_names_its_sources_by_key(folder: Path) -> None:
    rate = load(folder)["rate"]
    assert rate.sources(date(2025, 6, 1)) == ()
    assert rate.sources(date(2026, 6, 1)) == ("r1", "o9a")


def test_the_last_day_of_a_value_is_the_day_before_the_next(folder: Path) -> None:
    rate = load(folder)["rate"]
    assert rate.last_day(date(2025, 6, 1)) == date(2025, 12, 31)
    assert rate.last_day(date(2026, 12, 31)) == date(2026, 12, 31)
    assert rate.last_day(date(2027, 1, 1)) is None


def test_a_value_holds_since_the_day_on_which_it_took_force(folder: Path) -> None:
    rate = load(folder)["rate"]
    assert rate.since(date(2025, 1, 1)) == rate.since(date(2025, 12, 31)) == date(2025, 1, 1)
    assert rate.since(date(2026, 7, 1)) == date(2026, 1, 1)
    for day in (date(2024, 12, 31), date(2027, 1, 1)):
        with pytest.raises(NotInForce):
            rate.since(day)


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
    ("name", "first", "figure"),
    [
        ("bpu_arrears_months", "2022-08-01", 3),
        ("membership_card_days", "2021-09-23", 7),
        ("kpj_digits", "2021-03-01", 11),
        ("bpu_jkk_rate", "2023-01-01", "0.01"),
        ("bpu_jkk_highest_contribution", "2023-01-01", 207_000),
        ("bpu_longest_payment_months", "2023-01-01", 12),
        ("jkk_report_hours", "2025-02-24", 48),
        ("jkk_second_report_hours", "2025-02-24", 48),
        ("jkk_payment_working_days", "2020-01-01", 7),
        ("jkm_payment_working_days", "2020-01-01", 3),
        ("jkk_late_payment_share", "2020-01-01", "0.01"),
        ("jkm_late_payment_share", "2020-01-01", "0.01"),
        ("jkk_expiry_years", "2020-01-01", 5),
        ("claim_npwp_over", "2023-01-01", 50_000_000),
        ("scholarship_end_age", "2020-01-01", 23),
    ],
)
def test_a_published_period_or_limit_stands_from_its_first_sourced_day_on(
    name: str, first: str, figure: int | str
) -> None:
    day = date.fromisoformat(first)
    assert value(name, day) == value(name, date(2026, 11, 20)) == Decimal(figure)
    with pytest.raises(NotInForce):
        value(name, day - timedelta(days=1))


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


def test_all_that_is_wrong_in_all_files_is_told_line_by_line(tmp_path: Path) -> None:
    wrong = RATE.replace("0.24", "true").replace("unit: share", "unit: ''")
    for name, text in (("a", wrong), ("b", "rate: ["), ("c", "- rate")):
        (tmp_path / f"{name}.yaml").write_text(text)
    with pytest.raises(ParameterFileError) as caught:
        load(tmp_path)
    lines = str(caught.value).split("\n")
    assert caught.value.problems == tuple(lines)
    number = "must be a number, or null where the rule ends (found True)"
    assert lines[:2] == [
        "a.yaml: rate.unit: string should have at least 1 character (found '')",
        f"a.yaml: rate.values.2025-01-01.value: {number}",
    ]
    assert [line.split(":")[0] for line in lines[2:]] == ["b.yaml", "c.yaml"]


def test_a_note_says_what_is_not_certain(folder: Path) -> None:
    assert load(folder)["rate"].note is None
    (folder / "rates.yaml").write_text(RATE.replace("unit: share", "unit: share\n  note: Perhaps."))
    assert load(folder)["rate"].note == "Perhaps."


def test_a_parameter_of_two_files_is_an_error(folder: Path) -> None:
    (folder / "second.yaml").write_text(RATE)
    with pytest.raises(ParameterFileError, match=r"second\.yaml: rate: another file names it"):
        load(folder)
