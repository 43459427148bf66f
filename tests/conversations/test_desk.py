"""The officer's desk and the worker's status: what each button leads to, and whose press counts."""

from dataclasses import replace
from datetime import date

import pytest

from conversations.batch import ConfirmTogether, batch
from conversations.desk import REJECT_WHY, Card, Desk, NextCase, case, desk
from conversations.minutes import RecordMinutes, Undocumented, minutes
from conversations.model import Chose, Outcome, SentPhoto, Session, Words
from conversations.outcomes import Decide, OpenConversation, PassOver, Withdraw
from conversations.own_card import DeclareOwnCard, own_card
from conversations.status import CORRECTABLE, WITHDRAWABLE, Standing, status
from rules.registration import State
from tests.conversations.cases import ID, Known
from tests.conversations.desk_cases import HOME, VILLAGE, card, clean, screen
from tests.conversations.talk import TODAY, Talk

PENDING = Standing(
    ID, 3, "ABC-DEFG", "I Wayan Contoh", "Desa Contoh", State.PENDING, date(2026, 11, 20)
)


def at_desk(one: Card | None = None) -> Talk:
    about = {"case": ID, "village": VILLAGE}
    return Talk(case, Session("case", about=about), Known(case=one or card()))


def at_home(view: Desk = HOME) -> Talk:
    return Talk(desk, Session("desk"), Known(desk=view))


def at_batch(count: int = 3) -> Talk:
    people = clean(count)
    return Talk(batch, screen(people), Known(batch=people))


def ticks(talk: Talk) -> list[str]:
    question = talk.look().question
    assert question is not None
    labels = [str(option.words.params.get("text", "")) for option in question.options]
    return [label[0] for label in labels if label[:1] in ("☐", "☑")]


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
        (("desk",), OpenConversation("desk", VILLAGE)),
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
    talk.table = Known(case=replace(card(), version=10_001))
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


def keys_of(talk: Talk) -> tuple[str, ...]:
    question = talk.look().question
    assert question is not None
    return tuple(option.key for option in question.options)


def test_the_desk_has_buttons_only_where_there_is_something() -> None:
    assert keys_of(at_home()) == ("refresh",)
    assert keys_of(at_home(replace(HOME, clean=2))) == ("clean", "single", "refresh")
    assert keys_of(at_home(replace(HOME, doubtful=2))) == ("single", "refresh")
    assert keys_of(at_home(replace(HOME, decided=True))) == ("minutes", "refresh")
    assert keys_of(at_home(replace(HOME, declared=True))) == ("own_card", "refresh")


def test_an_officer_of_two_villages_reaches_both() -> None:
    talk = at_home(replace(HOME, others=(("51.71.03.2009", "Desa Lain", 4),)))
    assert talk.press("51.71.03.2009").outcome == OpenConversation("desk", "51.71.03.2009")


def test_a_card_that_is_gone_leads_to_the_next_of_the_village() -> None:
    talk = at_desk()
    talk.table = Known(case=None)
    assert talk.look().outcome == NextCase(VILLAGE)


def test_a_card_of_the_officers_own_has_no_decision_on_it() -> None:
    talk = at_desk(replace(card(), conflicts=("family",)))
    assert keys_of(talk) == ("phone", "details", "later", "desk")
    assert talk.press("confirm").note == Words("turn.stale")


def test_where_there_is_no_other_officer_the_card_says_that_it_is_marked() -> None:
    talk = at_desk(replace(card(), conflicts=("family",), alone=True))
    assert keys_of(talk)[:3] == ("confirm", "return", "reject")
    question = talk.look().question
    assert question is not None
    assert "desk.conflict.marked" in repr(question.words)


def test_the_weightiest_doubts_stand_first_on_the_card() -> None:
    question = at_desk(card("phone_none", "able_ill_short", "age_old")).look().question
    assert question is not None
    said = repr(question.words)
    places = [said.index(f"warning.{key}") for key in ("age_old", "able_ill_short", "phone_none")]
    assert places == sorted(places)


def test_nobody_is_ticked_before_the_officer_ticks() -> None:
    talk = at_batch()
    assert ticks(talk) == ["☐"] * 3
    assert "confirm" not in keys_of(talk)


def test_a_tick_stays_on_the_screen_and_a_second_press_takes_it_away() -> None:
    talk = at_batch()
    assert talk.press("+desk.tick.2").outcome is None
    assert ticks(talk) == ["☐", "☑", "☐"]
    talk.press("+desk.tick.2")
    assert ticks(talk) == ["☐"] * 3
    assert talk.values == {}


def test_quick_presses_on_a_screen_not_yet_rewritten_all_count() -> None:
    talk = at_batch()
    key = talk.session.about["key"]
    for place in (1, 3):
        talk.do(Chose("desk.batch", f"+desk.tick.{place}", key))
    assert ticks(talk) == ["☑", "☐", "☑"]


