"""The words: keys in the code = keys in Indonesian = keys in English, and each one well made."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from string import Formatter
from typing import get_args

import pytest

from bot import starting, understanding, updates
from conversations import steps
from conversations.answers import DETAILS, FALLBACK, TOPICS
from conversations.desk import REJECT_WHY, RETURN_WHY
from conversations.responses import COMMANDS
from rules import benefits, eligibility, grounds, nik, papers
from rules.occupations import OCCUPATIONS
from rules.registration import State
from storage import duplicates
from tests import keys
from tests.conversations.sayable import CATALOGUES, MOST_LABEL, TEXTS, all_walks

INDONESIAN, ENGLISH = CATALOGUES["id"], CATALOGUES["en"]
HEADS = {key.split(".")[0] for key in INDONESIAN}
SENT = {kind for _, kind in updates.MEDIA} | {"contact", "forwarded", "edited", "large", "unknown"}
WAYS_OUT = {"back", "repeat", "change", "later", "cancel", "help"}

SPOKEN = (
    "denial",
    "filler",
    "greeting",
    "question",
    "tag",
    "may",
    "any",
    "asking_first",
    "address",
    "distress",
)
DAY, WAGE = date(2026, 11, 20), benefits.lowest_wage(date(2026, 11, 20))
BENEFITS = (
    benefits.treatment(DAY),
    benefits.transport(DAY, ("land", "sea", "air")),
    benefits.wage_replacement(DAY, WAGE, 13),
    benefits.partial_disability(DAY, WAGE, Decimal(1)),
    benefits.total_disability(DAY, WAGE),
    benefits.accident_death(DAY, WAGE),
    benefits.homecare(DAY),
    benefits.prosthesis(DAY),
    benefits.glasses(DAY),
    benefits.other_death(DAY, True),
    benefits.scholarship(DAY, [benefits.Child("sd", 7)], True, None),
)

# Families whose members the code spells elsewhere: just these, no more and no fewer.
FAMILIES: dict[str, set[str]] = {
    "occupation": set(OCCUPATIONS),
    "file.foot": {"head", "chain", "check"},
    "state": {f"{state}{end}" for state in State for end in ("", ".next")},
    "sent": SENT,
    "said": {*understanding.ANSWERS, *SPOKEN},
    "answer": {*TOPICS, *DETAILS},
    "topic": {*TOPICS, *DETAILS} - {FALLBACK},
    "next": set(steps.DOORS),
    "condition": set(benefits.CONDITIONS),
    "benefit": {line.key for part in BENEFITS for line in part.lines},
    "command": set(starting.COMMANDS),
    "control": WAYS_OUT | {"share_contact"},
    "nik": set(nik.REFUSALS),
    "kk": set(nik.REFUSALS),
    "way": {*get_args(eligibility.Way), "place", "self_pay.unknown"},
    "warning": {warning for _, warning in duplicates.KINDS},
    "death.needs": set(papers.KEYS),
    "file.verdict": set(get_args(grounds.Verdict)),
    "desk.why": {*RETURN_WHY, "label", "help"},
    "desk.reject": {"label", "help", *REJECT_WHY, *(f"{w}.worker" for w in REJECT_WHY)},
}
# What the source names besides; it is read by the process that needs it, not by each.
FROM_SOURCE: dict[str, Callable[[], set[str]]] = {
    "answer": lambda: {
        key.removeprefix("answer.") for key in keys.named({"answer"}) if key[:7] == "answer."
    },
    "reason": lambda: keys.given_to("Reason", 0) | keys.given_to("refuse_place", 0),
    "source": lambda: keys.given_to("Reason", 1),
    "warning": keys.flags,
    "file.says": lambda: keys.given_to("Says", 0),
    "file.ground": lambda: keys.given_to("Ground", 0),
}
ALL_FAMILIES = sorted({*FAMILIES, *FROM_SOURCE})
ANYWHERE = {"operator", "contact"}  # any sentence may name who runs the bot
MOST_WORDS = 14
MOST = {"bot.description": 512, "command.": 256}  # Telegram's own limits
BUTTONS = re.compile(
    r"(control|home)\.(?!hello|help_text|resume$|language)|(outcome\.back|desk\.undo"
    r"|notice\.(status|returned\.fix|digest\.open))$"
)
TAGS = ("b", "i", "code")


def members(family: str) -> set[str]:
    """All words that a family needs."""
    return FAMILIES.get(family, set()) | FROM_SOURCE.get(family, set)()


@pytest.fixture(scope="module")
def said() -> set[str]:
    """The keys that were said on every path of every conversation."""
    all_walks()
    return TEXTS.said


@pytest.fixture(scope="module")
def questions() -> set[str]:
    return set().union(*(walk.questions for walk in all_walks()))


def test_both_languages_have_the_same_keys() -> None:
    assert set(INDONESIAN) ^ set(ENGLISH) == set()


def test_every_key_named_in_the_code_has_words() -> None:
    assert sorted(keys.named(HEADS) - set(INDONESIAN)) == []


@pytest.mark.parametrize("family", ALL_FAMILIES)
def test_a_family_has_just_the_words_that_it_needs(family: str) -> None:
    found = {key.removeprefix(f"{family}.") for key in INDONESIAN if key.startswith(f"{family}.")}
    assert found == members(family)


def test_every_question_has_a_label_and_help(questions: set[str]) -> None:
    needed = {f"{name}.{end}" for name in questions for end in ("label", "help")}
    assert sorted(needed - set(INDONESIAN)) == []


def test_no_key_is_left_without_use(said: set[str], questions: set[str]) -> None:
    used = keys.named(HEADS) | said
    used |= {f"{family}.{member}" for family in ALL_FAMILIES for member in members(family)}
    used |= {f"{name}.{end}" for name in questions for end in ("label", "help")}
    holes = keys.families(HEADS)
    unused = [key for key in INDONESIAN if key not in used and not _is_again(key)]
    assert [key for key in unused if not keys.is_of_a_family(key, holes)] == []


def _is_again(key: str) -> bool:
    """A question in fewer words, for when it is asked once more."""
    return key.endswith(".again") and key.removesuffix(".again") in INDONESIAN


def test_the_same_values_are_named_in_both_languages() -> None:
    unlike = [
        key
        for key, sentence in INDONESIAN.items()
        if (_placeholders(sentence) ^ _placeholders(ENGLISH[key])) - ANYWHERE
    ]
    assert unlike == []


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("language", CATALOGUES)
def test_every_sentence_is_good_telegram_html(language: str) -> None:
    bad = {key: fault for key, text in CATALOGUES[language].items() if (fault := _fault(text))}
    assert bad == {}


class _Tags(HTMLParser):
    """Reads tags; `fault` says what Telegram would refuse."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.fault = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        if tag not in TAGS or attrs:
            self.fault = f"<{tag}> is not for us"

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.fault = f"</{tag}> closes nothing"

    def handle_entityref(self, name: str) -> None:
        if name not in ("lt", "gt", "amp", "quot"):
            self.fault = f"&{name}; is unknown to Telegram"

    def handle_data(self, data: str) -> None:
        if re.search(r"[<>&]", data):
            self.fault = f"{data!r} needs escaping"


