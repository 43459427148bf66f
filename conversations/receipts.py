"""What is answered to who told of a death or an accident: the same to everybody.

Nothing here knows whether the person is signed up. Each message is a tuple of paragraphs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from conversations.accident import Happened, ReportAccident, time_words, treated_words
from conversations.death import ReportDeath
from conversations.figures import figures
from conversations.model import Words
from rules import claim_clock, claims
from rules.claims import Kind, State
from rules.heirs import Relation
from rules.papers import Paper, papers
from rules.parameters import NotInForce

Message = tuple[Words, ...]
PAPERS_A_MESSAGE = 10
HOUR = timedelta(hours=1)
# What is told of the sums first; where it may be otherwise, the other is told as well.
SUMS = {
    "illness": ("jkm",),
    "accident": ("jkm", "jkk"),
    "unknown": ("jkm", "jkk"),
    "work": ("jkk", "jkm"),
    "road_work": ("jkk", "jkm"),
    "sea_work": ("jkk", "jkm"),
}
FIGURES = {"jkm": ("jkm",), "jkk": ("accident_death", "wage")}


@dataclass(frozen=True)
class Office:
    """Who hears of what happens in a village: its officers by name, and the regency's."""

    village: str
    officers: tuple[str, ...] = ()
    has_regency: bool = False


def of_death(told: ReportDeath, office: Office) -> tuple[Message, ...]:
    """The receipt, the general sums with their conditions, and the general checklist."""
    receipt = (Words("death.receipt"), _goes_to(office), Words("death.receipt.later"))
    return (receipt, _sums(told), *_checklist(told))


def _goes_to(office: Office) -> Words:
    """To whom the word goes on."""
    if office.officers:
        names = ", ".join(office.officers)
        return Words("telling.to.village", {"village": office.village, "officers": names})
    if office.has_regency:
        return Words("telling.to.regency", {"village": office.village})
    return Words("telling.to.nobody", {"village": office.village})


def _sums(told: ReportDeath) -> Message:
    lines = tuple(_sum(which, told.day) for which in SUMS[told.cause])
    return (Words("death.sums"), *lines, Words("death.sums.condition"), *soon(told.cause, told.day))


def soon(cause: str, day: date) -> Message:
    """That a death of a work accident is to be told to BPJS at once."""
    if cause not in claims.WORK_CAUSES:
        return ()
    return (Words("death.report_soon", figures(("report_by",), day)),)


def _sum(which: str, day: date) -> Words:
    try:
        return Words(f"death.sum.{which}", figures(FIGURES[which], day))
    except NotInForce:
        return Words(f"death.sum.{which}.unknown")


def _checklist(told: ReportDeath) -> Iterator[Message]:
    kind, _ = claims.verified(told.cause)
    needed = papers(kind, _claimant(told.relation), told.cause)
    messages = -(-len(needed) // PAPERS_A_MESSAGE)
    size = -(-len(needed) // messages)
    for start in range(0, len(needed), size):
        lines = _lines(needed[start : start + size], start + 1)
        head = Words("death.papers.more" if start else "death.papers", {"lines": lines})
        last = (*_of_others(told.relation), Words("death.papers.end"))
        yield (head, *(last if start + size >= len(needed) else ()))


def _claimant(relation: str) -> Relation:
    """Whose checklist is shown: who is no near relative is shown that of an heir."""
    return Relation.CHILD if relation in ("family", "neighbour") else Relation(relation)


def _of_others(relation: str) -> Message:
    is_heir = relation not in ("family", "neighbour")
    return () if is_heir else (Words("death.papers.of_heirs"),)


def _lines(needed: Sequence[Paper], first: int) -> tuple[Words, ...]:
    return tuple(
        Words(
            "death.paper" if paper.is_certain else "death.paper.perhaps",
            {"n": n, "paper": Words(f"death.needs.{paper.key}")},
        )
        for n, paper in enumerate(needed, start=first)
    )


def of_accident(told: ReportAccident, office: Office, now: datetime) -> tuple[Message, ...]:
    """The receipt, then the clock of the report to BPJS; `now` is local to the village."""
    happened = moment(told.what, now)
    receipt = (Words("accident.receipt", {"name": told.hurt.name}), _goes_to(office))
    to_bpjs = (
        Words("accident.not_bpjs"),
        clock(happened, now),
        *(() if told.what.at else (Words("accident.clock.from_midnight"),)),
        Words("accident.care"),
        Words("accident.forward"),
    )
    return receipt, to_bpjs


def moment(what: Happened, now: datetime) -> datetime:
    """When it happened, in the zone of `now`; where nobody knows the time, as the day began."""
    at = time.fromisoformat(what.at or "0000")
    return datetime.combine(what.day, at, now.tzinfo)


def clock(happened: datetime, now: datetime) -> Words:
    """Until when BPJS ought to hear of an accident, and how long that is; or that it is past."""
    due = claim_clock.due(Kind.JKK, State.NOTIFIED, happened, None)
    if due is None:
        return Words("accident.clock.soon")
    days = (due.at - happened).days
    until = {"day": due.at.date(), "time": f"{due.at:%H.%M %Z}", "days": days}
    if now > due.at:
        return Words("accident.clock.late", until)
    hours = (due.at - now) // HOUR
    return Words("accident.clock", {**until, "hours": hours})


def to_forward(told: ReportAccident, card: str) -> Words:
    """The text that may be sent on to BPJS as it is; the NIK is filled in by hand."""
    what = told.what
    values = {
        "name": told.hurt.name,
        "card": card or Words("accident.text.blank"),
        "village": told.hurt.village.title,
        "place": what.place,
        "how": what.how,
        "day": what.day,
        "time": time_words(what.at),
        "treated": treated_words(what),
        "reporter": told.reporter,
        "phone": told.phone,
    }
    return Words("accident.text", values)
