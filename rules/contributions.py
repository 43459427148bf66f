"""What JKK and JKM together cost a month, for who pays alone and for a government that pays."""

from datetime import date
from typing import NewType

from rules.parameters import Parameter, parameter
from rules.programmes import Fund

Money = NewType("Money", int)  # whole rupiah

JKK_LOWEST = parameter("bpu_jkk_lowest_contribution")
JKM = parameter("bpu_jkm_contribution")
TRANSPORT_SHARE = parameter("bpu_contribution_share_transport")
OTHER_SHARE = parameter("bpu_contribution_share_other")


class ContributionUnknown(Exception):
    """No source settles what this fund pays on this day: a question for the BPJS branch."""

    def __init__(self, fund: str | None, on: date) -> None:
        super().__init__(f"fund {fund or 'not stated'} on {on.isoformat()}")
        self.fund = fund
        self.on = on


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


def _share(transport: bool) -> Parameter:
    return TRANSPORT_SHARE if transport else OTHER_SHARE
