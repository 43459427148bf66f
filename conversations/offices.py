"""Who holds office in a village or a regency: the list, inviting, ending, handing over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal, cast

from conversations.model import Ask, Known, Option, Outcome, Question, Words
from conversations.outcomes import OpenConversation
from conversations.questions import Reader, choice, on_button, read_phone, read_village_of, text
from rules.permissions import Action, Role, lies_in

PAGE = 8  # places, or holders of an office, on one page
SHORT = 22  # letters of a name on a button, beside what the button does
# What inviting to an office, and ending it, takes. The operator alone appoints to the others.
APPOINTS: Mapping[Role, Action] = MappingProxyType(
    {Role.HELPER: Action.APPOINT_HELPER, Role.VILLAGE_OFFICER: Action.APPOINT_OFFICER}
)
ENDS: Mapping[Role, Action] = MappingProxyType(
    {Role.HELPER: Action.END_HELPER, Role.VILLAGE_OFFICER: Action.END_OFFICER}
)


@dataclass(frozen=True)
class Holder:
    """Who holds an office since when; what the one who looks may do with it.

    `last` is the only officer of a village.
    """

    id: str
    name: str
    role: Role
    since: date
    may: Literal["", "end", "hand_over"] = ""
    own: bool = False
    last: bool = False


@dataclass(frozen=True)
class Place:
    """A village, or an area above, with all who hold office in it; to what one may invite."""

    area: str
    name: str
    holders: tuple[Holder, ...]
    invites: tuple[Role, ...] = ()


@dataclass(frozen=True)
class Reach:
    """How far one sees: the own areas, and the places with offices as (code, name, how many)."""

    areas: tuple[str, ...]
    places: tuple[tuple[str, str, int], ...]
    wide: bool = False


@dataclass(frozen=True)
class Invite(Outcome):
    """Make an invitation for the owner of a telephone number (+62...)."""

    role: Role
    area: str
    phone: str


@dataclass(frozen=True)
class EndOffice(Outcome):
    """End somebody else's office at once."""

    office: str


@dataclass(frozen=True)
class HandOver(Outcome):
    """Invite a successor: the own office ends when he takes it up."""

    office: str
    phone: str


@dataclass(frozen=True)
class NotAllowed(Outcome):
    """No office, or none any more, that allows this: say so, and put it on record."""


def offices(ask: Ask, known: Known, today: date) -> Outcome:
    """Show who holds office, and take what is to be done about one of them."""
    reach = cast(Reach | None, known("offices"))
    if reach is None or _has_lost_its_place(ask, reach):
        return NotAllowed()
    alone = len(reach.places) == 1 and not reach.wide
    area = reach.places[0][0] if alone else _where(ask, reach)
    place = cast(Place | None, known("holders", area))
    if place is None:
        return NotAllowed()
    chosen = _paged(ask, lambda page, asked: _list(place, page, asked, not alone))
    if chosen == "other":
        return OpenConversation("offices")
    if chosen.startswith("invite."):
        role = Role(chosen.removeprefix("invite."))
        return Invite(role, area, ask(_phone(place, role)))
    holder = next(one for one in place.holders if one.id == chosen)
    return _about(ask, place, holder)


def _about(ask: Ask, place: Place, holder: Holder) -> Outcome:
    if holder.may == "hand_over":
        return HandOver(holder.id, ask(_successor(place, holder)))
    if ask(_end(place, holder)) == "no":
        return OpenConversation("offices", place.area)
    return EndOffice(holder.id)


def _has_lost_its_place(ask: Ask, reach: Reach) -> bool:
    """Whether the place chosen before lies in no own area: the office there has ended since."""
    chosen = [
        given.value for name, given in ask.answers.items() if name.startswith("offices.where")
    ]
    return any(not _is_within(code, reach.areas) for code in chosen if code != "more")


def _paged(ask: Ask, of: Callable[[int, str], Question]) -> str:
    """The answer to a question of many pages; `of` makes the question of a page."""
    page, asked = 1, ""
    while (answer := ask(question := of(page, asked))) == "more":
        # A next page asked for anew is shown anew, whatever was chosen on it before.
        asked = ask.answers[question.name].at
        page += 1
    return answer


def _where(ask: Ask, reach: Reach) -> str:
    read = _read_place(reach.areas)
    words, example = Words("offices.where"), Words("offices.where.example")
    options = [
        Option(area, on_button(name, f" · {count}" if count else ""))
        for area, name, count in reach.places
    ]

    def of(page: int, asked: str) -> Question:
        name, shown = _page("offices.where", options, page)
        return Question(name, words, shown, read, about=asked, example=example)

    return _paged(ask, of)


def _page(name: str, options: Sequence[Option], page: int) -> tuple[str, tuple[Option, ...]]:
    """The name of a page, and what stands on it."""
    end = page * PAGE
    more = (Option("more", Words("offices.more")),) if len(options) > end else ()
    return name if page == 1 else f"{name}.{page}", (*options[end - PAGE : end], *more)


def _read_place(within: tuple[str, ...]) -> Reader:
    """A reader of villages, and of the own areas by code; others are refused."""
    village = read_village_of(within, Words("offices.where.elsewhere"))
    return lambda typed: typed if typed in within else village(typed)


def _is_within(code: str, areas: tuple[str, ...]) -> bool:
    return any(lies_in(code, area) for area in areas)


def _list(place: Place, page: int, asked: str, has_others: bool) -> Question:
    end = page * PAGE
    here = place.holders[end - PAGE : end]
    facts = {"place": place.name, "holders": tuple(map(_line, here))}
    words = Words("offices.list", facts) if here else Words("offices.list.none", facts)
    options = [Option(one.id, _button(one)) for one in here if one.may]
    options += [Option(f"invite.{role}", Words(f"offices.invite.{role}")) for role in place.invites]
    if len(place.holders) > end:
        options.append(Option("more", Words("offices.more")))
    if has_others:
        options.append(Option("other", Words("offices.list.other")))
    name = "offices.list" if page == 1 else f"offices.list.{page}"
    about = f"{place.area} {asked}".strip()
    # Of the place and not of the turn: no press made for one village may count for another.
    return Question(name, words, tuple(options), about=about, nonce=place.area)


def _line(one: Holder) -> Words:
    facts = {"name": one.name, "role": role_words(one.role), "since": one.since}
    return Words("offices.holder.own" if one.own else "offices.holder", facts)


def _button(one: Holder) -> Words:
    if one.may == "hand_over":
        return Words("offices.list.hand_over", {"role": role_words(one.role)})
    name = one.name if len(one.name) <= SHORT else f"{one.name[: SHORT - 1].rstrip()}…"
    return Words("offices.list.end", {"name": name})


def role_words(role: Role) -> Words:
    """An office as it is called in a sentence."""
    return Words(f"offices.role.{role}")


def _phone(place: Place, role: Role) -> Question:
    words = Words("offices.phone", {"role": role_words(role), "place": place.name})
    return text("offices.phone", read_phone, words, about=f"{role} {place.area}")


def _successor(place: Place, own: Holder) -> Question:
    words = Words("offices.successor", {"role": role_words(own.role), "place": place.name})
    return text("offices.successor", read_phone, words, about=own.id)


def _end(place: Place, holder: Holder) -> Question:
    facts = {"name": holder.name, "role": role_words(holder.role), "place": place.name}
    words = Words("offices.end.last" if holder.last else "offices.end", facts)
    return choice("offices.end", ("yes", "no"), words, about=holder.id)
