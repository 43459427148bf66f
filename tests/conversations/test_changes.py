"""Part one when something changes: what is asked again, what the officer is told, and links."""

from dataclasses import replace

import pytest

from conversations.enrolment import Offer, enrolment
from conversations.model import Session, Words
from conversations.outcomes import OpenConversation, Refuse, RequestNotice, Say, SubmitRegistration
from rules.programme_facts import Sourced
from rules.programmes import Programme
from tests.conversations.cases import ID, PROGRAMMES, VILLAGES, Known, linked
from tests.conversations.forms import asked_again, begin, fill, warnings
from tests.conversations.talk import WAYAN_ID, Talk

DENPASAR, GIANYAR, PURWAKARTA = (VILLAGES[key] for key in ("denpasar", "gianyar", "purwakarta"))
TEGAL_KERTHA = "51.71.03.2009"


@pytest.fixture
def filled() -> Talk:
    """A sign-up at the last look."""
    talk = begin()
    fill(talk, until="enrolment.summary")
    return talk


@pytest.mark.parametrize(
    ("edited", "new", "again"),
    [
        ("name", "I Made Contoh", []),
        ("occupation", "[pedagang]", ["work"]),
        ("occupation", "penjual jamu", ["work"]),
        ("work", "[seasonal]", []),
        ("able", "[ill_short]", []),
        ("tie", "[insured]", []),
        ("residence", "[elsewhere]", []),
        ("nik", "5171 0357 0890 0002", []),
        ("village", TEGAL_KERTHA, ["residence"]),
        ("village", GIANYAR, ["residence", "occupation"]),
        ("phone", "0812 3456 789", []),
    ],
)
def test_a_changed_answer_asks_again_only_what_hangs_on_it(
    filled: Talk, edited: str, new: str, again: list[str]
) -> None:
    filled.answer(f"[~enrolment.{edited}]", new)
    assert asked_again(filled) == again
    assert isinstance(filled.press("send").outcome, SubmitRegistration)


def test_a_changed_answer_is_the_newest(filled: Talk) -> None:
    filled.answer("[~enrolment.name]", "I Made Contoh")
    assert list(filled.session.answers)[-1] == "enrolment.name"


def test_signing_up_somebody_else_instead_asks_consent_and_phone_anew(filled: Talk) -> None:
    filled.answer("[~enrolment.whom]", "[neighbour]")
    assert asked_again(filled, phone="[none]") == ["consent", "phone"]
    assert warnings(filled.press("send")) == ("typed_by_other", "phone_none")


def test_one_other_person_instead_of_another_asks_nothing_anew() -> None:
    talk = begin()
    fill(talk, until="enrolment.summary", whom="[family]", phone="[none]")
    talk.answer("[~enrolment.whom]", "[cadre]")
    assert talk.open == "enrolment.summary"


def test_another_nik_drops_the_birth_date_and_the_sex_stated_for_the_first(filled: Talk) -> None:
    filled.answer("[~enrolment.birth_date]", "17-5-1990", "[~enrolment.sex]", "[female]")
    filled.answer("[~enrolment.nik]", "5171 0301 0975 0003")
    turn = filled.press("send")
    assert warnings(turn) == ()
    assert isinstance(turn.outcome, SubmitRegistration)
    assert turn.outcome.born == "1975-09-01"


@pytest.mark.parametrize(
    ("question", "refusing", "good"),
    [("work", "[stopped]", "[seasonal]"), ("able", "[unable_long]", "[able]")],
)
def test_an_answer_changed_after_a_refusal_is_told_to_the_officer(
    question: str, refusing: str, good: str
) -> None:
    talk = begin()
    turn = fill(talk, **{question: refusing})
    assert isinstance(turn.outcome, Refuse)
    talk.press(".back")
    assert talk.open == f"enrolment.{question}"
    assert "answer_changed" in warnings(fill(talk, **{question: good}))


def test_an_answer_changed_between_two_that_do_not_refuse_is_nobodys_business(
    filled: Talk,
) -> None:
    filled.answer("[~enrolment.work]", "[years_1_to_5]", "[~enrolment.tie]", "[insured]")
    assert warnings(filled.press("send")) == ("tie_insured",)


def test_an_edit_at_the_last_look_that_refuses_does_so_at_once(filled: Talk) -> None:
    turn = filled.answer("[~enrolment.work]", "[stopped]")
    assert isinstance(turn.outcome, Refuse)
    filled.press(".back")
    assert asked_again(filled) == ["work"]
    assert warnings(filled.press("send")) == ("answer_changed",)


def test_another_villages_link_midway_asks_which_village_is_meant(filled: Talk) -> None:
    filled.session = replace(filled.session, about={"link": GIANYAR})
    turn = filled.look()
    assert turn.question is not None
    assert turn.question.name == "enrolment.which_village"
    assert [option.key for option in turn.question.options] == [DENPASAR, GIANYAR]


def test_staying_with_the_first_village_asks_nothing_again(filled: Talk) -> None:
    filled.session = replace(filled.session, about={"link": GIANYAR})
    filled.press(DENPASAR)
    assert filled.open == "enrolment.summary"
    turn = filled.press("send")
    assert isinstance(turn.outcome, SubmitRegistration)
    assert turn.outcome.village == DENPASAR


def test_going_over_to_the_links_village_asks_only_what_hangs_on_the_village(
    filled: Talk,
) -> None:
    filled.session = replace(filled.session, about={"link": GIANYAR})
    filled.press(GIANYAR)
    assert asked_again(filled) == ["residence", "occupation"]
    turn = filled.press("send")
    assert isinstance(turn.outcome, SubmitRegistration)
    assert (turn.outcome.village, turn.outcome.programme) == (GIANYAR, "gianyar")


