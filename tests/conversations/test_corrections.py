"""What was written down of a member is mended: another card or day, the last month taken back."""

from dataclasses import replace
from datetime import date

import pytest

from conversations.cards import Membership
from conversations.membership import record_member
from conversations.model import Chose, Session, Turn, Words
from conversations.outcomes import MendMembership, TakeBackMonth
from conversations.roster import Listed
from rules.coverage import PaidMonth
from tests.conversations.cases import Known
from tests.conversations.talk import TODAY, Talk

SIGNED_UP = date(2026, 11, 2)
MASKED = "•••••••8901"
PEOPLE = (
    Listed("NYOMAN", "KLM-NPQR", "I Nyoman Contoh", is_member=True),
    Listed("MADE", "CDE-FGHJ", "Ni Made Contoh", is_member=True),
)
PAID = (
    PaidMonth(date(2026, 11, 1), "programme", TODAY),
    PaidMonth(date(2026, 12, 1), "self", SIGNED_UP),
)
MEMBER = Membership("NYOMAN", 6, "KLM-NPQR", "I Nyoman Contoh", SIGNED_UP, SIGNED_UP, MASKED, PAID)
KPJ, DAY = "98765432109", date(2026, 11, 5)


def known(one: Membership) -> Known:
    return Known(roster=PEOPLE, membership=one)


def at_the_task(one: Membership = MEMBER) -> Talk:
    talk = Talk(record_member, Session("member"), known(one))
    talk.type("nyoman")
    assert talk.open == "member.task"
    return talk


def options(turn: Turn) -> list[str]:
    assert turn.question is not None
    return [option.key for option in turn.question.options]


def params(turn: Turn) -> dict[str, object]:
    assert turn.question is not None
    return dict(turn.question.words.params)


def test_of_a_member_it_is_asked_first_what_is_to_be_done() -> None:
    talk = at_the_task()
    turn = talk.look()
    assert options(turn) == ["add", "mend", "take_back"]
    assert params(turn)["card"] == MASKED
    assert params(turn)["paid"] == Words("member.paid_until", {"day": date(2026, 12, 31)})


def test_where_no_month_is_paid_none_can_be_taken_back() -> None:
    turn = at_the_task(replace(MEMBER, paid=())).look()
    assert options(turn) == ["add", "mend"]
    assert params(turn)["paid"] == Words("member.unpaid")


def test_another_card_and_another_day_are_taken_down() -> None:
    talk = at_the_task()
    outcome = talk.answer("[mend]", "9876 5432 109", "5-11-2026", "[send]").outcome
    assert outcome == MendMembership("NYOMAN", 6, KPJ, DAY)


@pytest.mark.parametrize(
    ("answers", "kpj", "day"),
    [
        (("[keep]", "5-11-2026"), "", DAY),
        ((KPJ, "[keep]"), KPJ, None),
        (("[keep]", "[keep]"), "", None),
    ],
)
def test_what_is_right_may_stay(answers: tuple[str, ...], kpj: str, day: date | None) -> None:
    talk = at_the_task()
    outcome = talk.answer("[mend]", *answers, "[send]").outcome
    assert outcome == MendMembership("NYOMAN", 6, kpj, day)


def test_the_summary_shows_what_changes_and_no_card_in_full() -> None:
    talk = at_the_task()
    shown = params(talk.answer("[mend]", KPJ, "[keep]"))
    assert shown["card"] == Words("mend.other", {"value": "•••••••2109", "was": MASKED})
    assert shown["active_from"] == Words("mend.same", {"value": SIGNED_UP})
    talk.answer("[~mend.kpj]", "[keep]", "[~mend.active_from]", "5-11-2026")
    shown = params(talk.look())
    assert shown["card"] == Words("mend.same", {"value": MASKED})
    assert shown["active_from"] == Words("mend.other", {"value": DAY, "was": SIGNED_UP})


def test_the_same_day_typed_again_is_shown_as_kept() -> None:
    shown = params(at_the_task().answer("[mend]", "[keep]", "2-11-2026"))
    assert shown["active_from"] == Words("mend.same", {"value": SIGNED_UP})


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ("1-11-2026", Words("day.before_sign_up", {"day": SIGNED_UP})),
        ("1-12-2026", Words("day.after_first_paid", {"day": date(2026, 11, 30)})),
        ("1-1-2027", Words("day.far_ahead", {"day": date(2026, 12, 21)})),
        ("kemarin", Words("day.unclear")),
    ],
)
def test_a_day_that_cannot_be_right_is_said_and_asked_again(typed: str, note: Words) -> None:
    talk = at_the_task()
    talk.answer("[mend]", "[keep]")
    assert talk.type(typed).note == note
    assert talk.open == "mend.active_from"


def test_the_last_day_of_the_first_paid_month_is_not_too_late() -> None:
    talk = at_the_task()
    talk.answer("[mend]", "[keep]", "30-11-2026")
    assert talk.open == "mend.summary"


def test_today_is_offered_only_where_it_can_be_right() -> None:
    october = replace(PAID[0], month=date(2026, 10, 1))
    late = replace(MEMBER, signed_up=date(2026, 9, 1), paid=(october,))
    for one, offered in ((MEMBER, ["keep", TODAY.isoformat()]), (late, ["keep"])):
        talk = at_the_task(one)
        assert options(talk.answer("[mend]", "[keep]")) == offered


def test_the_last_month_is_named_before_it_is_taken_back() -> None:
    talk = at_the_task()
    turn = talk.press("take_back")
    assert options(turn) == ["yes", ".back"]
    assert params(turn) == {
        "name": "I Nyoman Contoh",
        "code": "KLM-NPQR",
        "month": Words("month.named", {"month": Words("month.des"), "year": 2026}),
        "payer": Words("member.payer.self"),
        "received": SIGNED_UP,
        "paid": Words("member.paid_until", {"day": date(2026, 11, 30)}),
    }
    assert talk.press("yes").outcome == TakeBackMonth("NYOMAN", 6, date(2026, 12, 1))


def test_after_the_only_month_nothing_is_paid() -> None:
    turn = at_the_task(replace(MEMBER, paid=PAID[:1])).press("take_back")
    assert params(turn)["paid"] == Words("member.unpaid")


def test_back_takes_no_month() -> None:
    talk = at_the_task()
    talk.press("take_back")
    assert talk.press(".back").outcome is None
    assert talk.open == "member.task"


def test_the_last_look_is_of_one_version_and_one_month() -> None:
    talk = at_the_task()
    talk.press("take_back")
    for changed in (replace(MEMBER, version=7), replace(MEMBER, paid=PAID[:1])):
        talk.table = known(changed)
        press = Chose("member.take_back", "yes", "NYOMAN.6.2026-12")
        assert talk.do(press).note == Words("turn.stale")
    talk = at_the_task()
    talk.answer("[mend]", KPJ, "[keep]")
    talk.table = known(replace(MEMBER, version=7))
    assert talk.do(Chose("mend.summary", "send", "NYOMAN.6")).note == Words("turn.stale")


def test_a_yes_to_one_month_is_none_to_the_month_before() -> None:
    talk = at_the_task()
    talk.answer("[take_back]", "[yes]")
    talk.table = known(replace(MEMBER, paid=PAID[:1]))
    assert talk.open == "member.take_back"


def test_another_person_is_asked_everything_anew() -> None:
    talk = at_the_task()
    talk.answer("[mend]", KPJ, "[keep]", "[~member.which]")
    talk.table = known(replace(MEMBER, id="MADE", code="CDE-FGHJ", name="Ni Made Contoh"))
    talk.press("MADE")
    assert talk.open == "member.task"
