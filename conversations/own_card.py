"""The officer's own identity card and family card, asked once: not to decide on oneself."""

from dataclasses import dataclass
from datetime import date

from conversations.model import Ask, Known, Outcome
from conversations.questions import read_kk, read_nik, text


@dataclass(frozen=True)
class DeclareOwnCard(Outcome):
    """Keep the hashes of the officer's own numbers, then go on to what was opened (`then`)."""

    nik: str
    kk: str
    then: str
    village: str


def own_card(ask: Ask, known: Known, today: date) -> Outcome:
    """Ask for the own NIK and family card number."""
    number = ask(text("own_card.nik", read_nik(today)))
    family = ask(text("own_card.kk", read_kk))
    then, village = ask.about.get("then", "desk"), ask.about.get("village", "")
    return DeclareOwnCard(number, family, then, village)
