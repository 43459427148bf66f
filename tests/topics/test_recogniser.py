"""The topics that the bot recognises: on questions it never learned from, and on odd texts."""

from collections import Counter
from pathlib import Path

import pytest

from bot.topics import lessons
from bot.topics.features import usual
from bot.topics.measure import Measured, labelled, measure
from bot.topics.recogniser import FALLBACK, MOST_OFFERED, shipped
from conversations.answers import TOPICS

HERE = Path(__file__).parent
HELD_OUT = labelled(HERE / "held_out.tsv")
TUNING = labelled(HERE / "tuning.tsv")
ASKED = labelled(HERE / "asked.tsv")
LEAST_EXAMPLES = 60
EXAMPLES = list(lessons.examples())


def measured(texts: list[tuple[str, str]]) -> Measured:
    return measure(texts, shipped())


def test_questions_that_it_never_learned_from_are_recognised() -> None:
    held_out = measured(HELD_OUT)
    assert len(HELD_OUT) >= 300
    assert held_out.right >= 0.93
    assert held_out.wrong <= 0.02
    assert held_out.off_topic_seen >= 0.95


def test_the_questions_by_which_it_was_tuned_are_recognised_as_well() -> None:
    tuning = measured(TUNING)
    assert tuning.right >= 0.93
    assert tuning.wrong <= 0.02
    assert tuning.off_topic_seen >= 0.95


def test_what_is_known_to_be_asked_is_recognised_without_exception() -> None:
    astray = [(text, shipped().guess(text)) for topic, text in ASKED if _guessed(text) != topic]
    assert astray == []


def _guessed(text: str) -> str:
    return shipped().guess(text).topic


@pytest.mark.parametrize("texts", [HELD_OUT, TUNING], ids=["held out", "tuning"])
def test_no_text_that_measures_is_among_the_examples(texts: list[tuple[str, str]]) -> None:
    asked = {usual(text) for _, text in ASKED}
    learned = {usual(one.text) for one in EXAMPLES} - asked
    assert [text for _, text in texts if usual(text) in learned] == []


def test_every_topic_is_taught_by_many_examples_and_has_an_answer() -> None:
    counted = Counter(one.topic for one in EXAMPLES)
    assert set(counted) == set(TOPICS)
    assert min(counted.values()) >= LEAST_EXAMPLES
    assert set(shipped().topics) == set(TOPICS)


def test_no_example_teaches_two_topics() -> None:
    topics: dict[str, set[str]] = {}
    for one in EXAMPLES:
        topics.setdefault(usual(one.text), set()).add(one.topic)
    assert {text: found for text, found in topics.items() if len(found) > 1} == {}


def test_the_model_was_learned_from_the_examples_as_they_stand() -> None:
    assert shipped().examples == lessons.digest(), "the examples have changed: run `make topics`"


@pytest.mark.parametrize(
    "text", ["", " ", "?", "5171 0312 0685 0001", "12", "👍", "...", "a", "0 x"]
)
def test_what_holds_no_word_asks_nothing(text: str) -> None:
    guess = shipped().guess(text)
    assert (guess.topic, guess.nearest) == (FALLBACK, ())


@pytest.mark.parametrize(
    "text", ["ke" * 2048, "kalau " * 600, "\u202eapa", "ＡＰＡ ＩＴＵ ＪＫＭ", "q" * 4096]
)
def test_odd_texts_are_guessed_at_like_any(text: str) -> None:
    assert shipped().guess(text).topic in TOPICS


def test_what_is_not_sure_is_asked_back_with_two_or_three_topics_at_most() -> None:
    guess = shipped().guess("saya jatuh kemarin")
    assert guess.topic == FALLBACK
    assert 2 <= len(guess.nearest) <= MOST_OFFERED
    assert FALLBACK not in guess.nearest


def test_belief_is_shared_out_in_full() -> None:
    shares = shipped().shares("berapa santunan kematian")
    assert float(shares.sum()) == pytest.approx(1)
    assert (shares >= 0).all()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Klo JATUH, gmn?", "kalau jatuh bagaimana"),
        ("brp   duit nya", "berapa uang nya"),
        ("lapor 175!!!", "lapor 0"),
        ("anak2 sy", "anak saya"),
        ("tolooong", "tolong"),
        ("ke rmh sakit", "ke rumah sakit"),
        ("gara gara gempa", "karena gempa"),
    ],
)
def test_many_spellings_are_read_as_one(typed: str, read: str) -> None:
    assert usual(typed) == read


def test_a_wrong_guess_counts_as_wrong_and_a_question_back_as_neither() -> None:
    taken = Counter(
        {("age", "age"): 6, ("age", FALLBACK): 2, ("age", "scam"): 2, (FALLBACK, "age"): 1}
    )
    found = Measured(taken + Counter({(FALLBACK, FALLBACK): 4}))
    assert (found.right, found.wrong, found.off_topic_seen) == (0.6, 3 / 15, 0.8)
