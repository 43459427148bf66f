"""What is told of a sign-up, fact by fact, as the chain of evidence keeps it; and what follows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from rules.coverage import Ledger, PaidMonth, Payer
from rules.months import first_day


@dataclass(frozen=True)
class Fact:
    """Something that happened: its kind, what it is of, the day on which, and further values.

    Values are texts, dates among them ISO. Kinds and their subjects:
    - `answer`: the question; values as of `Given`, and `row`, the id of the row of the proof.
    - `decision`: the state, or `undone`. What was decided on stands in the values.
    - `card`: `accepted`, `mended` (the day is that of the acceptance), `handed_over`.
    - `months`: `paid` (on the day it was received; values `months` as "2026-12 2027-01" and `by`),
      `taken_back` (value `month`).
    - `departure`: `noted`, `undone`, `left` (values `why`, and `ended`, the last day as a member).
    - `minutes`: `attached` (value `number`). `bpjs`: `refused`. `correction`: `answers`.
    - `claim`: the state it moved to; values `claim`, `kind` and `happened_on`.
    - `paper`: the paper; values `claim` and `state`.
    """

    kind: str
    subject: str
    on: date | None = None
    values: Mapping[str, str] = field(default_factory=dict, repr=False)


def paid(months: Iterable[PaidMonth]) -> list[Fact]:
    """The facts of months paid, one for each day on which and by whom they were paid."""
    found: dict[tuple[date, str], list[str]] = {}
    for one in months:
        found.setdefault((one.received, one.payer), []).append(f"{one.month:%Y-%m}")
    return [
        Fact("months", "paid", received, {"months": " ".join(some), "by": payer})
        for (received, payer), some in found.items()
    ]


def ledger(facts: Iterable[Fact]) -> Ledger | None:
    """What was paid for a member by these facts in their order; None for who was never one."""
    since: date | None = None
    ended: date | None = None
    months: dict[date, PaidMonth] = {}
    for fact in facts:
        match fact.kind, fact.subject:
            case "card", "accepted" | "mended":
                since = fact.on or since
            case "months", _:
                _month(months, fact)
            case "departure", "left" if "ended" in fact.values:
                ended = date.fromisoformat(fact.values["ended"])
    return Ledger(since, tuple(months[one] for one in sorted(months)), ended) if since else None


def _month(months: dict[date, PaidMonth], fact: Fact) -> None:
    if fact.subject == "taken_back":
        months.pop(_read(fact.values["month"]), None)
    elif fact.on is not None:
        payer = cast(Payer, fact.values["by"])
        for text in fact.values["months"].split():
            months[_read(text)] = PaidMonth(_read(text), payer, fact.on)


def _read(text: str) -> date:
    return first_day(date.fromisoformat(f"{text}-01"))


def answers(facts: Iterable[Fact]) -> dict[str, Fact]:
    """The last answer to each question."""
    return {fact.subject: fact for fact in facts if fact.kind == "answer"}


def confirmation(facts: Iterable[Fact]) -> Fact | None:
    """The confirmation that holds; None where there is none, or it was taken back."""
    last = [fact for fact in facts if fact.kind == "decision"][-1:]
    return last[0] if last and last[0].subject != "undone" else None
