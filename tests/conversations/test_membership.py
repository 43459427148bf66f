"""The officer's page of members: who is chosen, what is asked of whom, and what cannot be right."""

from dataclasses import replace
from datetime import date

import pytest

from conversations.cards import Membership
from conversations.membership import record_member
from conversations.model import Chose, Session, Turn, Words
from conversations.outcomes import RecordMembership, Say
from conversations.roster import PAGE, Listed
from rules.coverage import PaidMonth
from tests.conversations.cases import Known
from tests.conversations.talk import TODAY, Talk

SIGNED_UP = date(2026, 11, 2)
PEOPLE = (
    *(Listed(f"CONTOH{n:02}", f"AAA-CC{n:02}", f"Ni Made Contoh {n}", False) for n in range(18)),
    Listed("WAYAN", "CDE-FGHJ", "I Wayan Contoh", is_member=False),
    Listed("NYOMAN", "KLM-NPQR", "I Nyoman Contoh", is_member=True),
)
NEW = Membership("WAYAN", 4, "CDE-FGHJ", "I Wayan Contoh", SIGNED_UP)
MONTHS = (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 3, 1))
PAID = tuple(PaidMonth(month, "programme", TODAY) for month in MONTHS)
MEMBER = Membership(
    "NYOMAN", 6, "KLM-NPQR", "I Nyoman Contoh", SIGNED_UP, SIGNED_UP, "•••••••8901", PAID
)
TO_SUMMARY = ("wayan", "12345678901", "5-11-2026", "[programme]", "[2026-11]", "[3]", "20-11-2026")


def at_the_page(one: Membership | None = NEW, people: tuple[Listed, ...] | None = PEOPLE) -> Talk:
    return Talk(record_member, Session("member"), Known(roster=people, membership=one))


def options(turn: Turn) -> list[str]:
    assert turn.question is not None
    return [option.key for option in turn.question.options]


def test_a_new_member_is_asked_for_with_card_days_and_months() -> None:
    talk = at_the_page()
    talk.answer(*TO_SUMMARY)
    assert talk.open == "member.summary"
    turn = talk.press("send")
    assert turn.outcome == RecordMembership(
        registration="WAYAN",
        version=4,
        kpj="12345678901",
        active_from=date(2026, 11, 5),
        payer="programme",
        first=date(2026, 11, 1),
        count=3,
        received=TODAY,
    )


def test_further_months_of_a_member_are_asked_without_the_card() -> None:
    talk = at_the_page(MEMBER)
    talk.answer("nyoman", "[add]", "[self]")
    assert talk.open == "member.first"
    assert options(talk.look()) == ["2027-04"]
    outcome = talk.answer("[2027-04]", "[12]", f"[{TODAY.isoformat()}]", "[send]").outcome
    assert isinstance(outcome, RecordMembership)
    assert (outcome.kpj, outcome.first, outcome.count) == ("", date(2027, 4, 1), 12)


def test_the_card_is_never_shown_in_full_to_the_officer() -> None:
    for one, answers in (
        (NEW, TO_SUMMARY),
        (MEMBER, ("nyoman", "[add]", "[self]", "[2027-04]", "[1]")),
    ):
        talk = at_the_page(one)
        turn = talk.answer(*answers, *(() if one is NEW else ("20-11-2026",)))
        assert turn.question is not None
        assert turn.question.words.params["card"] == "•••••••8901"


def test_people_are_listed_eight_on_a_page_and_back_is_the_page_before() -> None:
    talk = at_the_page()
    assert options(talk.look()) == [*(one.id for one in PEOPLE[:PAGE]), "more"]
    assert options(talk.press("more")) == [*(one.id for one in PEOPLE[8:16]), "more"]
    assert options(talk.press("more")) == [one.id for one in PEOPLE[16:]]
    assert options(talk.press(".back")) == [*(one.id for one in PEOPLE[8:16]), "more"]
    talk.press("more")
    talk.press("WAYAN")
    assert talk.open == "member.kpj"


def test_choosing_another_person_from_a_later_page_is_possible_at_the_end() -> None:
    talk = at_the_page()
    talk.answer("[more]", "[more]", "[WAYAN]", *TO_SUMMARY[1:])
    talk.press("~member.which")
    assert talk.open == "member.which"
    talk.press("more")
    assert talk.open == "member.which.2"


@pytest.mark.parametrize("typed", ["cde fghj", "CDEFGHJ", "Wayan", "waian", "contoh i wa"])
def test_a_person_is_found_by_code_or_a_part_of_the_name(typed: str) -> None:
    talk = at_the_page()
    talk.type(typed)
    assert talk.values == {"member.which": "WAYAN"}


def test_of_several_who_fit_the_officer_chooses_one() -> None:
    talk = at_the_page()
    turn = talk.type("made contoh")
    assert turn.note == Words("member.which.several_more")
    turn = talk.type("I ontoh wayan")
    assert talk.open == "member.kpj"
    talk = at_the_page(people=PEOPLE[-2:])
    turn = talk.type("contoh")
    assert turn.note == Words("member.which.several")
    talk.press("WAYAN")
    assert talk.open == "member.kpj"


