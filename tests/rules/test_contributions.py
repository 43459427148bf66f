"""Contributions, with the articles they rest on."""

from datetime import date

import pytest

from rules.contributions import (
    Arrears,
    ContributionUnknown,
    Money,
    arrears,
    budget,
    discount_until,
    full,
    government_paid,
    old_age_savings,
    self_pay,
    self_pay_from,
    year,
)
from rules.parameters import NotInForce
from tests.rules.ledgers import ledger, paid

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
    assert (caught.value.fund, caught.value.on) == (fund, day)
    assert str(caught.value) == f"fund {fund or 'not stated'} on {day}"


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
    ("day", "workers", "months", "published"),
    [
        pytest.param(date(2025, 11, 1), 2_829, 12, 570_326_400, id="Manggarai Barat"),
        pytest.param(date(2023, 4, 1), 2_456, 12, 495_129_600, id="Badung, pekerja adat"),
        pytest.param(date(2024, 12, 2), 1_898, 2, 63_772_800, id="Kota Yogyakarta"),
    ],
)
def test_three_published_budgets_come_out_to_the_rupiah(
    day: date, workers: int, months: int, published: int
) -> None:
    assert budget(workers, months, day) == published


def test_a_hundred_workers_of_a_village_cost_twenty_million_a_year() -> None:
    assert budget(100, 12, date(2025, 1, 1)) == 20_160_000


@pytest.mark.parametrize("day", [date(2025, 1, 1), date(2026, 11, 20)])
def test_a_worker_costs_a_government_201_600_a_year(day: date) -> None:
    assert year(day) == 201_600


def test_with_old_age_savings_the_lowest_package_is_36_800() -> None:
    day = date(2025, 6, 1)
    assert old_age_savings(day) == 20_000
    assert full(day) + old_age_savings(day) == 36_800


@pytest.mark.parametrize(
    ("first", "months", "transport", "price"),
    [
        ("2026-11-20", 0, False, 0),
        ("2026-11-20", 1, False, 8_400),
        ("2026-11-20", 2, False, 16_800),
        ("2026-11-20", 3, False, 33_600),
        ("2026-11-20", 12, False, 2 * 8_400 + 10 * 16_800),
        ("2026-11-20", 12, True, 5 * 8_400 + 7 * 16_800),
        ("2025-12-31", 4, False, 4 * 16_800),
        ("2025-12-31", 6, False, 4 * 16_800 + 2 * 8_400),
    ],
)
def test_months_paid_ahead_have_each_their_own_price(
    first: str, months: int, transport: bool, price: int
) -> None:
    assert self_pay_from(date.fromisoformat(first), months, transport) == price


def test_arrears_are_the_unpaid_months_at_their_own_prices_without_a_fine() -> None:
    one = ledger("2026-10-05", paid("2026-10", "2026-11", received="2026-10-05"))
    assert arrears(one, date(2026, 11, 30), transport=False) == Arrears((), Money(0))
    on = date(2027, 2, 28)
    months = (date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1))
    assert arrears(one, on, transport=False) == Arrears(months, Money(8_400 + 2 * 16_800))
    assert arrears(one, on, transport=True).price == 3 * 8_400
    assert arrears(one, date(2027, 3, 1), transport=True).months == ()


@pytest.mark.parametrize("today", [date(2026, 12, 1), date(2026, 12, 24), date(2026, 12, 31)])
def test_arrears_of_october_to_december_2026_are_halved_to_the_last_of_them(today: date) -> None:
    """PP 50/2025, other sectors: each month at its own price, not at that of the month after."""
    one = ledger("2026-01-01", paid(*(f"2026-0{month}" for month in range(1, 10))))
    assert arrears(one, today, transport=False).price == 25_200
