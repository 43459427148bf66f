"""Says everything that a walk meets in every complete language, and measures it."""

import re
from collections.abc import Iterator
from functools import cache
from html import unescape

from bot import replies
from bot.replies import Call, Page
from bot.texts import LOCALES, Texts, read
from conversations.model import Turn, Words
from conversations.outcomes import Refuse, Say, SubmitRegistration
from conversations.responses import stem
from tests.conversations.cases import CASES, TYPED
from tests.conversations.walker import Walk

LANGUAGES = ("id", "en")
CARDS = {  # to be read
    "enrolment.summary",
    "details.summary",
    "desk.card",
    "desk.batch",
    "desk.vouch",
    "status.actions",
    "member.summary",
    "mend.summary",
    "overview.village",
    "overview.area",
    "overview.unnamed",
    "overview.unstaffed",
    "find.person",
    "departure.summary",
    *("follow.page", "claims.case", "paper.ask", "claims.verified", "claims.moving"),
    *("death.summary", "accident.summary"),
    *("offices.list", "offices.list.2", "offices.list.3"),
}
MOST_TEXT, MOST_QUESTION, MOST_LABEL, MOST_DATA = 4096, 300, 40, 64
OPERATOR = {"operator": "Dinas Tenaga Kerja Kabupaten Contoh", "contact": "kantor desa"}
CATALOGUES = {language: read(LOCALES / language / "LC_MESSAGES") for language in LANGUAGES}


class Saying(Texts):
    """Texts that remember every key said, and never fall back to another language."""

    def __init__(self) -> None:
        super().__init__(CATALOGUES, OPERATOR)
        self.said: set[str] = set()

    def html(self, words: Words, language: str = "id") -> str:
        assert words.key in CATALOGUES[language], f"{words.key} has no words in {language}"
        self.said.add(words.key)
        return super().html(words, language)

    def plain(self, words: Words, language: str = "id") -> str:
        self.said.add(words.key)
        return super().plain(words, language)


def look(texts: Saying, turn: Turn) -> None:
    """Check what a person would see of a turn, in every language."""
    for language in LANGUAGES:
        page = Page(texts, 6_000_000_001, language)
        if turn.question is None:
            page.message(list(_words_of(turn)))
            continue
        call = replies.question(page, turn)
        fits(call)
        if stem(turn.question.name) not in CARDS:
            asked = (turn.question.words, turn.question.example)
            text = plain_text(page.message([words for words in asked if words]))
            assert len(text) <= MOST_QUESTION, text


def plain_text(call: Call) -> str:
    """The text of a call as the phone shows it."""
    return unescape(re.sub(r"<[^>]+>", "", call["text"]))


def fits(call: Call) -> None:
    """Check a message against Telegram's limits, and its buttons against a phone's width."""
    assert len(plain_text(call)) <= MOST_TEXT
    markup = call.get("reply_markup", {})
    for row in [*markup.get("inline_keyboard", []), *markup.get("keyboard", [])]:
        for button in row:
            assert 0 < len(button["text"]) <= MOST_LABEL, button
            assert len(button.get("callback_data", "").encode()) <= MOST_DATA, button


def _words_of(turn: Turn) -> Iterator[Words]:
    """All words that a note and an outcome bring with them."""
    if turn.note:
        yield turn.note
    match turn.outcome:
        case Say(words):
            yield words
        case Refuse(reasons, ways, office):
            yield from (Words(f"reason.{reason.key}") for reason in reasons)
            yield from (Words(f"source.{reason.source}") for reason in reasons if reason.source)
            given = {"office": office or "kantor desa"}
            yield from (Words(way.key, {**given, **way.params}) for way in ways)
        case SubmitRegistration() as submitted:
            yield from (Words(f"warning.{key}") for key in submitted.warnings)


TEXTS = Saying()


@cache
def walked(name: str) -> Walk:
    """The walk from one of the CASES; its words are in `TEXTS.said` afterwards."""
    case = next(case for case in CASES if case.name == name)
    return Walk(case, TYPED, lambda turn: look(TEXTS, turn)).go()


def all_walks() -> list[Walk]:
    """Every walk."""
    return [walked(case.name) for case in CASES]
