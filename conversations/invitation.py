"""An invited officer proves that the telephone number is his own."""

from datetime import date

from conversations.model import Ask, Known, Outcome, Question, Words
from conversations.outcomes import AcceptInvitation


def invitation(ask: Ask, known: Known, today: date) -> Outcome:
    """Ask for the own contact; `bot/outcomes.py` compares it with the invited number."""
    token = ask.about.get("invite", "")
    words = Words("invitation.contact")
    phone = ask(Question("invitation.contact", words, contact=True, about=token))
    return AcceptInvitation(token, phone)
