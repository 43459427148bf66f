"""Once a year a member says whether the work goes on; here is what is asked of who says no."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import cast

from conversations.model import Ask, Invalid, Known, Outcome, Words
from conversations.outcomes import Say
from conversations.questions import choice

REASONS = ("ill", "moved", "company", "stopped", "died")
STILL = "still"  # "no" was pressed by mistake
# How people say it; who says that somebody died is never taken to mean anything else.
SAID: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "died": ("meninggal", "ninggal", "wafat", "almarhum", "tiada", "berpulang", "died"),
        "ill": ("sakit", "stroke", "rawat", "ill"),
        "moved": ("pindah", "moved"),
        "company": ("perusahaan", "pabrik", "company"),
    }
)
NOT = frozenset({"masih", "belum", "bukan"})  # then it is not clear what is meant


@dataclass(frozen=True)
class NoLongerWorking(Outcome):
    """The person of a sign-up works no longer: the year in which that was asked, and why."""

    registration: str
    year: int
    why: str


@dataclass(frozen=True)
class StillWorking(Outcome):
    """The person of a sign-up works on: the year in which that was asked."""

    registration: str
    year: int


def working(ask: Ask, known: Known, today: date) -> Outcome:
    """Ask why the work has stopped; who it is about stands in `about["asked"]` as `<id>.<year>`."""
    asked = ask.about.get("asked", "")
    name = cast(str | None, known("still_working", asked))
    if name is None:
        return Say(Words("working.answered"), back=False)
    words = Words("working.why", {"name": name})
    why = ask(choice("working.why", (*REASONS, STILL), words, about=asked, read=read_reason))
    id, _, year = asked.partition(".")
    return StillWorking(id, int(year)) if why == STILL else NoLongerWorking(id, int(year), why)


def read_reason(typed: str) -> str:
    """Read why somebody works no longer, from what is typed; keeps one of REASONS."""
    words = "".join(letter if letter.isalpha() else " " for letter in typed.casefold()).split()
    for reason, stems in SAID.items():
        if any(word.startswith(stems) for word in words) and NOT.isdisjoint(words):
            return reason
    raise Invalid(Words("working.why.unclear"))
