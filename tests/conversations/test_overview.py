"""The overview: what can be looked at from where, and which villages are understood."""

from typing import Any

import pytest

from conversations.model import Session, Words
from conversations.outcomes import OpenConversation
from conversations.overview import PAGE, Area, NotAllowed, ReadHistory, VillagePage, overview
from tests.conversations.overview_cases import (
    EVERYTHING,
    NOBODY,
    OTHER,
    REGENCY,
    VILLAGE,
    VILLAGE_FACTS,
)
from tests.conversations.talk import Talk

CITY = (Area(REGENCY, "Kota Denpasar"),)
LISTED = tuple(Area(f"{REGENCY}.03.{2100 + n}", f"Desa Contoh {n}") for n in range(25))
VILLAGES = (Area(VILLAGE, "Desa Tegal Harum"), Area(OTHER, "Desa Contoh"))


def talk(**facts: Any) -> Talk:
    """An overview of all that the tests look at, unless said otherwise."""
    known = {
        "overview_areas": CITY,
        "area_page": EVERYTHING,
        "village_page": VillagePage(VILLAGE_FACTS, has_desk=False),
        "unnamed": LISTED,
        "unstaffed": LISTED[:1],
        **facts,
    }
    return Talk(overview, Session("overview"), lambda kind, key: known[kind])


def options(one: Talk) -> list[str]:
    question = one.look().question
    assert question is not None
    return [option.key for option in question.options]


def test_without_an_office_nothing_is_shown() -> None:
    assert talk(overview_areas=()).outcome == NotAllowed()
    assert talk(area_page=None).outcome == NotAllowed()


def test_an_officer_of_two_villages_chooses_which() -> None:
    one = talk(overview_areas=VILLAGES)
    assert options(one) == [VILLAGE, OTHER]
    one.press(OTHER)
    assert one.asked_for[-1] == ("village_page", OTHER)


def test_the_desk_is_offered_to_those_who_have_one() -> None:
    assert options(talk(overview_areas=VILLAGES[:1])) == ["refresh"]
    page = VillagePage(VILLAGE_FACTS, has_desk=True)
    one = talk(overview_areas=VILLAGES[:1], village_page=page)
    assert one.press("desk").outcome == OpenConversation("desk")


def test_a_regency_offers_just_what_may_be_done() -> None:
    assert options(talk(area_page=NOBODY)) == ["refresh"]
    assert options(talk()) == [
        *(VILLAGE, OTHER, "unnamed", "unstaffed"),
        *("history", "sheet.denpasar", "refresh"),
    ]


def test_the_sheet_for_bpjs_is_made_only_after_one_has_read_of_how_many() -> None:
    one = talk()
    asked = one.press("sheet.denpasar").question
    assert asked is not None
    assert asked.words.params["count"] == 12_000
    assert one.press("yes").outcome == OpenConversation("sheet", "denpasar")
    again = talk()
    again.press("sheet.denpasar")
    again.press(".back")
    assert again.open == "overview.area"


@pytest.mark.parametrize("typed", ["Tegal Harum", "51.71.03.2008", "5171032008"])
def test_a_village_is_chosen_by_its_name_or_code(typed: str) -> None:
    one = talk()
    one.type(typed)
    assert one.open == "overview.village"
    assert one.values == {"overview.area": VILLAGE}
    one.press(".back")
    assert one.open == "overview.area"


@pytest.mark.parametrize("typed", ["Tegal", "desa tegal"])
def test_villages_of_the_own_area_are_found_by_a_part_of_the_name(typed: str) -> None:
    one = talk()
    turn = one.type(typed)
    assert turn.note == Words("village.several")
    assert turn.question is not None
    offered = [option.key for option in turn.question.options if option.key not in options(talk())]
    assert {VILLAGE, OTHER} <= {*offered, OTHER, VILLAGE}
    assert all(code.startswith(REGENCY) for code in offered)
    one.press(VILLAGE)
    assert one.open == "overview.village"


def test_from_one_village_the_next_is_typed_and_the_summary_is_one_press_away() -> None:
    one = talk()
    one.type("Tegal Harum")
    assert options(one) == ["refresh", "summary"]
    assert one.type("Tegal Kertha").outcome == OpenConversation("overview", OTHER)
    other = talk()
    other.type("Tegal Harum")
    assert other.press("summary").outcome == OpenConversation("overview", REGENCY)


def test_a_village_on_a_list_leads_to_its_page_and_back() -> None:
    one = talk()
    one.press("unstaffed")
    one.press(LISTED[0].code)
    assert one.open == "overview.village"
    one.press(".back")
    assert one.open == "overview.unstaffed"


@pytest.mark.parametrize("typed", ["51.04.01.2001", "Bedulu, Gianyar", "xyzzy"])
def test_a_village_of_another_regency_is_not_shown(typed: str) -> None:
    turn = talk().type(typed)
    assert turn.note == Words("overview.elsewhere")
    assert turn.question is not None
    assert turn.question.name == "overview.area"


def test_a_long_list_has_pages_and_leads_back() -> None:
    one = talk()
    turn = one.press("unnamed")
    seen: list[object] = []
    for _ in range(3):
        assert turn.question is not None
        seen += [option.key for option in turn.question.options if option.key[0].isdigit()]
        assert turn.question.words.params["count"] == 25
        more = "more" in options(one)
        turn = one.press("more") if more else turn
    assert seen == [one.code for one in LISTED]
    assert PAGE * 2 < len(seen) < PAGE * 3
    assert one.press("done").outcome == OpenConversation("overview", REGENCY)


def test_a_list_taken_up_again_begins_with_its_second_page_unanswered() -> None:
    one = talk()
    one.answer("[unnamed]", "[more]", "[more]")
    one.press(".back")
    one.press(".back")
    assert one.open == "overview.unnamed"
    one.press("more")
    assert one.open == "overview.unnamed.2"


@pytest.mark.parametrize("typed", ["abc-defg", "ABC DEFG", "abcdefg"])
def test_a_history_is_asked_for_by_the_code_on_the_receipt(typed: str) -> None:
    one = talk()
    one.press("history")
    assert one.type(typed).outcome == ReadHistory("ABC-DEFG", REGENCY)


@pytest.mark.parametrize("typed", ["ABC", "ABC-DEFGH", "аbcdefg"])
def test_what_is_no_code_is_asked_again(typed: str) -> None:
    one = talk()
    one.press("history")
    assert one.type(typed).note == Words("overview.history.unclear")
