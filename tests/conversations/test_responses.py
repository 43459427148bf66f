"""What each event does: presses, typed texts, shared contacts, and the words that repair."""

import pytest

from conversations.model import (
    Answered,
    Chose,
    Given,
    Resumed,
    SentOther,
    Session,
    SharedContact,
    Words,
)
from conversations.responses import Parked, stem
from tests.conversations.talk import Talk
from tests.conversations.tiny import children, deciding, fruit, greet, phone, proof

STALE = Words("turn.stale")


@pytest.fixture
def talk() -> Talk:
    """A talk that stands at its last question."""
    talk = Talk(greet)
    talk.answer("Wayan", "[red]")
    return talk


def test_a_press_of_an_older_turn_changes_nothing_and_says_so() -> None:
    talk = Talk(greet)
    old = talk.type("Wayan").session.turn
    talk.type("kembali")
    talk.type("Made")
    turn = talk.do(Chose("tiny.colour", "red", str(old)))
    assert turn.note == STALE
    assert talk.values == {"tiny.name": "Made"}


def test_a_question_shown_twice_can_be_answered_by_either_of_its_buttons() -> None:
    talk = Talk(greet)
    first = talk.type("Wayan").session.turn
    talk.type("bantuan")
    assert talk.do(Chose("tiny.colour", "red", str(first))).note is None
    assert talk.values["tiny.colour"] == "red"


def test_a_press_that_belongs_to_another_question_changes_nothing(talk: Talk) -> None:
    before = talk.values
    for option in ("blue", "send", ".back"):
        turn = talk.do(Chose("tiny.colour", option, str(talk.session.turn)))
        assert turn.note == STALE
    assert talk.values == before
    assert talk.open == "tiny.summary"


def test_a_press_of_a_button_that_the_question_does_not_have_changes_nothing() -> None:
    talk = Talk(greet)
    talk.type("Wayan")
    assert talk.press("green").note == STALE
    assert talk.press(".nonsense").note == STALE
    assert talk.values == {"tiny.name": "Wayan"}


def test_a_press_with_the_nonce_of_a_card_counts_in_any_turn_and_no_other_does() -> None:
    talk = Talk(deciding)
    talk.look()
    assert talk.do(Chose("tiny.card", "yes", str(talk.session.turn))).note == STALE
    assert talk.do(Chose("tiny.card", "yes", "card7.2")).note == STALE
    assert talk.do(Chose("tiny.card", "yes", "card7.3")).outcome is not None


def test_a_text_that_cannot_be_read_is_answered_with_the_reason_and_not_kept() -> None:
    talk = Talk(greet)
    turn = talk.type("12345")
    assert turn.note == Words("name.unclear")
    assert talk.open == "tiny.name"
    assert talk.values == {}


def test_a_text_at_a_choice_is_no_answer_unless_it_means_an_option() -> None:
    talk = Talk(greet)
    talk.type("Wayan")
    assert talk.type("purple").note == Words("turn.not_an_option")
    assert talk.open == "tiny.colour"
    talk.type("the red one", option="red")
    assert talk.values["tiny.colour"] == "red"


def test_an_option_that_is_not_open_is_not_taken_from_a_text() -> None:
    talk = Talk(greet)
    turn = talk.type("Wayan", option="red")
    assert turn.note is None
    assert talk.values == {"tiny.name": "Wayan"}


def test_what_a_text_may_have_meant_is_offered_above_the_questions_own_options() -> None:
    talk = Talk(fruit)
    turn = talk.answer("Wayan", "fruit")
    assert turn.note == Words("tiny.which")
    assert turn.question is not None
    keys = [option.key for option in turn.question.options]
    assert keys == ["apple", "pear", "none", "~tiny.name"]


def test_an_option_of_the_question_is_not_offered_twice() -> None:
    offered = (("none", "No fruit"), ("apple", "An apple"))
    talk = Talk(fruit, Session("tiny", {"tiny.name": Given("Wayan")}, offered=offered))
    turn = talk.look()
    assert turn.question is not None
    assert [o.key for o in turn.question.options] == ["apple", "none", "~tiny.name"]


def test_an_offered_option_can_be_pressed_and_is_then_kept() -> None:
    talk = Talk(fruit)
    talk.answer("Wayan", "fruit", "[pear]")
    assert talk.values["tiny.fruit"] == "pear"
    assert talk.session.offered == ()


@pytest.mark.parametrize(
    "leaving", [("melon",), ("kembali",), ("ubah", "[tiny.name]"), ("[~tiny.name]",)]
)
def test_what_was_offered_goes_with_the_next_text_and_with_the_question(
    leaving: tuple[str, ...],
) -> None:
    talk = Talk(fruit)
    talk.answer("Wayan", "fruit", *leaving)
    assert talk.press("pear").note == STALE
    assert "tiny.fruit" not in talk.values


@pytest.mark.parametrize("typed", ["kembali", "Kembali", " KEMBALI ", "/kembali", "back"])
def test_a_command_word_counts_as_the_whole_message(talk: Talk, typed: str) -> None:
    talk.type(typed)
    assert talk.open == "tiny.colour"


@pytest.mark.parametrize("typed", ["kembali ke rumah", "saya batal", "nanti malam", "ubah nama"])
def test_a_command_word_inside_a_message_is_an_answer_like_any_other(typed: str) -> None:
    talk = Talk(greet)
    talk.type(typed)
    assert talk.values == {"tiny.name": typed}


def test_repeat_shows_the_same_question_without_a_note(talk: Talk) -> None:
    turn = talk.type("ulangi")
    assert turn.note is None
    assert turn.question is not None
    assert turn.question.name == "tiny.summary"


