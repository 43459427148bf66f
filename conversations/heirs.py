"""Who is entitled: a few simple questions, and the answer in plain words with its source."""

from datetime import date

from conversations.model import Ask, Known, Outcome, Words
from conversations.outcomes import Say
from conversations.questions import choice
from rules import heirs as rules
from rules.heirs import Entitled, Family
from rules.sources import citation

STEPS = ("claim", "jkm.documents", "contact")


def heirs(ask: Ask, known: Known, today: date) -> Outcome:
    """Ask as far as needed whom the member left behind; say who is entitled and what is unsure."""
    answers: dict[str, bool] = {}
    while (name := rules.next_question(answers)) is not None:
        key = f"heirs.{name}"
        answers[name] = ask(choice(key, ("yes", "no"), columns=2)) == "yes"
    return Say(_said(rules.entitled(Family(**answers))), steps=STEPS)


def _said(found: Entitled) -> Words:
    who = tuple(Words(f"heirs.relation.{relation}") for relation in found.relations)
    unsure = tuple(Words(f"heirs.unsettled.{key}") for key in found.unsettled)
    values = {
        "level": Words(f"heirs.level.{found.level}"),
        "who": who,
        "unsure": unsure or (Words("heirs.settled"),),
        "sources": Words("answer.sources", {"sources": citation(found.sources)}),
    }
    return Words("heirs.answer", values)
