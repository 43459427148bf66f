"""The facts of which a programme's file is made: each with its source; seats, stages, sheet."""

from datetime import date
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    StringConstraints,
    model_validator,
)

from rules.occupations import MOST_OFFERED, OCCUPATIONS

VULNERABLE_WORKERS = "vulnerable_workers"

T = TypeVar("T")
Item = TypeVar("Item")
VillageKind = Literal["desa", "kelurahan", "desa adat"]
Payer = Literal["village", "regency", "village_and_regency", "undecided"]
Fund = Literal["apbd", "dana_desa", "apbdes"]
Benefit = Literal["jkk", "jkm", "scholarship", "card"]
Report = Literal[
    "villages_covered", "workers_covered", "claims_paid", "heirs_paid", "coverage_share"
]


def _text_of_date(value: object) -> object:
    # YAML reads 2024-02-21 as a date and 2024 as a number, where nobody thinks of quotes.
    return str(value) if isinstance(value, date | int) else value


def _possible_day(text: str) -> str:
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        raise ValueError("is not a day, month or year of the calendar") from None
    return text


def _known_occupation(key: str) -> str:
    if key not in OCCUPATIONS:
        raise ValueError(f"is not an occupation of rules/occupations.py: {', '.join(OCCUPATIONS)}")
    return key


def _no_repeats(items: tuple[Item, ...]) -> tuple[Item, ...]:
    if len(set(items)) != len(items):
        raise ValueError("names the same thing twice")
    return items


Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
# A day, a month or a year: as exact as the source.
WhenKnown = Annotated[
    str,
    BeforeValidator(_text_of_date),
    StringConstraints(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$"),
    AfterValidator(_possible_day),
]
StageKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
AreaCode = Annotated[str, StringConstraints(pattern=r"^\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?$")]
Count = Annotated[StrictInt, Field(ge=1)]
Age = Annotated[StrictInt, Field(ge=10, le=100)]
Occupation = Annotated[str, AfterValidator(_known_occupation)]
Areas = Annotated[tuple[AreaCode, ...], Field(min_length=1), AfterValidator(_no_repeats)]
VillageKinds = Annotated[tuple[VillageKind, ...], Field(min_length=1), AfterValidator(_no_repeats)]
Occupations = Annotated[
    tuple[Occupation, ...],
    Field(min_length=1, max_length=MOST_OFFERED),
    AfterValidator(_no_repeats),
]


class Sourced(BaseModel, Generic[T]):
    """A fact with the id of its source; None means that the source does not say, and a note so."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    value: T
    source: Text
    note: Text | None = None

    @model_validator(mode="after")
    def _unset_says_so(self) -> Self:
        if self.value in (None, ()) and self.note is None:
            raise ValueError("has no value, so it needs a note that the source does not say")
        return self


class Source(BaseModel):
    """Where facts come from; `as_of` is the day they were true, as exact as is known."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: Text
    title: Text | None = None
    outlet: Text
    url: Text | None = None
    as_of: WhenKnown


class Stage(BaseModel):
    """Places that open together, on a day, month or year; each stage has money of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: StageKey
    opens: WhenKnown
    places: Count

    @property
    def first_day(self) -> date:
        """The day on which it opens: the first of the month or year where no more is known."""
        return date.fromisoformat(self.opens + "-01-01"[len(self.opens) - 4 :])


def _in_order(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    if len({stage.key for stage in stages}) != len(stages):
        raise ValueError("names a stage twice")
    if sorted(stages, key=lambda stage: stage.first_day) != list(stages):
        raise ValueError("has stages that are not in the order of their days")
    return stages


Stages = Annotated[tuple[Stage, ...], Field(min_length=1), AfterValidator(_in_order)]


class Seats(BaseModel):
    """How many workers are paid for: in each village, and in the whole programme or by stage."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    per_village: Sourced[Count | None]
    in_all: Sourced[Count | None]
    stages: Sourced[Stages] | None = None


class Group(BaseModel):
    """People whom one payer covers together. `months_paid` counts from the start of cover."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: Key
    seats: Seats
    payer: Sourced[Payer | None]
    fund: Sourced[Fund | None]
    barred_funds: Sourced[tuple[Fund, ...]] | None = None
    months_paid: Sourced[Count | None]


# What may decide the order of a waiting list; the words of each are `ranking.<criterion>`.
Criterion = Literal["not_insured", "longest_working", "first_come"]
Ranking = Annotated[tuple[Criterion, ...], Field(min_length=1), AfterValidator(_no_repeats)]
# What a column of the sheet for BPJS may hold; `nothing` is a column that the branch fills in.
SheetField = Literal[
    "nik",
    "name",
    "birth_date",
    "sex",
    "phone",
    "occupation",
    "workplace",
    "address",
    "village",
    "district",
    "regency",
    "mother",
    "family_card",
    "wage",
    "cover",
    "months",
    "code",
    "nothing",
]


class SheetColumn(BaseModel):
    """One column of the sheet for BPJS: its heading, and what stands in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    heading: Text
    field: SheetField


SheetColumns = Annotated[tuple[SheetColumn, ...], Field(min_length=1)]


class Sheet(BaseModel):
    """The sheet for BPJS: its columns, and how many people one file may hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    columns: Sourced[SheetColumns]
    most_rows: Sourced[Count | None]
