"""My cover: what holds for this person on this day, and what the family would receive."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from conversations.figures import figures
from conversations.model import Ask, Known, Outcome, Rupiah, Words
from conversations.outcomes import Say
from conversations.questions import one_of
from rules import benefits
from rules.coverage import Cover, CoverState, Ledger, NotCovered, cover, full_jkm, full_scholarship
from rules.parameters import NotInForce
from rules.registration import State

STRANGER = ("enrolment", "calculation", "jkk.report", "program.what")
NONE_YET = ("status", "calculation", "program.what")
UNCOVERED = ("jkk.report", "jkm.how_to", "coverage.self_pay", "coverage.lapsed", "contact")
MEMBER = ("jkk.report", "jkm.how_to", "scholarship", "calculation", "coverage.self_pay")
LOOK_AHEAD = 366  # days in which the full death benefit may begin


@dataclass(frozen=True)
class Covered:
    """One sign-up as the account that made it may see its cover.

    `payer` are the words of who pays for the programme; `ledger` is None until BPJS has accepted.
    `card` is the number as this account may see it.
    """

    id: str
    code: str
    name: str
    village: str
    state: State
    payer: Words
    ledger: Ledger | None = None
    card: str = ""


def coverage(ask: Ask, known: Known, today: date) -> Outcome:
    """Say what holds for one person of this account; a stranger is told what holds in general."""
    mine = cast(tuple[Covered, ...], known("covers"))
    if not mine:
        return Say(_general(today), back=False, steps=STRANGER)
    one = one_of(ask, "cover.which", mine)
    several = len(mine) > 1
    if one.ledger is None:
        return Say(_none_yet(one), several, NONE_YET)
    if cover(one.ledger, today).state is not CoverState.COVERED:
        return Say(standing(one, today), several, UNCOVERED)
    return Say(_covered(one, one.ledger, today), several, MEMBER)


def _general(today: date) -> Words:
    names = ("wage", "wage_monthly", "wage_full_months", "accident_death", "jkm", "report_by")
    return _or_not_in_force("cover.stranger", names, today)


def _none_yet(one: Covered) -> Words:
    values = {"name": one.name, "village": one.village, "state": Words(f"state.{one.state}")}
    return Words("cover.none_yet", values)


def standing(one: Covered, today: date) -> Words:
    """How it stands with one member today, in two or three sentences."""
    if one.ledger is None:
        raise ValueError("only a member has a standing")
    now = cover(one.ledger, today)
    unknown = Words("value.unknown")
    values = {
        "name": one.name,
        "since": now.since or one.ledger.active_from,
        "begins": now.begins or unknown,
        "paid_until": now.paid_until or unknown,
        "arrears_until": now.arrears_until or unknown,
        "payer": _payer(one, now),
    }
    return Words(f"cover.state.{_state(one.ledger, now)}", values)


def death_benefit(one: Covered, today: date) -> Words:
    """What the family of one member would be paid for a death today that work did not cause."""
    if one.ledger is None or cover(one.ledger, today).state is not CoverState.COVERED:
        return standing(one, today)
    return Words("cover.death.own", {"name": one.name, "death": _other_death(one.ledger, today)})


SCHOLARSHIP = {
    True: "cover.scholarship.enough",
    False: "cover.scholarship.too_few",
    None: "cover.scholarship.unsettled",
}


def scholarship(one: Covered, today: date) -> Words:
    """Whether the years of contributions for a scholarship are reached by one member today."""
    if one.ledger is None or cover(one.ledger, today).state is not CoverState.COVERED:
        return standing(one, today)
    reached = full_scholarship(one.ledger, today)
    values = {"name": one.name, **figures(("scholarship_years",), today)}
    return Words(SCHOLARSHIP[reached], values)


def _payer(one: Covered, now: Cover) -> Words:
    if now.payer is None:
        return Words("value.unknown")
    return one.payer if now.payer == "programme" else Words(f"cover.payer.{now.payer}")


def _state(ledger: Ledger, now: Cover) -> str:
    """The key of the words: the state, told apart where the person would ask why."""
    if now.state is CoverState.COVERED and now.interrupted:
        return "interrupted"
    if now.state is CoverState.NOT_YET and now.begins is None:
        return "not_yet_known" if ledger.months else "unpaid_yet"
    if now.state is CoverState.ENDED and ledger.ended:
        return "left"
    return now.state


def _covered(one: Covered, ledger: Ledger, today: date) -> Words:
    """The standing, and what is paid if something happens today."""
    names = ("wage", "wage_monthly", "wage_full_months", "accident_death", "report_by")
    accident = _or_not_in_force("cover.accident", names, today)
    values = {
        "standing": standing(one, today),
        "card": one.card or Words("value.unknown"),
        "accident": accident,
        "death": _other_death(ledger, today),
    }
    return Words("cover.covered", values)


def _or_not_in_force(key: str, names: tuple[str, ...], on: date) -> Words:
    try:
        return Words(key, figures(names, on))
    except NotInForce:
        return Words("answer.not_in_force")


def _other_death(ledger: Ledger, today: date) -> Words:
    try:
        full = full_jkm(ledger, today)
        now = benefits.other_death(today, full).total
        later = benefits.other_death(today, True).total
    except NotInForce:
        return Words("answer.not_in_force")
    values = {"now": Rupiah(now), "later": Rupiah(later)}
    if full is None:
        return Words("cover.death.unsettled", values)
    if full:
        return Words("cover.death.full", values)
    day = first_full_day(ledger, today)
    if day is None:
        return Words("cover.death.funeral", {**values, **figures(("jkm_least_months",), today)})
    return Words("cover.death.from", {**values, "day": day})


def first_full_day(ledger: Ledger, today: date) -> date | None:
    """The first day on which the months already paid surely give the full death benefit, if any."""
    days = (today + timedelta(days=ahead) for ahead in range(LOOK_AHEAD))
    return next((day for day in days if _surely_full(ledger, day)), None)


def _surely_full(ledger: Ledger, day: date) -> bool:
    try:
        return full_jkm(ledger, day) is True
    except (NotCovered, NotInForce):
        return False
