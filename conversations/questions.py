"""Builders of questions: a choice, a typed text, and the readers of what is typed."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Protocol, TypeVar

from conversations.days import written_day
from conversations.model import Ask, Invalid, Option, Question, Words, plain
from rules import areas, nik, phones
from rules.occupations import OCCUPATIONS
from rules.permissions import lies_in

Reader = Callable[[str], str]
MOST_OFFERED = 6  # villages to choose from
BUTTON = 40  # letters of a button's label that a phone shows


def choice(name: str, keys: Iterable[str], words: Words | None = None, **more: object) -> Question:
    """A question with one button per key; the words of a button are `<name>.<key>`."""
    options = _options(name, tuple(keys))
    return Question(name, words or Words(name), options, **more)  # type: ignore[arg-type]


@lru_cache(maxsize=1_000)
def _options(name: str, keys: tuple[str, ...]) -> tuple[Option, ...]:
    """Kept, for every turn asks for them several times."""
    return tuple(Option(key, Words(f"{name}.{key}")) for key in keys)


def text(name: str, read: Reader, words: Words | None = None, **more: object) -> Question:
    """A question whose answer is typed; an example stands under it as `<name>.example`."""
    example = Words(f"{name}.example")
    return Question(name, words or Words(name), read=read, example=example, **more)  # type: ignore[arg-type]


def read_nik(today: date) -> Reader:
    """A reader of NIK as of `today`; keeps the 16 digits."""

    def read(typed: str) -> str:
        try:
            return nik.read(typed, today).number
        except nik.NikError as error:
            raise Invalid(Words(f"nik.{error.reason}", error.details)) from error

    return read


def read_kk(typed: str) -> str:
    """Read a family card number; keeps the 16 digits."""
    try:
        return nik.read_kk(typed)
    except nik.NikError as error:
        raise Invalid(Words(f"kk.{error.reason}", error.details)) from error


def read_name(typed: str) -> str:
    """Read a person's name as on the identity card: letters, 2 to 80 characters."""
    name = " ".join(typed.split())
    letters = [character for character in name if character.isalpha()]
    if not 2 <= len(name) <= 80 or len(letters) < 2:
        raise Invalid(Words("name.unclear"))
    if re.search(r"[^\w\s.,'’`\-/()]|[\d_]", name):
        raise Invalid(Words("name.letters_only"))
    return name


def read_words(least: int = 2, most: int = 80) -> Reader:
    """A reader of a few free words with at least one letter."""

    def read(typed: str) -> str:
        words = " ".join(typed.split())
        if not least <= len(words) <= most or not any(map(str.isalpha, words)):
            raise Invalid(Words("words.unclear", {"most": most}))
        if nik.contains_nik(words):
            raise Invalid(Words("words.no_numbers"))
        return words

    return read


def read_number(typed: str) -> str:
    """Read the number that stands on a paper: letters, digits and strokes, 1 to 60 characters."""
    number = " ".join(typed.split())
    if not 1 <= len(number) <= 60 or not any(map(str.isalnum, number)):
        raise Invalid(Words("number.unclear"))
    if nik.contains_nik(number):
        raise Invalid(Words("words.no_numbers"))
    return number


def read_occupation(typed: str) -> str:
    """Read a kind of work: a key of OCCUPATIONS where it is one, else the person's own words."""
    words = read_words(3, 60)(typed)
    key = words.casefold().replace(" ", "_")
    return key if key in OCCUPATIONS else words


def read_phone(typed: str) -> str:
    """Read an Indonesian telephone number as `+62...`."""
    try:
        return phones.read(typed)
    except phones.PhoneError as error:
        raise Invalid(Words("phone.unclear")) from error


def read_birth_date(today: date) -> Reader:
    """A reader of a birth date such as `17-5-1990` or `17 Mei 1990`; keeps ISO `1990-05-17`."""

    def read(typed: str) -> str:
        born = written_day(typed)
        if born is None or not 0 <= today.year - born.year <= 120 or born > today:
            raise Invalid(Words("birth_date.unclear"))
        return born.isoformat()

    return read


def read_village(near: tuple[str, ...] = ()) -> Reader:
    """A reader of villages by name or code; keeps the code. Several are offered as buttons.

    `near` are the area codes whose villages are offered first.
    """

    def read(typed: str) -> str:
        if village := areas.village(typed.strip()):
            return village.code
        found = areas.find(typed, near=near)
        if found.sure:
            return found.sure.code
        if not found.offered:
            raise Invalid(Words("village.not_found"))
        key = "village.several_more" if found.more else "village.several"
        raise Invalid(Words(key), tuple(map(_offer, found.offered)))

    return read


def read_village_of(within: tuple[str, ...], elsewhere: Words) -> Reader:
    """A reader of villages of some areas alone, by code, name or a part of it; keeps the code."""
    anywhere = read_village(within)

    def read(typed: str) -> str:
        if areas.village(typed.strip()) is None and (named := areas.within(typed, within)):
            return _only(named)
        try:
            code = anywhere(typed)
        except Invalid as unclear:
            fitting = tuple(one for one in unclear.offered if _lies_in_any(one.key, within))
            raise Invalid(unclear.words if fitting else elsewhere, fitting) from unclear
        if not _lies_in_any(code, within):
            raise Invalid(elsewhere)
        return code

    return read


def _only(named: Sequence[areas.Village]) -> str:
    """The one village of that name; of several one is to be chosen."""
    if len(named) == 1:
        return named[0].code
    several = "village.several_more" if len(named) > MOST_OFFERED else "village.several"
    raise Invalid(Words(several), tuple(map(_offer, named[:MOST_OFFERED])))


def _lies_in_any(code: str, within: tuple[str, ...]) -> bool:
    return any(lies_in(code, area) for area in within)


def _offer(village: areas.Village) -> Option:
    return Option(village.code, village_words(village))


def village_words(village: areas.Village) -> Words:
    """A village with the areas around it, as a button says it."""
    regency = village.regency.split(" ", 1)[1].removeprefix("Administrasi ")
    return on_button(f"{village.name}, {village.district}, {regency}")


def on_button(text: str, after: str = "") -> Words:
    """Words of a button; `text` is cut to what a phone shows, `after` never."""
    most = BUTTON - len(after)
    cut = text if len(text) <= most else f"{text[: most - 1].rstrip(' ,')}…"
    return plain(cut + after)


class Named(Protocol):
    """Somebody signed up, as a button shows them."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def code(self) -> str: ...


Person = TypeVar("Person", bound=Named)


def one_of(ask: Ask, name: str, people: Sequence[Person]) -> Person:
    """The person that the conversation is of: named by its door, the only one, or asked for."""
    by_id = {person.id: person for person in people}
    if ask.about.get("registration", "") in by_id:
        return by_id[ask.about["registration"]]
    if len(people) == 1:
        return people[0]
    options = tuple(
        Option(id, on_button(person.name, f" · {person.code}")) for id, person in by_id.items()
    )
    return by_id[ask(Question(name, Words(name), options))]
