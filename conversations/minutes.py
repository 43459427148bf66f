"""The minutes of a village's deliberation (musyawarah desa): number, day, and a photo of them."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import cast

from conversations.days import written_day
from conversations.desk import no_desk
from conversations.model import Ask, Invalid, Known, Option, Outcome, Question, Words
from conversations.outcomes import Say
from conversations.questions import choice, read_number, text

FIELDS = ("minutes.number", "minutes.held_on", "minutes.photo")
OLDEST = timedelta(days=366)


@dataclass(frozen=True)
class Undocumented:
    """A village (code and name), how many decided sign-ups lack minutes, and of how many in all."""

    village: str
    title: str
    count: int
    decided: int


@dataclass(frozen=True)
class RecordMinutes(Outcome):
    """Keep the minutes and attach them; `photo` is a file id or "".

    `batch` names the decision to which alone they belong, "" for all of the village that have none.
    """

    village: str
    number: str
    held_on: date
    photo: str
    batch: str


def minutes(ask: Ask, known: Known, today: date) -> Outcome:
    """Ask for the minutes, and attach them to the sign-ups that were decided."""
    of, batch = ask.about.get("village", ""), ask.about.get("batch", "")
    found = cast(Undocumented | None, known("minutes", f"{of}/{batch}"))
    if found is None:
        return no_desk(known)
    if not found.count:
        key = "minutes.nothing" if found.decided else "minutes.none_decided"
        return Say(Words(key, {"village": found.title}), back=False)
    number = ask(text("minutes.number", read_number, _of(found)))
    held_on = ask(_held_on(today))
    photo = ask(_photo())
    ask(_summary(ask, found, number, date.fromisoformat(held_on)))
    kept = "" if photo == "skip" else photo
    return RecordMinutes(found.village, number, date.fromisoformat(held_on), kept, batch)


def _of(found: Undocumented) -> Words:
    return Words("minutes.number", {"village": found.title, "count": found.count})


def _held_on(today: date) -> Question:
    def read(typed: str) -> str:
        day = written_day(typed)
        if day is None:
            raise Invalid(Words("day.unclear"))
        if not today - OLDEST <= day <= today:
            raise Invalid(Words("minutes.held_on.range"))
        return day.isoformat()

    button = Option(today.isoformat(), Words("day.today"))
    return text("minutes.held_on", read, options=(button,))


def _photo() -> Question:
    return replace(choice("minutes.photo", ("skip",)), photo=True)


def _summary(ask: Ask, found: Undocumented, number: str, held_on: date) -> Question:
    photo = "minutes.with_photo" if ask.answers["minutes.photo"].value != "skip" else "minutes.none"
    facts = {"number": number, "day": held_on, "photo": Words(photo), "count": found.count}
    words = Words("minutes.summary", {"village": found.title, **facts})
    question = choice("minutes.summary", ("send",), words)
    edits = tuple(
        Option(f"~{name}", Words("enrolment.edit", {"label": Words(f"{name}.label")}))
        for name in FIELDS
    )
    return replace(question, options=question.options + edits, columns=2)
