"""What the people of the bench say: the sign-up of this bot, and the one of fourteen questions."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
CODE = re.compile(r"\b[A-Z0-9]{3}-[A-Z0-9]{4}\b")
SPREAD = 48_271  # so that no two people in a row have numbers that look alike
DAYS, MONTHS, YEARS, SERIALS = 28, 12, 30, 9_973
BEGINNINGS = ("I Wayan", "Ni Made", "I Nyoman", "Ni Ketut")
SYLLABLES = ("ba", "di", "gu", "la", "mo", "ne", "pa", "ri", "su", "ta", "wi", "yo")
RECEIPT = "Selesai"


@dataclass(frozen=True, slots=True)
class Said:
    """What a person does: types a text, presses the button with this data, or shares the number."""

    text: str = ""
    press: str = ""
    contact: bool = False


LINK = Said("/start v_5171032008")
ENDED = Said()
OURS = {
    "enrolment.whom": Said(press="self"),
    "enrolment.consent": Said(press="yes"),
    "enrolment.residence": Said(press="here"),
    "enrolment.occupation": Said("penjual jamu"),
    "enrolment.work": Said(press="over_5_years"),
    "enrolment.able": Said(press="able"),
    "enrolment.tie": Said(press="none"),
    "enrolment.phone": Said(contact=True),
    "enrolment.summary": Said(press="send"),
}
THEIRS: tuple[tuple[str, str], ...] = (
    ("village", "Tegal Harum"),
    ("whom", "Saya sendiri"),
    ("consent", "Setuju"),
    ("nik", ""),
    ("name", ""),
    ("residence", "KTP desa ini"),
    ("occupation", "penjual jamu"),
    ("work", "Lebih dari 5 tahun"),
    ("able", "Bisa bekerja"),
    ("tie", "Tidak ada"),
    ("address", "Banjar Contoh 7"),
    ("mother", "Ni Ketut Contoh"),
    ("phone", ""),
    ("summary", "Benar, kirim"),
)


def nik(number: int) -> str:
    """The invented NIK of the person with this number: another for each, of Denpasar."""
    number, serial = divmod(number * SPREAD % (DAYS * MONTHS * YEARS * SERIALS), SERIALS)
    number, day = divmod(number, DAYS)
    year, month = divmod(number, MONTHS)
    return f"517103{day + 1:02d}{month + 1:02d}{year + 70:02d}{serial + 1:04d}"


def name(number: int) -> str:
    """An invented name; a thousand and more people share none with a neighbour."""
    first, rest = BEGINNINGS[number % len(BEGINNINGS)], number * SPREAD // len(BEGINNINGS)
    letters = ""
    for _ in range(4):
        rest, place = divmod(rest, len(SYLLABLES))
        letters += SYLLABLES[place]
    return f"{first} {letters.capitalize()}"


def phone(number: int) -> str:
    """An invented phone number."""
    return f"62812{number % 10**8:08d}"


def ours(number: int, _step: int, call: Json) -> Said | None:
    """What this person says to a message of this bot; None where it asks nothing."""
    markup = call.get("reply_markup") or {}
    if CODE.search(call.get("text", "")):
        return ENDED
    question = _question(markup)
    if question == "enrolment.nik":
        return Said(nik(number))
    if question == "enrolment.name":
        return Said(name(number))
    said = OURS.get(question)
    if said is None or not said.press:
        return said
    data = _data(markup, f"{question}:{said.press}:")
    return Said(press=data) if data else None


def _question(markup: Json) -> str:
    for row in markup.get("inline_keyboard", ()):
        return str(row[0]["callback_data"]).partition(":")[0]
    shares = any(key.get("request_contact") for row in markup.get("keyboard", ()) for key in row)
    return "enrolment.phone" if shares else ""


def _data(markup: Json, beginning: str) -> str:
    buttons = (button for row in markup.get("inline_keyboard", ()) for button in row)
    return next(
        (one["callback_data"] for one in buttons if one["callback_data"].startswith(beginning)), ""
    )


def theirs(number: int, step: int, call: Json) -> Said | None:
    """What this person says to the next of fourteen questions."""
    if call.get("text", "").startswith(RECEIPT):
        return ENDED
    question, answer = THEIRS[step]
    if question == "phone":
        return Said(contact=True)
    own: dict[str, Callable[[int], str]] = {"nik": nik, "name": name}
    return Said(own[question](number) if question in own else answer)


SCRIPTS: dict[str, tuple[Said, Callable[[int, int, Json], Said | None]]] = {
    "ours": (LINK, ours),
    "theirs": (Said("/start"), theirs),
}


def read_markup(call: Json) -> Json:
    """The call with its keyboard as data, however it was sent."""
    markup = call.get("reply_markup")
    return {**call, "reply_markup": json.loads(markup)} if isinstance(markup, str) else call
