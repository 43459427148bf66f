"""The sign-up, part two: optional, after the receipt, by the worker or the officer."""

from dataclasses import replace
from datetime import date
from typing import cast

from conversations.model import Ask, Known, Option, Outcome, Question, Words
from conversations.outcomes import SaveDetails, Say
from conversations.questions import choice, read_kk, read_name, read_phone, read_words, text

INCOME = ("under_1", "from_1_to_2", "from_2_to_3", "over_3", "uneven", "skip")
POVERTY = ("listed", "not_listed", "unknown", "skip")
FIELDS = (
    "details.income",
    "details.poverty",
    "details.workplace",
    "details.hamlet",
    "details.family_card",
    "details.mother",
    "details.heir_relation",
)
RELATIONS = ("spouse", "child", "parent", "sibling", "other", "skip")


def details(ask: Ask, known: Known, today: date) -> Outcome:
    """Ask what the office needs besides; every question can be skipped.

    Income bands are in million rupiah a month. Poverty data is DTSEN (Inpres 4/2025).
    """
    registration = ask.about.get("registration", "")
    name = cast(str, known("details_of", registration))
    if not name:
        return Say(Words("details.closed"), back=False)
    ask(choice("details.income", INCOME, Words("details.income", {"name": name}), section=(1, 3)))
    ask(choice("details.poverty", POVERTY, section=(1, 3)))
    ask(_skippable(text("details.workplace", read_words(), section=(1, 3))))
    ask(_skippable(text("details.hamlet", read_words(), section=(2, 3))))
    ask(_skippable(text("details.family_card", read_kk, section=(2, 3))))
    ask(_skippable(text("details.mother", read_name, section=(2, 3))))
    _heir(ask)
    ask(_summary(ask, name))
    return SaveDetails(registration)


def _summary(ask: Ask, name: str) -> Question:
    lines = tuple(
        Words("details.line", {"label": Words(f"{field}.label"), "value": _filled(ask, field)})
        for field in FIELDS
    )
    words = Words("details.summary", {"name": name, "lines": lines})
    question = choice("details.summary", ("send",), words)
    edits = tuple(
        Option(f"~{field}", Words("enrolment.edit", {"label": Words(f"{field}.label")}))
        for field in FIELDS
    )
    return replace(question, options=question.options + edits, columns=2, section=(3, 3))


def _filled(ask: Ask, field: str) -> Words:
    """Whether a field is filled in: what was typed need not be shown again in a chat."""
    given = ask.answers.get(field)
    return Words("details.filled" if given and given.value != "skip" else "details.empty")


def _heir(ask: Ask) -> None:
    relation = ask(choice("details.heir_relation", RELATIONS, section=(3, 3)))
    if relation == "skip":
        return
    ask(_skippable(text("details.heir_name", read_name, about=relation, section=(3, 3))))
    ask(_skippable(text("details.heir_phone", read_phone, about=relation, section=(3, 3))))


def _skippable(question: Question) -> Question:
    skip = choice(question.name, ("skip",)).options
    return Question(
        question.name,
        question.words,
        skip,
        question.read,
        about=question.about,
        section=question.section,
        example=question.example,
    )
