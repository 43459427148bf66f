"""A programme is one YAML file of sourced facts; here is its shape, how files load, and who pays.

Whether a programme is open is not in its file: the operator sets that.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from rules.programme_facts import VULNERABLE_WORKERS as VULNERABLE_WORKERS
from rules.programme_facts import (
    Age,
    Areas,
    Benefit,
    Count,
    Fund,
    Group,
    Key,
    Occupations,
    Payer,
    Ranking,
    Report,
    Seats,
    Sheet,
    Source,
    Sourced,
    Text,
    VillageKinds,
    WhenKnown,
)
from rules.rule_files import parse

SHIPPED = Path(__file__).parent / "programmes"
T = TypeVar("T")


class Programme(BaseModel):
    """One file of `rules/programmes/`; `key` is the file's name without its ending.

    `areas` are Kemendagri codes; `announced` is what the source says, not whether it is open.
    `ranking` orders the waiting list, `offer_days` is how long a seat is kept for who is offered
    it, `sheet` is what BPJS is sent.
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
    ranking: Sourced[Ranking]
    offer_days: Sourced[Count]
    sheet: Sheet
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


@cache
def shipped() -> Mapping[str, Programme]:
    """The programmes that come with the bot, read once in a process."""
    return load()


def said_to_run(known: Mapping[str, Programme]) -> tuple[str, ...]:
    """The keys of the programmes that run by what was announced."""
    return tuple(key for key, one in known.items() if one.announced.value == "running")


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
    if "first_come" in programme.ranking.value[:-1]:
        yield "ranking.value: first_come settles every tie, so it must be the last"
    for place, group in enumerate(programme.groups):
        if group.seats.stages is not None and group.seats.in_all.value is not None:
            yield f"groups.{place}.seats.in_all: places come in stages, so this must be null"
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
