"""The officer's own identity card and family card, asked before the first case."""

from dataclasses import dataclass, replace
from datetime import date

from conversations.model import Ask, Invalid, Known, Option, Outcome, Question, Words
from conversations.questions import Reader, choice, read_kk, read_nik, text
from rules import nik


@dataclass(frozen=True)
class DeclareOwnCard(Outcome):
    """Keep the hashes of the officer's own numbers, then go on to what was opened (`then`)."""

    nik: str
    kk: str
    then: str
    village: str


def own_card(ask: Ask, known: Known, today: date) -> Outcome:
    """Ask for the own NIK and family card number, and show their ends before they count."""
    number = ask(text("own_card.nik", _read_own(today)))
    family = ask(text("own_card.kk", _read_other_than(number)))
    ask(_summary(number, family))
    then, village = ask.about.get("then", "desk"), ask.about.get("village", "")
    return DeclareOwnCard(number, family, then, village)


def _read_own(today: date) -> Reader:
    """A reader of the own NIK: nobody mistypes the own birth date and means it."""

    def read(typed: str) -> str:
        number = read_nik(today)(typed)
        if "bad_birth_date" in nik.read(number, today).oddities:
            raise Invalid(Words("own_card.nik.impossible"))
        return number

    return read


def _read_other_than(number: str) -> Reader:
    def read(typed: str) -> str:
        family = read_kk(typed)
        if family == number:
            raise Invalid(Words("own_card.kk.same"))
        return family

    return read


def _summary(number: str, family: str) -> Question:
    """Both numbers by their last four digits; one tap asks for either of them anew."""
    words = Words("own_card.summary", {"nik": number[-4:], "kk": family[-4:]})
    edits = tuple(
        Option(f"~{name}", Words("enrolment.edit", {"label": Words(f"{name}.label")}))
        for name in ("own_card.nik", "own_card.kk")
    )
    question = choice("own_card.summary", ("send",), words)
    return replace(question, options=question.options + edits)
