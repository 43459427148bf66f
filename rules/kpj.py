"""Reads the number of a BPJS Ketenagakerjaan membership (KPJ) as it stands on the card."""

import re
import unicodedata

LENGTH = 11
SHOWN = 4
REFUSALS = ("empty", "odd_signs", "wrong_length", "no_digits")

_BETWEEN = re.compile(r"[\s._/\-\u00ad\u200b-\u2015\u2060\u2212\ufeff]+")


class KpjError(Exception):
    """A text without one readable number. `reason` is one of REFUSALS; `details` never holds it.

    "wrong_length" carries `signs`, how many letters and digits were read.
    """

    def __init__(self, reason: str, **details: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details


def read(text: str) -> str:
    """The KPJ in a text, in capitals; raises KpjError.

    It has eleven digits; on cards from the time of Jamsostek some of them are letters. A word
    before it, such as "KPJ:", is passed over.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    plain = re.sub(r"^\W*(?:(?:NO|NOMOR)\b\W*)?(?:KPJ\b\W*)?", "", plain.strip())
    number = _BETWEEN.sub("", plain)
    if not number:
        raise KpjError("empty")
    if not re.fullmatch(r"[A-Z0-9]+", number):
        raise KpjError("odd_signs")
    if len(number) != LENGTH:
        raise KpjError("wrong_length", signs=len(number))
    if number.isalpha():
        raise KpjError("no_digits")
    return number


def masked(number: str) -> str:
    """The number with only its last four signs readable: what anybody but its owner is shown."""
    return "•" * (len(number) - SHOWN) + number[-SHOWN:]
