"""How an officer moves a claim: what is asked for each step, and the step once more before it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from conversations.cards import day_question
from conversations.claim_views import GROUNDS, ClaimView, why
from conversations.model import Ask, Invalid, Option, Outcome, Question, Rupiah, Words
from conversations.questions import Reader, choice, read_number, read_words, text
from rules import claims as rules
from rules import rupiah
from rules.claims import CAUSES, State
from rules.departures import check_day
from rules.heirs import Relation

TO = "to_"  # begins the option of each state that a claim may go on to
MEMBERSHIPS = ("one", "two")
SKIP = "skip"
MOST_RUPIAH = 1_000_000_000
# What is asked besides the day.
ASKED: Mapping[State, str] = MappingProxyType(
    {
        State.LODGED: "receipt",
        State.PAID: "amount",
        State.REJECTED: "why",
        State.PAPERS_MISSING: "why",
        State.FALSE_REPORT: "why",
        State.WITHDRAWN: "why",
        State.CLOSED: "why",
    }
)


@dataclass(frozen=True)
class HeirLine:
    """An heir as an officer sees one: name, relation in words, the number's end."""

    name: str
    relation: Words
    phone: str


@dataclass(frozen=True)
class Case:
    """A claim as its officer sees it.

    `code` is that of the sign-up, "" while nobody has said whom it is about; `membership` its state
    in words. `told_by` are those who told it, `told_again` those who told the same later, `facts`
    further lines of what was told.
    """

    view: ClaimView
    code: str = ""
    membership: Words | None = None
    told_by: tuple[Words, ...] = ()
    told_again: tuple[Words, ...] = ()
    facts: tuple[Words, ...] = ()
    heirs: tuple[HeirLine, ...] = ()
    followers: int = 0
    disputed: bool = False


@dataclass(frozen=True)
class VerifyDeath(Outcome):
    """It is true: the cause, the day, who claims first, and how many memberships are paid up."""

    claim: str
    version: int
    cause: str
    on: date
    relation: Relation
    memberships: int


@dataclass(frozen=True)
class MoveClaim(Outcome):
    """Take a claim to another state on a day; `said` is a receipt, a sum or a reason, or ""."""

    claim: str
    version: int
    to: State
    on: date
    said: str = ""


def about(case: Case, question: Question) -> Question:
    """The question about a claim as it is now: its buttons are good for no other version."""
    key = f"{case.view.id}.{case.view.version}"
    return replace(question, about=key, nonce=key)


def ways(case: Case) -> tuple[str, ...]:
    """The steps that can be taken now, as options."""
    view = case.view
    to = rules.moves(view.kind, view.state)
    if view.state is State.REPORTED:
        # A death goes on by what is verified, and only where it is known whose it is.
        verify = ("verify",) if case.code else ()
        return (*verify, *(f"{TO}{one}" for one in to if one is not State.VERIFIED))
    # That papers are missing shows by itself as soon as the first one is looked at.
    shown = (one for one in to if (view.state, one) != (State.VERIFIED, State.PAPERS_MISSING))
    mend = ("verify",) if view.state in rules.VERIFIABLE else ()
    return (*(f"{TO}{one}" for one in shown), *mend)


def verify(ask: Ask, case: Case, today: date) -> Outcome:
    """Ask what an officer must know of a death, and show once what that makes of the claim."""
    cause = ask(about(case, _causes(case)))
    on = date.fromisoformat(ask(about(case, _day("claims.died", case, today))))
    relation = ask(about(case, relations("claims.relation", case)))
    memberships = ask(about(case, choice("claims.memberships", MEMBERSHIPS)))
    kind = rules.verified(cause)[0]
    values = {
        "name": case.view.name,
        "cause": Words(f"death.cause.{cause}"),
        "day": on,
        "relation": Words(f"heirs.relation.{relation}"),
        "kind": Words(f"claims.kind.{kind}"),
    }
    ask(_summary(case, Words("claims.verified", values)))
    count = MEMBERSHIPS.index(memberships) + 1
    return VerifyDeath(case.view.id, case.view.version, cause, on, Relation(relation), count)


def move(ask: Ask, case: Case, chosen: str, today: date) -> Outcome:
    """Ask for the day of a step and what else belongs to it."""
    to = State(chosen.removeprefix(TO))
    on = date.fromisoformat(ask(about(case, _day("claims.on", case, today, to))))
    said = _said(ask, case, to)
    values = {
        "name": case.view.name,
        "state": Words(f"follow.state.{to}"),
        "day": on,
        "said": _read_out(to, said),
    }
    ask(_summary(case, Words("claims.moving", values)))
    return MoveClaim(case.view.id, case.view.version, to, on, "" if said == SKIP else said)


def _causes(case: Case) -> Question:
    options = tuple(Option(cause, Words(f"death.cause.{cause}")) for cause in CAUSES)
    return Question("claims.verify", Words("claims.verify", {"name": case.view.name}), options)


def relations(name: str, case: Case) -> Question:
    """The question for what somebody is to the member."""
    options = tuple(Option(one, Words(f"heirs.relation.{one}")) for one in Relation)
    return Question(name, Words(name, {"name": case.view.name}), options, columns=2)


def _day(name: str, case: Case, today: date, to: State | None = None) -> Question:
    """A day between that of the death or accident and today."""

    def check(day: date) -> None:
        check_day(day, case.view.happened_on if to else date(today.year - 5, 1, 1), today)

    values: dict[str, object] = {"name": case.view.name}
    if to:
        values["state"] = Words(f"follow.state.{to}")
    question = day_question(Words(name, values), today, check, "")
    if to or case.view.happened_on == today:
        return question
    told = Option(
        case.view.happened_on.isoformat(), Words("day.told", {"day": case.view.happened_on})
    )
    return replace(question, options=(told, *question.options))


def _said(ask: Ask, case: Case, to: State) -> str:
    kind = ASKED.get(to)
    if kind is None:
        return ""
    readers: dict[str, Reader] = {
        "receipt": read_number,
        "amount": read_rupiah,
        "why": read_words(3, 300),
    }
    words = Words(f"claims.{kind}", {"state": Words(f"follow.state.{to}")})
    question = text(words.key, readers[kind], words)
    options = tuple(Option(ground, Words(f"claims.ground.{ground}")) for ground in GROUNDS)
    if kind != "why":
        options = (Option(SKIP, Words(f"claims.{kind}.skip")),)
    if kind != "why" or to is State.REJECTED:
        question = replace(question, options=options)
    return ask(about(case, question))


def read_rupiah(typed: str) -> str:
    """Read a sum such as `Rp42.000.000` or `42 juta`; keeps whole rupiah as digits."""
    amount = rupiah.read(typed)
    if amount is None or not 0 < amount <= MOST_RUPIAH:
        raise Invalid(Words("claims.amount.unclear"))
    return str(amount)


def _read_out(to: State, said: str) -> Words:
    if not said or said == SKIP:
        return Words("claims.said.nothing")
    if ASKED[to] == "amount":
        return Words("claims.said.amount", {"amount": Rupiah(int(said))})
    return Words(f"claims.said.{ASKED[to]}", {"text": why(said)})


def _summary(case: Case, words: Words) -> Question:
    send = (Option("send", Words("departure.summary.send")),)
    return replace(about(case, Question(words.key, words, send)), controls=True)
