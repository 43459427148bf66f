"""Who is invited to an office reads what it is, and proves that the telephone number is his own."""

from dataclasses import dataclass
from datetime import date
from typing import cast

from conversations.model import Ask, Known, Outcome, Question, Words
from conversations.offices import role_words
from conversations.outcomes import AcceptInvitation
from rules.permissions import Role


@dataclass(frozen=True)
class InvitedTo:
    """What an invitation is to: the role, the place by its name, and whether one succeeds."""

    role: Role
    place: str
    succeeds: bool = False


def invitation(ask: Ask, known: Known, today: date) -> Outcome:
    """Say to what, and ask for the own contact; the outcome compares it with the number invited.

    An invitation that is good no more asks nobody for a number.
    """
    token = ask.about.get("invite", "")
    to = cast(InvitedTo | None, known("invitation", token))
    if to is None:
        return AcceptInvitation(token, "")
    facts = {
        "role": role_words(to.role),
        "place": to.place,
        "task": Words(f"invitation.task.{to.role}"),
    }
    words = Words("invitation.contact.successor" if to.succeeds else "invitation.contact", facts)
    phone = ask(Question("invitation.contact", words, contact=True, about=token))
    return AcceptInvitation(token, phone)
