"""The engine: one pure function that takes a conversation one event further.

Theory. A conversation is a plain function that calls `ask`. On every turn it is run again from
the top with the answers kept so far, by question name, and stops at the first question that has
none: that question is open. So the answers are the whole state, and three things follow.

- Going back is leaving the last answer of the path. Resuming, after a minute or a month, is
  running again. A release that adds, moves or drops a question strands nobody: an answer that
  its question no longer accepts counts as missing, and one that nobody asks for is not read.
- Editing (`session.editing`) opens a question that has an answer. The old answer stays until a
  new one replaces it, and Back gives the edit up. Answers that hang on the changed one (their
  `about` differs now) are missing, so just those are asked again.
- An overlay (`session.overlay`) is a question of the engine's own ("which answer?", "really
  cancel?") that lies over the open one and is no part of the path.

A press carries question, option and nonce, the number of the last turn that changed something. It
counts only if it fits what is open now; otherwise nothing changes and the person is told. What
only the outside knows is asked of `known`; what it does not hold stops the run with `Needs`, and
the caller runs the turn again.
"""

from collections.abc import Mapping
from dataclasses import replace

from conversations.model import (
    Conversation,
    Event,
    Known,
    Needs,
    Option,
    Question,
    Run,
    Session,
    Stamp,
    Turn,
    Words,
)
from conversations.responses import overlay, respond


class _Stop(Exception):
    def __init__(self, question: Question) -> None:
        self.question = question


class _Missing(Exception):
    def __init__(self, needs: Needs) -> None:
        self.needs = needs


class _Asking:
    def __init__(self, session: Session) -> None:
        self.answers = session.answers
        self.about = session.about
        self.replaced = session.replaced
        self._editing = session.editing
        self.path: list[Question] = []

    def __call__(self, question: Question) -> str:
        given = self.answers.get(question.name)
        if given is None or self._editing == question.name or not question.accepts(given):
            raise _Stop(question)
        self.path.append(question)
        return given.value

    def optional(self, question: Question) -> str:
        given = self.answers.get(question.name)
        if self._editing == question.name:
            raise _Stop(question)
        if given is None or not question.accepts(given):
            return ""
        self.path.append(replace(question, optional=True))
        return given.value


class Facts:
    """What the outside has told so far, by kind and key; anything else stops the run."""

    def __init__(self, facts: Mapping[tuple[str, str], object] | None = None) -> None:
        self.facts = dict(facts or {})

    def __call__(self, kind: str, key: str = "") -> object:
        """Return the fact, or stop the run with `Needs`."""
        if (kind, key) not in self.facts:
            raise _Missing(Needs(kind, key))
        return self.facts[kind, key]


def step(
    conversation: Conversation,
    session: Session,
    event: Event,
    known: Known,
    stamp: Stamp,
    walked: Run | None = None,
) -> Turn | Needs:
    """Take `conversation` one event further; change nothing outside the returned `Turn`.

    `walked` is how it stands, by `walk`, for who knows that already.
    """
    try:
        run = walked or walk(conversation, session, known, stamp)
        turn = respond(run, session, event, stamp)
        if turn.outcome is not None or turn.session == session:
            return _shown(_counted(turn, session), run)
        return _shown(_counted(turn, session), walk(conversation, turn.session, known, stamp))
    except _Missing as missing:
        return missing.needs


def walk(conversation: Conversation, session: Session, known: Known, stamp: Stamp) -> Run:
    """Run a conversation from the top: the answers that it passes, and where it stops."""
    asking = _Asking(session)
    try:
        outcome = conversation(asking, known, stamp.today)
    except _Stop as stop:
        question = _with_offered(stop.question, session)
        return Run(tuple(asking.path), question, None)
    return Run(tuple(asking.path), None, outcome)


def _with_offered(question: Question, session: Session) -> Question:
    if not session.offered:
        return question
    offered = tuple(
        Option(key, Words("plain", {"text": text}))
        for key, text in session.offered
        if all(option.key != key for option in question.options)
    )
    return replace(question, options=offered + question.options)


def _counted(turn: Turn, before: Session) -> Turn:
    """Count a turn that changed something: only then do the buttons shown before lose their force.

    Were every turn counted, two presses under way at once would make each other stale for ever.
    """
    if turn.session == before:
        return turn
    return replace(turn, session=replace(turn.session, turn=before.turn + 1))


def _shown(turn: Turn, run: Run) -> Turn:
    path = tuple(question.name for question in run.path)
    session = _resting(turn.session, False)
    if turn.outcome is not None:
        return replace(turn, session=session, path=path)
    if session.overlay:
        question = overlay(session.overlay, run.path)
        return replace(turn, session=session, question=question, path=path, run=run)
    if session.editing and (run.question is None or run.question.name != session.editing):
        session = replace(session, editing="")
    session = _resting(session, run.outcome is not None)
    return replace(
        turn, session=session, question=run.question, outcome=run.outcome, path=path, run=run
    )


def _resting(session: Session, is_resting: bool) -> Session:
    return session if session.resting is is_resting else replace(session, resting=is_resting)
