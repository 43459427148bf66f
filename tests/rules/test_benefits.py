"""What JKK and JKM pay: every published figure by the name of its source, then the rest."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from rules.benefits import (
    Breakdown,
    Child,
    accident_death,
    glasses,
    homecare,
    lowest_wage,
    other_death,
    partial_disability,
    prosthesis,
    scholarship,
    total_disability,
    transport,
    treatment,
    wage_replacement,
)
from rules.contributions import Money
from rules.coverage import cover, full_jkm
from rules.parameters import NotInForce
from tests.rules.ledgers import ledger, paid

NOW = date(2026, 11, 20)
MILLION = Money(1_000_000)


def sums(found: Breakdown) -> dict[str, int | None]:
    return {line.key: line.amount for line in found.lines}


# Published figures


def test_pp_82_2019_pasal_34_pays_forty_two_million() -> None:
    found = other_death(NOW, full=True)
    assert sums(found) == {"jkm_lump": 20_000_000, "periodic": 12_000_000, "funeral": 10_000_000}
    assert found.total == 42_000_000


@pytest.mark.parametrize(
    ("death", "total"),
    [("2026-04-09", 10_000_000), ("2026-04-10", 42_000_000)],
)
def test_kemnaker_april_2025_under_three_months_the_funeral_alone(death: str, total: int) -> None:
    months = paid("2026-01", "2026-02", "2026-03", "2026-04", received="2026-01-10")
    one, day = ledger("2026-01-10", months), date.fromisoformat(death)
    assert other_death(day, full_jkm(one, day)).total == total


def test_bpjs_palu_july_2025_before_the_rule_one_day_gave_forty_two_million() -> None:
    day = date(2024, 6, 1)
    one = ledger("2024-06-01", paid("2024-06"))
    assert other_death(day, full_jkm(one, day)).total == 42_000_000


def test_two_memberships_gianyar_seventy_four_million() -> None:
    found = other_death(NOW, full=True, memberships=2)
    assert sums(found) == {"jkm_lump": 40_000_000, "periodic": 24_000_000, "funeral": 10_000_000}
    assert found.total == 74_000_000


def test_bojonegoro_july_2025_seventy_million_for_a_death_by_accident() -> None:
    found = accident_death(NOW, MILLION)
    assert sums(found) == {
        "accident_death": 48_000_000,
        "periodic": 12_000_000,
        "funeral": 10_000_000,
    }
    assert found.total == 70_000_000


def test_jakarta_march_2023_seventy_nine_million_six_hundred_thousand_two_days_after() -> None:
    """Registered on 6 March 2023, dead by a work accident on 8 March; JKK waits for nothing."""
    death = date(2023, 3, 8)
    one = ledger("2023-03-06", paid("2023-03", received="2023-03-06"))
    assert cover(one, death).state == "covered"
    assert accident_death(death, Money(1_200_000)).total == 79_600_000


def test_total_disability_sixty_eight_million() -> None:
    found = total_disability(NOW, MILLION)
    assert sums(found) == {"total_disability": 56_000_000, "periodic": 12_000_000}
    assert found.total == 68_000_000


def test_bpjs_article_18923_transport_five_two_and_ten_million() -> None:
    found = transport(NOW, ["air", "land", "sea"])
    assert [(line.key, line.amount, line.values) for line in found.lines] == [
        ("transport_land", None, {"most": 5_000_000}),
        ("transport_sea", None, {"most": 2_000_000}),
        ("transport_air", None, {"most": 10_000_000}),
    ]
    assert found.total == 0


def test_a_million_a_month_for_a_year_without_work_and_then_half() -> None:
    found = wage_replacement(NOW, MILLION, 15)
    assert [(line.key, line.amount, line.values) for line in found.lines] == [
        ("wage_full", 12_000_000, {"months": 12, "monthly": 1_000_000}),
        ("wage_reduced", 1_500_000, {"months": 3, "monthly": 500_000}),
    ]


def test_bpjs_article_18923_care_at_home_twenty_million_for_a_year() -> None:
    assert homecare(NOW).lines[0].values == {"most": 20_000_000, "months": 12}


def test_poster_of_pp_82_2019_glasses_a_million() -> None:
    assert glasses(NOW).lines[0].values == {"most": 1_000_000}


def test_a_prosthesis_forty_percent_above_the_price() -> None:
    assert prosthesis(NOW).lines[0].values == {"extra_percent": 40}


def test_treatment_has_no_limit_in_a_hospital_of_class_one() -> None:
    (line,) = treatment(NOW).lines
    assert (line.key, line.amount, line.values) == ("treatment", None, {"class": 1})
    assert line.sources == ("o1", "n30", "o11b", "r7")


def test_poster_of_pp_82_2019_scholarship_eighty_seven_and_174_million() -> None:
    child = Child("tk", 4)
    assert scholarship(NOW, [child], by_accident=True, enough_months=None).total == 87_000_000
    two = scholarship(NOW, [child, child, child], by_accident=False, enough_months=True)
    assert two.total == 174_000_000


# The rest


@pytest.mark.parametrize(
    ("percent", "lost", "amount"),
    [
        (Decimal(5), Decimal(1), 4_000_000),
        (Decimal(100), Decimal(1), 80_000_000),
        (Decimal("0.5"), Decimal(1), 400_000),
        (Decimal(5), Decimal("0.25"), 1_000_000),
        (Decimal("3.33"), Decimal("0.01"), 26_640),
    ],
)
def test_partial_disability_is_the_share_of_the_table_and_of_the_function(
    percent: Decimal, lost: Decimal, amount: int
) -> None:
    (line,) = partial_disability(NOW, MILLION, percent, lost).lines
    assert (line.key, line.amount) == ("partial_disability", amount)
    assert line.values == {"percent": percent, "lost_function": lost}


def test_a_limb_itself_is_lost_where_no_function_is_named() -> None:
    found = partial_disability(NOW, MILLION, Decimal(5))
    assert found.lines[0].values == {"percent": Decimal(5), "lost_function": Decimal(1)}


@pytest.mark.parametrize(
    ("percent", "lost"), [("0", "1"), ("100.1", "1"), ("-1", "1"), ("5", "0"), ("5", "1.01")]
)
def test_a_share_that_no_table_has_is_an_error(percent: str, lost: str) -> None:
    with pytest.raises(ValueError, match=f"{percent} percent, {lost} lost"):
        partial_disability(NOW, MILLION, Decimal(percent), Decimal(lost))


@pytest.mark.parametrize(
    ("months", "keys"),
    [
        (0, []),
        (1, ["wage_full"]),
        (12, ["wage_full"]),
        (13, ["wage_full", "wage_reduced"]),
    ],
)
def test_months_without_work_are_in_full_up_to_the_twelfth(months: int, keys: list[str]) -> None:
    found = wage_replacement(NOW, MILLION, months)
    assert [line.key for line in found.lines] == keys
    assert sum(int(str(line.values["months"])) for line in found.lines) == months


def test_a_sum_of_a_share_is_whole_rupiah() -> None:
    assert accident_death(NOW, Money(1_000_001)).lines[0].amount == 48_000_048
    assert wage_replacement(NOW, Money(1_000_001), 13).lines[1].amount == 500_000


def test_an_income_below_the_lowest_cannot_have_been_reported() -> None:
    assert lowest_wage(NOW) == 1_000_000
    asks: list[Callable[[Money], Breakdown]] = [
        lambda wage: accident_death(NOW, wage),
        lambda wage: total_disability(NOW, wage),
        lambda wage: partial_disability(NOW, wage, Decimal(5)),
        lambda wage: wage_replacement(NOW, wage, 1),
    ]
    for ask in asks:
        ask(MILLION)
        with pytest.raises(ValueError, match="less than the lowest reported income: 999999"):
            ask(Money(999_999))


def test_only_the_ways_that_were_taken_are_paid_for() -> None:
    assert list(sums(transport(NOW, {"sea"}))) == ["transport_sea"]
    assert transport(NOW, []).lines == ()
    with pytest.raises(ValueError, match="no way of transport: horse, train"):
        transport(NOW, ["train", "land", "horse"])


@pytest.mark.parametrize("day", [date(2019, 12, 31), date(2000, 1, 1)])
def test_a_day_before_the_first_sourced_one_has_no_answer(day: date) -> None:
    for ask in (treatment, homecare, prosthesis, glasses, lowest_wage):
        with pytest.raises(NotInForce):
            ask(day)
    with pytest.raises(NotInForce):
        other_death(day, full=True)
    with pytest.raises(NotInForce):
        transport(day, ["land"])
    with pytest.raises(NotInForce):
        accident_death(day, MILLION)
