"""Where villages stand: the seats and the line of one, the sums of a regency, who named nobody."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from conversations.model import Ask, Invalid, Known, Option, Outcome, Question, Words
from conversations.outcomes import OpenConversation
from conversations.questions import Reader, choice, on_button, read_village_of, text
from rules import areas
from rules.permissions import lies_in

PAGE = 10  # villages on one page of a list
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
    return (_village if areas.village(code) else _area)(ask, known, code, own)


def _where(ask: Ask, own: tuple[Area, ...]) -> str:
    if len(own) == 1:
        return own[0].code
    options = tuple(Option(area.code, on_button(area.name)) for area in own)
    return ask(Question("overview.where", Words("overview.where"), options))


def _village(ask: Ask, known: Known, code: str, own: tuple[Area, ...]) -> Outcome:
    """One village. Who looks after an area above goes on from there: by name, or to the sums."""
    page = cast(VillagePage | None, known("village_page", code))
    if page is None:
        return NotAllowed()
    above = next((one.code for one in own if one.code != code and lies_in(code, one.code)), "")
    desk, up = ("desk",) if page.has_desk else (), ("summary",) if above else ()
    words = Words("overview.village", page.facts)
    question = choice("overview.village", (*desk, "refresh", *up), words, about=code)
    answer = ask(replace(question, read=_read_village_of(above)) if above else question)
    if answer == "desk":
        return OpenConversation("desk")
    return OpenConversation("overview", {"refresh": code, "summary": above}.get(answer, answer))


def _area(ask: Ask, known: Known, code: str, own: tuple[Area, ...]) -> Outcome:
    page = cast(AreaPage | None, known("area_page", code))
    if page is None:
        return NotAllowed()
    answer = ask(_area_question(page, code))
    if answer.startswith(SHEET):
        return _sheet(ask, next(one for one in page.sheets if SHEET + one.programme == answer))
    if answer in LISTS:
        return _list(ask, known, answer, _Within(code, own))
    if answer == "history":
        return ReadHistory(ask(text("overview.history", _read_code, about=code)), code)
    if answer == "refresh":
        return OpenConversation("overview", code)
    return _village(ask, known, answer, own)


def _area_question(page: AreaPage, code: str) -> Question:
    keys = (*page.lists, *(("history",) if page.has_history else ()))
    options = (
        *(Option(area.code, on_button(area.name, f" · {n}")) for area, n in page.fullest),
        *(Option(key, Words(f"overview.area.{key}")) for key in keys),
        *(_sheet_button(one, several=len(page.sheets) > 1) for one in page.sheets),
        Option("refresh", Words("overview.area.refresh")),
    )
    words = Words("overview.area", page.facts)
    return Question("overview.area", words, options, _read_village_of(code), about=code)


def _sheet_button(one: SheetButton, several: bool) -> Option:
    names: dict[str, object] = {"count": one.confirmed}
    if several:
        return Option(SHEET + one.programme, on_button(f"📄 {one.region}", f" ({one.confirmed})"))
    return Option(SHEET + one.programme, Words("overview.area.sheet", names))


def _sheet(ask: Ask, one: SheetButton) -> Outcome:
    """The file holds every NIK in full: it is made only after one is told of how many."""
    words = Words("overview.sheet", {"count": one.confirmed, "region": one.region})
    about = f"{one.programme} {one.confirmed}"
    ask(replace(choice("overview.sheet", ("yes", ".back"), words, about=about), controls=False))
    return OpenConversation("sheet", one.programme)


def _read_village_of(area: str) -> Reader:
    """A reader of villages of one area by name or code; keeps the code."""
    return read_village_of((area,), Words("overview.elsewhere"))


def _read_code(typed: str) -> str:
    """Read a sign-up's code however it is typed; keeps it as "ABC-DEFG"."""
    letters = "".join(filter(str.isalnum, typed.upper()))
    if len(letters) != CODE or not letters.isascii():
        raise Invalid(Words("overview.history.unclear"))
    return f"{letters[:3]}-{letters[3:]}"


@dataclass(frozen=True)
class _Within:
    """The area that a list is of, and where the person holds office."""

    area: str
    own: tuple[Area, ...]


def _list(ask: Ask, known: Known, kind: str, within: _Within) -> Outcome:
    """Villages by name, page by page; each leads to its own page."""
    villages = cast(tuple[Area, ...] | None, known(kind, within.area))
    if villages is None:
        return NotAllowed()
    page, asked = 1, within.area
    while (answer := ask(_page(kind, villages, page, asked))) == "more":
        # A next page asked for anew is shown anew, whatever was pressed on it before.
        asked = ask.answers[_name(kind, page)].at
        page += 1
    if answer == "done":
        return OpenConversation("overview", within.area)
    return _village(ask, known, answer, within.own)


def _name(kind: str, page: int) -> str:
    return f"overview.{kind}" if page == 1 else f"overview.{kind}.{page}"


def _page(kind: str, villages: tuple[Area, ...], page: int, asked: str) -> Question:
    words = Words(f"overview.{kind}", {"count": len(villages)})
    keys = (*(("more",) if len(villages) > page * PAGE else ()), "done")
    options = (
        *(Option(one.code, on_button(one.name)) for one in villages[(page - 1) * PAGE :][:PAGE]),
        *(Option(key, Words(f"overview.list.{key}")) for key in keys),
    )
    return Question(_name(kind, page), words, options, about=asked)
