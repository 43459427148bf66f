"""Fills in part one, the good way but for what a test says otherwise."""

from conversations.enrolment import enrolment
from conversations.model import SharedContact, Turn
from conversations.outcomes import SubmitRegistration
from tests.conversations.cases import VILLAGES, Known, linked
from tests.conversations.talk import Talk

GOOD = {
    "enrolment.whom": "[self]",
    "enrolment.consent": "[yes]",
    "enrolment.nik": "5171 0312 0685 0001",
    "enrolment.name": "I Wayan Contoh",
    "enrolment.residence": "[here]",
    "enrolment.occupation": "[petani]",
    "enrolment.work": "[over_5_years]",
    "enrolment.able": "[able]",
    "enrolment.tie": "[none]",
    "enrolment.phone": "(kontak)",
    "enrolment.summary": "[send]",
}


def begin(village: str = VILLAGES["denpasar"], known: Known | None = None) -> Talk:
    """A sign-up begun by a village's link."""
    return Talk(enrolment, linked(village), known or Known())


def fill(talk: Talk, until: str = "", **answers: str) -> Turn:
    """Answer what is asked, the good way but for `answers`, until it ends or `until` is open."""
    turn = talk.look()
    while turn.question is not None and turn.question.name != until:
        turn = answer(talk, turn.question.name, **answers)
    return turn


def answer(talk: Talk, name: str, **answers: str) -> Turn:
    """Answer one question."""
    given = {**GOOD, **{f"enrolment.{name}": answer for name, answer in answers.items()}}[name]
    if given == "(kontak)":
        return talk.do(SharedContact("+6281200000001", own=True))
    return talk.answer(given)


def asked_again(talk: Talk, **answers: str) -> list[str]:
    """What is asked, in order, until the last look is open; each is answered."""
    asked = []
    while talk.open not in ("", "enrolment.summary"):
        asked.append(talk.open.removeprefix("enrolment."))
        answer(talk, talk.open, **answers)
    return asked


def warnings(turn: Turn) -> tuple[str, ...]:
    """The warnings that the officer will read."""
    assert isinstance(turn.outcome, SubmitRegistration), turn
    return turn.outcome.warnings
