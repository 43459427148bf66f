"""A programme is one YAML file of sourced facts; here is its shape, how files load, and who pays.

Whether a programme is open is not in its file: the operator sets that.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
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
from rules.rule_files import parse

SHIPPED = Path(__file__).parent / "programmes"
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


class Seats(BaseModel):
    """How many workers are paid for: in each village, and in the whole programme."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    per_village: Sourced[Count | None]
    in_all: Sourced[Count | None]


class Group(BaseModel):
    """People whom one payer covers together. `months_paid` counts from the start of cover."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: Key
    seats: Seats
    payer: Sourced[Payer | None]
    fund: Sourced[Fund | None]
    barred_funds: Sourced[tuple[Fund, ...]] | None = None
    months_paid: Sourced[Count | None]


class Programme(BaseModel):
    """One file of `rules/programmes/`; `key` is the file's name without its ending.

    `areas` are Kemendagri codes; `announced` is what the source says, not whether it is open.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: Key
    name: Sourced[Text]
    region_name: Sourced[Text]
    areas: Sourced[Areas]
    village_kinds: Sourced[VillageKinds]
    villages: Sourced[Count | None]
    announced: Sourced[Literal["running", "planned"]]
    started: Sourced[WhenKnown | None]
    groups: tuple[Group, ...]
    age_min: Sourced[Age | None]
    age_max: Sourced[Age | None]
    occupations: Sourced[Occupations]
    named_by: Sourced[Text]
    office: Sourced[Text]
    legal_basis: Sourced[tuple[Text, ...]]
    benefits: Sourced[tuple[Benefit, ...]]
    reports: Sourced[tuple[Report, ...]]
    sources: tuple[Source, ...]

    def group(self, key: str) -> Group:
        """The group of that key; raises KeyError."""
        for group in self.groups:
            if group.key == key:
                return group
        raise KeyError(key)

    @property
    def workers(self) -> Group:
        """The vulnerable workers, the one group that signs up here."""
        return self.group(VULNERABLE_WORKERS)

    @property
    def seats(self) -> Seats:
        return self.workers.seats

    @property
    def payer(self) -> Sourced[Payer | None]:
        return self.workers.payer

    @property
    def fund(self) -> Sourced[Fund | None]:
        return self.workers.fund

    @property
    def months_paid(self) -> Sourced[Count | None]:
        return self.workers.months_paid

    def source_of(self, fact: Sourced[T]) -> Source:
        """The source that a fact of this programme names."""
        return next(source for source in self.sources if source.id == fact.source)


class ProgrammeFileError(Exception):
    """Wrong programme files; the message has a line for each problem, `problems` the lines."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def load(folder: Path = SHIPPED) -> Mapping[str, Programme]:
    """Every programme of a folder by its key; raises ProgrammeFileError with all that is wrong."""
    programmes: dict[str, Programme] = {}
    problems: list[str] = []
    paths = sorted(folder.glob("*.y*ml"))
    for path in paths:
        programme, found = parse(path, Programme, given={"key": path.stem})
        problems += [f"{path.name}: must end in .yaml"] if path.suffix != ".yaml" else []
        problems += found
        if programme is not None:
            problems += [f"{path.name}: {line}" for line in _contradictions(programme)]
            programmes[programme.key] = programme
    problems += _claimed_twice(programmes)
    if not paths:
        problems.append(f"{folder}: holds no programme file (*.yaml)")
    if problems:
        raise ProgrammeFileError(problems)
    return MappingProxyType(programmes)


def covers(programme: Programme, village_code: str) -> bool:
    """Whether a village lies in the programme's areas."""
    return _longest_area(programme, village_code) > 0


def for_village(village_code: str, programmes: Mapping[str, Programme]) -> Programme | None:
    """The programme of a village, by the longest area that holds it; None when none does."""
    best = max(programmes.values(), key=lambda one: _longest_area(one, village_code), default=None)
    return best if best is not None and covers(best, village_code) else None


def accepts_kind(programme: Programme, kind: str) -> bool:
    """Whether villages of a kind ("desa", "kelurahan", "desa adat") take part."""
    return kind in programme.village_kinds.value


def rule_version(programme: Programme) -> str:
    """Twelve hex digits that change with the file's content, not with its comments or layout.

    Kept with answers as proof of the rules they were given under.
    """
    content = programme.model_dump(mode="json", exclude_defaults=True)
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _longest_area(programme: Programme, village_code: str) -> int:
    # With the dot, so that an area code never matches the beginning of a longer number.
    return max(
        (len(area) for area in programme.areas.value if f"{village_code}.".startswith(f"{area}.")),
        default=0,
    )


def _contradictions(programme: Programme) -> Iterator[str]:
    known = [source.id for source in programme.sources]
    keys = [group.key for group in programme.groups]
    if len(set(known)) != len(known):
        yield "sources: two sources have the same id"
    if len(set(keys)) != len(keys):
        yield "groups: two groups have the same key"
    if VULNERABLE_WORKERS not in keys:
        yield f"groups: the group {VULNERABLE_WORKERS} is missing"
    oldest, youngest = programme.age_max.value, programme.age_min.value
    if oldest is not None and youngest is not None and oldest < youngest:
        yield f"age_max.value: {oldest} is under age_min, {youngest}"
    for path, fact in _facts(programme, ""):
        if fact.source not in known:
            yield f"{path}.source: {fact.source!r} is not the id of one of the sources"


def _facts(part: object, path: str) -> Iterator[tuple[str, Sourced[object]]]:
    if isinstance(part, Sourced):
        yield path, part
    elif isinstance(part, BaseModel):
        for name, inner in part:
            yield from _facts(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(part, tuple):
        for place, inner in enumerate(part):
            yield from _facts(inner, f"{path}.{place}")


def _claimed_twice(programmes: Mapping[str, Programme]) -> Iterator[str]:
    owners: dict[tuple[str, str], str] = {}
    for key, programme in programmes.items():
        for area in programme.areas.value:
            for group in {group.key for group in programme.groups}:
                owner = owners.setdefault((area, group), key)
                if owner != key:
                    yield f"{key}.yaml: areas: {owner}.yaml has {area} for {group} already"
