"""What a conversation can end in. `bot/outcomes.py` does each one."""

from dataclasses import dataclass
from datetime import date

from conversations.model import Outcome, Words
from rules.coverage import Payer
from rules.eligibility import Reason


@dataclass(frozen=True)
class Say(Outcome):
    """Nothing to do but to say so; the answers are kept, so Back still works.

    `steps` are what the person may do next (`steps.py`).
    """

    words: Words
    back: bool = True
    steps: tuple[str, ...] = ()


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
    """Go on behind another door; `key` says of what (a registration, a topic)."""

    conversation: str
    key: str = ""


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
class RecordMembership(Outcome):
    """An officer writes down `count` paid months from `first` on, and the card if it is new.

    `kpj` is empty for one who is a member already.
    """

    registration: str
    version: int
    kpj: str
    active_from: date
    payer: Payer
    first: date
    count: int
    received: date


@dataclass(frozen=True)
class MendMembership(Outcome):
    """An officer puts another card number or another day in the place of what is on record.

    `kpj` is empty and `active_from` None where the present one stays.
    """

    registration: str
    version: int
    kpj: str
    active_from: date | None


@dataclass(frozen=True)
class TakeBackMonth(Outcome):
    """An officer takes the last month back that was written down as paid: this one."""

    registration: str
    version: int
    month: date


@dataclass(frozen=True)
class AcceptInvitation(Outcome):
    """Become an officer, if the shared number is the invited one."""

    token: str
    phone: str
