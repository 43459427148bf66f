"""Reads the 16 digits of a NIK or of a family card (KK), and finds and hides them in texts."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Sex = Literal["male", "female"]

REFUSALS = ("empty", "not_digits", "wrong_length")
ODDITIES = ("bad_birth_date", "bad_region", "bad_serial")

# Province codes of Kemendagri, 38 provinces.
PROVINCES = frozenset(
    {*range(11, 20), 21, *range(31, 37), *range(51, 54), *range(61, 66), *range(71, 77)}
    | {81, 82, *range(91, 97)}
)
YOUNGEST = 10
LENGTH = 16

_GAP = r"[\s._\-\u00ad\u200b-\u2015\u2060\u2212\ufeff]{0,5}"
_NUMBER = re.compile(rf"\d(?:{_GAP}\d)*")
_LONG_NUMBER = re.compile(rf"\d(?:{_GAP}\d){{{LENGTH - 1},}}")
_UNBROKEN = re.compile(rf"(?<!\d)\d{{{LENGTH}}}(?!\d)")
_LETTER_INSIDE = re.compile(r"\d[^\W\d_]+\d")


class NikError(Exception):
    """A text without one readable number. `reason` is one of REFUSALS; `details` never holds it.

    "wrong_length" carries `digits`, how many digits were read.
    """

    def __init__(self, reason: str, **details: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details


@dataclass(frozen=True, slots=True, repr=False)
class Nik:
    """A NIK of 16 digits and what its digits say, which may differ from the card.

    The number never changes, not when a birth date is corrected nor on moving (Dukcapil Klaten;
    PP 40/2019 Pasal 30 ayat (2)). So birth date, sex and region are only hints, and `oddities`
    (keys of ODDITIES) are warnings for an officer, never a refusal. `region` is the district of
    first registration, "PP.RR.DD".
    """

    number: str = field(repr=False)
    birth_date: date | None
    sex: Sex | None
    region: str
    oddities: tuple[str, ...] = ()

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def masked(self) -> str:
        return f"•••• •••• •••• {self.last4}"

    def __repr__(self) -> str:
        # Birth date and region together are twelve of the sixteen digits.
        return f"Nik({self.masked})"


def read(text: str, today: date) -> Nik:
    """The one NIK in a text; raises NikError when there is not exactly one number of 16 digits.

    Form: 2 province, 2 regency, 2 district, day (women +40), month, year, 4 serial from 0001
    (PP 37/2007 Pasal 37). The century is a guess: the latest year in which the person is at least
    ten years old on `today`, for nobody younger works.
    """
    number = _sixteen(text)
    birth_date = _birth_date(number[6:12], today)
    region = f"{number[:2]}.{number[2:4]}.{number[4:6]}"
    odd = {
        "bad_birth_date": birth_date is None,
        "bad_region": int(number[:2]) not in PROVINCES or "00" in region.split("."),
        "bad_serial": number[12:] == "0000",
    }
    oddities = tuple(key for key in ODDITIES if odd[key])
    return Nik(number, birth_date, _sex(int(number[6:8])), region, oddities)


def read_kk(text: str) -> str:
    """The 16 digits of the one family card number in a text; raises NikError as `read` does.

    It changes with moving, marriage and death, so it never identifies a person.
    """
    return _sixteen(text)


def digits(text: str) -> str:
    """All decimal digits of a text, of whatever script, as 0-9."""
    if text.isascii():
        return "".join(filter(str.isdecimal, text))
    return "".join(
        str(unicodedata.decimal(character))
        for character in unicodedata.normalize("NFKC", text)
        if character.isdecimal()
    )


def contains_nik(text: str) -> bool:
    """Whether 16 digits or more stand in a row, spaces, dots and dashes between them apart.

    Such a message is deleted from the chat, so a doubtful case counts.
    """
    return _LONG_NUMBER.search(unicodedata.normalize("NFKC", text)) is not None


def mask_digits(text: str) -> str:
    """The text with every row of 16 digits or more hidden but for its last four."""
    if not contains_nik(text):
        return text
    return _LONG_NUMBER.sub(_hidden, unicodedata.normalize("NFKC", text))


def _hidden(found: re.Match[str]) -> str:
    kept = digits(found.group())
    return "•" * (len(kept) - 4) + kept[-4:]


def _sixteen(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        raise NikError("empty")
    numbers = [digits(run) for run in _NUMBER.findall(plain)]
    if not numbers:
        raise NikError("not_digits")
    fitting = {number for number in numbers if len(number) == LENGTH}
    fitting = fitting or {digits(run) for run in _UNBROKEN.findall(plain)}
    if len(fitting) == 1:
        return fitting.pop()
    if not fitting and _LETTER_INSIDE.search(plain):
        raise NikError("not_digits")
    count = LENGTH * len(fitting) or max(len(number) for number in numbers)
    raise NikError("wrong_length", digits=count)


def _sex(day: int) -> Sex | None:
    if 1 <= day <= 31:
        return "male"
    return "female" if 41 <= day <= 71 else None


def _birth_date(six: str, today: date) -> date | None:
    day, month, year = int(six[:2]), int(six[2:4]), int(six[4:])
    if day > 40:
        day -= 40
    century = today.year - today.year % 100
    for start in (century, century - 100):
        try:
            birth = date(start + year, month, day)
        except ValueError:
            continue
        if _age(birth, today) >= YOUNGEST:
            return birth
    return None


def _age(birth: date, today: date) -> int:
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
