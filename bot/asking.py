"""Questions in people's own words: which texts are questions, and the calls that answer them."""

from bot import covers, doors, understanding
from bot.here import Here
from bot.replies import Call
from bot.topics.recogniser import Guess
from conversations.answers import FALLBACK, Asker, answer
from conversations.model import Answered, Event, Invalid, Question, Turn, Words
from conversations.responses import COMMANDS
from rules import areas
from storage import registrations

BEYOND_DOUBT = 0.6  # a text that answers the open question is a question only from here on
LEAST_WORDS = 3
MANY_DIGITS = 8  # a number that somebody tried to type
# Typed to another person, who may well be asked something, or told how something happened.
ADDRESSED = frozenset({"desk.why", "accident.place", "accident.how", "accident.treated"})
PRESSING = frozenset({"scam"})  # told rather than asked


def question_in(here: Here, before: Turn | None, event: Event) -> Guess | None:
    """What a typed text asks, or None where it answers the open question or says nothing."""
    if not isinstance(event, Answered) or event.option or not _is_free(here, event.text):
        return None
    asked = before.question if before else None
    if asked is not None and asked.name in ADDRESSED:
        return None
    guess = here.house.topics.guess(event.text)
    if asked is None or _is_meant(here, asked, guess, event.text):
        return guess
    return None


def _is_meant(here: Here, asked: Question, guess: Guess, text: str) -> bool:
    """Whether a text asks something, rather than that it answers `asked`, well or badly."""
    if guess.topic == FALLBACK and understanding.is_distress(here.house.texts, text):
        return True
    sure = guess.topic != FALLBACK
    asking = understanding.is_asking(here.house.texts, text) or guess.topic in PRESSING
    if _answers(asked, text):
        if understanding.announces_question(here.house.texts, text):
            return sure or bool(guess.nearest)
        doubtless = sure and guess.confidence >= BEYOND_DOUBT
        long = len(text.split()) > LEAST_WORDS and (sure or bool(guess.nearest))
        return asking and (long or (doubtless and len(text.split()) == LEAST_WORDS))
    if sum(map(str.isdigit, text)) >= MANY_DIGITS or (asked.options and not asking):
        return False
    return sure or (asking and bool(guess.nearest))


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


def greets(here: Here, asked: Question | None, text: str) -> bool:
    """Whether a greeting would be kept as the answer to a question where anything can be typed."""
    if asked is None or not understanding.is_greeting(here.house.texts, text):
        return False
    return _answers(asked, text) and not understanding.option_of(
        here.house.texts, asked, text, here.person.language
    )


def reply(here: Here, guess: Guess, text: str) -> Call:
    """The answer, or the two or three topics that may be meant, or a word of help."""
    if guess.topic == FALLBACK and understanding.is_distress(here.house.texts, text):
        return here.page.message(Words("answer.distress"))
    if guess.topic != FALLBACK:
        return answered(here, guess.topic)
    if not guess.nearest:
        return doors.home(here, Words("answer.fallback"))
    rows = [
        [(here.page.label(Words(f"topic.{topic}")), f"open:topic:{topic}")]
        for topic in guess.nearest
    ]
    said = [Words("answer.first_aid")] if "jkk.report" in guess.nearest else []
    rows.append([(here.page.label(Words("answer.which.other")), f"open:topic:{FALLBACK}")])
    return here.page.message([*said, Words("answer.which")], here.page.inline(rows))


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
