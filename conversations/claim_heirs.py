"""The heirs whom an officer notes for a claim: by their number they open it with its code."""

from dataclasses import dataclass, field

from conversations.claim_moves import Case, about, relations
from conversations.model import Ask, Outcome
from conversations.questions import read_name, read_phone, text


@dataclass(frozen=True)
class NoteHeir(Outcome):
    """Note who may follow a claim with its code."""

    claim: str
    relation: str
    name: str = field(repr=False)
    phone: str = field(repr=False)


def note_heir(ask: Ask, case: Case) -> Outcome:
    """Ask for the relation, the name and the number of an heir."""
    relation = ask(about(case, relations("claims.heir_relation", case)))
    name = ask(about(case, text("claims.heir_name", read_name)))
    phone = ask(about(case, text("claims.heir_phone", read_phone)))
    return NoteHeir(case.view.id, relation, name, phone)
