"""What JKK and JKM together cost, for who pays alone and for a government that pays."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NewType

from rules.coverage import Ledger, payable
from rules.months import first_day, later
from rules.parameters import Parameter, parameter
from rules.programme_facts import Fund

Money = NewType("Money", int)  # whole rupiah

JKK_LOWEST = parameter("bpu_jkk_lowest_contribution")
JKM = parameter("bpu_jkm_contribution")
TRANSPORT_SHARE = parameter("bpu_contribution_share_transport")
OTHER_SHARE = parameter("bpu_contribution_share_other")
LOWEST_INCOME = parameter("bpu_lowest_reported_income")
OLD_AGE_RATE = parameter("bpu_jht_rate")


class ContributionUnknown(Exception):
    """No source settles what this fund pays on this day: a question for the BPJS branch."""

    def __init__(self, fund: str | None, on: date) -> None:
        super().__init__(f"fund {fund or 'not stated'} on {on.isoformat()}")
        self.fund = fund
        self.on = on


@dataclass(frozen=True)
class Arrears:
    """The unpaid months, each by its first day, that may still be paid, and their price in all."""

    months: tuple[date, ...]
    price: Money


def full(on: date) -> Money:
    """Rupiah a month for JKK and JKM at the lowest income band, undiscounted; or NotInForce."""
    return Money(JKK_LOWEST.whole(on) + JKM.whole(on))


def self_pay(on: date, transport: bool) -> Money:
    """Rupiah a month for a worker who pays alone, at the lowest income band; or NotInForce.

    Halved while PP 50/2025 says so, in other months for `transport` workers than for the rest.
    """
    share = _share(transport)
    return Money(int(full(on) * share.value(on))) if share.in_force(on) else full(on)


def discount_until(on: date, transport: bool) -> date | None:
    """The last day of the halved price of `self_pay`; None when it does not hold on that day."""
    share = _share(transport)
    return share.last_day(on) if share.in_force(on) else None


def government_paid(on: date, fund: Fund | None = "apbd") -> Money:
    """Rupiah a month that a government pays for one worker; or NotInForce.

    PP 50/2025 Pasal 3 gives no discount where APBN or APBD pays. Of village funds, or a fund that
    is not known, no source speaks: raises ContributionUnknown while any discount runs.
    """
    discounted = TRANSPORT_SHARE.in_force(on) or OTHER_SHARE.in_force(on)
    if fund != "apbd" and discounted:
        raise ContributionUnknown(fund, on)
    return full(on)


def year(on: date) -> Money:
    """Rupiah that a government pays from APBD for one worker and twelve months; or NotInForce."""
    return budget(1, 12, on)


def budget(workers: int, months: int, on: date) -> Money:
    """Rupiah that a government pays from APBD for so many workers and months; or NotInForce."""
    return Money(government_paid(on) * workers * months)


def self_pay_from(first: date, months: int, transport: bool) -> Money:
    """Rupiah for so many months from the month of a day on, each at its own price of `self_pay`."""
    return _price([later(first_day(first), number) for number in range(months)], transport)


def old_age_savings(on: date) -> Money:
    """Rupiah a month for JHT at the lowest reported income, by choice; or NotInForce."""
    return Money(int(OLD_AGE_RATE.value(on) * LOWEST_INCOME.whole(on)))


def arrears(ledger: Ledger, on: date, transport: bool) -> Arrears:
    """The unpaid months that may still be paid on a day, and what they cost who pays alone.

    There is no fine for paying late (official page, as quoted by star.grid.id/read/453722708).
    """
    months = payable(ledger, on)
    return Arrears(months, _price(months, transport))


def _price(months: Iterable[date], transport: bool) -> Money:
    return Money(sum(self_pay(month, transport) for month in months))


def _share(transport: bool) -> Parameter:
    return TRANSPORT_SHARE if transport else OTHER_SHARE
