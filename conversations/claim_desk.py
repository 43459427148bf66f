"""The officer's claims: the open ones by urgency, one of them, and what can be done with it."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import cast

from conversations import claim_heirs, claim_moves, claim_views
from conversations.claim_moves import Case
from conversations.claim_page import SendFile, Sum
from conversations.claim_views import Head
from conversations.departures import Barred
from conversations.finding import read_query
from conversations.model import Ask, Known, Option, Outcome, Question, Words
from conversations.outcomes import OpenConversation, Say
from conversations.questions import choice, on_button, text
from conversations.roster import Listed, button
from rules.claims import FINAL, State

MOST = 10  # claims on one screen


@dataclass(frozen=True)
class ClaimList:
    """The open claims of an officer's area, the most urgent first; `more` were left off."""

    heads: tuple[Head, ...]
    more: int = 0


@dataclass(frozen=True)
class FindPerson(Outcome):
    """Look in the claim's village for the person whom it is about."""

    claim: str
    typed: str = field(repr=False)


@dataclass(frozen=True)
class SetPerson(Outcome):
    """The claim is about this sign-up."""

    claim: str
    version: int
    registration: str


@dataclass(frozen=True)
class MakeCode(Outcome):
    """Make the code that the officer gives to the family, in the place of the one before."""

    claim: str
    version: int


@dataclass(frozen=True)
class ShowNumbers(Outcome):
    """Show for a moment, on record, who told it and which heirs there are, with their numbers."""

    claim: str


@dataclass(frozen=True)
class MakeLink(Outcome):
    """Make a link that binds the account of whoever opens it first, at the counter."""

    claim: str


def claims(ask: Ask, known: Known, today: date) -> Outcome:
    """Show the open claims, those late or due first on top."""
    found = cast(ClaimList | None, known("claims"))
    if found is None:
        return Barred("claims.not_officer")
    shown = found.heads[:MOST]
    options = tuple(map(_button, shown))
    ways = tuple(Option(key, Words(f"claims.{key}")) for key in ("death", "accident", "refresh"))
    key = "claims" if shown else "claims.none"
    words = Words(key, {"count": len(found.heads) + found.more} if shown else {})
    chosen = ask(Question("claims", words, (*options, *ways)))
    if chosen in ("death", "accident"):
        return OpenConversation(chosen)
    return OpenConversation("claims", "" if chosen == "refresh" else chosen)


def _button(one: Head) -> Option:
    mark = "⏰ " if one.late else ""
    return Option(one.id, on_button(f"{mark}{one.name}", f" · {one.kind.upper()}"))


def claim_case(ask: Ask, known: Known, today: date) -> Outcome:
    """Show one claim to its officer, and do what is chosen."""
    case = cast(Case | None, known("claim_case", ask.about.get("claim", "")))
    if case is None:
        return Barred("claims.not_yours")
    chosen = ask(_page(case))
    if chosen.startswith(claim_moves.TO):
        return claim_moves.move(ask, case, chosen, today)
    if chosen == "verify":
        return claim_moves.verify(ask, case, today)
    if chosen == "sum":
        found = cast(Sum, known("claim_sum", case.view.id))
        return Say(Words("follow.money", {"lines": found.words}), back=False, steps=("claims",))
    return _simple(ask, case, chosen)


def _simple(ask: Ask, case: Case, chosen: str) -> Outcome:
    """What needs nothing from outside."""
    id = case.view.id
    if chosen == "heirs":
        return claim_heirs.note_heir(ask, case)
    if chosen == "code":
        ask(_sure(case, "claims.code"))
        return MakeCode(id, case.view.version)
    if chosen == "phone":
        return ShowNumbers(id)
    if chosen in ("file", "counter"):
        return SendFile(id) if chosen == "file" else MakeLink(id)
    if chosen in ("papers", "person"):
        return OpenConversation("paper" if chosen == "papers" else "claim_person", id)
    return OpenConversation("claims")


