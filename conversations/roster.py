"""The list of a village's people, from which an officer chooses one: by page, code or name."""

from collections.abc import Sequence
from dataclasses import dataclass

from conversations.model import Ask, Invalid, Option, Question, Words
from conversations.questions import Reader, on_button
from rules.names import phonetic

PAGE = 8  # people on one page of the list


@dataclass(frozen=True)
class Listed:
    """One who is or may become a member, as a list of the village shows it."""

    id: str
    code: str
    name: str
    is_member: bool


def who(ask: Ask, people: Sequence[Listed]) -> str:
    """The id of the one chosen, page by page."""
    page, asked = 1, ""
    while (answer := ask(_which(people, page, asked))) == "more":
        # A next page asked for anew is shown anew, whatever was chosen on it before.
        asked = ask.answers[_page(page)].at
        page += 1
    return answer


def _page(page: int) -> str:
    return "member.which" if page == 1 else f"member.which.{page}"


def _which(people: Sequence[Listed], page: int, asked: str) -> Question:
    end = page * PAGE
    options = tuple(map(button, people[end - PAGE : end]))
    if len(people) > end:
        options += (Option("more", Words("member.which.more")),)
    words, example = Words("member.which"), Words("member.which.example")
    return Question(_page(page), words, options, _read_who(people), about=asked, example=example)


def button(one: Listed) -> Option:
    """The button of one person: name, code, and a mark for a member."""
    mark = " ✅" if one.is_member else ""
    return Option(one.id, on_button(one.name, f" · {one.code}{mark}"))


def _read_who(people: Sequence[Listed]) -> Reader:
    """A reader of a code or a part of a name; keeps the id. Several are offered as buttons."""

    def read(typed: str) -> str:
        fitting = found(people, typed)
        if len(fitting) == 1:
            return fitting[0].id
        if not fitting:
            raise Invalid(Words("member.which.not_found"))
        key = "member.which.several_more" if len(fitting) > PAGE else "member.which.several"
        raise Invalid(Words(key), tuple(map(button, fitting[:PAGE])))

    return read


def found(people: Sequence[Listed], typed: str) -> list[Listed]:
    """Those whose id or code this is, else those whose name sounds like it in a part."""
    code = "".join(filter(str.isalnum, typed.upper()))
    exact = [one for one in people if typed == one.id or code == one.code.replace("-", "")]
    sounds = phonetic(typed).split()
    if exact or not sounds:
        return exact
    return [one for one in people if _sounds_in(sounds, phonetic(one.name).split())]


def _sounds_in(sounds: list[str], name: list[str]) -> bool:
    return all(any(sound in word for word in name) for sound in sounds)
