"""What BPJS answered about a sign-up, held against what is on record: one set of rules.

Nothing here asks the database, so that one answer and a sheet of thousands are judged alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from rules.coverage import Ledger, PaidMonth
from rules.membership import next_unpaid, run_between
from rules.months import first_day
from rules.registration import State

KPJ = "member.kpj"
ACCEPTABLE = (State.CONFIRMED, State.SUBMITTED, State.ACTIVE, State.LAPSED)
MEMBERS = (State.ACTIVE, State.LAPSED)
REFUSALS = (
    "not_confirmed",
    "card_missing",
    "card_taken",
    "other_card",
    "other_active_from",
    "month_before_active",
    "month_differs",
    "not_last",
    "is_member",
)
Step = tuple[State, str]  # to which state, and what the audit calls it


@dataclass(frozen=True)
class PaidUntil:
    """Paid by the programme up to a month; the months not on record yet were received on a day.

    `is_named` says that the answer itself has the day, so that another one on record contradicts.
    """

    month: date
    received: date
    is_named: bool = False


@dataclass(frozen=True)
class Acceptance:
    """What BPJS answered, and the months paid. Of a member already, the months alone will do."""

    kpj: str = field(default="", repr=False)
    active_from: date | None = None
    months: tuple[PaidMonth, ...] = ()
    until: PaidUntil | None = None


@dataclass(frozen=True)
class Refusal:
    """That BPJS refused, and why, in its words; `source` tells this answer from any later one."""

    reason: str = field(repr=False)
    source: str


@dataclass(frozen=True)
class Recorded:
    """What became of it: whether the person became a member, and the months that were new.

    `refused` is one of REFUSALS; then nothing was changed. `month` is the one that it is about.
    Of a correction: `mended` holds "card", "active_from" or both, `taken_back` the month.
    """

    refused: str = ""
    month: date | None = None
    is_new: bool = False
    added: tuple[PaidMonth, ...] = ()
    mended: tuple[str, ...] = ()
    taken_back: PaidMonth | None = None

    @property
    def changed(self) -> bool:
        """Whether anything is different now."""
        return self.is_new or bool(self.added or self.mended or self.taken_back)


@dataclass(frozen=True)
class Standing:
    """What is on record: the state of a sign-up, and the card, day and months of a member.

    `active_from` is None for who is no member; then `card` is empty. `ended` is a member's last
    day.
    """

    state: State
    card: bytes = b""
    active_from: date | None = None
    paid: Mapping[date, PaidMonth] = field(default_factory=dict)
    ended: date | None = None

    @property
    def ledger(self) -> Ledger | None:
        """What was paid for the member, and from when; None for who is none."""
        if self.active_from is None:
            return None
        months = tuple(self.paid[month] for month in sorted(self.paid))
        return Ledger(self.active_from, months, self.ended)


def judge(was: Standing, new: Acceptance, card: bytes, is_taken: bool) -> Recorded:
    """What becomes of an acceptance. `card` is its number's hash; `is_taken`: by another."""
    if refused := _contradiction(was, new, card):
        return Recorded(refused)
    active_from = was.active_from or new.active_from
    assert active_from is not None  # noqa: S101 (`_contradiction` has looked)
    months = _months(was, new, active_from)
    for one in months:
        if one.month < first_day(active_from):
            return Recorded("month_before_active", one.month)
        if was.paid.get(one.month, one) != one:
            return Recorded("month_differs", one.month)
    if was.active_from is None and is_taken:
        return Recorded("card_taken")
    added = tuple(one for one in months if one.month not in was.paid)
    return Recorded(is_new=was.active_from is None, added=added)


def _contradiction(was: Standing, new: Acceptance, card: bytes) -> str:
    if was.state not in ACCEPTABLE:
        return "not_confirmed"
    if was.active_from is None:
        return "" if new.kpj and new.active_from else "card_missing"
    if new.kpj and card != was.card:
        return "other_card"
    if new.active_from and new.active_from != was.active_from:
        return "other_active_from"
    return ""


def _months(was: Standing, new: Acceptance, active_from: date) -> tuple[PaidMonth, ...]:
    """The months named, or those that "paid until" says: what follows the last one on record."""
    if new.until is None:
        return new.months
    last, received = new.until.month, new.until.received
    if last < first_day(active_from):
        return (PaidMonth(last, "programme", received),)
    months = run_between(next_unpaid(active_from, was.paid), last)
    if not months and new.until.is_named and last in was.paid:
        return (replace(was.paid[last], received=received),)
    return tuple(PaidMonth(month, "programme", received) for month in months)


def steps(was: Standing, recorded: Recorded) -> tuple[Step, ...]:
    """The moves that an acceptance brings about."""
    if recorded.refused:
        return ()
    accepted = (State.ACTIVE, "accepted_by_bpjs")
    match was.state:
        case State.CONFIRMED:
            return ((State.SUBMITTED, "sent_to_bpjs"), accepted)
        case State.SUBMITTED:
            return (accepted,)
        case State.LAPSED if recorded.added:
            return ((State.ACTIVE, "restored"),)
    return ()


def after(was: Standing, new: Acceptance, card: bytes, recorded: Recorded) -> Standing:
    """What is on record once an acceptance is."""
    if recorded.refused:
        return was
    moves = steps(was, recorded)
    paid = {**was.paid, **{one.month: one for one in recorded.added}}
    now = replace(was, state=moves[-1][0] if moves else was.state, paid=paid)
    return replace(now, card=card, active_from=new.active_from) if recorded.is_new else now
