"""What of a text a topic is recognised by: its words, and the letters that stand side by side.

Spellings of one meaning are made one first (`spellings.yaml`), so that an example in one spelling
teaches all of them; pieces of words forgive slips of the finger.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import yaml

SPELLINGS = Path(__file__).parent / "spellings.yaml"
MOST_LETTERS = 600  # a longer text is read no further: people tell a story, then ask
SHORTEST, LONGEST = 2, 5  # letters of a piece


def features(text: str) -> Iterator[str]:
    """The words of a text, its pairs of words and pieces of words, each as often as met."""
    words = usual(text).split()
    yield from (f"={word}" for word in words)
    yield from (f"={first} {second}" for first, second in pairwise(words))
    for word in words:
        yield from _pieces(f" {word} ")


def _pieces(word: str) -> Iterator[str]:
    for length in range(SHORTEST, LONGEST + 1):
        yield from (word[start : start + length] for start in range(len(word) - length + 1))


def usual(text: str) -> str:
    """A text in lower case and usual spelling, without signs; every number is 0."""
    folded = unicodedata.normalize("NFKC", text[:MOST_LETTERS]).casefold()
    folded = re.sub(r"\d+", "0", folded)
    folded = re.sub(r"[\W_]+", " ", folded)
    folded = re.sub(r"(.)\1{2,}", r"\1", folded)
    # Indonesian doubles words with a figure: anak2.
    folded = re.sub(r"\b([a-z]{3,})0\b", r"\1", folded)
    phrases, words = _spellings()
    joined = f" {' '.join(folded.split())} "
    if phrases:
        joined = phrases.sub(lambda match: words[match.group()], joined)
    return " ".join(words.get(word, word) for word in joined.split())


@cache
def _spellings() -> tuple[re.Pattern[str] | None, dict[str, str]]:
    """A pattern of the spellings in several words, and all spellings with what they mean."""
    listed = yaml.safe_load(SPELLINGS.read_text(encoding="utf-8"))
    words = {other: meant for meant, others in listed.items() for other in others}
    phrases = sorted((word for word in words if " " in word), key=len, reverse=True)
    pattern = "|".join(map(re.escape, phrases))
    return (re.compile(rf"(?<= )(?:{pattern})(?= )") if phrases else None), words
