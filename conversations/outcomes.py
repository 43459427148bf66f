"""What a conversation can end in. `bot/outcomes.py` does each one."""

from dataclasses import dataclass

from conversations.model import Outcome, Words
from rules.eligibility import Reason


@dataclass(frozen=True)
class Say(Outcome):
    """Nothing to do but to say so; the answers are kept, so Back still works."""

    words: Words
    back: bool = True


@dataclass(frozen=True)
class Refuse(Outcome):
    """The person cannot be registered, for certain. `price` is what paying oneself costs."""

    reasons: tuple[Reason, ...]
    way_words: tuple[Words, ...]
    office: str = ""


@dataclass(frozen=True)
class SubmitRegistration(Outcome):
    """Store the sign-up as `pending` for the village's officer.

    `names` are the answers that belong to it; `registration` is the one being corrected.
    """

    programme: str
    village: str
    whom: str
    nik: str
    name: str
    born: str
    warnings: tuple[str, ...]
    registration: str = ""


@dataclass(frozen=True)
class RequestNotice(Outcome):
    """Tell this person when the programme opens for this village."""

    programme: str
    village: str


@dataclass(frozen=True)
class SaveDetails(Outcome):
    """Keep the answers of part two with the registration."""

    registration: str


@dataclass(frozen=True)
class Withdraw(Outcome):
    """The worker takes the sign-up back."""

    registration: str


@dataclass(frozen=True)
class OpenConversation(Outcome):
    """Go on in another conversation, at `question` where one is named."""

    conversation: str
    registration: str = ""
    question: str = ""


@dataclass(frozen=True)
class Decide(Outcome):
    """An officer's decision on one registration at one version."""

    registration: str
    version: int
    decision: str
    reason: str = ""
    question: str = ""
    attested: str = ""


@dataclass(frozen=True)
class PassOver(Outcome):
    """The officer looks at this card later."""

    registration: str


@dataclass(frozen=True)
class ShowPhone(Outcome):
    """Show the officer a number for a moment, on record, without leaving it in the chat."""

    registration: str


@dataclass(frozen=True)
class AcceptInvitation(Outcome):
    """Become an officer, if the shared number is the invited one."""

    token: str
    phone: str
