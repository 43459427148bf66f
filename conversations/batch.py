"""Clean sign-ups, up to ten on one screen: the officer ticks whom he vouches for."""

from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from conversations.model import Ask, Known, Option, Outcome, Question, Words
from conversations.outcomes import OpenConversation
from conversations.questions import choice, on_button

MOST = 10  # on one screen


@dataclass(frozen=True)
class Clean:
    """One sign-up of the screen: its fixed place there, its name and the work it states.

    `gone` is one that is not this officer's to confirm any more.
    """

    place: int
    id: str
    version: int
    name: str
    occupation: Words
    gone: bool = False


@dataclass(frozen=True)
class ConfirmTogether(Outcome):
    """Confirm these sign-ups, each at the version that was read; `last` is the last one shown.

    `gone` are the names of those that were ticked and are decided, changed or held meanwhile.
    """

    village: str
    cases: tuple[tuple[str, int], ...]
    last: str
    gone: tuple[str, ...] = ()


def batch(ask: Ask, known: Known, today: date) -> Outcome:
    """Let the officer tick, state that he knows them, and confirm just those."""
    village, shown = ask.about.get("village", ""), ask.about.get("cases", "")
    found = cast(tuple[Clean, ...], known("batch", shown))
    cases = tuple(one for one in found if not one.gone)
    gone = tuple(one.name for one in found if one.gone and _name(one) in ask.answers)
    last = shown.split()[-1].partition(".")[0]
    if not cases:
        lost = ConfirmTogether(village, (), last, gone)
        return lost if gone else OpenConversation("desk", village)
    ticked = tuple(one for one in cases if ask.optional(_tick(ask, one)) == "yes")
    chosen = ask(_screen(ask, cases, ticked, gone))
    if chosen == "more":
        return OpenConversation("batch", f"{village}/{last}")
    if chosen == "single":
        return OpenConversation("case", f"{village}/clean")
    if chosen == "leave" or not ticked:
        return OpenConversation("desk", village)
    ask(_statement(ask, ticked))
    return ConfirmTogether(village, tuple((one.id, one.version) for one in ticked), last, gone)


def _name(one: Clean) -> str:
    return f"desk.tick.{one.place}"


def _tick(ask: Ask, one: Clean) -> Question:
    words = Words("desk.tick", {"name": one.name, "occupation": one.occupation})
    options = (Option("yes", Words("desk.tick.yes")), Option("no", Words("desk.tick.no")))
    help_ = Words("desk.tick.help")
    return Question(_name(one), words, options, about=ask.about.get("key", ""), example=help_)


def _screen(
    ask: Ask, cases: tuple[Clean, ...], ticked: tuple[Clean, ...], gone: tuple[str, ...]
) -> Question:
    lost = (Words("desk.batch.gone", {"names": ", ".join(gone)}),) if gone else ()
    words = Words("desk.batch", {"people": (*people(cases), *lost)})
    boxes = tuple(
        Option(f"+{_name(one)}", on_button(f"{'☑' if one in ticked else '☐'} {n}. {one.name}"))
        for n, one in enumerate(cases, 1)
    )
    confirm = Option("confirm", Words("desk.batch.confirm", {"count": len(ticked)}))
    ways = ("more", "single", "leave") if ask.about.get("more") else ("single", "leave")
    others = choice("desk.batch", ways).options
    options = (*boxes, *((confirm,) if ticked else ()), *others)
    key = ask.about.get("key", "")
    question = Question("desk.batch", words, options, about=key, nonce=key)
    return replace(question, controls=False, in_place=True)


def people(cases: tuple[Clean, ...]) -> tuple[Words, ...]:
    """A line of each: number, name and the work that they state."""
    return tuple(
        Words("desk.person", {"number": n, "name": one.name, "occupation": one.occupation})
        for n, one in enumerate(cases, 1)
    )


def stated(ticked: tuple[Clean, ...]) -> Words:
    """The words that an officer makes the own."""
    key = "desk.vouch" if len(ticked) == 1 else "desk.vouch.several"
    return Words(key, {"people": people(ticked)})


def _statement(ask: Ask, ticked: tuple[Clean, ...]) -> Question:
    """What the officer states; the press counts for just the people that stand there."""
    question = choice("desk.vouch", ("yes", ".back"), stated(ticked))
    about = " ".join(f"{one.id}.{one.version}" for one in ticked)
    return replace(question, about=about, controls=False)
