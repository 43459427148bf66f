"""What the family of one member is paid, by the law of the day it happened; never a guess."""

from dataclasses import dataclass
from datetime import date

from conversations.cards import paid_until
from conversations.model import Rupiah, Words
from conversations.sums import said
from rules import benefits
from rules.claims import Kind
from rules.coverage import CoverState, Ledger, cover, full_jkm
from rules.parameters import NotInForce


@dataclass(frozen=True)
class Loss:
    """A death or accident of one member: the kind of claim, the day, the months paid.

    `deadly` tells a death from an accident that was survived; `memberships` are those paid up;
    `paid` is what BPJS has paid, None until then.
    """

    kind: Kind
    on: date
    ledger: Ledger | None
    deadly: bool = True
    memberships: int = 1
    paid: int | None = None


def sums(loss: Loss) -> tuple[Words, ...]:
    """What is paid for it, line by line, with what it hangs on; what was paid comes first."""
    paid = (Words("follow.money.paid", {"amount": Rupiah(loss.paid)}),) if loss.paid else ()
    if loss.ledger is None:
        return (*paid, Words("follow.money.no_member"))
    until_then = [one for one in loss.ledger.months if one.month <= loss.on]
    months = Words("follow.money.months", {"count": len(until_then)})
    return (*paid, months, *_sums(loss, loss.ledger))


def _sums(loss: Loss, ledger: Ledger) -> tuple[Words, ...]:
    if cover(ledger, loss.on).state is not CoverState.COVERED:
        until = paid_until(one.month for one in ledger.months)
        return (until, Words("follow.money.not_covered", {"day": loss.on}))
    try:
        return (_counted(loss, ledger),)
    except NotInForce:
        return (Words("answer.not_in_force"),)


def _counted(loss: Loss, ledger: Ledger) -> Words:
    if loss.kind is Kind.JKM:
        full = full_jkm(ledger, loss.on)
        return said("other_death", benefits.other_death(loss.on, full, loss.memberships), loss.on)
    wage = benefits.lowest_wage(loss.on)
    if loss.deadly:
        return said("accident_death", benefits.accident_death(loss.on, wage), loss.on)
    parts = (benefits.treatment(loss.on), benefits.transport(loss.on, ("land", "sea")))
    lines = tuple(line for part in parts for line in part.lines)
    return said("hurt", benefits.Breakdown(lines), loss.on)
