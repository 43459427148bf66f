"""The papers of a claim, one a message: is it there, where to get it, and a photo of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from conversations.claim_views import PaperLine
from conversations.model import Ask, Known, Option, Outcome, Question, Words
from conversations.outcomes import OpenConversation, Say
from conversations.questions import choice, read_words

RETURN_WHY = ("unreadable", "wrong_paper", "name_differs", "not_signed", "too_old")


@dataclass(frozen=True)
class PaperView:
    """One paper of a claim, at its place among all; `is_officer` ticks it, the family has it."""

    claim: str
    version: int
    name: str
    line: PaperLine
    place: int
    of: int
    is_officer: bool
    may_see: bool = False


@dataclass(frozen=True)
class NotePaper(Outcome):
    """How a paper stands: "have", "missing", "accepted", "returned"; or the file of its photo."""

    claim: str
    paper: str
    state: str
    reason: str = ""
    photo: str = ""


@dataclass(frozen=True)
class SendPhoto(Outcome):
    """Show the newest photo of a paper to who may see it."""

    claim: str
    paper: str


def paper(ask: Ask, known: Known, today: date) -> Outcome:
    """Show one paper; each answer is kept at once, then the next is shown."""
    view = cast(PaperView | None, known("paper", ask.about.get("paper", "")))
    if view is None:
        return Say(Words("follow.not_yours"), back=False)
    chosen = ask(_asked(view))
    key = view.line.paper.key
    if chosen == "list":
        return OpenConversation("claim_of", view.claim)
    if chosen == "next":
        return OpenConversation("paper", f"{view.claim}.{view.place + 1}")
    if chosen == "see":
        return SendPhoto(view.claim, key)
    if chosen == "returned":
        why = replace(choice("paper.why", RETURN_WHY, read=read_words(3, 200)), about=_key(view))
        return NotePaper(view.claim, key, chosen, ask(why))
    if chosen in ("have", "missing", "accepted"):
        return NotePaper(view.claim, key, chosen)
    return NotePaper(view.claim, key, "have", photo=chosen)


def _key(view: PaperView) -> str:
    return f"{view.claim} {view.line.paper.key} {view.version}"


def _asked(view: PaperView) -> Question:
    found = view.line.paper
    values = {
        "place": _place(view),
        "paper": Words(f"paper.{found.key}"),
        "lines": _where(view),
        "state": _state(view),
    }
    options = tuple(Option(key, Words(f"paper.ask.{key}")) for key in _ways(view))
    # What an officer has accepted no later photo makes doubtful again.
    photo = found.photo and not view.is_officer and view.line.state != "accepted"
    question = Question("paper.ask", Words("paper.ask", values), options, photo=photo)
    nonce = f"{view.claim}.{view.place}.{view.version}"
    return replace(question, about=_key(view), nonce=nonce, columns=2)


def _place(view: PaperView) -> Words:
    """Which of how many; an officer has the papers of several people."""
    values = {"place": view.place, "of": view.of}
    if view.is_officer:
        return Words("paper.place.officer", {**values, "name": view.name})
    return Words("paper.place", values)


def _where(view: PaperView) -> tuple[Words, ...]:
    """Where to get it, what is needed for it, and how sure it is that it is asked for."""
    found = view.line.paper
    places = Words(
        "paper.where", {"places": _listed([Words(f"place.{key}") for key in found.where])}
    )
    needs = [Words(f"paper.{key}") for key in found.after]
    lines = [Words(f"paper.{found.key}.about"), places]
    lines += [Words("paper.after", {"papers": _listed(needs)})] if needs else []
    lines += [Words("paper.held")] if found.held_by_village else []
    lines += [] if found.is_certain else [Words("paper.uncertain")]
    return tuple(lines)


def _listed(words: Sequence[Words]) -> Words:
    """Several words on one line."""
    first, *more = words
    return Words("several", {"first": first, "more": _listed(more)}) if more else first


def _state(view: PaperView) -> tuple[Words, ...]:
    line = view.line
    asks = line.state == "open" and not view.is_officer
    said = [Words("paper.state.ask" if asks else f"paper.state.{line.state}")]
    if line.reason:
        said.append(Words("paper.state.why", {"why": _reason(line.reason)}))
    if line.photos:
        said.append(Words("paper.photos", {"count": line.photos}))
    if line.refused:
        said.append(Words("paper.photo_unreadable"))
    if line.paper.photo and not view.is_officer and line.state != "accepted":
        said.append(Words("paper.photo"))
    return tuple(said)


def _reason(reason: str) -> Words:
    known = reason in RETURN_WHY
    return Words(f"paper.why.{reason}") if known else Words("plain", {"text": reason})


def _ways(view: PaperView) -> tuple[str, ...]:
    see = ("see",) if view.line.photos and view.may_see else ()
    next_one = ("next",) if view.place < view.of else ()
    if view.is_officer:
        return ("accepted", "returned", *see, *next_one, "list")
    answers = () if view.line.state == "accepted" else ("have", "missing")
    return (*answers, *see, *next_one, "list")
