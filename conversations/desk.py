"""The village officer's desk: how many wait, the next as a card, and the decision."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import cast

from conversations.model import Ask, Known, Outcome, Question, Words
from conversations.outcomes import Decide, OpenConversation, PassOver, Say, ShowPhone
from conversations.questions import choice, read_words
from conversations.summary import EDITABLE

RETURN_WHY = ("unclear", "not_as_on_card", "ask_again")
REJECT_WHY = ("not_working", "not_resident", "duplicate", "not_reached", "other_scheme")


def is_listed(reason: str) -> bool:
    """Whether a reason is one of the buttons'; else it is in the officer's own words."""
    return reason in RETURN_WHY or reason in REJECT_WHY


@dataclass(frozen=True)
class Card:
    """One sign-up as its officer sees it; the NIK is masked.

    `facts` are the values of the words `desk.card`; `warnings` keys of `warning.<key>`.
    """

    id: str
    version: int
    name: str
    occupation: Words
    warnings: tuple[str, ...]
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Desk:
    """What waits for this officer: the village's name, how many wait, and the next card."""

    village: str
    waiting: int
    seats: Words
    card: Card | None


def desk(ask: Ask, known: Known, today: date) -> Outcome:
    """Show the next card and take the officer's decision about it."""
    view = cast(Desk | None, known("desk"))
    if view is None:
        return Say(Words("desk.not_officer"), back=False)
    card = view.card
    if card is None:
        return Say(Words("desk.empty", {"village": view.village}), back=False)
    decision = ask(_card(view, card))
    if decision == "confirm":
        return _confirm(ask, card)
    if decision == "return":
        return _return(ask, card)
    if decision == "reject":
        reason = ask(_about(card, choice("desk.reject", REJECT_WHY, _name("desk.reject", card))))
        return Decide(card.id, card.version, "reject", reason)
    if decision == "phone":
        return ShowPhone(card.id)
    if decision == "details":
        return OpenConversation("details", card.id)
    return PassOver(card.id)


def _about(card: Card, question: Question) -> Question:
    key = f"{card.id}.{card.version}"
    return replace(question, about=key, nonce=key)


def _name(key: str, card: Card) -> Words:
    return Words(key, {"name": card.name, "occupation": card.occupation})


def _card(view: Desk, card: Card) -> Question:
    words = Words(
        "desk.card",
        {
            **card.facts,
            "village": view.village,
            "waiting": view.waiting,
            "seats": view.seats,
            "warnings": _warnings(card),
        },
    )
    keys = ("confirm", "return", "reject", "phone", "details", "later")
    return replace(_about(card, choice("desk.card", keys, words)), columns=2, controls=False)


def _warnings(card: Card) -> Words:
    if not card.warnings:
        return Words("desk.no_warnings")
    lines = tuple(Words(f"warning.{key}") for key in card.warnings)
    return Words("desk.warnings", {"lines": lines})


def _confirm(ask: Ask, card: Card) -> Outcome:
    question = choice("desk.attest", ("yes", ".back"), _name("desk.attest", card))
    ask(replace(_about(card, question), controls=False))
    return Decide(card.id, card.version, "confirm")


def _return(ask: Ask, card: Card) -> Outcome:
    question = choice("desk.which", EDITABLE, _name("desk.which", card))
    options = tuple(replace(o, words=Words(f"{o.key}.label")) for o in question.options)
    which = ask(replace(_about(card, question), options=options, columns=2))
    why = choice("desk.why", RETURN_WHY, read=read_words(3, 200))
    reason = ask(_about(card, why))
    return Decide(card.id, card.version, "return", reason, which)
