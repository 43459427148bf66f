"""Once a year a member says whether the work goes on; here is what is asked of who says no."""

from dataclasses import dataclass
from datetime import date
from typing import cast

from conversations.model import Ask, Known, Outcome, Words
from conversations.outcomes import Say
from conversations.questions import choice

REASONS = ("ill", "moved", "company", "stopped")


@dataclass(frozen=True)
class NoLongerWorking(Outcome):
    """The person of a sign-up works no longer: the year in which that was asked, and why."""

    registration: str
    year: int
    why: str


def working(ask: Ask, known: Known, today: date) -> Outcome:
    """Ask why the work has stopped; who it is about stands in `about["asked"]` as `<id>.<year>`."""
    asked = ask.about.get("asked", "")
    name = cast(str | None, known("still_working", asked))
    if name is None:
        return Say(Words("working.answered"), back=False)
    why = ask(choice("working.why", REASONS, Words("working.why", {"name": name}), about=asked))
    id, _, year = asked.partition(".")
    return NoLongerWorking(id, int(year), why)
