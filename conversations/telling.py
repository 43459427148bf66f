"""What is asked alike of a death and of an accident: where, who, on which day, told by whom."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import cast

from conversations.days import written_day
from conversations.model import PROVEN, Ask, Invalid, Known, Option, Question, Words
from conversations.questions import Reader, read_nik, read_phone, read_village, text, village_words
from rules import areas, kpj, nik, phones

SKIP = "skip"
OLDEST = timedelta(days=5 * 366)  # a right from an accident ends after five years
LONGER_THAN_A_CARD = kpj.LENGTH + 1  # digits: somebody types a NIK
Section = tuple[int, int]


def village(ask: Ask, known: Known, name: str, section: Section) -> areas.Village:
    """The village of whom is told; those that this account has to do with are buttons."""
    near = cast(tuple[str, ...], known("areas"))
    mine = cast(tuple[str, ...], known("near_villages"))
    found = filter(None, map(areas.village, mine))
    options = tuple(Option(one.code, village_words(one)) for one in found)
    code = ask(text(name, read_village(near), options=options, section=section))
    return cast(areas.Village, areas.village(code))


def number(name: str, today: date, section: Section) -> Question:
    """The question for a NIK or the number of a card, which may be passed over."""
    skip = (Option(SKIP, Words("telling.skip")),)
    return text(name, _read_number(today), options=skip, section=section)


def _read_number(today: date) -> Reader:
    read_sixteen = read_nik(today)

    def read(typed: str) -> str:
        if sum(map(str.isdigit, typed)) > LONGER_THAN_A_CARD:
            return read_sixteen(typed)
        try:
            return kpj.read(typed)
        except kpj.KpjError as error:
            raise Invalid(Words("telling.number.unclear")) from error

    return read


def day(words: Words, today: date, section: Section) -> Question:
    """The question for a day that has come; the buttons keep the day itself."""

    def read(typed: str) -> str:
        found = _past_day(typed, today)
        if found is None:
            raise Invalid(Words("telling.day.unclear"))
        if not today - OLDEST <= found <= today:
            raise Invalid(Words("telling.day.range"))
        return found.isoformat()

    yesterday = today - timedelta(days=1)
    options = (
        Option(today.isoformat(), Words("day.today")),
        Option(yesterday.isoformat(), Words("telling.yesterday")),
    )
    example = Words("telling.day.example")
    return Question(words.key, words, options, read, example=example, section=section)


def _past_day(typed: str, today: date) -> date | None:
    """A day as people write it, with or without its year; or so many days ago."""
    if found := written_day(typed):
        return found
    if ago := re.fullmatch(r"(\d{1,3}) hari (?:yang |yg )?lalu", typed.casefold().strip()):
        return today - timedelta(days=int(ago[1]))
    bare = re.sub(r"^(?:tanggal|tgl)\.?\s*", "", typed.casefold().strip())
    if found := written_day(bare):
        return found
    this_year = written_day(f"{bare} {today.year}")
    if this_year is None or this_year <= today:
        return this_year
    return written_day(f"{bare} {today.year - 1}")


def phone(name: str, section: Section, *, may_skip: bool) -> Question:
    """The question for the number of who tells; Telegram's button proves it."""
    options = (Option(SKIP, Words("telling.skip")),) if may_skip else ()
    return text(name, read_phone, contact=True, options=options, section=section)


def edits(names: Iterable[str]) -> tuple[Option, ...]:
    """A button for each answer that may be changed once more."""
    return tuple(
        Option(f"~{name}", Words("enrolment.edit", {"label": Words(f"{name}.label")}))
        for name in names
    )


def number_words(given: str, today: date) -> object:
    """A NIK or a card as it is shown: its last four signs."""
    if given in ("", SKIP):
        return Words("telling.none")
    return nik.read(given, today).masked if len(given) == nik.LENGTH else kpj.masked(given)


def phone_words(given: str) -> object:
    """A telephone number as it is shown: its last three digits."""
    if given in ("", SKIP):
        return Words("telling.none")
    return phones.masked(given.removesuffix(PROVEN))


def kept(given: str) -> str:
    """An answer as it is stored: "" where it was passed over."""
    return "" if given == SKIP else given.removesuffix(PROVEN)
