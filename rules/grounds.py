"""The four grounds on which claims were refused, and what evidence there is on each.

Where a source does not settle what a fact means, the verdict is "unclear" and a line says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from rules import facts as told
from rules.coverage import (
    JKM_LEAST_MONTHS,
    Cover,
    CoverState,
    Ledger,
    NotCovered,
    cover,
    full_jkm,
)
from rules.facts import Fact
from rules.parameters import NotInForce

Verdict = Literal["supported", "missing", "against", "unclear"]
Kind = Literal["", "jkm", "jkk"]

WORKS = ("under_3_months", "months_3_to_12", "years_1_to_5", "over_5_years")
IDLE = ("seasonal",)  # works, though not on that day
FIT = ("able", "limited_but_working")
ILL = ("ill_but_working", "ill_short")
COMPLETE = ("complete", "lodged", "field_check", "approved", "paid")
STATEMENTS = ("desk.attest", "desk.vouch")


@dataclass(frozen=True)
class Named:
    """Words of another catalogue, by their key."""

    key: str


@dataclass(frozen=True)
class Says:
    """One line: the key of its words and their values (texts, numbers, dates, `Named`)."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Ground:
    """What speaks for, or against, a claim on one ground; `sources` tell of such refusals."""

    key: str
    verdict: Verdict
    says: tuple[Says, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """What is known of a sign-up: its facts in their order, of answers `on` the village's day.

    `on` is the day to be looked at: of the death or accident (`kind`), else of the last record.
    """

    facts: tuple[Fact, ...]
    on: date
    kind: Kind = ""


def grounds(case: Case) -> tuple[Ground, ...]:
    """All four, always in this order."""
    ledger = told.ledger(case.facts)
    return (_working(case), _unbroken(case, ledger), _three_months(case, ledger), _papers(case))


def _working(case: Case) -> Ground:
    answers = told.answers(case.facts)
    says = (*_said(answers), *_vouched(case, answers), *_doubts(case), *_later(answers))
    return Ground("working", _worked(case, answers), says, ("n1", "n2"))


def _value(answers: Mapping[str, Fact], question: str) -> str:
    return answers[question].values.get("value", "") if question in answers else ""


def _worked(case: Case, answers: Mapping[str, Fact]) -> Verdict:
    work, able = _value(answers, "enrolment.work"), _value(answers, "enrolment.able")
    if not work or not able or _statement(case, answers) is None:
        return "missing"
    if work not in WORKS + IDLE or able not in FIT + ILL:
        return "against"
    return "unclear" if work in IDLE or able in ILL or _doubts(case) else "supported"


def _said(answers: Mapping[str, Fact]) -> tuple[Says, ...]:
    work, able = _value(answers, "enrolment.work"), _value(answers, "enrolment.able")
    if not work or not able:
        return (Says("no_answers"),)
    values = {
        "work": Named(f"enrolment.work.{work}"),
        "able": Named(f"enrolment.able.{able}"),
        "occupation": _value(answers, "enrolment.occupation"),
        "day": answers["enrolment.work"].on,
    }
    unsure = (Says("ill"),) if able in ILL else (Says("idle"),) if work in IDLE else ()
    return (Says("working", values), *unsure)


def _statement(case: Case, answers: Mapping[str, Fact]) -> Fact | None:
    """What the officer stated of a confirmation that holds."""
    if told.confirmation(case.facts) is None:
        return None
    given = [answers[name] for name in STATEMENTS if _value(answers, name) == "yes"]
    return max(given, key=lambda one: one.values["at"], default=None)


def _vouched(case: Case, answers: Mapping[str, Fact]) -> tuple[Says, ...]:
    statement, confirmed = _statement(case, answers), told.confirmation(case.facts)
    if statement is None or confirmed is None:
        return (Says("not_vouched"),)
    by = confirmed.values.get("officer", "")
    officer = by or Named("value.unknown")
    return (Says("vouched", {"officer": officer, "day": statement.on}),)


def _doubts(case: Case) -> tuple[Says, ...]:
    """What the confirmation itself shows against its own weight."""
    confirmed = told.confirmation(case.facts)
    values = confirmed.values if confirmed else {}
    found = (
        (Says("answer_changed"), "answer_changed" in values.get("warnings", "").split()),
        (Says("conflict"), bool(values.get("mark"))),
    )
    return tuple(says for says, holds in found if holds)


def _later(answers: Mapping[str, Fact]) -> tuple[Says, ...]:
    """What was answered last to whether the work goes on."""
    years = [name for name in answers if name.startswith("working.") and name.count(".") == 1]
    if not years:
        return ()
    last = answers[max(years)]
    is_yes = last.values.get("value") == "yes"
    return (Says("still_working" if is_yes else "stopped_later", {"day": last.on}),)


def _unbroken(case: Case, ledger: Ledger | None) -> Ground:
    sources = ("n5", "r12")
    if ledger is None:
        return Ground("unbroken", "missing", (Says("no_member"),), sources)
    says = (Says("accepted", {"day": ledger.active_from}), *_paid(ledger))
    try:
        verdict, found = _covered(cover(ledger, case.on), case.on)
    except NotInForce:
        verdict, found = "unclear", (Says("no_rule"),)
    return Ground("unbroken", verdict, (*says, *found), sources)


def _paid(ledger: Ledger) -> tuple[Says, ...]:
    months = [one.month for one in ledger.months]
    if not months:
        return (Says("none_paid"),)
    values = {"count": len(months), "first": months[0], "last": months[-1]}
    return (Says("months_paid", values),)


def _covered(found: Cover, on: date) -> tuple[Verdict, tuple[Says, ...]]:
    day = {"day": on, "until": found.paid_until or Named("value.unknown")}
    match found.state:
        case CoverState.COVERED if found.interrupted:
            return "unclear", (Says("covered", day), Says("interrupted"))
        case CoverState.COVERED:
            return "supported", (Says("covered", day),)
        case CoverState.PAID_LATE:
            return "unclear", (Says("paid_late", day),)
        case CoverState.UNPAID:
            return "against", (Says("unpaid", day),)
        case CoverState.NOT_YET:
            return "missing", (Says("not_yet", day),)
    return "against", (Says("ended", day),)


def _three_months(case: Case, ledger: Ledger | None) -> Ground:
    try:
        least = {"least": JKM_LEAST_MONTHS.whole(case.on), "day": case.on}
        verdict, says = _reached(case, ledger, least)
    except NotInForce:
        verdict, says = "unclear", (Says("no_rule"),)
    return Ground("three_months", verdict, says, ("o11a", "o11b"))


def _reached(
    case: Case, ledger: Ledger | None, least: Mapping[str, object]
) -> tuple[Verdict, tuple[Says, ...]]:
    accident = Says("not_for_accidents", least)
    if case.kind == "jkk":
        return "supported", (accident,)
    if ledger is None:
        return "missing", (Says("no_member"), accident)
    try:
        full = full_jkm(ledger, case.on)
    except NotCovered:
        return "against", (Says("not_covered", least), accident)
    if full is None:
        return "unclear", (Says("maybe_reached", least), accident)
    return ("supported" if full else "against"), (
        Says("reached" if full else "not_reached", least),
        accident,
    )


def _papers(case: Case) -> Ground:
    sources = ("o6",)
    claims = [fact for fact in case.facts if fact.kind == "claim"]
    papers = {fact.subject: fact.values.get("state", "") for fact in case.facts if _is_paper(fact)}
    if not claims and not papers:
        return Ground("papers", "missing", (Says("no_claim"),), sources)
    accepted = sum(state == "accepted" for state in papers.values())
    missing = sum(state in ("missing", "returned") for state in papers.values())
    complete = [fact for fact in claims if fact.subject in COMPLETE]
    says = [Says("papers_accepted", {"count": accepted})]
    says += [Says("papers_missing", {"count": missing})] if missing else []
    says += [Says("papers_complete", {"day": complete[-1].on})] if complete else []
    return Ground("papers", _papers_verdict(missing, claims, papers), tuple(says), sources)


def _is_paper(fact: Fact) -> bool:
    return fact.kind == "paper"


def _papers_verdict(missing: int, claims: Sequence[Fact], papers: Mapping[str, str]) -> Verdict:
    """Whether the list of papers is whole only the claim's own state says."""
    if missing or (claims and claims[-1].subject == "papers_missing"):
        return "missing"
    if claims and claims[-1].subject in COMPLETE and papers:
        return "supported"
    return "unclear"
