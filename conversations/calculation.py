"""What if: the benefits of an accident or a death, counted by buttons, with what they hang on."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from conversations.figures import FIGURES, JKM_LEAST_MONTHS
from conversations.model import Ask, Invalid, Known, Option, Outcome, Question, Rupiah, Words, plain
from conversations.outcomes import Say
from conversations.questions import choice
from rules import benefits
from rules.benefits import Breakdown, Child, Line
from rules.parameters import NotInForce
from rules.sources import citation

WHAT = ("hurt", "unable", "disability", "accident_death", "other_death", "children")
WEEKS = ("2", "4", "8", "13", "26", "52", "78")
MOST_WEEKS = 520
WEEKS_A_YEAR, MONTHS_A_YEAR = 52, 12
LEVELS = ("tk", "sd", "smp", "sma", "college")
AGES = {
    "tk": (4, 5, 6),
    "sd": (6, 7, 8, 9, 10, 11, 12),
    "smp": (12, 13, 14, 15),
    "sma": (15, 16, 17, 18),
    "college": (18, 19, 20, 21, 22),
}
MOST_CHILDREN = 6
STEPS = ("calculation", "coverage", "enrolment")
# None where only the branch can say.
FULL: dict[str, bool | None] = {"enough": True, "too_few": False, "lapsed": None}


def calculation(ask: Ask, known: Known, today: date) -> Outcome:
    """Ask what happens, then say what is paid, line by line; `today` is the day of the event."""
    what = ask(choice("calculation.what", WHAT, columns=2))
    kinds: dict[str, Callable[[Ask, date], Breakdown]] = {
        "hurt": _hurt,
        "unable": _unable,
        "disability": _disability,
        "accident_death": _accident_death,
        "other_death": _other_death,
        "children": _children,
    }
    try:
        words = _said(what, kinds[what](ask, today), today)
    except NotInForce:
        words = Words("answer.not_in_force")
    return Say(words, steps=STEPS)


def _hurt(ask: Ask, today: date) -> Breakdown:
    how = ask(choice("calculation.way", ("land", "sea", "air", "land_sea"), columns=2))
    parts = [
        benefits.treatment(today),
        benefits.transport(today, how.split("_")),
        benefits.homecare(today),
        benefits.glasses(today),
        benefits.prosthesis(today),
    ]
    return Breakdown(tuple(line for part in parts for line in part.lines))


def _unable(ask: Ask, today: date) -> Breakdown:
    options = tuple(Option(n, Words("calculation.weeks.n", {"weeks": n})) for n in WEEKS)
    question = Question(
        "calculation.weeks",
        Words("calculation.weeks"),
        options,
        _read_weeks,
        example=Words("calculation.weeks.example"),
        columns=2,
    )
    weeks = int(ask(question))
    months = weeks * MONTHS_A_YEAR // WEEKS_A_YEAR
    return benefits.wage_replacement(today, benefits.lowest_wage(today), months)


def _read_weeks(typed: str) -> str:
    digits = "".join(filter(str.isdecimal, typed))
    if not digits or not 1 <= int(digits[:6]) <= MOST_WEEKS:
        raise Invalid(Words("calculation.weeks.unclear", {"most": MOST_WEEKS}))
    return str(int(digits))


def _disability(ask: Ask, today: date) -> Breakdown:
    wage = benefits.lowest_wage(today)
    if ask(choice("calculation.disability", ("part", "total"))) == "total":
        return benefits.total_disability(today, wage)
    return benefits.partial_disability(today, wage, Decimal(1))


def _accident_death(ask: Ask, today: date) -> Breakdown:
    return benefits.accident_death(today, benefits.lowest_wage(today))


def _other_death(ask: Ask, today: date) -> Breakdown:
    least = JKM_LEAST_MONTHS.whole(today)
    full = FULL[ask(_how_long("calculation.months", {"months": least}))] if least else True
    memberships = ask(choice("calculation.memberships", ("one", "two")))
    return benefits.other_death(today, full, 2 if memberships == "two" else 1)


def _children(ask: Ask, today: date) -> Breakdown:
    by_accident = ask(choice("calculation.cause", ("accident", "other"))) == "accident"
    years = {"years": FIGURES["scholarship_years"](today)}
    enough = by_accident or FULL[ask(_how_long("calculation.years", years))]
    count = int(ask(_number("calculation.children", range(1, MOST_CHILDREN + 1))))
    children = [_child(ask, number) for number in range(1, count + 1)]
    return benefits.scholarship(today, children, by_accident, enough)


def _how_long(name: str, least: dict[str, object]) -> Question:
    """Whether the contributions reach what the law asks for, is all that matters of them."""
    options = tuple(Option(key, Words(f"{name}.{key}", least)) for key in FULL)
    return Question(name, Words(name), options)


def _child(ask: Ask, number: int) -> Child:
    words = Words("calculation.child.level", {"number": number})
    options = tuple(Option(level, Words(f"level.{level}")) for level in LEVELS)
    name = f"calculation.child.{number}.level"
    level = ask(Question(name, words, options))
    name = f"calculation.child.{number}.age"
    question = _number(name, AGES[level], Words("calculation.child.age", {"number": number}), level)
    return Child(level, int(ask(question)))  # type: ignore[arg-type]


def _number(
    name: str, numbers: range | tuple[int, ...], words: Words | None = None, about: str = ""
) -> Question:
    options = tuple(Option(str(number), plain(str(number))) for number in numbers)
    return Question(name, words or Words(name), options, columns=4, about=about)


def _said(what: str, found: Breakdown, today: date) -> Words:
    values = {
        "title": Words(f"calculation.what.{what}"),
        "lines": tuple(map(_line, found.lines)) or _no_line(what, today),
        "total": _total(what, found),
        "conditions": _conditions(found, today),
    }
    cited = citation(key for line in found.lines for key in line.sources)
    if not cited:
        return Words("calculation.result.none", values)
    return Words("calculation.result", {**values, "sources": cited})


def _no_line(what: str, today: date) -> Words:
    if what != "unable":
        return Words("calculation.nothing")
    return Words("calculation.less_than_a_month", {"monthly": FIGURES["wage_monthly"](today)})


def _conditions(found: Breakdown, today: date) -> tuple[Words, ...]:
    """What the lines hang on, each once, and what only the branch can say."""
    keys = (*found.conditions, *(key for line in found.lines for key in line.conditions))
    named = {
        "three_months": {"months": "jkm_least_months"},
        "three_years": {"years": "scholarship_years"},
        "two_children": {"children": "scholarship_children"},
        "until_23_work_marriage": {"age": "scholarship_until_age"},
    }
    hung = (
        Words(
            f"condition.{key}",
            {name: FIGURES[figure](today) for name, figure in named.get(key, {}).items()},
        )
        for key in dict.fromkeys(keys)
    )
    return (*hung, *(Words(f"unsettled.{key}") for key in found.unsettled))


def _line(line: Line) -> Words:
    values = {name: _written(name, value) for name, value in line.values.items()}
    amount = {} if line.amount is None else {"amount": Rupiah(line.amount)}
    return Words(f"benefit.{line.key}", {**values, **amount})


MONEY = frozenset({"most", "monthly", "yearly"})


def _written(name: str, value: object) -> object:
    if name == "level":
        return Words(f"level.{value}")
    return Rupiah(int(str(value))) if name in MONEY else value


def _total(what: str, found: Breakdown) -> Words:
    """The sum, where the lines add up to what one family receives."""
    if what in ("hurt", "unable") or len(found.lines) < 2:
        return Words("calculation.no_total")
    return Words("calculation.total", {"total": Rupiah(found.total)})
