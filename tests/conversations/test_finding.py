"""Finding one person: what each state offers, who is offered it, and what a departure will do."""

from dataclasses import replace
from datetime import date

import pytest

from conversations.departures import Barred, RecordDeparture, departure
from conversations.finding import AcceptOffer, HandCard, Office, Person, Search, find, read_query
from conversations.model import Chose, Invalid, Session, Turn, Words
from conversations.outcomes import OpenConversation, Say
from conversations.roster import Listed
from rules.departures import Kind
from rules.registration import State
from tests.conversations.cases import ID, Known
from tests.conversations.finding_cases import CARD, NEW, person
from tests.conversations.talk import TODAY, Talk

NAME = "I Wayan Contoh"
ONE = Listed(ID, "ABC-DEFG", NAME, is_member=False)
MEMBER = replace(person(ID, NAME, State.ACTIVE), card=CARD)
LEAVER = replace(NEW, id=ID, name=NAME)
OF_CARD, LEAVING = {"card", "member", "departure"}, {"departure"}
OFFERED = {
    State.PENDING: {"desk", "departure"},
    State.RETURNED: LEAVING,
    State.WAITING: LEAVING,
    State.OFFERED: {"accept", "departure"},
    State.CONFIRMED: {"member", "departure"},
    State.SUBMITTED: {"member", "departure"},
    State.ACTIVE: {"member", "departure"},
    State.LAPSED: {"member", "departure"},
}


def at_the_page(one: Person | None) -> Talk:
    known = Known(find_office=Office(0), shown=(ONE,), person=one)
    talk = Talk(find, Session("find", about={"people": ID}), known)
    talk.press(ID)
    return talk


def options(turn: Turn) -> set[str]:
    assert turn.question is not None
    return {option.key for option in turn.question.options}


@pytest.mark.parametrize("state", State)
def test_what_can_be_done_with_a_person_hangs_on_the_state(state: State) -> None:
    assert options(at_the_page(person(ID, NAME, state)).look()) == {
        *OFFERED.get(state, set()),
        "find",
    }


def test_only_what_the_office_allows_is_offered() -> None:
    for state in State:
        nothing = replace(person(ID, NAME, state), allowed=frozenset(), card=CARD)
        assert options(at_the_page(nothing).look()) == {"find"}


def test_who_is_on_record_as_leaving_can_be_taken_back_while_there_is_time() -> None:
    noted = replace(MEMBER, left_why="moved", left_on=TODAY, undo=f"{ID}.1")
    talk = at_the_page(noted)
    assert options(talk.look()) == {"card", "member", "undo", "find"}
    assert talk.press("undo").outcome == OpenConversation("undo_departure", f"{ID}.1")
    assert options(at_the_page(replace(noted, undo="")).look()) == {"card", "member", "find"}


def test_a_card_handed_over_names_the_day_and_the_receiver() -> None:
    talk = at_the_page(MEMBER)
    talk.answer("[card]", "19-11-2026", "Ni Made Contoh")
    assert talk.outcome == HandCard(ID, 10_000, date(2026, 11, 19), "Ni Made Contoh")


def test_a_card_that_was_handed_over_can_only_be_set_right() -> None:
    def label(one: Person) -> str:
        question = at_the_page(one).look().question
        assert question is not None
        return next(option.words.key for option in question.options if option.key == "card")

    assert label(MEMBER) == "find.person.card"
    given = replace(MEMBER, card=replace(CARD, given_on=TODAY, given_to="self"))
    assert label(given) == "find.person.card.mend"


def test_an_offer_is_taken_up_only_after_the_person_was_asked() -> None:
    talk = at_the_page(person(ID, NAME, State.OFFERED))
    assert talk.press("accept").outcome is None
    talk.press(".back")
    assert talk.open == "find.person"
    talk.press("accept")
    assert talk.press("yes").outcome == AcceptOffer(ID, 10_000)


def test_a_page_that_has_changed_is_to_be_looked_at_again() -> None:
    talk = at_the_page(MEMBER)
    talk.press("card")
    talk.table = Known(find_office=Office(0), shown=(ONE,), person=replace(MEMBER, version=10_001))
    assert talk.open == "find.person"
    old = Chose("find.person", "departure", f"{ID}.10000")
    assert talk.do(old).note == Words("turn.stale")


def test_another_search_begins_from_the_people_found() -> None:
    known = Known(find_office=Office(0), shown=(ONE,))
    talk = Talk(find, Session("find", about={"people": ID}), known)
    assert talk.type("made").outcome == Search("made")


def test_what_is_typed_on_the_page_of_a_person_is_the_next_search() -> None:
    assert at_the_page(MEMBER).type("9F4-CPQA").outcome == Search("9F4-CPQA")
    assert at_the_page(MEMBER).press("find").outcome == OpenConversation("find")


def test_a_person_who_is_of_another_village_now_is_not_shown() -> None:
    assert at_the_page(None).outcome == Say(Words("find.gone"))


@pytest.mark.parametrize("typed", ["", "a", "?!", "-" * 5, "a" * 81])
def test_too_little_or_too_much_is_no_search(typed: str) -> None:
    with pytest.raises(Invalid):
        read_query(typed)


def leaving(state: State = State.ACTIVE, **other: object) -> Talk:
    one = replace(LEAVER, state=state, **other)  # type: ignore[arg-type]
    return Talk(departure, Session("departure", about={"registration": ID}), Known(leaver=one))


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.AGED_OUT}))
def test_leaving_is_noted_with_kind_and_day_of_one_version(kind: Kind) -> None:
    talk = leaving()
    talk.answer(f"[{kind}]", "19-11-2026", "[send]")
    assert talk.outcome == RecordDeparture(ID, 10_000, kind, date(2026, 11, 19))


@pytest.mark.parametrize(
    ("state", "then"),
    [
        (State.PENDING, Words("departure.then.withdraw")),
        (State.SUBMITTED, Words("departure.then.await")),
        (State.ACTIVE, Words("departure.then.end", {"until": date(2026, 12, 31)})),
    ],
)
def test_the_summary_names_the_person_and_what_will_happen(state: State, then: Words) -> None:
    talk = leaving(state, months=(date(2026, 12, 1),))
    turn = talk.answer("[moved]", "19-11-2026")
    assert turn.question is not None
    said = turn.question.words.params
    assert (said["name"], said["what"], said["then"]) == (NAME, Words("left.moved"), then)


def test_another_kind_asks_for_the_day_anew() -> None:
    talk = leaving()
    talk.answer("[moved]", "19-11-2026", "[~departure.kind]", "[died]")
    assert talk.open == "departure.day"


def test_a_day_to_come_or_before_the_sign_up_is_refused() -> None:
    talk = leaving()
    talk.press("died")
    early = talk.type("1-9-2026").note
    assert early == Words("day.before_sign_up", {"day": date(2026, 9, 2)})
    assert talk.type("21-11-2026").note == Words("day.in_future", {"day": TODAY})


def test_nobody_leaves_twice_and_nobody_else_than_an_officer_notes_it() -> None:
    assert leaving(has_left=True).outcome == Say(Words("departure.not_possible"), back=False)
    talk = Talk(departure, Session("departure", about={"registration": ID}), Known(leaver=None))
    assert talk.outcome == Barred("find.not_officer", ID)