def test_just_the_ticked_are_confirmed_each_at_its_version() -> None:
    talk = at_batch()
    for press in ("+desk.tick.1", "+desk.tick.3", "confirm"):
        talk.press(press)
    assert talk.open == "desk.vouch"
    people, last = clean(3), clean(3)[-1].id
    cases = tuple((one.id, one.version) for one in (people[0], people[2]))
    assert talk.press("yes").outcome == ConfirmTogether(VILLAGE, cases, last)


def test_a_statement_read_before_counts_for_nobody_ticked_since() -> None:
    talk = at_batch()
    for press in ("+desk.tick.1", "confirm"):
        talk.press(press)
    read = talk.session.turn
    for press in (".back", "+desk.tick.2", "confirm"):
        talk.press(press)
    turn = talk.do(Chose("desk.vouch", "yes", str(read)))
    assert turn.outcome is None
    assert turn.note == Words("turn.stale")


def test_one_decided_meanwhile_leaves_the_screen_and_the_ticks_stay_with_their_people() -> None:
    talk = at_batch()
    talk.press("+desk.tick.3")
    talk.table = Known(batch=clean(3)[1:])
    assert ticks(talk) == ["☐", "☑"]


def test_who_was_ticked_and_is_anothers_by_now_is_named_with_those_confirmed() -> None:
    talk = at_batch()
    for press in ("+desk.tick.1", "+desk.tick.3", "confirm"):
        talk.press(press)
    first, *others = clean(3)
    talk.table = Known(batch=(replace(first, gone=True), *others))
    last = others[-1]
    cases = ((last.id, last.version),)
    assert talk.press("yes").outcome == ConfirmTogether(VILLAGE, cases, last.id, (first.name,))


def test_where_all_who_were_ticked_are_anothers_nobody_is_confirmed_and_it_is_said() -> None:
    talk = at_batch(1)
    for press in ("+desk.tick.1", "confirm"):
        talk.press(press)
    [only] = clean(1)
    talk.table = Known(batch=(replace(only, gone=True),))
    assert talk.look().outcome == ConfirmTogether(VILLAGE, (), only.id, (only.name,))


def test_there_is_no_way_on_from_the_last_screen() -> None:
    assert "more" not in keys_of(at_batch())
    people = clean(3)
    assert "more" in keys_of(Talk(batch, screen(people, "yes"), Known(batch=people)))


def test_the_statement_under_a_conflict_does_not_deny_it() -> None:
    for conflicts, key in (((), "desk.attest"), (("family",), "desk.attest.own")):
        talk = at_desk(replace(card(), conflicts=conflicts, alone=bool(conflicts)))
        question = talk.press("confirm").question
        assert question is not None
        assert question.words.key == key


def own(nik: str, kk: str) -> Talk:
    talk = Talk(own_card, Session("own_card"), Known())
    talk.answer(nik, kk)
    return talk


def test_the_own_numbers_count_when_their_ends_were_looked_at() -> None:
    talk = own("5171031206850001", "5171030101010009")
    assert talk.open == "own_card.summary"
    talk.press("~own_card.nik")
    talk.answer("5171031206850002", "[send]")
    found = DeclareOwnCard("5171031206850002", "5171030101010009", "desk", "")
    assert talk.outcome == found


def test_a_birth_date_that_there_is_not_is_a_mistype_of_the_own_nik() -> None:
    talk = Talk(own_card, Session("own_card"), Known())
    assert talk.type("5171039906850001").note == Words("own_card.nik.impossible")


def test_the_own_nik_is_no_family_card_even_when_it_is_changed_to_that() -> None:
    talk = Talk(own_card, Session("own_card"), Known())
    talk.answer("5171031206850001")
    assert talk.type("5171031206850001").note == Words("own_card.kk.same")
    talk.answer("5171030101010009")
    talk.press("~own_card.nik")
    talk.answer("5171030101010009")
    assert talk.open == "own_card.kk"


def test_a_photo_is_kept_where_it_is_asked_for_and_declined_elsewhere() -> None:
    found = Undocumented(VILLAGE, "Desa Contoh", 3, 3)
    session = Session("minutes", about={"village": VILLAGE, "batch": ""})
    talk = Talk(minutes, session, Known(minutes=found))
    assert talk.do(SentPhoto("early")).note == Words("sent.photo")
    talk.answer("12/BA/2026", f"[{TODAY.isoformat()}]")
    assert talk.type("lihat saja").note == Words("turn.photo_only")
    talk.do(SentPhoto("AgAC"))
    assert talk.press("send").outcome == RecordMinutes(VILLAGE, "12/BA/2026", TODAY, "AgAC", "")
