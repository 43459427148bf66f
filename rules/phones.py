"""Indonesian telephone numbers, brought to one form."""

import re
import unicodedata


class PhoneError(ValueError):
    """The text holds no Indonesian telephone number."""


def read(text: str) -> str:
    """Return a number as `+62...`; `08..`, `62..`, `+62..`, spaces and dashes are understood.

    Raises `PhoneError` for other countries and for lengths that no Indonesian number has
    (9 to 13 digits after 62: ITU-T E.164 and the national numbering plan, generously).
    """
    digits = re.sub(r"[^\d+]", "", unicodedata.normalize("NFKC", text))
    national = re.sub(r"^(\+?62|0)", "", digits)
    if national == digits and not digits.startswith("8"):
        raise PhoneError("no Indonesian number")
    if not re.fullmatch(r"[2-9]\d{7,12}", national):
        raise PhoneError("no Indonesian number")
    return f"+62{national}"


def masked(phone: str) -> str:
    """Return the number with only its last three digits readable."""
    return f"••••{phone[-3:]}" if phone else ""
