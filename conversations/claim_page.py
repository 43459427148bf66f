"""The family's way: the code and the own number, then the claim's page and what it leads to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from conversations import claim_views
from conversations.claim_views import ClaimView, Head
from conversations.model import Ask, Invalid, Known, Option, Outcome, Question, Words
from conversations.outcomes import OpenConversation, Say
from conversations.questions import on_button, text
from rules.claims import Kind, State

CODE = re.compile(r"[0-9A-Z]{10}")
OTHER = "code"
STEPS = ("claim",)
WITH_MONEY = frozenset(State) - {State.FALSE_REPORT, State.WITHDRAWN}


@dataclass(frozen=True)
class EnterCode(Outcome):
    """Bind this account to the claim of a code, if the number is one of its heirs'."""

    code: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True)
class SendFile(Outcome):
    """Send the proof of the sign-up as a document."""

    claim: str


@dataclass(frozen=True)
class Sum:
    """What a family is told of money: paragraphs, and the keys of their sources."""

    words: tuple[Words, ...]


def claim(ask: Ask, known: Known, today: date) -> Outcome:
    """Show the claim that this account follows; without one, ask for the code and the number."""
    mine = cast(tuple[Head, ...], known("my_claims"))
    id = _which(ask, mine)
    if id == OTHER:
        return _enter(ask)
    view = cast(ClaimView | None, known("claim", id))
    if view is None:
        return Say(Words("follow.not_yours"), back=False)
    return _do(ask, known, view)


def _which(ask: Ask, mine: tuple[Head, ...]) -> str:
    """The claim named by the door, the only one, or asked for; OTHER for one not followed yet."""
    about = ask.about.get("claim", "")
    if about or not mine:
        return about or OTHER
    if len(mine) == 1:
        return mine[0].id
    options = tuple(Option(one.id, on_button(one.name)) for one in mine)
    other = Option(OTHER, Words("follow.which.code"))
    return ask(Question("follow.which", Words("follow.which"), (*options, other)))


def _enter(ask: Ask) -> Outcome:
    code = ask.about.get("code") or ask(text("follow.code", read_code))
    # A number that is typed proves nothing: the button alone answers.
    phone = ask(Question("follow.contact", Words("follow.contact"), contact=True))
    return EnterCode(code, phone)


def read_code(typed: str) -> str:
    """Read a claim's code however it is typed; keeps its ten letters and digits."""
    letters = "".join(filter(str.isalnum, typed.upper()))
    if not CODE.fullmatch(letters):
        raise Invalid(Words("follow.code.unclear"))
    return letters


def _do(ask: Ask, known: Known, view: ClaimView) -> Outcome:
    chosen = ask(_page(view))
    if chosen == "papers":
        return OpenConversation("paper", view.id)
    if chosen == "money":
        found = cast(Sum, known("claim_sum", view.id))
        return Say(Words("follow.money", {"lines": found.words}), back=False, steps=STEPS)
    if chosen == "file":
        return SendFile(view.id)
    if chosen == "officer":
        return Say(_officers(view), back=False, steps=STEPS)
    return OpenConversation("claim_code" if chosen == "code" else "heirs")


def _officers(view: ClaimView) -> Words:
    lines = tuple(
        Words("follow.officer" if one.phone else "follow.officer.name", vars(one))
        for one in view.officers
    )
    if not lines:
        return Words("follow.officer.none", {"village": view.village})
    return Words("follow.officers", {"village": view.village, "lines": lines})


def _page(view: ClaimView) -> Question:
    values: Mapping[str, object] = {
        "heading": claim_views.heading(view),
        "steps": (*claim_views.timeline(view), *claim_views.whose_turn(view)),
        "next": claim_views.next_step(view),
        "papers": (*claim_views.papers(view), *claim_views.receipt(view)),
    }
    words = Words("follow.page" if values["papers"] else "follow.page.plain", values)
    options = tuple(_option(view, key) for key in _ways(view))
    key = f"{view.id}.{view.version}"
    return Question("follow.page", words, options, about=key, nonce=key, columns=2)


def _option(view: ClaimView, key: str) -> Option:
    if key == "papers" and view.state not in claim_views.GATHERED:
        return Option(key, Words("follow.page.papers", {"count": len(view.missing)}))
    return Option(key, Words("follow.page.gathered" if key == "papers" else f"follow.page.{key}"))


def _ways(view: ClaimView) -> tuple[str, ...]:
    """What the family can do now; who is entitled is asked while the papers are gathered."""
    deadly = view.kind is Kind.JKM or view.relation is not None
    return (
        *(("papers",) if view.papers else ()),
        *(("money",) if view.state in WITH_MONEY else ()),
        *(("heirs",) if deadly and view.state not in claim_views.GATHERED else ()),
        *("file", "officer", "code"),
    )
