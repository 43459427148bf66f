"""Contributions, with the articles they rest on."""

from datetime import date

import pytest

from rules.contributions import (
    ContributionUnknown,
    discount_until,
    full,
    government_paid,
    self_pay,
)
from rules.parameters import NotInForce

TRANSPORT_DISCOUNT = (date(2026, 1, 1), date(2027, 3, 31))
OTHER_DISCOUNT = (date(2026, 4, 1), date(2026, 12, 31))


def test_the_lowest_package_is_sixteen_thousand_eight_hundred_a_month() -> None:
    assert full(date(2025, 6, 1)) == 16_800
    assert self_pay(date(2025, 6, 1), transport=False) == 16_800


@pytest.mark.parametrize(
    ("day", "price"),
    [
        (date(2025, 12, 31), 16_800),
        (date(2026, 1, 1), 8_400),
        (date(2027, 3, 31), 8_400),
        (date(2027, 4, 1), 16_800),
    ],
)
def test_pp_50_2025_halves_transport_from_january_2026_to_march_2027(day: date, price: int) -> None:
    assert self_pay(day, transport=True) == price


@pytest.mark.parametrize(
    ("day", "price"),
    [
        (date(2026, 3, 31), 16_800),
        (date(2026, 4, 1), 8_400),
        (date(2026, 12, 31), 8_400),
        (date(2027, 1, 1), 16_800),
    ],
)
def test_pp_50_2025_halves_other_sectors_from_april_to_december_2026(day: date, price: int) -> None:
    assert self_pay(day, transport=False) == price


def test_the_end_of_the_halved_price_can_be_told() -> None:
    assert discount_until(date(2026, 11, 20), transport=True) == TRANSPORT_DISCOUNT[1]
    assert discount_until(date(2026, 11, 20), transport=False) == OTHER_DISCOUNT[1]
    assert discount_until(date(2026, 2, 1), transport=False) is None
    assert discount_until(date(2027, 4, 1), transport=True) is None


@pytest.mark.parametrize("day", [*TRANSPORT_DISCOUNT, *OTHER_DISCOUNT])
def test_pp_50_2025_pasal_3_leaves_out_those_whose_contribution_apbd_pays(day: date) -> None:
    assert government_paid(day) == 16_800


@pytest.mark.parametrize("fund", ["dana_desa", "apbdes", None])
@pytest.mark.parametrize("day", [*TRANSPORT_DISCOUNT, *OTHER_DISCOUNT])
def test_whether_a_village_fund_has_the_discount_is_not_guessed(
    fund: str | None, day: date
) -> None:
    with pytest.raises(ContributionUnknown) as caught:
        government_paid(day, fund)  # type: ignore[arg-type]
    assert caught.value.fund == fund


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 4, 1)])
def test_a_village_fund_pays_in_full_where_no_discount_runs(day: date) -> None:
    assert government_paid(day, "dana_desa") == government_paid(day, None) == 16_800


def test_a_day_before_the_first_sourced_case_has_no_price() -> None:
    first = date(2023, 1, 1)
    assert full(first) == 16_800
    for ask in (full, government_paid):
        with pytest.raises(NotInForce):
            ask(date(2022, 12, 31))
    with pytest.raises(NotInForce):
        self_pay(date(2022, 12, 31), transport=True)


@pytest.mark.parametrize(
    ("day", "workers", "months", "budget"),
    [
        pytest.param(date(2025, 11, 1), 2_829, 12, 570_326_400, id="Manggarai Barat"),
        pytest.param(date(2023, 4, 1), 2_456, 12, 495_129_600, id="Badung, pekerja adat"),
        pytest.param(date(2024, 12, 2), 1_898, 2, 63_772_800, id="Kota Yogyakarta"),
    ],
)
def test_three_published_budgets_come_out_to_the_rupiah(
    day: date, workers: int, months: int, budget: int
) -> None:
    assert government_paid(day) * workers * months == budget


def test_a_hundred_workers_of_a_village_cost_twenty_million_a_year() -> None:
    assert government_paid(date(2025, 1, 1)) * 100 * 12 == 20_160_000
