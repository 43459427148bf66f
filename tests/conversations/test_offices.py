"""Offices: what each button of the list leads to, and how far somebody sees."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from conversations.invitation import InvitedTo, invitation
from conversations.model import Chose, Outcome, Session, SharedContact, Words
from conversations.offices import (
    EndOffice,
    HandOver,
    Invite,
    NotAllowed,
    Place,
    Reach,
    offices,
)
from conversations.outcomes import AcceptInvitation, OpenConversation
from rules.permissions import Role
from tests.conversations.cases import Known
from tests.conversations.offices_cases import BOTH, LAST, MANY, OWN, REGENCY, VILLAGE, holder
from tests.conversations.talk import Talk

OTHER = "51.71.03.2009"
HELPER = holder(3)
ONE = Reach((VILLAGE,), ((VILLAGE, "Desa Contoh", 2),))
WIDE = Reach((REGENCY,), ((REGENCY, "Kota Contoh", 1), (VILLAGE, "Desa Contoh", 2)), wide=True)
MINE = Place(VILLAGE, "Desa Contoh", (OWN, HELPER), (Role.HELPER,))


def talk(reach: Reach | None = ONE, place: Place | None = MINE) -> Talk:
    return Talk(offices, Session("offices"), Known(offices=reach, holders=place))


def after(talk: Talk, *does: str) -> Outcome | None:
    """What a talk ends in after typing `text` or pressing `[option]`, if it ends."""
    turns = [talk.press(what[1:-1]) if what[0] == "[" else talk.type(what) for what in does]
    return turns[-1].outcome


@pytest.mark.parametrize(
    ("does", "outcome"),
    [
        (("[invite.helper]", "0812 3456 789"), Invite(Role.HELPER, VILLAGE, "+628123456789")),
        ((f"[{OWN.id}]", "08123456789"), HandOver(OWN.id, "+628123456789")),
        ((f"[{HELPER.id}]", "[yes]"), EndOffice(HELPER.id)),
        ((f"[{HELPER.id}]", "[no]"), OpenConversation("offices", VILLAGE)),
    ],
)
def test_a_button_of_the_list_leads_to_what_it_says(
    does: tuple[str, ...], outcome: Outcome
) -> None:
    assert after(talk(), *does) == outcome


def test_an_officer_of_one_village_is_not_asked_which() -> None:
    asked = talk().look().question
    assert asked is not None
    assert asked.name == "offices.list"


@pytest.mark.parametrize("chosen", ["Tegal Harum", f"[{VILLAGE}]", VILLAGE])
def test_a_regency_officer_chooses_the_village_by_button_name_or_code(chosen: str) -> None:
    place = replace(MINE, invites=BOTH)
    outcome = after(talk(WIDE, place), chosen, "[invite.village_officer]", "08123456789")
    assert outcome == Invite(Role.VILLAGE_OFFICER, VILLAGE, "+628123456789")


@pytest.mark.parametrize("typed", ["51.04.01.2001", "51.04", "51", ""])
def test_a_village_outside_the_area_is_not_taken(typed: str) -> None:
    turn = talk(WIDE).type(typed)
    assert turn.question is not None
    assert turn.question.name == "offices.where"
    assert turn.note is not None
    offered = [option.key for option in turn.question.options]
    assert all(code.startswith(REGENCY) for code in offered)


def test_namesakes_outside_the_area_are_not_offered() -> None:
    near = Reach(("32.14",), (("32.14", "Kabupaten Purwakarta", 1),), wide=True)
    one = talk(near)
    one.type("Sukasari")
    assert one.values["offices.where"].startswith("32.14.")
    turn = talk(near).type("Suka")
    assert turn.question is not None
    villages = [option.key for option in turn.question.options if option.key != "32.14"]
    assert len(villages) > 1
    assert all(code.startswith("32.14.") for code in villages)


def test_who_holds_no_office_is_refused() -> None:
    assert talk(reach=None).look().outcome == NotAllowed()
    assert talk(place=None).look().outcome == NotAllowed()


@pytest.mark.parametrize("presses", [[], ["invite.helper"], [HELPER.id]])
def test_an_office_that_ends_midway_refuses_the_next_press(presses: list[str]) -> None:
    here = talk()
    turn = here.look()
    for press in presses:
        turn = here.press(press)
    assert turn.question is not None
    here.table = Known(offices=None)
    option = turn.question.options[-1].key if turn.question.options else ".back"
    nonce = turn.question.nonce or str(turn.session.turn)
    refused = here.do(Chose(turn.question.name, option, nonce))
    assert refused.outcome == NotAllowed()


def test_a_place_chosen_before_and_lost_since_is_refused_though_another_office_stands() -> None:
    both = Reach((VILLAGE, OTHER), ((VILLAGE, "Desa Contoh", 1), (OTHER, "Desa Lain", 1)))
    here = talk(both)
    here.press(VILLAGE)
    here.table = Known(offices=Reach((OTHER,), ((OTHER, "Desa Lain", 1),)), holders=MINE)
    assert here.look().outcome == NotAllowed()


def test_a_press_made_for_one_village_does_not_count_for_another() -> None:
    here = talk()
    turn = here.look()
    other = replace(MINE, area=OTHER)
    here.table = Known(offices=Reach((OTHER,), ((OTHER, "Desa Lain", 1),)), holders=other)
    assert turn.question is not None
    pressed = here.do(Chose("offices.list", "invite.helper", turn.question.nonce))
    assert pressed.note == Words("turn.stale")


def test_a_holder_who_was_ended_meanwhile_is_no_choice_any_more() -> None:
    here = talk()
    here.press(HELPER.id)
    here.table = Known(offices=ONE, holders=replace(MINE, holders=(OWN,)))
    asked = here.look().question
    assert asked is not None
    assert asked.name == "offices.list"


def test_many_holders_stand_on_pages_each_of_them_once() -> None:
    here = talk(place=replace(MINE, holders=MANY))
    assert list(_shown(here)) == [one.id for one in MANY]


def _shown(here: Talk) -> Iterator[str]:
    """The holders on all pages, one page after the other."""
    question = here.look().question
    while question is not None:
        keys = [option.key for option in question.options]
        yield from (key for key in keys if key in {one.id for one in MANY})
        question = here.press("more").question if "more" in keys else None


def test_the_last_officer_of_a_village_is_named_as_such_before_the_end() -> None:
    here = talk(place=replace(MINE, holders=(LAST,)))
    turn = here.press(LAST.id)
    assert turn.question is not None
    assert turn.question.words.key == "offices.end.last"
    assert here.press("yes").outcome == EndOffice(LAST.id)


@pytest.mark.parametrize("role", Role)
def test_an_invitation_says_role_and_place_before_it_asks_for_the_contact(role: Role) -> None:
    session = Session("invitation", about={"invite": "token"})
    here = Talk(invitation, session, Known(invitation=InvitedTo(role, "Desa Contoh")))
    asked = here.look().question
    assert asked is not None
    assert asked.words.params["place"] == "Desa Contoh"
    assert asked.words.params["role"] == Words(f"offices.role.{role}")
    accepted = here.do(SharedContact("6281200000001", own=True)).outcome
    assert accepted == AcceptInvitation("token", "+6281200000001 telegram")


def test_an_invitation_that_is_good_no_more_asks_nobody_for_a_number() -> None:
    session = Session("invitation", about={"invite": "token"})
    here = Talk(invitation, session, Known(invitation=None))
    assert here.look().outcome == AcceptInvitation("token", "")
