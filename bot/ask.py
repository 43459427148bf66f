"""`lindung ask`: a question in people's own words on the command line, answered as in the bot."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date

from bot.texts import Texts
from bot.topics.recogniser import FALLBACK, Guess, Recogniser
from conversations.answers import Asker, answer
from conversations.model import Words
from rules.sources import source


def answers(
    questions: Iterable[str], topics: Recogniser, texts: Texts, on: date
) -> Iterator[dict[str, object]]:
    """One object per question: topic, confidence, answer, sources, and what else may be meant."""
    known: dict[str, tuple[str, list[str]]] = {}
    for question in questions:
        guess = topics.guess(question)
        if guess.topic not in known:
            known[guess.topic] = _answer(guess.topic, texts, on)
        said, sources = known[guess.topic]
        yield {
            "topic": guess.topic,
            "confidence": guess.confidence,
            "answer": _which(guess, texts) or said,
            "sources": sources,
            "nearest": list(guess.nearest),
        }


def _answer(topic: str, texts: Texts, on: date) -> tuple[str, list[str]]:
    found = answer(topic, on, Asker())
    cited = [source(key) for key in found.sources]
    return (
        "\n\n".join(texts.plain(words) for words in found.words),
        [f"{one.short} ({one.url})" if one.url else one.short for one in cited],
    )


def _which(guess: Guess, texts: Texts) -> str:
    """Where it is not sure: the question back, with the topics that may be meant."""
    if guess.topic != FALLBACK or not guess.nearest:
        return ""
    labels = [texts.plain(Words(f"topic.{topic}")) for topic in guess.nearest]
    return "\n".join([texts.plain(Words("answer.which")), *(f"• {label}" for label in labels)])


def typed(given: str) -> Iterator[str]:
    """The question given, or with `-` one question a line."""
    if given != "-":
        return iter([given])
    return (line.rstrip("\n") for line in sys.stdin)


def as_text(found: dict[str, object]) -> str:
    """An answer for the terminal."""
    return f"{found['answer']}\n\n({found['topic']}, {found['confidence']})"


def as_json(found: dict[str, object]) -> str:
    """An answer for machines, on one line."""
    return json.dumps(found, ensure_ascii=False)
