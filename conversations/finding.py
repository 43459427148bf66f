"""The officer finds one person of the village, sees how that sign-up stands, and goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import cast

from conversations.cards import day_question
from conversations.departures import Barred
from conversations.model import Ask, Invalid, Known, Option, Outcome, Question, Words
from conversations.outcomes import OpenConversation, Say
from conversations.questions import choice, read_name, text
from conversations.roster import Listed, button
from rules import departures
from rules.permissions import Action
from rules.registration import State

MOST_SHOWN = 8
CARDS = "cards"
WITH_RECORD = frozenset({State.CONFIRMED, State.SUBMITTED, State.ACTIVE, State.LAPSED})
MARKS = ("self", "family", "entered")


@dataclass(frozen=True)
class Office:
    """What the officer may search in: how many cards lie at the village still."""

    cards_left: int


@dataclass(frozen=True)
class Card:
    """The card of a member, its number masked; `given_on` None while it lies at the village."""

    number: str
    active_from: date
    paid: Words
    ended_on: date | None = None
    given_on: date | None = None
    given_to: str = field(default="", repr=False)


@dataclass(frozen=True)
class Person:
    """One sign-up as an officer of its village sees it; NIK masked, days are the village's.

    `place` is the place in line; `left_why` a `rules.departures.Kind` or "", `undo` the key by
    which it can still be taken back; `is_unreachable` when Telegram delivers nothing to who
    signed up.
    """

    id: str
    version: int
    code: str
    name: str
    nik: str
    village: str
    state: State
    since: date
    signed_up: date
    allowed: frozenset[Action]
    place: int = 0
    offered_until: date | None = None
    card: Card | None = None
    minutes: Words | None = None
    mark: str = ""
    left_why: str = ""
    left_on: date | None = None
    undo: str = ""
    has_photo: bool = False
    is_unreachable: bool = False


@dataclass(frozen=True)
class Search(Outcome):
    """Look for people of the officer's villages; the text is kept nowhere."""

    typed: str = field(repr=False)


@dataclass(frozen=True)
class HandCard(Outcome):
    """A card was handed over on a day, to "self" or to somebody of this name."""

    registration: str
    version: int
    on: date
    to: str = field(repr=False)


@dataclass(frozen=True)
class AcceptOffer(Outcome):
    """The officer has asked the person, who takes the offered seat up."""

    registration: str
    version: int


@dataclass(frozen=True)
class ShowMinutes(Outcome):
    """Show the photo of the minutes to which a sign-up belongs; the page stays open."""

    registration: str


def find(ask: Ask, known: Known, today: date) -> Outcome:
    """Ask for a name, a code or digits; then show one person and what can be done."""
    office = cast(Office | None, known("find_office"))
    if office is None:
        return Barred("find.not_officer")
    ids = ask.about.get("people", "")
    shown = cast(tuple[Listed, ...], known("shown", ids)) if ids else ()
    chosen = ask(_who(ask.about, office, shown))
    if chosen == CARDS:
        return OpenConversation("find", CARDS)
    if chosen not in {one.id for one in shown}:
        return Search(chosen)
    one = cast(Person | None, known("person", chosen))
    if one is None:
        return Say(Words("find.gone"))
    task = ask(_page(one))
    return _do(ask, one, task, today) if task in _tasks(one) else Search(task)


def _who(about: Mapping[str, str], office: Office, shown: tuple[Listed, ...]) -> Question:
    options = tuple(map(button, shown))
    of_cards = bool(about.get("cards"))
    if office.cards_left and not of_cards:
        words = Words("find.who.cards", {"count": office.cards_left})
        options += (Option(CARDS, words),)
    asked = Words("find.cards" if of_cards else "find.who")
    return text("find.who", read_query, asked, options=options, about=about.get("people", ""))


def read_query(typed: str) -> str:
    """Read what to look for: a name or its part, a code, or digits."""
    query = " ".join(typed.split())
    if not 2 <= len(query) <= 80 or sum(map(str.isalnum, query)) < 2:
        raise Invalid(Words("find.who.unclear"))
    return query


