"""Which button a typed text means: its words, its number, a yes or a no, small slips forgiven."""

import re
from functools import lru_cache

from rapidfuzz import fuzz

from bot.texts import Texts
from conversations.model import Invalid, Question, Words

ALIKE = 82  # of 100: two words that differ by a slip of the finger
LEAST = 3  # letters; less than that names nothing but by the whole label
ANSWERS = ("yes", "no", "skip", "send", "none", "unknown", "self")
DENIED = "-"  # stands for every word that denies


def plain(text: str) -> str:
    """Letters and digits alone, in lower case: how a text and a label are compared."""
    return " ".join(re.findall(r"\w+", text.casefold()))


@lru_cache(maxsize=1_000)
def label(texts: Texts, key: str, language: str) -> str:
    """The words of a button, as a text is compared with them; those that hold no value."""
    return plain(texts.plain(Words(key), language))


def is_greeting(texts: Texts, text: str) -> bool:
    """Whether a text does no more than greet or thank, in any language."""
    address = _said_in_any(texts, "address")
    words = [word for word in plain(text).split() if word not in address]
    return " ".join(words) in _said_in_any(texts, "greeting")


def is_distress(texts: Texts, text: str) -> bool:
    """Whether somebody seems to be in danger, and asks for no figures."""
    said = f" {plain(text)} "
    return any(f" {phrase} " in said for phrase in _said_in_any(texts, "distress"))


def announces_question(texts: Texts, text: str) -> bool:
    """Whether a text begins by saying that a question comes."""
    return " ".join(plain(text).split()[:2]) in _said_in_any(texts, "asking_first")


def is_asking(texts: Texts, text: str) -> bool:
    """Whether a text has the form of a question, as people type one: seldom with its sign."""
    words = plain(text).split()
    if "?" in text or announces_question(texts, text):
        return True
    while words and words[-1] in _said_in_any(texts, "address"):
        words.pop()
    may, tags = _said_in_any(texts, "may"), _said_in_any(texts, "tag")
    if not words:
        return False
    if words[0] in may or (len(words) > 1 and words[-1] in tags):
        return True
    asks, any_ = _said_in_any(texts, "question"), _said_in_any(texts, "any")
    return any(
        word in asks and after not in any_
        for word, after in zip(words, [*words[1:], ""], strict=True)
    )


@lru_cache(maxsize=100)
def _said_in_any(texts: Texts, key: str) -> frozenset[str]:
    return frozenset(word for language in texts.languages for word in _list(texts, key, language))


def option_of(texts: Texts, question: Question, text: str, language: str) -> str:
    """The key of the option that `text` names, or "" where none or several fit.

    A typed number counts the options as shown, from 1, unless the question itself takes it.
    """
    typed = plain(text)
    if typed.isdecimal() and not _takes(question, text):
        return _by_number(question, int(typed))
    labels = {option.key: plain(texts.plain(option.words, language)) for option in question.options}
    exact = [key for key, label in labels.items() if typed == label]
    said = [key for key in labels if typed in _said(texts, key, language)]
    if exact or said:
        return (exact or said)[0]
    if question.read or _says_little(texts, typed, language):
        return ""
    return _nearest(labels, typed, frozenset(_list(texts, "denial", language)))


def _takes(question: Question, text: str) -> bool:
    if question.read is None:
        return False
    try:
        question.read(text)
    except Invalid:
        return False
    return True


def _by_number(question: Question, number: int) -> str:
    keys = [option.key for option in question.options]
    return keys[number - 1] if 1 <= number <= len(keys) else ""


def _said(texts: Texts, key: str, language: str) -> tuple[str, ...]:
    """Other ways to say an option: the catalogue lists them under `said.<key>`."""
    answer = "no" if key == ".back" else key
    if answer not in ANSWERS:
        return ()
    return _list(texts, answer, language)


@lru_cache(maxsize=1_000)
def _list(texts: Texts, key: str, language: str) -> tuple[str, ...]:
    return tuple(texts.plain(Words(f"said.{key}"), language).split(" | "))


def _says_little(texts: Texts, typed: str, language: str) -> bool:
    """Whether a text has only words that might stand in any answer."""
    empty = {*_list(texts, "denial", language), *_list(texts, "filler", language)}
    return len(typed) < LEAST or empty.issuperset(typed.split())


def _nearest(labels: dict[str, str], typed: str, denials: frozenset[str]) -> str:
    """The one option whose label has all the typed words, slips forgiven.

    A text that denies never names a label that does not, nor the other way round.
    """
    words = _words(typed, denials)
    split = {key: _words(label, denials) for key, label in labels.items()}
    found = [key for key, label in split.items() if _may_mean(words, label)]
    if len(found) != 1 or (DENIED in words) != (DENIED in split[found[0]]):
        return ""
    return found[0]


def _words(text: str, denials: frozenset[str]) -> list[str]:
    return [DENIED if word in denials else word for word in text.split()]


def _may_mean(words: list[str], label: list[str]) -> bool:
    if (DENIED in words) == (DENIED in label):
        return _all_in(words, label) or _alike("".join(words), "".join(label))
    denied = label[label.index(DENIED) :] if DENIED in label else []
    return _all_in(words, label) and not _all_in(words, denied)


def _all_in(words: list[str], label: list[str]) -> bool:
    return all(any(_alike(word, other) for other in label) for word in words)


def _alike(word: str, other: str) -> bool:
    """Whether two words, or texts without their gaps, differ by slips alone; digits never slip."""
    same_digits = re.findall(r"\d", word) == re.findall(r"\d", other)
    return same_digits and fuzz.ratio(word, other) >= ALIKE
