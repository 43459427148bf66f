"""What if: the benefits of an accident or a death, counted by buttons, with what they hang on."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import get_args

from conversations.days import written_day
from conversations.figures import FIGURES, JKM_LEAST_MONTHS, MONTHS_A_YEAR
from conversations.model import Ask, Invalid, Known, Option, Outcome, Question, Words, plain
from conversations.outcomes import Say
from conversations.questions import Reader, choice
from conversations.sums import said
from rules import benefits
from rules.benefits import Breakdown, Child
from rules.parameters import NotInForce
from rules.scholarship import Level

WHAT = ("hurt", "unable", "disability", "accident_death", "other_death", "children")
SPANS = ("2w", "1m", "2m", "3m", "6m", "12m", "18m")  # without work, in weeks or months
WEEKS_A_YEAR = 52
MOST_MONTHS = 120
# What a unit typed begins with, and the weeks or months that it has.
UNITS = (
    (re.compile(r"(b|mo|m$)"), "m", 1),  # bulan, bln, months, and as it is kept
    (re.compile(r"(t|y)"), "m", MONTHS_A_YEAR),  # tahun, thn, years
    (re.compile(r"(mi|mg|w|$)"), "w", 1),  # minggu, mgg, weeks, a number alone
)
LEVELS: tuple[Level, ...] = get_args(Level)
AGES: dict[Level, range] = {
    "tk": range(4, 8),
    "sd": range(6, 14),
    "smp": range(12, 18),
    "sma": range(15, 21),
    "college": range(17, 25),
}
YOUNGEST, OLDEST = 2, 30
MOST_CHILDREN = 6
STEPS = ("calculation", "coverage", "enrolment")
# None where only the branch can say.
FULL: dict[str, bool | None] = {"enough": True, "too_few": False, "lapsed": None}


def calculation(ask: Ask, known: Known, today: date) -> Outcome:
    """Ask what happened, then say what is paid, line by line, by the law of that day."""
    what = ask(choice("calculation.what", WHAT, columns=2))
    kinds: dict[str, Callable[[Ask, date], Breakdown]] = {
        "hurt": _hurt,
        "unable": _unable,
        "disability": _disability,
        "accident_death": _accident_death,
        "other_death": _other_death,
        "children": _children,
    }
    on = _day(ask, what, today) if what in ("accident_death", "other_death") else today
    try:
        words = said(what, kinds[what](ask, on), on)
    except NotInForce:
        words = Words("answer.not_in_force")
    return Say(words, steps=STEPS)


def _day(ask: Ask, what: str, today: date) -> date:
    """The day of a death: its law counts, not that of today."""

    def read(typed: str) -> str:
        day = written_day(typed)
        if day is None or day > today:
            raise Invalid(Words("calculation.when.unclear"))
        return day.isoformat()

    answer = ask(_typed(choice("calculation.when", ("today",), about=what), read))
    return today if answer == "today" else date.fromisoformat(answer)


def _typed(question: Question, read: Reader, example: str = "") -> Question:
    return replace(question, read=read, example=Words(example or f"{question.name}.example"))


def _hurt(ask: Ask, on: date) -> Breakdown:
    how = ask(choice("calculation.way", ("land", "sea", "air", "land_sea"), columns=2))
    parts = [
        benefits.treatment(on),
        benefits.transport(on, how.split("_")),
        benefits.homecare(on),
        benefits.glasses(on),
        benefits.prosthesis(on),
    ]
    return Breakdown(tuple(line for part in parts for line in part.lines))


def _unable(ask: Ask, on: date) -> Breakdown:
    options = tuple(Option(span, _span_words(span)) for span in SPANS)
    question = Question("calculation.weeks", Words("calculation.weeks"), options, columns=2)
    span = ask(_typed(question, _read_span))
    months = int(span[:-1]) if span.endswith("m") else _months(int(span[:-1]))
    return benefits.wage_replacement(on, benefits.lowest_wage(on), months)


def _span_words(span: str) -> Words:
    if span.endswith("m"):
        return Words("calculation.weeks.m", {"months": span[:-1]})
    return Words("calculation.weeks.n", {"weeks": span[:-1]})


def _months(weeks: int) -> int:
    """The full months in a number of weeks; what is left over BPJS counts by its own rule."""
    return weeks * MONTHS_A_YEAR // WEEKS_A_YEAR


def _read_span(typed: str) -> str:
    """Weeks, months or years such as `6 minggu`, `2 bulan`; a number alone is of weeks."""
    match = re.fullmatch(r"(\d{1,3})\s*([a-z]*)", typed.casefold().strip())
    for pattern, unit, times in UNITS if match else ():
        if match is not None and pattern.match(match.group(2)):
            count = int(match.group(1)) * times
            months = count if unit == "m" else _months(count)
            if count and months <= MOST_MONTHS:
                return f"{count}{unit}"
    raise Invalid(Words("calculation.weeks.unclear"))


def _disability(ask: Ask, on: date) -> Breakdown:
    wage = benefits.lowest_wage(on)
    if ask(choice("calculation.disability", ("part", "total"))) == "total":
        return benefits.total_disability(on, wage)
    return benefits.partial_disability(on, wage, Decimal(1))


def _accident_death(ask: Ask, on: date) -> Breakdown:
    return benefits.accident_death(on, benefits.lowest_wage(on))


def _other_death(ask: Ask, on: date) -> Breakdown:
    least = JKM_LEAST_MONTHS.whole(on)
    full = FULL[ask(_how_long("calculation.months", {"months": least}))] if least else True
    memberships = ask(choice("calculation.memberships", ("one", "two")))
    return benefits.other_death(on, full, 2 if memberships == "two" else 1)


def _children(ask: Ask, on: date) -> Breakdown:
    by_accident = ask(choice("calculation.cause", ("accident", "other"))) == "accident"
    years = {"years": FIGURES["scholarship_years"](on)}
    enough = by_accident or FULL[ask(_how_long("calculation.years", years))]
    if not enough:
        return benefits.scholarship(on, (), by_accident, enough)
    counts = tuple(map(str, range(1, MOST_CHILDREN + 1)))
    options = tuple(Option(count, plain(count)) for count in counts)
    words = Words("calculation.children")
    count = int(ask(Question("calculation.children", words, options, columns=4)))
    children = [_child(ask, number) for number in range(1, count + 1)]
    return benefits.scholarship(on, children, by_accident, enough)


def _how_long(name: str, least: dict[str, object]) -> Question:
    """Whether the contributions reach what the law asks for, is all that matters of them."""
    options = tuple(Option(key, Words(f"{name}.{key}", least)) for key in FULL)
    return Question(name, Words(name), options)


def _child(ask: Ask, number: int) -> Child:
    words = Words("calculation.child.level", {"number": number})
    options = tuple(Option(level, Words(f"level.{level}")) for level in LEVELS)
    name = f"calculation.child.{number}.level"
    answer = ask(Question(name, words, options))
    level = next(level for level in LEVELS if level == answer)
    ages = tuple(Option(str(age), plain(str(age))) for age in AGES[level])
    name = f"calculation.child.{number}.age"
    words = Words("calculation.child.age", {"number": number})
    question = Question(name, words, ages, columns=4, about=level)
    return Child(level, int(ask(_typed(question, _read_age, "calculation.child.age.example"))))


def _read_age(typed: str) -> str:
    match = re.match(r"\s*(\d{1,3})\b", typed)
    if match is None or not YOUNGEST <= int(match.group(1)) <= OLDEST:
        raise Invalid(Words("calculation.child.age.unclear", {"most": OLDEST}))
    return str(int(match.group(1)))
