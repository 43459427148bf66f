"""Questions in people's own words: which texts are questions, and the calls that answer them."""

import re

from bot import covers, understanding
from bot.here import Here
from bot.replies import Call
from bot.topics.recogniser import Guess
from conversations.answers import FALLBACK, Asker, answer
from conversations.model import Answered, Event, Invalid, Question, Turn, Words
from conversations.responses import COMMANDS
from rules import areas
from storage import registrations

SURE_OF_A_NAME = 0.85  # a free text is an answer, unless it is a question beyond doubt
LEAST_WORDS = 3
INTERROGATIVE = re.compile(
    r"\?|\b(apa|apakah|berapa|brp|gimana|gmn|bagaimana|bgmn|kapan|dimana|dmn|mana|siapa|kenapa"
    r"|knp|bisa|boleh|piye|pripun|pira|pinten|kumaha|sabaraha|kenken|naha|how|what|when|who|where"
    r"|can)\b"
)


def question_in(here: Here, before: Turn | None, event: Event) -> Guess | None:
    """What a typed text asks, or None where it answers the open question or says nothing."""
    if not isinstance(event, Answered) or event.option or not _is_free(here, event.text):
        return None
    asked = before.question if before else None
    guess = here.house.topics.guess(event.text)
    if asked is None:
        return guess
    if _answers(asked, event.text):
        return guess if _beyond_doubt(guess, event.text) else None
    known = guess.topic != FALLBACK or (guess.nearest and _is_asking(event.text))
    return guess if known else None


def _is_free(here: Here, text: str) -> bool:
    """Whether a text is neither a command nor a mere greeting."""
    command = text.startswith("/") or text.strip().casefold() in COMMANDS
    return not command and not understanding.is_greeting(here.house.texts, text)


def _answers(asked: Question, text: str) -> bool:
    if asked.read is None:
        return False
    try:
        asked.read(text)
    except Invalid as invalid:
        return bool(invalid.offered)
    return True


def _beyond_doubt(guess: Guess, text: str) -> bool:
    sure = guess.topic != FALLBACK and guess.confidence >= SURE_OF_A_NAME
    return sure and len(text.split()) >= LEAST_WORDS and _is_asking(text)


def _is_asking(text: str) -> bool:
    return INTERROGATIVE.search(text.casefold()) is not None


def reply(here: Here, guess: Guess) -> Call:
    """The answer, or the two or three topics that may be meant, or a word of help."""
    if guess.topic != FALLBACK:
        return answered(here, guess.topic)
    if not guess.nearest:
        return here.page.message(
            Words("answer.fallback"), here.page.home_keyboard(bool(here.offices))
        )
    rows = [
        [(here.page.label(Words(f"topic.{topic}")), f"open:topic:{topic}")]
        for topic in guess.nearest
    ]
    rows.append([(here.page.label(Words("answer.which.other")), f"open:topic:{FALLBACK}")])
    return here.page.message(Words("answer.which"), here.page.inline(rows))


def answered(here: Here, topic: str) -> Call:
    """The answer to a topic for this person today."""
    found = answer(topic, here.today, _asker(here))
    rows = [[(here.page.label(words), door)] for words, door in found.buttons]
    return here.page.message(found.words, here.page.inline(rows) if rows else None)


def _asker(here: Here) -> Asker:
    newest = registrations.of_person(here.db, here.person.id, most=1)
    if not newest:
        return Asker()
    village = areas.village(newest[0].village)
    programme = here.house.programmes.get(newest[0].programme)
    taken = covers.places(here, newest[0].village)
    seats = None
    if taken and village:
        values = {"village": village.title, "used": taken[0], "cap": taken[1]}
        seats = Words("answer.program.quota.seats", values)
    office = programme.office.value if programme else ""
    return Asker(covers.covers(here), office, seats)
