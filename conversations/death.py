"""A death is told: where, who, when, of what, and by whom; gently, and once."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import cast

from conversations import telling
from conversations.model import Ask, Known, Option, Outcome, Question, Words
from conversations.questions import choice, read_name, text
from rules.areas import Village
from rules.claims import CAUSES

RELATIONS = ("wife", "husband", "child", "parent", "sibling", "family", "neighbour")
FIELDS = (
    "death.name",
    "death.number",
    "death.day",
    "death.cause",
    "death.relation",
    "death.reporter",
    "death.phone",
    "death.village",
)
PARTS = 4


@dataclass(frozen=True)
class ReportDeath(Outcome):
    """Tell the village that somebody has died, whoever it is.

    `number` is a NIK or a card, `phone` as +62...; both may be "". `relation` is one of RELATIONS.
    """

    village: str
    day: date
    cause: str
    relation: str
    name: str = field(repr=False)
    number: str = field(repr=False)
    reporter: str = field(repr=False)
    phone: str = field(repr=False)


def death(ask: Ask, known: Known, today: date) -> Outcome:
    """Ask what the village needs to know; nothing here depends on whether it knows the person."""
    village = telling.village(ask, known, "death.village", (1, PARTS))
    today = cast(datetime, known("moment", village.code)).date()
    name = ask(text("death.name", read_name, section=(1, PARTS)))
    number = ask(telling.number("death.number", today, (1, PARTS)))
    when = Words("death.day", {"name": name})
    day = ask(telling.day(when, today, (2, PARTS)))
    cause = ask(choice("death.cause", CAUSES, section=(2, PARTS)))
    whose = Words("death.relation", {"name": name})
    relation = ask(choice("death.relation", RELATIONS, whose, section=(3, PARTS)))
    reporter = ask(text("death.reporter", read_name, section=(3, PARTS)))
    phone = ask(telling.phone("death.phone", (3, PARTS), may_skip=True))
    told = ReportDeath(
        village=village.code,
        day=date.fromisoformat(day),
        cause=cause,
        relation=relation,
        name=name,
        number=telling.kept(number),
        reporter=reporter,
        phone=telling.kept(phone),
    )
    ask(_summary(told, village, today))
    return told


def _summary(told: ReportDeath, village: Village, today: date) -> Question:
    values = {
        "name": told.name,
        "village": village.title,
        "number": telling.number_words(told.number, today),
        "day": told.day,
        "cause": Words(f"death.cause.{told.cause}"),
        "relation": Words(f"death.relation.{told.relation}"),
        "reporter": told.reporter,
        "phone": telling.phone_words(told.phone),
    }
    send = (Option("send", Words("death.summary.send")),)
    words = Words("death.summary", values)
    options = send + telling.edits(FIELDS)
    return Question("death.summary", words, options, section=(PARTS, PARTS), columns=2)
