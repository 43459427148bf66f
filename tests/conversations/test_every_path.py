"""Every path of every conversation, walked by a machine (`walker.py`) from every beginning."""

from collections.abc import Callable

import pytest

from conversations.contents import CONVERSATIONS
from conversations.model import Outcome
from conversations.responses import Parked
from tests import keys
from tests.conversations.cases import CASES
from tests.conversations.sayable import all_walks, walked

QUESTIONS = 34  # so many are asked in all, at the least
LAID_OVER = {"turn.cancel", "turn.change"}  # the engine's own, seen from every question
LONGEST = 15  # answers on the longest path, another village's link and all corrections included


@pytest.mark.parametrize("name", [case.name for case in CASES])
def test_every_path_ends_can_go_back_and_is_sayable(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    walk = walked(name)
    assert walk.outcomes.total() > 0
    assert walk.longest <= LONGEST
    record_property("questions", len(walk.questions))
    record_property("paths", walk.outcomes.total())
    record_property("turns", walk.turns)


def test_every_conversation_is_walked() -> None:
    assert {case.session.conversation for case in CASES} == set(CONVERSATIONS)


def test_every_question_is_reached(record_property: Callable[[str, object], None]) -> None:
    reached = set().union(*(walk.questions for walk in all_walks()))
    made = set().union(*(keys.given_to(maker, 0) for maker in ("choice", "text", "Question")))
    written = {
        name for name in made if keys.KEY.fullmatch(name)
    }  # the database's text is no question
    record_property("questions", len(reached))
    assert sorted(written - reached - LAID_OVER) == []
    assert len(reached) >= QUESTIONS


def test_every_kind_of_outcome_is_reached() -> None:
    reached = {kind for walk in all_walks() for kind in walk.outcomes}
    ours = [kind for kind in Outcome.__subclasses__() if "tests" not in kind.__module__]
    # To park is a way out that every walk tries at every question, and no end of its own.
    assert {kind.__name__ for kind in ours} - {Parked.__name__} == reached
