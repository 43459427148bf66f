"""The theory of `conversations/engine.py`: the answers are the whole state."""

from dataclasses import replace

import pytest

from conversations.engine import Facts, step
from conversations.model import Answered, Given, Looked, Needs, Session, Stamp, Words
from tests.conversations.talk import NOW, TODAY, WAYAN_ID, Talk
from tests.conversations.tiny import DONE, children, greet, nickname, weather


@pytest.fixture
def talk() -> Talk:
    """A talk that stands at its last question."""
    talk = Talk(greet)
    talk.answer("Wayan", "[red]")
    return talk


def test_an_empty_session_opens_the_first_question() -> None:
    turn = Talk(greet).look()
    assert turn.question is not None
    assert turn.question.name == "tiny.name"
    assert turn.path == ()
    assert turn.note is None


def test_an_answer_opens_the_next_question() -> None:
    turn = Talk(greet).type("  Ni   Made ")
    assert turn.question is not None
    assert turn.question.name == "tiny.colour"
    assert turn.path == ("tiny.name",)


def test_an_answer_is_kept_as_read_with_when_by_whom_and_under_which_words_and_rules() -> None:
    talk = Talk(greet)
    talk.type("  Ni   Made ")
    at = "2026-11-20T02:01:00+00:00"
    given = Given("Ni Made", "", at, WAYAN_ID, "", "words-1", "rules-1")
    assert talk.session.answers == {"tiny.name": given}


def test_the_last_answer_leads_to_the_outcome(talk: Talk) -> None:
    turn = talk.press("send")
    assert turn.outcome == DONE
    assert turn.path == ("tiny.name", "tiny.colour", "tiny.summary")
    assert turn.session.resting


def test_looking_changes_nothing_and_asks_the_same(talk: Talk) -> None:
    before = talk.session
    turn = talk.look()
    assert turn.question is not None
    assert turn.question.name == "tiny.summary"
    assert replace(talk.session, turn=before.turn) == before


def test_only_a_turn_that_changes_something_is_counted() -> None:
    talk = Talk(greet)
    before = talk.look().session.turn
    assert talk.look().session.turn == before
    assert talk.type("bantuan").session.turn == before
    assert talk.type("Wayan").session.turn == before + 1


def test_running_again_from_the_kept_answers_leads_to_the_same_question(talk: Talk) -> None:
    resumed = Talk(greet, Session("tiny", dict(talk.session.answers)))
    assert resumed.open == "tiny.summary"


def test_back_leaves_the_last_answer_and_asks_it_again(talk: Talk) -> None:
    turn = talk.type("kembali")
    assert turn.question is not None
    assert turn.question.name == "tiny.colour"
    assert talk.values == {"tiny.name": "Wayan"}


def test_back_again_and_again_reaches_the_first_question_and_says_so(talk: Talk) -> None:
    talk.answer("kembali", "kembali")
    assert talk.open == "tiny.name"
    turn = talk.type("kembali")
    assert turn.note == Words("turn.nothing_before")
    assert talk.open == "tiny.name"


def test_what_back_leaves_and_what_is_changed_is_kept_as_replaced(talk: Talk) -> None:
    talk.answer("kembali", "[blue]", "[~tiny.colour]", "[red]")
    replaced = [(name, given.value) for name, given in talk.session.replaced]
    assert replaced == [("tiny.colour", "red"), ("tiny.colour", "blue")]
    assert talk.values["tiny.colour"] == "red"


def test_editing_opens_the_question_and_the_old_answer_stays_until_replaced(talk: Talk) -> None:
    talk.press("~tiny.colour")
    assert talk.open == "tiny.colour"
    assert talk.values["tiny.colour"] == "red"
    talk.press("blue")
    assert talk.open == "tiny.summary"
    assert talk.values["tiny.colour"] == "blue"


def test_back_gives_an_edit_up_and_keeps_the_old_answer(talk: Talk) -> None:
    talk.press("~tiny.colour")
    turn = talk.type("kembali")
    assert turn.question is not None
    assert turn.question.name == "tiny.summary"
    assert talk.values == {"tiny.name": "Wayan", "tiny.colour": "red"}
    assert talk.session.replaced == ()


def test_a_changed_answer_makes_only_what_hangs_on_it_missing(talk: Talk) -> None:
    talk.answer("[~tiny.name]", "Made")
    assert talk.open == "tiny.colour"
    talk.press("blue")
    assert talk.open == "tiny.summary"
    assert talk.values == {"tiny.name": "Made", "tiny.colour": "blue"}


