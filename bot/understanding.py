"""Which button a typed text means: its words, its number, a yes or a no, small slips forgiven."""

import re

from rapidfuzz import fuzz, process

from bot.texts import Texts
from conversations.model import Question, Words

ENOUGH, AHEAD = 82, 8
ANSWERS = ("yes", "no", "skip", "send", "none", "unknown")


def plain(text: str) -> str:
    """Letters and digits alone, in lower case: how a text and a label are compared."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def option_of(texts: Texts, question: Question, text: str, language: str) -> str:
    """The key of the option that `text` names, or "" where none or several fit.

    A typed number counts the options as shown, from 1, unless the question reads typed text.
    """
    typed = plain(text)
    if not typed:
        return ""
    if typed.isdigit() and question.read is None:
        return _by_number(question, int(typed))
    labels = {option.key: plain(texts.plain(option.words, language)) for option in question.options}
    for key, label in labels.items():
        if typed == label or typed in _said(texts, key, language):
            return key
    return "" if question.read else _nearest(labels, typed)


def _by_number(question: Question, number: int) -> str:
    keys = [option.key for option in question.options]
    return keys[number - 1] if 1 <= number <= len(keys) else ""


def _said(texts: Texts, key: str, language: str) -> list[str]:
    """Other ways to say an option: the catalogue lists them under `said.<key>`."""
    if key not in ANSWERS:
        return []
    return texts.plain(Words(f"said.{key}"), language).split(" | ")


def _nearest(labels: dict[str, str], typed: str) -> str:
    found = process.extract(typed, labels, scorer=fuzz.WRatio, limit=2, score_cutoff=ENOUGH)
    if not found or len(typed) < 3:
        return ""
    if len(found) == 2 and found[0][1] - found[1][1] < AHEAD:
        return ""
    return str(found[0][2])
