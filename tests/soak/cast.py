"""Who walks: invented people, whose names and numbers are known again wherever they stand."""

import re
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any

from conversations.enrolment import CONSENT_VERSION
from storage.registrations import Submission
from tests.people import Person, given, submission

FIRST_ID = 7_100_000_000  # beyond 32 bits, as real ones are
_SOUNDS = [consonant + vowel for consonant in "bdgklmnprstw" for vowel in "aiou"]
# Part of every invented name, so that one is found in whatever the bot says.
NAME = re.compile(r"Xa(?:[bdgklmnprstw][aiou]){3}")
PHONE = re.compile(r"81277\d{6}")
FIRST_NAMES = ("I Wayan", "Ni Made", "Putu", "I Nyoman", "Ni Ketut", "Kadek", "Ida Ayu")


@dataclass(frozen=True)
class Identity:
    """A person as the forms know one; two of one number are the same person."""

    number: int

    @property
    def mark(self) -> str:
        """The part of the name by which it is found again."""
        first, rest = divmod(self.number, len(_SOUNDS) ** 2)
        second, third = divmod(rest, len(_SOUNDS))
        parts = (_SOUNDS[n % len(_SOUNDS)] for n in (first, second, third))
        return "Xa" + "".join(parts)

    @property
    def name(self) -> str:
        """The name on the card."""
        return f"{FIRST_NAMES[self.number % len(FIRST_NAMES)]} {self.mark}"

    @property
    def nik(self) -> str:
        """The 16 digits of the card."""
        n = self.number
        born = f"{n % 28 + 1:02}{n % 12 + 1:02}{65 + n % 35:02}"
        return f"517103{born}{n % 9999 + 1:04}"

    @property
    def kk(self) -> str:
        """The 16 digits of the family's card."""
        return f"517103010101{self.number % 9999 + 1:04}"

    @property
    def phone(self) -> str:
        """The number of the telephone."""
        return f"+6281277{self.number:06}"


@dataclass
class Someone:
    """An account that walks. `todo` is what it means to send next, whatever it is asked."""

    id: int
    role: str
    village: str
    self: Identity
    todo: deque[str] = field(default_factory=deque)
    noted: "Someone | None" = None  # whose number this officer typed last
    blocked: bool = False
    sent: int = 0

    @property
    def user(self) -> dict[str, Any]:
        """The account as Telegram shows it."""
        return {"id": self.id, "is_bot": False, "first_name": f"Akun {self.id % 100_000}"}


def named(text: str) -> list[str]:
    """The marks of invented names, and the numbers of invented telephones, in a text."""
    return [*NAME.findall(text), *PHONE.findall(text)]


def signed_up(one: Someone, programme: str) -> Submission:
    """What the form leaves of somebody who signs up the good way."""
    kept = {
        "village": ("", one.village),
        "whom": ("", "self"),
        "consent": (f"{CONSENT_VERSION} self", "yes"),
        "nik": ("", one.self.nik),
        "name": ("", one.self.name),
        "residence": (one.village, "here"),
        "occupation": (programme, "penjual jamu"),
        "work": ("penjual jamu", "over_5_years"),
        "able": ("", "able"),
        "tie": ("", "none"),
        "phone": ("self", f"{one.self.phone} telegram"),
    }
    answers = {
        f"enrolment.{name}": replace(given(value, by=one.id), about=about)
        for name, (about, value) in kept.items()
    }
    person = Person(one.self.nik, one.self.name)
    where = {"programme": programme, "village": one.village, "typed_by": one.id}
    return submission(person, answers, **where)


class _Everybody(set[int]):
    def __contains__(self, _: object) -> bool:
        return True


EVERYBODY = _Everybody()  # an officer's own number is told to whoever needs it
