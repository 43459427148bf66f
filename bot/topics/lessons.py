"""The examples that the topics are learned from: one file per topic, one text a line."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.topics.features import SPELLINGS

EXAMPLES = Path(__file__).parent / "examples"
OFTEN = 8  # how many times a text counts that is known to be asked often


@dataclass(frozen=True)
class Example:
    """One text of a topic. `weight` is more than 1 for what is known to be asked often."""

    topic: str
    text: str
    weight: int = 1


def examples(folder: Path = EXAMPLES) -> Iterator[Example]:
    """Every example; a line that begins with `* ` counts as OFTEN of them."""
    for path in sorted(folder.glob("*.txt")):
        for line in filter(str.strip, path.read_text(encoding="utf-8").splitlines()):
            often = line.startswith("* ")
            yield Example(path.stem, line.removeprefix("* ").strip(), OFTEN if often else 1)


def digest() -> str:
    """Changes with the examples and the spellings, so that a test sees a model that is too old."""
    parts = [*map(repr, examples()), SPELLINGS.read_text(encoding="utf-8")]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
