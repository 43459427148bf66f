"""Where facts come from: short names that a villager can be shown, by key (`r4b`, `o11a`)."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, RootModel, StringConstraints

from rules.rule_files import parse

SHIPPED = Path(__file__).parent / "sources.yaml"

Mark = Literal["law", "official", "news"]
MOST_CITED = 3
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][0-9]+[a-z]?$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    short: Text
    mark: Mark
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None


class _File(RootModel[dict[Key, _Row]]):
    pass


class Source(BaseModel):
    """`short` is for a villager's eyes; `url` is None where the material is on no open page.

    `mark` says what was seen: the words of the law, an official statement, or a report.
    """

    model_config = ConfigDict(frozen=True)
    key: str
    short: str
    url: str | None
    mark: Mark


class UnknownSource(Exception):
    """`rules/sources.yaml` has no such key."""


class SourceFileError(Exception):
    """A wrong file of sources; the message has a line for each problem."""


def source(key: str) -> Source:
    """The source of a key of `rules/sources.yaml`; raises UnknownSource."""
    try:
        return _shipped()[key]
    except KeyError:
        raise UnknownSource(key) from None


def citation(keys: Iterable[str], most: int = MOST_CITED) -> str:
    """The first of the sources in short, each once; or "" without any."""
    return "; ".join(list(dict.fromkeys(source(key).short for key in keys))[:most])


def load(path: Path = SHIPPED) -> Mapping[str, Source]:
    """Every source of a file by its key; raises SourceFileError with all that is wrong."""
    file, problems = parse(path, _File)
    if file is None:
        raise SourceFileError("\n".join(problems))
    return MappingProxyType(
        {key: Source(key=key, **row.model_dump()) for key, row in file.root.items()}
    )


@cache
def _shipped() -> Mapping[str, Source]:
    return load()