def test_help_says_why_and_shows_every_way_out(talk: Talk) -> None:
    turn = talk.type("bantuan")
    assert turn.note == Words("tiny.summary.help")
    assert turn.all_controls
    talk.press("send")
    assert talk.type("bantuan").note == Words("outcome.help")


def test_change_offers_every_answer_in_order_and_opens_the_chosen_one(talk: Talk) -> None:
    turn = talk.type("ubah")
    assert turn.question is not None
    offered = [(option.key, option.words.key) for option in turn.question.options]
    assert offered == [("tiny.name", "tiny.name.label"), ("tiny.colour", "tiny.colour.label")]
    talk.press("tiny.name")
    assert talk.open == "tiny.name"
    assert talk.values["tiny.name"] == "Wayan"


def test_change_of_a_loops_answer_bears_the_common_label() -> None:
    talk = Talk(children)
    talk.answer("[1]", "Putu", "[.back]", "[.back]", "[2]", "Putu")
    turn = talk.type("ubah")
    assert turn.question is not None
    assert [o.words.key for o in turn.question.options][-1] == "tiny.child.name.label"
    assert stem("tiny.child.12.name") == "tiny.child.name"


def test_change_with_nothing_answered_says_that_there_is_nothing_before() -> None:
    turn = Talk(greet).type("ubah")
    assert turn.note == Words("turn.nothing_before")
    assert not turn.session.overlay


def test_back_closes_the_list_of_answers_and_changes_nothing(talk: Talk) -> None:
    before = talk.values
    talk.answer("ubah", "kembali")
    assert talk.open == "tiny.summary"
    assert talk.values == before


def test_back_from_a_question_over_an_edit_returns_to_the_edit(talk: Talk) -> None:
    talk.answer("[~tiny.colour]", "batal", "kembali")
    assert talk.open == "tiny.colour"
    assert talk.session.editing == "tiny.colour"


def test_cancel_asks_once_and_no_goes_on_where_it_was(talk: Talk) -> None:
    turn = talk.type("batal")
    assert turn.question is not None
    assert turn.question.name == "turn.cancel"
    assert turn.outcome is None
    talk.press("no")
    assert talk.open == "tiny.summary"


def test_cancel_twice_is_asked_once() -> None:
    talk = Talk(greet)
    talk.answer("batal", "batal")
    talk.press("no")
    assert talk.open == "tiny.name"


def test_cancel_confirmed_parks_with_every_answer(talk: Talk) -> None:
    before = talk.values
    talk.type("batal")
    turn = talk.press("yes")
    assert turn.outcome == Parked(cancelled=True)
    assert turn.session.parked
    assert talk.values == before


def test_later_parks_at_once_and_coming_back_asks_the_same_question(talk: Talk) -> None:
    turn = talk.type("nanti")
    assert turn.outcome == Parked(cancelled=False)
    turn = talk.do(Resumed())
    assert turn.question is not None
    assert turn.question.name == "tiny.summary"
    assert not turn.session.parked
    assert not turn.session.overlay


@pytest.mark.parametrize("kind", ["photo", "sticker", "voice", "location", "forwarded", "edited"])
def test_what_is_no_answer_is_said_and_changes_nothing(talk: Talk, kind: str) -> None:
    before = talk.values
    turn = talk.do(SentOther(kind))
    assert turn.note == Words(f"sent.{kind}")
    assert turn.question is not None
    assert talk.values == before


def test_the_own_contact_is_kept_as_proven_and_still_counts_when_run_again() -> None:
    talk = Talk(phone)
    talk.do(SharedContact("62 812-0000-0001", own=True))
    assert talk.values == {"tiny.phone": "+6281200000001 telegram"}
    assert Talk(phone, Session("tiny", dict(talk.session.answers))).outcome is not None


def test_somebody_elses_contact_is_not_taken() -> None:
    talk = Talk(phone)
    turn = talk.do(SharedContact("+6281200000001", own=False))
    assert turn.note == Words("turn.contact_not_own")
    assert talk.values == {}


def test_a_typed_number_is_kept_without_proof() -> None:
    talk = Talk(phone)
    talk.type("0812 0000 0001")
    assert talk.values == {"tiny.phone": "+6281200000001"}


def test_a_foreign_contact_is_refused_with_the_readers_reason() -> None:
    talk = Talk(phone)
    assert talk.do(SharedContact("+1 202 555 0100", own=True)).note == Words("phone.unclear")
    assert talk.values == {}


def test_a_number_that_must_be_shared_cannot_be_typed_even_with_the_mark_of_proof() -> None:
    talk = Talk(proof)
    assert talk.type("+6281200000001 telegram").note == Words("turn.contact_only")
    assert talk.values == {}


def test_the_mark_of_proof_cannot_be_typed_where_numbers_are_typed() -> None:
    talk = Talk(phone)
    talk.type("+6281200000001 telegram")
    assert not talk.values.get("tiny.phone", "").endswith("telegram")


def test_a_contact_where_none_is_asked_changes_nothing(talk: Talk) -> None:
    turn = talk.do(SharedContact("+6281200000001", own=True))
    assert turn.note == Words("sent.contact")
    assert "tiny.phone" not in talk.values


def test_an_answer_ends_parking_and_drops_the_choice_of_answers() -> None:
    talk = Talk(greet, Session("tiny", {"tiny.name": Given("Wayan")}, parked=True))
    talk.do(Answered("merah", option="red"))
    assert not talk.session.parked
    assert talk.open == "tiny.summary"