def test_nobody_else_than_who_is_listed_can_be_chosen() -> None:
    talk = at_the_page()
    assert talk.type("Ketut").note == Words("member.which.not_found")
    assert talk.do(Chose("member.which", "STRANGER", "0")).note == Words("turn.stale")
    assert talk.values == {}


def test_who_is_no_officer_sees_nobody() -> None:
    assert at_the_page(people=None).outcome == Say(Words("member.not_officer"), back=False)
    assert at_the_page(people=()).outcome == Say(Words("member.nobody"), back=False)


@pytest.mark.parametrize(
    ("question", "typed", "note"),
    [
        ("member.kpj", "1234567890", Words("kpj.wrong_length", {"signs": 10})),
        ("member.active_from", "kemarin", Words("day.unclear")),
        ("member.active_from", "1-11-2026", Words("day.before_sign_up", {"day": SIGNED_UP})),
        ("member.active_from", "1-1-2027", Words("day.far_ahead", {"day": date(2026, 12, 21)})),
        ("member.first", "segera", Words("member.first.unclear")),
        ("member.count", "25", Words("member.count.unclear", {"most": 24})),
        ("member.count", "3 minggu", Words("member.count.unclear", {"most": 24})),
        ("member.count", "0", Words("member.count.unclear", {"most": 24})),
        ("member.received", "21-11-2026", Words("day.in_future", {"day": TODAY})),
        ("member.received", "1-11-2026", Words("day.before_sign_up", {"day": SIGNED_UP})),
    ],
)
def test_what_cannot_be_right_is_said_and_asked_again(
    question: str, typed: str, note: Words
) -> None:
    talk = at_the_page()
    answers = iter(TO_SUMMARY)
    while talk.open != question:
        talk.answer(next(answers))
    assert talk.type(typed).note == note
    assert talk.open == question


def month_named(month: str, year: int) -> Words:
    return Words("month.named", {"month": Words(f"month.{month}"), "year": year})


def test_a_month_before_the_membership_or_far_ahead_is_refused() -> None:
    talk = at_the_page()
    talk.answer(*TO_SUMMARY[:4])
    early = talk.type("Oktober 2026").note
    assert early == Words("day.before_active", {"day": month_named("nov", 2026)})
    far = talk.type("12-2028").note
    assert far == Words("day.month_far_ahead", {"day": month_named("nov", 2028)})
    talk.type("12/2026")
    assert talk.values["member.first"] == "2026-12"


def test_months_already_paid_are_not_paid_twice() -> None:
    talk = at_the_page(MEMBER)
    talk.answer("nyoman", "[add]", "[self]")
    taken = talk.type("Maret 2027").note
    assert taken == Words("member.first.paid", {"month": month_named("mar", 2027)})
    talk.type("Februari 2027")
    assert options(talk.look()) == ["1"]
    assert talk.type("2").note == taken
    talk.type("1 bulan")
    assert talk.open == "member.received"


@pytest.mark.parametrize(("typed", "months"), [("4", 4), ("4 bulan", 4), ("1 tahun", 12)])
def test_how_many_months_can_be_typed(typed: str, months: int) -> None:
    talk = at_the_page()
    outcome = talk.answer(*TO_SUMMARY[:5], typed, TO_SUMMARY[6], "[send]").outcome
    assert isinstance(outcome, RecordMembership)
    assert outcome.count == months


def test_today_stays_the_day_it_was_when_it_was_pressed() -> None:
    talk = at_the_page()
    talk.answer(*TO_SUMMARY[:2], f"[{TODAY.isoformat()}]")
    assert talk.values["member.active_from"] == "2026-11-20"


def test_this_month_is_offered_besides_the_month_of_a_membership_begun_before() -> None:
    started = replace(NEW, signed_up=date(2026, 9, 3))
    talk = at_the_page(started)
    talk.answer(*TO_SUMMARY[:2], "3-9-2026", "[other]")
    assert options(talk.look()) == ["2026-09", "2026-11"]


def test_the_last_look_is_of_one_version_of_the_sign_up() -> None:
    talk = at_the_page()
    talk.answer(*TO_SUMMARY)
    assert talk.do(Chose("member.summary", "send", "WAYAN.3")).outcome is None
    talk.table = Known(roster=PEOPLE, membership=replace(NEW, version=5))
    assert talk.do(Chose("member.summary", "send", "WAYAN.4")).note == Words("turn.stale")
    assert talk.do(Chose("member.summary", "send", "WAYAN.5")).outcome is not None


def test_another_person_is_asked_everything_anew() -> None:
    talk = at_the_page()
    talk.answer(*TO_SUMMARY, "[~member.which]")
    made = replace(NEW, id="CONTOH00", code="AAA-CC00", name="Ni Made Contoh 0")
    talk.table = Known(roster=PEOPLE, membership=made)
    talk.press("CONTOH00")
    assert talk.open == "member.kpj"
