"""Part one as it is filled in, and how an occupation is said."""

from dataclasses import dataclass

from conversations.model import Words, plain
from rules import nik
from rules.eligibility import Applicant
from rules.occupations import OCCUPATIONS


@dataclass(frozen=True)
class Form:
    """The answers of part one so far, as the summary and the rules read them."""

    who: Applicant
    whom: str
    nik: nik.Nik
    name: str = ""
    occupation: str = ""
    phone: str = ""


def occupation_words(occupation: str) -> Words:
    """Words of an occupation: from the catalogue if listed, else the person's own."""
    if occupation in OCCUPATIONS:
        return Words(f"occupation.{occupation}")
    return plain(occupation)
