"""Benefits in words: line by line, with the total, what they hang on, and where it is said."""

from dataclasses import replace
from datetime import date

from conversations.figures import FIGURES
from conversations.model import Rupiah, Words
from rules import benefits
from rules.benefits import Breakdown, Line
from rules.sources import citation


def said(what: str, found: Breakdown, on: date) -> Words:
    """The result of a calculation (`calculation.what.<what>`) line by line, by the law of a day."""
    basis = found.lines or _basis(what, on)
    keys = [key for line in basis for key in line.sources]
    values = {
        "title": Words(f"calculation.what.{what}"),
        "lines": (*(tuple(map(_line, found.lines)) or (_no_line(what, on),)), *_total(what, found)),
        "conditions": _conditions(replace(found, lines=basis), on),
    }
    if not keys:
        return Words("calculation.result.none", values)
    return Words("calculation.result", {**values, "sources": citation(keys)})


def _basis(what: str, on: date) -> tuple[Line, ...]:
    """What a result without a line rests on: less than a month without work is paid as a part."""
    if what != "unable":
        return ()
    return benefits.wage_replacement(on, benefits.lowest_wage(on), 1).lines


def _no_line(what: str, on: date) -> Words:
    if what != "unable":
        return Words("calculation.nothing")
    return Words("calculation.less_than_a_month", {"monthly": FIGURES["wage_monthly"](on)})


def _conditions(found: Breakdown, on: date) -> tuple[Words, ...]:
    """What the lines hang on, each once, and what only the branch can say."""
    keys = (*found.conditions, *(key for line in found.lines for key in line.conditions))
    hung = (
        Words(
            f"condition.{key}",
            {name: FIGURES[figure](on) for name, figure in NAMED.get(key, {}).items()},
        )
        for key in dict.fromkeys(keys)
    )
    return (*hung, *(Words(f"unsettled.{key}") for key in found.unsettled))


# Conditions that name a figure: the placeholder and the figure of `figures.py`.
NAMED = {
    "three_months": {"months": "jkm_least_months"},
    "three_years": {"years": "scholarship_years"},
    "two_children": {"children": "scholarship_children"},
    "until_23_work_marriage": {"age": "scholarship_until_age"},
}


def _line(line: Line) -> Words:
    values = {name: _written(name, value) for name, value in line.values.items()}
    amount = {} if line.amount is None else {"amount": Rupiah(line.amount)}
    return Words(f"benefit.{line.key}", {**values, **amount})


MONEY = frozenset({"most", "monthly", "yearly"})


def _written(name: str, value: object) -> object:
    if name == "level":
        return Words(f"level.{value}")
    return Rupiah(int(str(value))) if name in MONEY else value


def _total(what: str, found: Breakdown) -> tuple[Words, ...]:
    """The sum, where several lines add up to what one family receives."""
    total = {"total": Rupiah(found.total)}
    if what == "hurt":
        return (Words("calculation.no_total"),)
    if len(found.lines) < 2:
        return ()
    return (Words("calculation.total_most" if what == "children" else "calculation.total", total),)
