"""Where villages stand: the seats and the line of one, the sums of a regency, who named nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from conversations.model import Ask, Invalid, Known, Option, Outcome, Question, Words
from conversations.outcomes import OpenConversation
from conversations.questions import Reader, choice, on_button, read_village, text
from rules import areas
from rules.permissions import lies_in

PAGE = 20  # villages on one page of a list
CODE = 7  # letters of a sign-up's code
SHEET = "sheet."  # begins the option that asks for a programme's sheet
LISTS = ("unnamed", "unstaffed")


@dataclass(frozen=True)
class Area:
    """Where the person may look around: a village, or a regency with all its villages."""

    code: str
    name: str


@dataclass(frozen=True)
class VillagePage:
    """One village: the values of `overview.village`, and whether its desk is the person's."""

    facts: Mapping[str, object]
    has_desk: bool


@dataclass(frozen=True)
class SheetButton:
    """A sheet for BPJS that may be asked for: of which programme, and how many wait to be sent."""

    programme: str
    region: str
    confirmed: int


@dataclass(frozen=True)
class AreaPage:
    """A regency: the values of `overview.area`, the fullest desks, and what else may be seen."""

    facts: Mapping[str, object]
    fullest: tuple[tuple[Area, int], ...]
    sheets: tuple[SheetButton, ...]
    lists: tuple[str, ...]
    has_history: bool


@dataclass(frozen=True)
class NotAllowed(Outcome):
    """The person holds no office, any more, by which this area may be looked at."""


@dataclass(frozen=True)
class ReadHistory(Outcome):
    """Show what was done to the sign-up with this code, on record."""

    code: str
    area: str


def overview(ask: Ask, known: Known, today: date) -> Outcome:
    """Show a village or a regency, and what can be looked at from there."""
    own = cast(tuple[Area, ...], known("overview_areas"))
    if not own:
        return NotAllowed()
    code = ask.about.get("area") or _where(ask, own)
    return _village(ask, known, code) if areas.village(code) else _area(ask, known, code)


def _where(ask: Ask, own: tuple[Area, ...]) -> str:
    if len(own) == 1:
        return own[0].code
    options = tuple(Option(area.code, on_button(area.name)) for area in own)
    return ask(Question("overview.where", Words("overview.where"), options))


def _village(ask: Ask, known: Known, code: str) -> Outcome:
    page = cast(VillagePage | None, known("village_page", code))
    if page is None:
        return NotAllowed()
    keys = (*(("desk",) if page.has_desk else ()), "refresh")
    words = Words("overview.village", page.facts)
    if ask(choice("overview.village", keys, words, about=code)) == "desk":
        return OpenConversation("desk")
    return OpenConversation("overview", code)


def _area(ask: Ask, known: Known, code: str) -> Outcome:
    page = cast(AreaPage | None, known("area_page", code))
    if page is None:
        return NotAllowed()
    answer = ask(_area_question(page, code))
    if answer.startswith(SHEET):
        return OpenConversation("sheet", answer.removeprefix(SHEET))
    if answer in LISTS:
        return _list(ask, known, answer, code)
    if answer == "history":
        return ReadHistory(ask(text("overview.history", _read_code, about=code)), code)
    if answer == "refresh":
        return OpenConversation("overview", code)
    return _village(ask, known, answer)


def _area_question(page: AreaPage, code: str) -> Question:
    keys = (*page.lists, *(("history",) if page.has_history else ()), "refresh")
    options = (
        *(_sheet(one, several=len(page.sheets) > 1) for one in page.sheets),
        *(Option(area.code, on_button(area.name, f" · {n}")) for area, n in page.fullest),
        *(Option(key, Words(f"overview.area.{key}")) for key in keys),
    )
    words = Words("overview.area", page.facts)
    return Question("overview.area", words, options, _read_village_of(code), about=code)


def _sheet(one: SheetButton, several: bool) -> Option:
    names: dict[str, object] = {"count": one.confirmed}
    if several:
        return Option(SHEET + one.programme, on_button(f"📄 {one.region}", f" ({one.confirmed})"))
    return Option(SHEET + one.programme, Words("overview.area.sheet", names))


def _read_village_of(area: str) -> Reader:
    """A reader of villages of one area by name or code; keeps the code."""
    anywhere = read_village((area,))

    def read(typed: str) -> str:
        try:
            found = anywhere(typed)
        except Invalid as several:
            fitting = tuple(one for one in several.offered if lies_in(one.key, area))
            if not fitting:
                raise Invalid(Words("overview.elsewhere")) from several
            if len(fitting) > 1:
                raise Invalid(several.words, fitting) from several
            return fitting[0].key
        if not lies_in(found, area):
            raise Invalid(Words("overview.elsewhere"))
        return found

    return read


def _read_code(typed: str) -> str:
    """Read a sign-up's code however it is typed; keeps it as "ABC-DEFG"."""
    letters = "".join(filter(str.isalnum, typed.upper()))
    if len(letters) != CODE or not letters.isascii():
        raise Invalid(Words("overview.history.unclear"))
    return f"{letters[:3]}-{letters[3:]}"


def _list(ask: Ask, known: Known, kind: str, area: str) -> Outcome:
    """Villages by name, page by page."""
    villages = cast(tuple[str, ...] | None, known(kind, area))
    if villages is None:
        return NotAllowed()
    page, asked = 1, area
    while ask(_page(kind, villages, page, asked)) == "more":
        # A next page asked for anew is shown anew, whatever was pressed on it before.
        asked = ask.answers[_name(kind, page)].at
        page += 1
    return OpenConversation("overview", area)


def _name(kind: str, page: int) -> str:
    return f"overview.{kind}" if page == 1 else f"overview.{kind}.{page}"


def _page(kind: str, villages: tuple[str, ...], page: int, asked: str) -> Question:
    shown = villages[(page - 1) * PAGE : page * PAGE]
    words = Words(f"overview.{kind}", {"count": len(villages), "villages": shown})
    keys = (*(("more",) if len(villages) > page * PAGE else ()), "done")
    options = tuple(Option(key, Words(f"overview.list.{key}")) for key in keys)
    return Question(_name(kind, page), words, options, about=asked)
