"""The officer writes down that somebody died, moved, found formal work, or left otherwise."""

from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from conversations.cards import day_question
from conversations.model import Ask, Known, Option, Outcome, Question, Words
from conversations.outcomes import Say
from conversations.questions import choice
from rules import departures
from rules.departures import RECORDED, Effect, Kind
from rules.registration import State

FIELDS = ("departure.kind", "departure.day")


@dataclass(frozen=True)
class Barred(Outcome):
    """Who presses may not do this, or no longer: the press is put on record, `key` is said."""

    key: str
    registration: str = ""


@dataclass(frozen=True)
class Leaver:
    """One who may leave: since when signed up, and the first days of the months paid so far.

    `has_left` if a departure is on record already.
    """

    id: str
    version: int
    code: str
    name: str
    state: State
    signed_up: date
    months: tuple[date, ...] = ()
    has_left: bool = False


@dataclass(frozen=True)
class RecordDeparture(Outcome):
    """Note why and when somebody left; it can be taken back for ten minutes."""

    registration: str
    version: int
    kind: Kind
    day: date


def departure(ask: Ask, known: Known, today: date) -> Outcome:
    """Ask what happened and on which day, and show once what that will do."""
    id = ask.about.get("registration", "")
    one = cast(Leaver | None, known("leaver", id))
    if one is None:
        return Barred("find.not_officer", id)
    if one.has_left or departures.effect(one.state) is None:
        return Say(Words("departure.not_possible"), back=False)
    words = Words("departure.kind", {"name": one.name, "code": one.code})
    kind = Kind(ask(replace(choice("departure.kind", RECORDED, words), about=one.id)))
    day = date.fromisoformat(ask(_day(one, kind, today)))
    ask(_summary(one, kind, day))
    return RecordDeparture(one.id, one.version, kind, day)


def _day(one: Leaver, kind: Kind, today: date) -> Question:
    def check(day: date) -> None:
        departures.check_day(day, one.signed_up, today)

    words = Words("departure.day", {"name": one.name, "what": Words(f"left.{kind}")})
    return day_question(words, today, check, f"{one.id} {kind}")


def _summary(one: Leaver, kind: Kind, day: date) -> Question:
    values = {
        "name": one.name,
        "code": one.code,
        "what": Words(f"left.{kind}"),
        "day": day,
        "then": _then(one, kind, day),
    }
    edits = tuple(
        Option(f"~{name}", Words("enrolment.edit", {"label": Words(f"{name}.label")}))
        for name in FIELDS
    )
    send = (Option("send", Words("departure.summary.send")),)
    key = f"{one.id}.{one.version}"
    words = Words("departure.summary", values)
    return Question(words.key, words, send + edits, about=key, nonce=key, columns=2)


def _then(one: Leaver, kind: Kind, day: date) -> Words:
    happens = departures.effect(one.state)
    if happens is Effect.END:
        until = departures.ends_on(kind, day, one.months)
        return Words("departure.then.end", {"until": until})
    return Words("departure.then.await" if happens is Effect.AWAIT else "departure.then.withdraw")
