"""Amounts, rates and limits of the law, each by the days on which it is in force.

A day without a value raises NotInForce: never the nearest value, never the last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel, StringConstraints

from rules.rule_files import parse

SHIPPED = Path(__file__).parent / "parameters"

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("must be a number, or null where the rule ends")
    return value


class Step(BaseModel):
    """The value from a day on and the article or page that says so; None ends the rule.

    `sources` are keys of `rules/sources.yaml`, for who asks where a sum comes from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    value: Annotated[Decimal | None, BeforeValidator(_number)]
    reference: Text
    sources: tuple[Name, ...] = ()


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    unit: Text
    last_checked: date
    note: Text | None = None
    values: dict[date, Step] = Field(min_length=1)


class _File(RootModel[dict[Name, _Row]]):
    pass


class NotInForce(Exception):
    """No source gives this parameter a value on this day."""

    def __init__(self, name: str, on: date) -> None:
        super().__init__(f"{name} has no value on {on.isoformat()}")
        self.name = name
        self.on = on


class UnknownParameter(Exception):
    """No file of `rules/parameters/` names this parameter."""


class ParameterFileError(Exception):
    """Wrong parameter files; the message has a line for each problem, `problems` the lines."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One amount, rate or limit in `unit`; `steps` are in the order of their days."""

    name: str
    unit: str
    last_checked: date
    note: str | None
    steps: tuple[tuple[date, Step], ...]

    def value(self, on: date) -> Decimal:
        """The value in force on a day; raises NotInForce."""
        step = self._step(on)
        if step is None or step.value is None:
            raise NotInForce(self.name, on)
        return step.value

    def whole(self, on: date) -> int:
        """The same as a whole number (rupiah, months); raises ValueError if it is none."""
        value = self.value(on)
        if value != int(value):
            raise ValueError(f"{self.name} is not a whole number on {on.isoformat()}: {value}")
        return int(value)

    def reference(self, on: date) -> str:
        """What says that the value holds on a day; raises NotInForce."""
        return self._in_force(on).reference

    def sources(self, on: date) -> tuple[str, ...]:
        """The keys of `rules/sources.yaml` for the value of a day; raises NotInForce."""
        return self._in_force(on).sources

    def in_force(self, on: date) -> bool:
        step = self._step(on)
        return step is not None and step.value is not None

    def since(self, on: date) -> date:
        """The first day of what holds on a day; raises NotInForce."""
        self.value(on)
        return max(day for day, _ in self.steps if day <= on)

    def last_day(self, on: date) -> date | None:
        """The last day of what holds on a day; None when no end is known."""
        later = [day for day, _ in self.steps if day > on]
        return later[0] - timedelta(days=1) if later else None

    def _in_force(self, on: date) -> Step:
        step = self._step(on)
        if step is None or step.value is None:
            raise NotInForce(self.name, on)
        return step

    def _step(self, on: date) -> Step | None:
        begun = [step for day, step in self.steps if day <= on]
        return begun[-1] if begun else None


def parameter(name: str) -> Parameter:
    """A shipped parameter, to be named once at the top of the module that uses it.

    Raises UnknownParameter, so that a misspelling fails on import.
    """
    try:
        return _shipped()[name]
    except KeyError:
        raise UnknownParameter(name) from None


def value(name: str, on: date) -> Decimal:
    """The value of a shipped parameter on a day; raises UnknownParameter and NotInForce."""
    return parameter(name).value(on)


def load(folder: Path = SHIPPED) -> Mapping[str, Parameter]:
    """Every parameter of a folder's files by name; raises ParameterFileError with all problems."""
    parameters: dict[str, Parameter] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        file, found = parse(path, _File)
        problems += found
        for name, row in file.root.items() if file is not None else ():
            if name in parameters:
                problems.append(f"{path.name}: {name}: another file names it already")
            parameters[name] = _from_row(name, row)
    if problems:
        raise ParameterFileError(problems)
    return MappingProxyType(parameters)


def _from_row(name: str, row: _Row) -> Parameter:
    steps = tuple((day, row.values[day]) for day in sorted(row.values))
    return Parameter(name, row.unit, row.last_checked, row.note, steps)


@cache
def _shipped() -> Mapping[str, Parameter]:
    return load()