def _sure(case: Case, name: str) -> Question:
    words = Words(name, {"name": case.view.name})
    question = choice(name, ("yes", ".back"), words)
    return replace(claim_moves.about(case, question), controls=False)


def claim_person(ask: Ask, known: Known, today: date) -> Outcome:
    """Whom the claim is about: one of those found, or looked for by name, code or digits."""
    case = cast(Case | None, known("claim_case", ask.about.get("claim", "")))
    if case is None:
        return Barred("claims.not_yours")
    ids = ask.about.get("people", "")
    shown = cast(tuple[Listed, ...], known("shown", ids)) if ids else ()
    options = tuple(map(button, shown))
    words = Words("claims.person", {"name": case.view.name})
    question = text("claims.person", read_query, words, options=options, about=ids)
    chosen = ask(question)
    if chosen in {one.id for one in shown}:
        return SetPerson(case.view.id, case.view.version, chosen)
    return FindPerson(case.view.id, chosen)


def _page(case: Case) -> Question:
    view = case.view
    values = {
        "heading": claim_views.heading(view),
        "who": (*_who(case), *_family(case)),
        "steps": (*claim_views.timeline(view), *claim_views.whose_turn(view)),
        "papers": (*claim_views.papers(view), *claim_views.receipt(view)),
    }
    options = tuple(Option(key, _label(case, key)) for key in _ways(case))
    words = Words("claims.case" if values["papers"] else "claims.case.plain", values)
    question = Question("claims.case", words, options)
    return replace(claim_moves.about(case, question), columns=2)


def _who(case: Case) -> tuple[Words, ...]:
    """Whom it is about, who told it, and whether the member says that it is not true."""
    person = (
        Words("claims.is", {"code": case.code, "state": case.membership or Words("value.unknown")})
        if case.code
        else Words("claims.is.unknown")
    )
    told = (
        *(Words("claims.told_by", {"who": one}) for one in case.told_by),
        *(Words("claims.told_again", {"who": one}) for one in case.told_again),
    )
    cause = Words("claims.cause", {"cause": Words(f"death.cause.{case.view.cause}")})
    disputed = (Words("claims.disputed"),) if case.disputed else ()
    return (*disputed, person, cause, *told, *case.facts)


def _family(case: Case) -> tuple[Words, ...]:
    heirs = tuple(Words("claims.heir", vars(one)) for one in case.heirs)
    key = "claims.followers" if case.followers else "claims.followers.none"
    return (*heirs, Words(key, {"count": case.followers} if case.followers else {}))


def _label(case: Case, key: str) -> Words:
    if key == "papers":
        accepted = sum(line.state == "accepted" for line in case.view.papers)
        return Words("claims.case.papers", {"count": accepted, "of": len(case.view.papers)})
    if key.startswith(claim_moves.TO):
        return Words(f"claims.to.{key.removeprefix(claim_moves.TO)}")
    if key == "verify" and case.view.state is not State.REPORTED:
        return Words("claims.case.mend")
    return Words(f"claims.case.{key}")


def _ways(case: Case) -> tuple[str, ...]:
    """What an officer can do now, the next thing first."""
    known, view = bool(case.code), case.view
    papers = ("papers",) if view.papers and known else ()
    gathered = view.state in claim_views.GATHERED
    return (
        *(() if known else ("person",)),
        *(() if gathered else papers),
        *claim_moves.ways(case),
        *(papers if gathered else ()),
        *(_for_the_family(case) if known and view.state is not State.REPORTED else ()),
        *(("phone",) if case.told_by or case.heirs else ()),
        "list",
    )


def _for_the_family(case: Case) -> tuple[str, ...]:
    """A code opens nothing before an heir is noted by his number; what is over has no new ones."""
    if case.view.state in FINAL:
        return ("sum", "file")
    return ("heirs", *(("code",) if case.heirs else ()), "counter", "sum", "file")