def test_an_answer_changed_to_the_same_makes_nothing_missing(talk: Talk) -> None:
    talk.answer("[~tiny.name]", "Wayan")
    assert talk.open == "tiny.summary"
    assert talk.values["tiny.colour"] == "red"


def test_an_answer_that_the_question_no_longer_accepts_counts_as_missing() -> None:
    answers = {"tiny.name": Given("Wayan"), "tiny.colour": Given("green", about="Wayan")}
    assert Talk(greet, Session("tiny", answers)).open == "tiny.colour"


def test_an_answer_that_nobody_asks_for_is_not_read(talk: Talk) -> None:
    answers = {**talk.session.answers, "tiny.dropped": Given("what was asked once")}
    assert Talk(greet, Session("tiny", answers)).open == "tiny.summary"


def test_an_optional_question_is_not_asked() -> None:
    talk = Talk(nickname)
    talk.answer("Wayan")
    assert talk.open == "tiny.town"
    assert talk.type("Denpasar").outcome is not None


def test_an_optional_question_is_asked_when_it_is_opened_and_its_answer_counts() -> None:
    talk = Talk(nickname, Session("tiny", {"tiny.name": Given("Wayan")}, editing="tiny.nick"))
    assert talk.open == "tiny.nick"
    talk.type("Yan")
    assert talk.open == "tiny.town"
    turn = talk.type("Denpasar")
    assert turn.path == ("tiny.name", "tiny.nick", "tiny.town")
    assert turn.outcome is not None
    assert "Wayan Yan Denpasar" in str(turn.outcome)


def test_back_passes_over_an_optional_answer_and_keeps_it() -> None:
    talk = Talk(nickname, Session("tiny", {"tiny.name": Given("Wayan")}, editing="tiny.nick"))
    talk.answer("Yan", "kembali")
    assert talk.open == "tiny.name"
    assert talk.values == {"tiny.nick": "Yan"}
    talk.answer("Wayan", "Denpasar")
    assert "Wayan Yan Denpasar" in str(talk.outcome)


def test_what_the_outside_knows_stops_the_run_until_it_is_told() -> None:
    stamp = Stamp(NOW, TODAY, WAYAN_ID)
    needs = step(weather, Session("tiny"), Looked(), Facts(), stamp)
    assert needs == Needs("towns", "")
    facts = Facts({("towns", ""): ("ubud", "kuta")})
    turn = step(weather, Session("tiny"), Looked(), facts, stamp)
    assert not isinstance(turn, Needs)
    assert turn.question is not None


def test_an_answer_is_not_lost_while_the_outside_is_asked() -> None:
    facts = {("towns", ""): ("ubud", "kuta"), ("sky", "kuta"): "clear"}
    talk = Talk(weather, table=lambda kind, key: facts[kind, key])
    turn = talk.type("2", option="kuta")
    assert turn.outcome is not None
    assert "clear" in str(turn.outcome)
    assert talk.asked_for == [("towns", ""), ("sky", "kuta")]


def test_the_questions_of_a_loop_have_numbered_names_and_common_words() -> None:
    talk = Talk(children)
    talk.press("2")
    assert talk.open == "tiny.child.1.name"
    talk.type("Putu")
    assert talk.open == "tiny.child.2.name"
    assert talk.type("bantuan").note == Words("tiny.child.name.help")
    turn = talk.type("Kadek")
    assert turn.path == ("tiny.children", "tiny.child.1.name", "tiny.child.2.name")
    assert "Putu, Kadek" in str(turn.outcome)


def test_a_shorter_loop_leaves_the_later_answers_unread() -> None:
    talk = Talk(children)
    talk.answer("[2]", "Putu", "kembali", "kembali", "[1]", "Putu")
    assert "{'names': 'Putu'}" in str(talk.outcome)


def test_back_out_of_a_resting_outcome_asks_the_last_question_again(talk: Talk) -> None:
    talk.press("send")
    turn = talk.press(".back")
    assert turn.question is not None
    assert turn.question.name == "tiny.summary"
    assert not turn.session.resting


def test_what_is_typed_at_a_resting_outcome_changes_nothing(talk: Talk) -> None:
    talk.press("send")
    before = talk.values
    turn = talk.do(Answered("terima kasih"))
    assert turn.outcome == DONE
    assert talk.values == before
    assert turn.session.resting
