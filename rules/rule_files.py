"""Reads a YAML rule file strictly and says in plain English everything that is wrong with it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)
# The one in C reads ten times as fast, where PyYAML came with it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Loader):  # type: ignore[misc, valid-type]
    """YAML would let the second of two equal keys win in silence; here it is an error.

    Days that are keys stay text, and so do impossible days, for problems to name their place.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                problem = f"{key!r} is written twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            seen.add(key)
        return {
            key.isoformat() if isinstance(key, date) else key: value
            for key, value in super().construct_mapping(node, deep).items()
        }


def _day_or_text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return node.value


_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", _day_or_text)


def parse(
    path: Path, model: type[M], given: Mapping[str, object] | None = None
) -> tuple[M | None, list[str]]:
    """The file as a `model`, or None and every problem as "file: field.path: what is wrong".

    `given` are fields that come from elsewhere (the file's name) and may not stand in the file.
    """
    given = given or {}
    try:
        content = _StrictLoader(path.read_text(encoding="utf-8")).get_single_data()
    except (yaml.YAMLError, ValueError, TypeError) as error:
        return None, [f"{path.name}: is not readable as YAML: {' '.join(str(error).split())}"]
    if not isinstance(content, dict):
        return None, [f"{path.name}: must be a list of fields, each written `name: value`"]
    twice = given.keys() & content.keys()
    problems = [f"{path.name}: {name}: is taken from the file's name" for name in twice]
    try:
        parsed = model.model_validate(content | dict(given))
    except ValidationError as error:
        return None, problems + [f"{path.name}: {line}" for line in _lines(error)]
    return (None, problems) if problems else (parsed, [])


def _lines(error: ValidationError) -> list[str]:
    return [
        f"{'.'.join(str(step) for step in found['loc'])}: "
        f"{_plain(found['type'], found['msg'], found['input'])}"
        for found in error.errors(include_url=False, include_context=False)
    ]


def _plain(kind: str, message: str, found: object) -> str:
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return "is not a field that this file may have"
    if kind == "string_type" and isinstance(found, int | float | date):
        return f"must be text: put quotes around {found}"
    said = message.removeprefix("Value error, ")
    shown = "" if isinstance(found, dict | BaseModel) else f" (found {found!r})"
    return f"{said[:1].lower()}{said[1:]}{shown}"
