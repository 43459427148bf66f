"""Where my sign-up stands; from here it is corrected, completed or withdrawn."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, cast

from conversations.model import Ask, Known, Outcome, Question, Words
from conversations.outcomes import OpenConversation, Say, Withdraw
from conversations.questions import choice, one_of
from rules.registration import State

CORRECTABLE = (State.PENDING, State.RETURNED, State.WAITING, State.REFUSED)
WITHDRAWABLE = (
    *(State.PENDING, State.RETURNED, State.WAITING, State.OFFERED),
    State.CONFIRMED,
)
IN_LINE = (State.WAITING, State.OFFERED)


@dataclass(frozen=True)
class Standing:
    """One sign-up as its own typist may see it. Moments are days of the village."""

    id: str
    version: int
    code: str
    name: str
    village: str
    state: State
    since: date
    note: Words | None = None


@dataclass(frozen=True)
class PassOffer(Outcome):
    """The person lets an offered seat go to the next, and waits on at the end of the line."""

    registration: str


def status(ask: Ask, known: Known, today: date) -> Outcome:
    """Show one sign-up of this account and what can be done with it."""
    mine = cast(tuple[Standing, ...], known("registrations"))
    if not mine:
        return Say(Words("status.none"), back=False)
    one = one_of(ask, "status.which", mine)
    if one.state in IN_LINE:
        one = replace(one, note=cast(Words | None, known("line", one.id)))
    action = ask(_actions(one, unfinished=bool(known("unfinished"))))
    if action == "resume":
        return OpenConversation("resume")
    if action == "withdraw":
        ask(_really(one, "withdraw"))
        return Withdraw(one.id)
    if action == "pass":
        ask(_really(one, "pass"))
        return PassOffer(one.id)
    if action == "another":
        return OpenConversation("enrolment")
    conversation = {"correct": "enrolment"}.get(action, action)
    return OpenConversation(conversation, one.id)


def _actions(one: Standing, unfinished: bool) -> Question:
    keys = [
        *(["resume"] if unfinished else []),
        *(["accept", "pass"] if one.state is State.OFFERED else []),
        *(["correct"] if one.state in CORRECTABLE else []),
        *(["details"] if one.state in (*CORRECTABLE, State.CONFIRMED) else []),
        *(["withdraw"] if one.state in WITHDRAWABLE else []),
        "another",
    ]
    words = Words(
        "status.actions",
        {
            "name": one.name,
            "code": one.code,
            "village": one.village,
            "state": Words(f"state.{one.state}"),
            "since": one.since,
            "next": one.note or Words(f"state.{one.state}.next"),
        },
    )
    return choice("status.actions", keys, words, about=f"{one.id} {one.version}")


def _really(one: Standing, what: Literal["withdraw", "pass"]) -> Question:
    name = f"status.{what}"
    words = Words(name, {"name": one.name})
    question = choice(name, ("yes", ".back"), words, about=f"{one.id} {one.version}")
    return replace(question, controls=False)