def test_a_third_villages_link_asks_again(filled: Talk) -> None:
    filled.session = replace(filled.session, about={"link": GIANYAR})
    filled.press(DENPASAR)
    filled.session = replace(filled.session, about={"link": TEGAL_KERTHA})
    turn = filled.look()
    assert turn.question is not None
    assert [option.key for option in turn.question.options] == [DENPASAR, TEGAL_KERTHA]


@pytest.mark.parametrize("midway", [False, True])
def test_a_village_changed_by_hand_is_not_doubted_for_an_old_link(
    filled: Talk, midway: bool
) -> None:
    if midway:
        filled.session = replace(filled.session, about={"link": GIANYAR})
        filled.press(GIANYAR)
        asked_again(filled)
    filled.answer("[~enrolment.village]", TEGAL_KERTHA)
    assert "which_village" not in asked_again(filled)
    turn = filled.press("send")
    assert isinstance(turn.outcome, SubmitRegistration)
    assert turn.outcome.village == TEGAL_KERTHA


def test_the_own_open_sign_up_with_this_nik_is_shown_instead_of_a_second() -> None:
    turn = fill(begin(known=Known(mine=ID)))
    assert turn.outcome == OpenConversation("status", ID)
    assert turn.path[-1] == "enrolment.nik"


def test_a_correction_of_that_very_sign_up_goes_on() -> None:
    talk = Talk(enrolment, linked(DENPASAR, registration=ID), Known(mine=ID))
    turn = fill(talk)
    assert isinstance(turn.outcome, SubmitRegistration)
    assert turn.outcome.registration == ID


def test_without_consent_nothing_more_is_asked() -> None:
    turn = fill(begin(), consent="[no]")
    assert turn.outcome == Say(Words("enrolment.no_consent"))
    assert turn.path[-1] == "enrolment.consent"


def test_a_programme_not_open_yet_takes_the_wish_to_be_told() -> None:
    talk = begin(PURWAKARTA, Known(is_open=False))
    assert talk.press("yes").outcome == RequestNotice("purwakarta", PURWAKARTA)
    talk = begin(PURWAKARTA, Known(is_open=False))
    assert isinstance(talk.press("no").outcome, Say)


def test_a_programme_closed_midway_keeps_the_answers_until_it_opens_again(filled: Talk) -> None:
    filled.table = Known(is_open=False)
    assert filled.open == "enrolment.tell_me"
    filled.table = Known()
    assert filled.open == "enrolment.summary"


def limited(**limits: int) -> Known:
    """What the outside knows where a programme limits the age, as none of ours does yet."""
    ages = {key: Sourced[int | None](value=years, source="S0") for key, years in limits.items()}
    programme: Programme = PROGRAMMES["denpasar"].model_copy(update=ages)

    class Limited(Known):
        def __call__(self, kind: str, key: str) -> object:
            return Offer(programme, True) if kind == "offer" else super().__call__(kind, key)

    return Limited()


@pytest.mark.parametrize(
    ("nik", "reason"),
    [("5171 0305 0110 0001", "too_young"), ("5171 0305 0150 0001", "too_old")],
)
def test_an_age_limit_refuses_by_the_date_on_the_card_never_by_the_nik_alone(
    nik: str, reason: str
) -> None:
    known = limited(age_min=18, age_max=65)
    talk = begin(known=known)
    fill(talk, until="enrolment.birth_date", nik=nik)
    assert talk.open == "enrolment.birth_date"
    born = {"too_young": "5-1-2010", "too_old": "5-1-1950"}[reason]
    turn = talk.type(born)
    assert isinstance(turn.outcome, Refuse)
    assert [found.key for found in turn.outcome.reasons] == [reason]
    talk.press(".back")
    talk.type("5-1-1990")
    assert warnings(fill(talk)) == ("nik_birth_date",)


def test_where_the_limit_is_kept_the_birth_date_is_not_asked() -> None:
    turn = fill(begin(known=limited(age_min=18, age_max=65)))
    assert warnings(turn) == ()
    assert "enrolment.birth_date" not in turn.path


def test_a_form_begun_without_a_link_finds_its_village_by_name() -> None:
    talk = Talk(enrolment, Session("enrolment"), Known())
    turn = talk.type("Tegal Harum, Denpasar Barat")
    assert turn.question is not None
    assert turn.question.words.key == "enrolment.whom"
    assert talk.values == {"enrolment.village": DENPASAR}


def test_a_village_with_many_namesakes_is_chosen_from_those_offered() -> None:
    talk = Talk(enrolment, Session("enrolment"), Known())
    turn = talk.type("Sanur")
    assert turn.question is not None
    offered = [option.key for option in turn.question.options]
    assert offered[0] == "51.71.01.1006"
    assert len(offered) > 1
    talk.press(offered[0])
    assert talk.values == {"enrolment.village": "51.71.01.1006"}
    given = talk.session.answers["enrolment.village"]
    assert given.by == WAYAN_ID


@pytest.mark.parametrize(
    ("typed", "kept"), [("Buruh Tani", "buruh_tani"), ("kurir", "kurir"), ("Dalang", "Dalang")]
)
def test_a_typed_kind_of_work_that_is_a_listed_one_counts_as_listed(typed: str, kept: str) -> None:
    talk = begin()
    fill(talk, until="enrolment.work", occupation=typed)
    assert talk.values["enrolment.occupation"] == kept
    assert talk.open == "enrolment.work"