def _fault(sentence: str) -> str:
    tags = _Tags()
    tags.feed(sentence)
    tags.close()
    return tags.fault or (f"{tags.open} stay open" if tags.open else "")


@pytest.mark.parametrize("language", CATALOGUES)
def test_nothing_is_longer_than_telegram_takes(language: str) -> None:
    for key, sentence in CATALOGUES[language].items():
        limits = [most for head, most in MOST.items() if key.startswith(head)]
        assert len(_read(sentence)) <= min(limits, default=2048), key


@pytest.mark.parametrize("language", CATALOGUES)
def test_every_fixed_button_fits_on_a_phone(language: str) -> None:
    buttons = {key: text for key, text in CATALOGUES[language].items() if BUTTONS.match(key)}
    assert len(buttons) > 12
    assert {key: text for key, text in buttons.items() if len(text) > MOST_LABEL} == {}


def test_a_sentence_in_indonesian_has_at_most_fourteen_words() -> None:
    long = [
        (key, part)
        for key in INDONESIAN
        if not key.startswith("said.")
        for part in _sentences(INDONESIAN[key])
        if len(part.split()) > MOST_WORDS
    ]
    assert long == []


def _sentences(text: str) -> list[str]:
    """What is read in one breath; a value counts as one word, a dot inside a number ends none."""
    return [part.strip() for part in re.split(r"[.!?:](?:\s|$)|\n", _read(text))]


def _read(sentence: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", sentence))


@pytest.mark.parametrize("language", CATALOGUES)
def test_no_amount_of_money_stands_in_the_words(language: str) -> None:
    told = [key for key, text in CATALOGUES[language].items() if re.search(r"Rp\.?\s*\d", text)]
    assert told == []


def test_the_typed_commands_that_help_names_are_understood() -> None:
    for catalogue in CATALOGUES.values():
        typed = re.findall(r"<b>([a-z]+)</b>", catalogue["home.help_text"])
        assert len(typed) == len(WAYS_OUT)
        assert {COMMANDS[word] for word in typed} == WAYS_OUT
