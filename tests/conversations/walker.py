"""A machine that walks every path of a conversation, and looks at everything on the way.

At each question it tries every option, every canned text and every way out. It goes on with one of
those answers that lead to the same place: the same question with the same buttons after the same
answers, or the same kind of outcome. So each way is gone, and no way twice.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from conversations.contents import CONVERSATIONS
from conversations.engine import Facts, step
from conversations.model import (
    Answered,
    Chose,
    Event,
    Looked,
    Needs,
    Question,
    SentPhoto,
    Session,
    SharedContact,
    Stamp,
    Turn,
    Words,
)
from conversations.outcomes import Refuse, Say, SubmitRegistration
from conversations.responses import stem

TODAY = date(2026, 11, 20)
STAMP = Stamp(datetime(2026, 11, 20, 2, tzinfo=UTC), TODAY, by=6_000_000_001)
# Answered only by who opens them, or ticks them.
OPTIONAL = {"enrolment.birth_date", "enrolment.sex", "desk.tick"}
Table = Callable[[str, str], object]
Look = Callable[[Turn], None]


@dataclass(frozen=True)
class Case:
    """Where a walk begins: a session, and what the outside knows."""

    name: str
    session: Session
    table: Table


@dataclass(frozen=True)
class Canned:
    """What can be typed at a question: texts that answer it, and one that does not."""

    valid: tuple[str, ...]
    invalid: str


@dataclass
class Walk:
    """One walk and what was met on it; `look` is shown every turn."""

    case: Case
    typed: dict[str, Canned]
    look: Look
    questions: set[str] = field(default_factory=set)
    outcomes: Counter[str] = field(default_factory=Counter)
    turns: int = 0
    longest: int = 0
    seen: set[object] = field(default_factory=set)

    def go(self) -> "Walk":
        """Walk every path; fails where one does not end, or a way out leads astray."""
        self._visit(self.do(self.case.session, Looked()))
        return self

    def do(self, session: Session, event: Event) -> Turn:
        """One turn, with everything looked up that the conversation needs."""
        conversation = CONVERSATIONS[session.conversation]
        facts: dict[tuple[str, str], object] = {}
        for _ in range(6):
            turn = step(conversation, session, event, Facts(facts), STAMP)
            if isinstance(turn, Turn):
                self.turns += 1
                return turn
            facts[turn.kind, turn.key] = self._find(turn)
        raise AssertionError(f"{session.conversation} asks the outside too often")

    def _find(self, needs: Needs) -> object:
        return self.case.table(needs.kind, needs.key)

    def _visit(self, turn: Turn) -> None:
        if self._is_seen(turn):
            return
        self.look(turn)
        self.longest = max(self.longest, len(turn.path))
        if turn.question is None:
            self._end(turn)
            return
        self.questions.add(stem(turn.question.name))
        self._try_ways_out(turn, turn.question)
        for after in list(self._answers(turn, turn.question)):
            self._visit(after)

    def _is_seen(self, turn: Turn) -> bool:
        place = landmark(turn)
        seen = place in self.seen
        self.seen.add(place)
        return seen

    def _answers(self, turn: Turn, question: Question) -> Iterator[Turn]:
        for option in question.options:
            yield self.press(turn, option.key)
        if question.contact:
            yield self.do(turn.session, SharedContact("6281200000001", own=True))
        if question.photo:
            yield self.do(turn.session, SentPhoto("AgACAgUAAxkBAAI"))
        if question.read is None:
            self._stays(turn, Answered("tidak jelas ini apa"))
            return
        texts = self.typed[stem(question.name)]
        for text in texts.valid:
            yield self.do(turn.session, Answered(text))
        self._stays(turn, Answered(texts.invalid))

    def press(self, turn: Turn, option: str) -> Turn:
        """Press a button of the open question."""
        name = turn.question.name if turn.question else "outcome"
        nonce = (turn.question.nonce if turn.question else "") or str(turn.session.turn)
        return self.do(turn.session, Chose(name, option, nonce))

    def _stays(self, turn: Turn, event: Event) -> Turn:
        """What does not answer changes no answer, and is said."""
        after = self.do(turn.session, event)
        assert after.note is not None, event
        assert after.question is not None, event
        assert after.question.name == (turn.question.name if turn.question else "")
        assert after.session.answers == turn.session.answers, event
        self.look(after)
        return after

    def _try_ways_out(self, turn: Turn, question: Question) -> None:
        self._stays(turn, Chose(question.name, "nothing such", str(turn.session.turn)))
        self._stays(turn, Chose(question.name, ".repeat", "an old nonce"))
        helped = self._stays(turn, Answered("bantuan"))
        assert helped.all_controls
        later = self.press(turn, ".later")
        assert later.outcome is not None
        assert later.session.answers == turn.session.answers
        cancelling = self.press(turn, ".cancel")
        self._stays(cancelling, Answered("bantuan"))
        assert landmark(self.press(cancelling, "no")) == landmark(turn)
        self._try_change(turn)
        self._try_back(turn)

    def _try_change(self, turn: Turn) -> None:
        changing = self.press(turn, ".change")
        if not turn.path:
            assert changing.note == Words("turn.nothing_before")
            return
        self._stays(changing, Answered("bantuan"))
        assert changing.question is not None
        assert tuple(o.key for o in changing.question.options) == turn.path
        assert landmark(self.do(changing.session, Answered("kembali"))) == landmark(turn)

    def _try_back(self, turn: Turn) -> None:
        back = self.do(turn.session, Answered("kembali"))
        assert back.question is not None
        if turn.session.editing or turn.session.overlay:
            assert back.session.answers == turn.session.answers
            assert not back.session.editing
        elif set(map(stem, turn.path)) <= OPTIONAL:
            assert back.note == Words("turn.nothing_before")
            assert back.question.name == (turn.question.name if turn.question else "")
        else:
            self._is_before(back, turn)

    def _is_before(self, back: Turn, turn: Turn) -> None:
        assert back.question is not None
        assert back.question.name in turn.path, turn.path
        passed = turn.path[turn.path.index(back.question.name) + 1 :]
        assert set(map(stem, passed)) <= OPTIONAL, (back.question.name, turn.path)
        assert back.question.name not in back.session.answers
        assert len(back.session.replaced) == len(turn.session.replaced) + 1

    def _end(self, turn: Turn) -> None:
        assert turn.outcome is not None
        self.outcomes[type(turn.outcome).__name__] += 1
        resting = isinstance(turn.outcome, Refuse) or getattr(turn.outcome, "back", False)
        if resting and turn.path:
            self._is_before(self.press(turn, ".back"), turn)


def landmark(turn: Turn) -> object:
    """Where a turn stands; two turns with the same landmark lead to the same places."""
    ways = (turn.path, turn.session.editing, turn.session.overlay)
    if turn.question is not None:
        asked = turn.question
        keys = tuple(option.key for option in asked.options)
        return (asked.name, asked.words.key, asked.about, keys, asked.contact, *ways)
    return (type(turn.outcome), _kind(turn), *ways)


def _kind(turn: Turn) -> object:
    match turn.outcome:
        case Say(words):
            return words.key
        case Refuse(reasons):
            return tuple(reason.key for reason in reasons)
        case SubmitRegistration() as submitted:
            return submitted.warnings
        case outcome:
            return outcome
