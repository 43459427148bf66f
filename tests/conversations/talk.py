"""Talks with one conversation, turn by turn, as `bot/turn.py` does but without a bot."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from conversations.engine import Facts, step
from conversations.model import (
    Answered,
    Chose,
    Conversation,
    Event,
    Looked,
    Needs,
    Outcome,
    Session,
    Stamp,
    Turn,
)

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
WAYAN_ID = 6_000_000_001


def _nothing(kind: str, key: str) -> object:
    raise AssertionError(f"nothing is known of {kind} {key}")


@dataclass
class Talk:
    """A conversation, its session as it stands, and what the outside knows."""

    conversation: Conversation
    session: Session = field(default_factory=lambda: Session("tiny"))
    table: Callable[[str, str], object] = _nothing
    asked_for: list[tuple[str, str]] = field(default_factory=list)
    turns: int = 0

    def do(self, event: Event) -> Turn:
        """One turn; what the conversation asks of the outside is found in `table`."""
        self.turns += 1
        now = NOW + timedelta(minutes=self.turns)
        stamp = Stamp(now, TODAY, WAYAN_ID, words="words-1", rules="rules-1")
        known: dict[tuple[str, str], object] = {}
        while isinstance(
            turn := step(self.conversation, self.session, event, Facts(known), stamp), Needs
        ):
            self.asked_for.append((turn.kind, turn.key))
            known[turn.kind, turn.key] = self.table(turn.kind, turn.key)
        self.session = turn.session
        return turn

    def look(self) -> Turn:
        """Where the conversation stands."""
        return self.do(Looked())

    def type(self, text: str, option: str = "") -> Turn:
        """Type a text; `option` is the button that it means, if any."""
        return self.do(Answered(text, option))

    def press(self, option: str) -> Turn:
        """Press a button of what is open now."""
        turn = self.look()
        name = turn.question.name if turn.question else "outcome"
        nonce = (turn.question.nonce if turn.question else "") or str(self.session.turn)
        return self.do(Chose(name, option, nonce))

    def answer(self, *answers: str) -> Turn:
        """Press each `[option]`, type each other answer; the turn after the last."""
        for what in answers:
            turn = self.press(what.strip("[]")) if what.startswith("[") else self.type(what)
        return turn

    @property
    def open(self) -> str:
        """The name of the open question, or "" where there is none."""
        turn = self.look()
        return turn.question.name if turn.question else ""

    @property
    def outcome(self) -> Outcome | None:
        """What the conversation ends in as it stands."""
        return self.look().outcome

    @property
    def values(self) -> dict[str, str]:
        """The answers kept, by question."""
        return {name: given.value for name, given in self.session.answers.items()}
