"""The officer's desk and the worker's status: what each button leads to, and whose press counts."""

from dataclasses import replace
from datetime import date

import pytest

from conversations.desk import REJECT_WHY, Desk, desk
from conversations.model import Chose, Outcome, Session, Words
from conversations.outcomes import Decide, OpenConversation, PassOver, Withdraw
from conversations.status import CORRECTABLE, WITHDRAWABLE, Standing, status
from rules.registration import State
from tests.conversations.cases import ID, Known, card
from tests.conversations.talk import Talk

VIEW = Desk("Desa Contoh", 2, Words("desk.seats.none"), card())
PENDING = Standing(
    ID, 3, "ABC-DEFG", "I Wayan Contoh", "Desa Contoh", State.PENDING, date(2026, 11, 20)
)


def at_desk(view: Desk = VIEW) -> Talk:
    return Talk(desk, Session("desk"), Known(desk=view))


def at_status(*mine: Standing, unfinished: str = "") -> Talk:
    return Talk(status, Session("status"), Known(registrations=mine, unfinished=unfinished))


@pytest.mark.parametrize(
    ("presses", "outcome"),
    [
        (("confirm", "yes"), Decide(ID, 10_000, "confirm")),
        (("reject", "duplicate"), Decide(ID, 10_000, "reject", "duplicate")),
        (
            ("return", "enrolment.name", "unclear"),
            Decide(ID, 10_000, "return", "unclear", "enrolment.name"),
        ),
        (("details",), OpenConversation("details", ID)),
        (("later",), PassOver(ID)),
    ],
)
def test_the_buttons_of_a_card_lead_to_a_decision_on_that_card_at_that_version(
    presses: tuple[str, ...], outcome: Outcome
) -> None:
    talk = at_desk()
    turns = [talk.press(press) for press in presses]
    assert turns[-1].outcome == outcome


def test_a_press_on_an_older_version_of_the_card_decides_nothing() -> None:
    talk = at_desk()
    turn = talk.do(Chose("desk.card", "later", f"{ID}.9999"))
    assert turn.note == Words("turn.stale")
    assert turn.outcome is None
    assert talk.do(Chose("desk.card", "later", f"{ID}.10000")).outcome == PassOver(ID)


def test_a_card_changed_meanwhile_must_be_looked_at_again() -> None:
    talk = at_desk()
    talk.press("confirm")
    talk.table = Known(desk=replace(VIEW, card=replace(card(), version=10_001)))
    assert talk.open == "desk.card"
    assert talk.do(Chose("desk.attest", "yes", f"{ID}.10000")).outcome is None


def test_an_officer_who_is_not_sure_comes_back_to_the_card() -> None:
    talk = at_desk()
    talk.press("confirm")
    talk.press(".back")
    assert talk.open == "desk.card"
    assert talk.values == {}


def test_an_own_reason_is_kept_in_the_officers_words() -> None:
    talk = at_desk()
    talk.answer("[return]", "[enrolment.occupation]", "Petani atau buruh tani?")
    outcome = talk.outcome
    assert isinstance(outcome, Decide)
    assert outcome.reason == "Petani atau buruh tani?"


def test_a_sign_up_is_never_declined_without_a_reason() -> None:
    talk = at_desk()
    turn = talk.press("reject")
    assert turn.question is not None
    assert tuple(option.key for option in turn.question.options) == REJECT_WHY
    assert turn.outcome is None


@pytest.mark.parametrize("state", State)
def test_a_sign_up_is_corrected_and_withdrawn_only_where_its_state_allows(state: State) -> None:
    turn = at_status(replace(PENDING, state=state)).look()
    assert turn.question is not None
    keys = {option.key for option in turn.question.options}
    assert ("correct" in keys) == (state in CORRECTABLE)
    assert ("withdraw" in keys) == (state in WITHDRAWABLE)
    assert "another" in keys


def test_withdrawing_is_asked_once_more() -> None:
    talk = at_status(PENDING)
    assert talk.press("withdraw").outcome is None
    assert talk.press("yes").outcome == Withdraw(ID)
    talk = at_status(PENDING)
    talk.press("withdraw")
    talk.press(".back")
    assert talk.open == "status.actions"


def test_of_several_sign_ups_the_person_chooses_one() -> None:
    talk = at_status(PENDING, replace(PENDING, id="B" * 16, name="Ni Made Contoh"))
    assert talk.open == "status.which"
    talk.press("B" * 16)
    assert talk.press("correct").outcome == OpenConversation("enrolment", "B" * 16)


def test_what_is_unfinished_can_be_gone_on_with_from_the_status() -> None:
    turn = at_status(PENDING).look()
    assert turn.question is not None
    assert "resume" not in [option.key for option in turn.question.options]
    talk = at_status(PENDING, unfinished="enrolment")
    assert talk.press("resume").outcome == OpenConversation("resume")
