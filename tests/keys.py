"""The message keys that the source names: literally, or as a family with holes.

A key is any text of the source that is spelt like one and begins with a word with which keys
begin; an f-string of that kind is a family. So a key misspelt where it is used shows up too.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
SPEAKING = ("bot", "conversations")  # the rooms that name keys
ALL = (*SPEAKING, "rules", "storage")
KEY = re.compile(r"[a-z_]+(?:\.{1,2}[a-z0-9_]+)+")
WORD = re.compile(r"[a-z0-9_]+")
HOLE = r"[a-z0-9_.]+"


def trees(rooms: tuple[str, ...]) -> tuple[ast.Module, ...]:
    """The syntax trees of rooms; the demo page's own sources are no part of the bot."""
    return tuple(tree for room in rooms for tree in _trees(room))


@cache
def _trees(room: str) -> tuple[ast.Module, ...]:
    return tuple(ast.parse(path.read_text()) for path in sorted((ROOT / room).glob("*.py")))


@cache
def _nodes(rooms: tuple[str, ...]) -> tuple[ast.AST, ...]:
    return tuple(node for tree in trees(rooms) for node in ast.walk(tree))


@cache
def texts(rooms: tuple[str, ...]) -> frozenset[str]:
    """Every text that stands in the source of rooms."""
    constants = (node.value for node in _nodes(rooms) if isinstance(node, ast.Constant))
    return frozenset(value for value in constants if isinstance(value, str))


def named(heads: Iterable[str]) -> set[str]:
    """The keys named literally: `Words("plain")`, and texts spelt like a key with such a head."""
    first = {
        call.args[0].value for call in _calls("Words") if isinstance(call.args[0], ast.Constant)
    }
    spelt = {text for text in texts(SPEAKING) if KEY.fullmatch(text)}
    known = set(heads)
    return {str(key) for key in first} | {key for key in spelt if key.split(".")[0] in known}


def _calls(name: str) -> Iterator[ast.Call]:
    calls = (node for node in _nodes(ALL) if isinstance(node, ast.Call) and node.args)
    return (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == name)


def given_to(name: str, place: int) -> set[str]:
    """The texts given to calls of a function or class at one place, such as Reason("key", ...)."""
    arguments = [call.args[place] for call in _calls(name) if len(call.args) > place]
    found = {
        node.value for one in arguments for node in ast.walk(one) if isinstance(node, ast.Constant)
    }
    return {str(value) for value in found if value}


def flags() -> set[str]:
    """The first of each pair ("key", whether it holds) in functions that gather warnings."""
    functions = [node for node in _nodes(ALL) if isinstance(node, ast.FunctionDef)]
    pairs = (
        node.elts
        for function in functions
        if "warnings" in function.name
        for node in ast.walk(function)
        if isinstance(node, ast.Tuple) and len(node.elts) == 2
    )
    return {str(key.value) for key, _ in pairs if isinstance(key, ast.Constant)}


def families(heads: Iterable[str]) -> list[re.Pattern[str]]:
    """The keys built with holes, such as `state.{...}.next`; those that begin with such a head."""
    known = set(heads)
    found = []
    for node in _nodes(SPEAKING):
        if not isinstance(node, ast.JoinedStr):
            continue
        parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
        if isinstance(parts[0], str) and parts[0].split(".")[0] in known and "." in parts[0]:
            found.append(re.compile("".join(_pattern(part) for part in parts)))
    return found


def _pattern(part: object) -> str:
    return f"({HOLE})" if part is None else re.escape(str(part))


def is_of_a_family(key: str, of: Iterable[re.Pattern[str]]) -> bool:
    """Whether a key fits a family, with words in the holes that stand in the source somewhere."""
    known = texts(ALL)
    for pattern in of:
        match = pattern.fullmatch(key)
        if match and all(word in known for hole in match.groups() for word in hole.split(".")):
            return True
    return False
