"""The village officer's desk: what waits, and one sign-up as a card with the decision on it."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import cast

from conversations.model import Ask, Known, Option, Outcome, Question, Words
from conversations.outcomes import Decide, OpenConversation, PassOver, Say, ShowPhone
from conversations.questions import choice, on_button, read_words
from conversations.summary import EDITABLE
from rules import doubts

RETURN_WHY = ("unclear", "not_as_on_card", "ask_again")
REJECT_WHY = ("not_working", "not_resident", "duplicate", "not_reached", "other_scheme")
DECISIONS = ("confirm", "return", "reject")
OTHER_BUTTONS = ("phone", "details", "later", "desk")


def is_listed(reason: str) -> bool:
    """Whether a reason is one of the buttons'; else it is in the officer's own words."""
    return reason in RETURN_WHY or reason in REJECT_WHY


@dataclass(frozen=True)
class Desk:
    """What waits in one village (its code and its name).

    `clean` sign-ups can be confirmed together, `doubtful` ones are looked at one by one; `line`
    wait for a seat; `decided` says whether there are any that lack minutes, `declared` whether the
    officer has said which card is the own one. `others` are the officer's further villages: code,
    name, how many wait.
    """

    village: str
    title: str
    clean: int
    doubtful: int
    line: int
    seats: Words
    decided: bool = False
    declared: bool = False
    others: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True)
class Card:
    """One sign-up as its officer sees it; the NIK is masked.

    `facts` are the values of the words `desk.card`; `warnings` keys of `warning.<key>`. With
    `conflicts` of interest (keys of `desk.conflict.<key>`) the officer decides only where there is
    no other (`alone`), and it is marked. For one that `keeps` a seat an offer was taken up; `left`
    says that the person was noted as having left.
    """

    id: str
    version: int
    name: str
    occupation: Words
    warnings: tuple[str, ...]
    facts: dict[str, object] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()
    alone: bool = False
    keeps: bool = False
    left: Words | None = None


@dataclass(frozen=True)
class NextCase(Outcome):
    """Go on to the next sign-up that waits in a village: the one that was open is no more."""

    village: str


def desk(ask: Ask, known: Known, today: date) -> Outcome:
    """Show what waits, and go where the officer wants to begin."""
    view = cast(Desk | None, known("desk", ask.about.get("village", "")))
    if view is None:
        return no_desk(known)
    chosen = ask(_home(view, _note(ask)))
    if chosen == "refresh":
        return OpenConversation("desk", view.village)
    if chosen == "clean":
        return OpenConversation("batch", view.village)
    if chosen == "single":
        return OpenConversation("case", view.village)
    if chosen in ("minutes", "own_card"):
        return OpenConversation(chosen, view.village)
    return OpenConversation("desk", chosen)


def no_desk(known: Known) -> Outcome:
    """What is said to who holds no office, or none any more."""
    was_officer = known("was_officer")
    return Say(Words("desk.was_officer" if was_officer else "desk.not_officer"), back=False)


def _note(ask: Ask) -> Words | None:
    """What is said above the desk; `count` is how many it is about, "" where no number belongs."""
    note, count = ask.about.get("note", ""), ask.about.get("count", "")
    return Words(note, {"count": int(count)} if count else {}) if note else None


def _home(view: Desk, note: Words | None) -> Question:
    waiting = view.clean + view.doubtful
    counts = {"waiting": waiting, "clean": view.clean, "doubtful": view.doubtful}
    key = "desk.home" if waiting else "desk.home.empty"
    place = {"village": view.title, "seats": view.seats, "line": view.line}
    words = Words(key, {**place, **(counts if waiting else {})})
    if note:
        words = Words("desk.home.noted", {"note": note, "home": words})
    return Question("desk.home", words, _home_options(view), controls=False)


def _home_options(view: Desk) -> tuple[Option, ...]:
    clean = Option("clean", Words("desk.home.clean", {"count": view.clean}))
    doubtful = Option("single", Words("desk.home.single", {"count": view.doubtful}))
    each = Option("single", Words("desk.home.each"))
    minutes = Option("minutes", Words("desk.home.minutes"))
    own_card = Option("own_card", Words("desk.home.own_card"))
    return (
        *((clean,) if view.clean else ()),
        *((doubtful,) if view.doubtful else (each,) if view.clean else ()),
        *((minutes,) if view.decided else ()),
        *(Option(code, on_button(f"📍 {title}", f" ({n})")) for code, title, n in view.others),
        *((own_card,) if view.declared else ()),
        Option("refresh", Words("desk.home.refresh")),
    )


def case(ask: Ask, known: Known, today: date) -> Outcome:
    """Show one sign-up and take the officer's decision about it."""
    card = cast(Card | None, known("case", ask.about.get("case", "")))
    if card is None:
        return NextCase(ask.about.get("village", ""))
    decision = ask(_card(card))
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
    if decision == "desk":
        return OpenConversation("desk", ask.about.get("village", ""))
    return PassOver(card.id)


def _about(card: Card, question: Question) -> Question:
    key = f"{card.id}.{card.version}"
    return replace(question, about=key, nonce=key)


def _name(key: str, card: Card) -> Words:
    return Words(key, {"name": card.name, "occupation": card.occupation})


def _card(card: Card) -> Question:
    words = Words("desk.card", {**card.facts, "warnings": _notes(card)})
    barred = card.conflicts and not card.alone
    keys = OTHER_BUTTONS if barred else DECISIONS + OTHER_BUTTONS
    return replace(_about(card, choice("desk.card", keys, words)), columns=2, controls=False)


def _notes(card: Card) -> tuple[Words, ...]:
    """What stands on top of the card."""
    kept = (Words("desk.seat_kept"),) if card.keeps else ()
    left = (card.left,) if card.left else ()
    return (*kept, *left, *_conflict(card), _warnings(card))


def _conflict(card: Card) -> tuple[Words, ...]:
    """Why this officer had better not decide, and what follows from it."""
    if not card.conflicts:
        return ()
    rule = Words("desk.conflict.marked" if card.alone else "desk.conflict.barred")
    lines = tuple(Words(f"desk.conflict.{key}") for key in card.conflicts)
    return (Words("desk.conflict", {"lines": lines, "rule": rule}),)


def _warnings(card: Card) -> Words:
    if not card.warnings:
        return Words("desk.no_warnings")
    lines = tuple(Words(f"warning.{key}") for key in doubts.in_order(card.warnings))
    return Words("desk.warnings", {"lines": lines})


def _confirm(ask: Ask, card: Card) -> Outcome:
    own = "self" in card.conflicts or "family" in card.conflicts
    stated = _name("desk.attest.own" if own else "desk.attest", card)
    question = choice("desk.attest", ("yes", ".back"), stated)
    ask(replace(_about(card, question), controls=False))
    return Decide(card.id, card.version, "confirm")


def _return(ask: Ask, card: Card) -> Outcome:
    question = choice("desk.which", EDITABLE, _name("desk.which", card))
    options = tuple(replace(o, words=Words(f"{o.key}.label")) for o in question.options)
    which = ask(replace(_about(card, question), options=options, columns=2))
    why = choice("desk.why", RETURN_WHY, read=read_words(3, 200))
    reason = ask(_about(card, why))
    return Decide(card.id, card.version, "return", reason, which)