def _do(ask: Ask, one: Person, task: str, today: date) -> Outcome:
    if task == "card":
        return _hand_over(ask, one, today)
    if task == "accept":
        question = choice("find.accept", ("yes", ".back"), Words("find.accept", {"name": one.name}))
        ask(replace(_about(one, question), controls=False))
        return AcceptOffer(one.id, one.version)
    if task == "photo":
        return ShowMinutes(one.id)
    if task == "undo":
        return OpenConversation("undo_departure", one.undo)
    return OpenConversation(task, one.id if task == "departure" else "")


def _about(one: Person, question: Question) -> Question:
    key = f"{one.id}.{one.version}"
    return replace(question, about=key, nonce=key)


def _page(one: Person) -> Question:
    values = {
        "name": one.name,
        "code": one.code,
        "nik": one.nik,
        "village": one.village,
        "state": Words(f"state.{one.state}"),
        "since": one.since,
        "more": (*_reach(one), *_seat(one), *_card(one), *_departure(one)),
    }
    words = Words("find.person" if values["more"] else "find.person.plain", values)
    options = tuple(Option(task, _task_words(one, task)) for task in _tasks(one))
    return _about(one, Question("find.person", words, options, read_query))


def _task_words(one: Person, task: str) -> Words:
    mends = task == "card" and one.card is not None and one.card.given_on
    return Words("find.person.card.mend" if mends else f"find.person.{task}")


def _reach(one: Person) -> tuple[Words, ...]:
    return (Words("find.unreachable"),) if one.is_unreachable else ()


def _seat(one: Person) -> tuple[Words, ...]:
    lines = [Words("find.place", {"place": one.place})] if one.place else []
    if one.offered_until:
        lines.append(Words("find.offered", {"day": one.offered_until}))
    if one.minutes:
        lines.append(one.minutes)
    lines += [Words(f"find.mark.{mark}") for mark in MARKS if mark in one.mark.split()]
    return tuple(lines)


def _card(one: Person) -> tuple[Words, ...]:
    card = one.card
    if card is None:
        return ()
    lines = [Words("find.card", {"card": card.number, "active_from": card.active_from}), card.paid]
    if card.ended_on:
        lines.append(Words("find.ended", {"day": card.ended_on}))
    if card.given_on:
        values = {"day": card.given_on, "to": card_owner(card.given_to)}
        return (*lines, Words("find.card.given", values))
    return (*lines, Words("find.card.left"))


def card_owner(to: str) -> Words:
    """To whom a card was given, in words."""
    return Words("card.to.self") if to == "self" else Words("plain", {"text": to})


def _departure(one: Person) -> tuple[Words, ...]:
    if not one.left_why or one.left_on is None:
        return ()
    words = Words("find.left", {"what": Words(f"left.{one.left_why}"), "day": one.left_on})
    return (words, Words("find.left.undo")) if one.undo else (words,)


def _tasks(one: Person) -> list[str]:
    """What can be done with a person in this state, by this officer."""
    may = one.allowed
    leaves = departures.effect(one.state) is not None and not one.left_why
    fitting = {
        "desk": one.state is State.PENDING and Action.SEE_QUEUE in may,
        "accept": one.state is State.OFFERED and Action.ANSWER_OFFER in may,
        "card": one.card is not None and Action.HAND_CARD in may,
        "member": one.state in WITH_RECORD and Action.RECORD_MEMBER in may,
        "departure": leaves and Action.RECORD_DEPARTURE in may,
        "undo": bool(one.undo) and Action.RECORD_DEPARTURE in may,
        "photo": one.has_photo and Action.RECORD_MINUTES in may,
        "find": True,
    }
    return [task for task, fits in fitting.items() if fits]


def _hand_over(ask: Ask, one: Person, today: date) -> HandCard:
    def check(day: date) -> None:
        departures.check_day(day, one.signed_up, today)

    words = Words("card.day", {"name": one.name})
    key = f"{one.id}.{one.version}"
    day = ask(day_question(words, today, check, key))
    options = (Option("self", Words("card.to.self")),)
    to = ask(text("card.to", read_name, options=options, about=key))
    return HandCard(one.id, one.version, date.fromisoformat(day), to)
