"""Part one: which answers refuse, which warn the officer, and what a changed answer undoes."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from conversations.outcomes import Refuse, SubmitRegistration
from conversations.ways import refuse
from rules.eligibility import Reason
from tests.conversations.cases import KELURAHAN, PROGRAMMES, VILLAGES, WITHOUT_PROGRAMME
from tests.conversations.forms import begin, fill, warnings
from tests.conversations.talk import TODAY


def test_the_good_way_ends_in_a_registration_without_warnings() -> None:
    turn = fill(begin())
    assert turn.outcome == SubmitRegistration(
        programme="denpasar",
        village="51.71.03.2008",
        whom="self",
        nik="5171031206850001",
        name="I Wayan Contoh",
        born="1985-06-12",
        warnings=(),
    )


@dataclass(frozen=True)
class Refused:
    """One answer that refuses: at which question, for which reason."""

    answers: Mapping[str, str]
    reason: str
    at: str
    village: str = VILLAGES["denpasar"]


REFUSED = (
    Refused({"work": "[stopped]"}, "not_working", "enrolment.work"),
    Refused({"work": "[never]"}, "not_working", "enrolment.work"),
    Refused({"able": "[unable_long]"}, "not_able", "enrolment.able"),
    Refused({"tie": "[civil_servant]"}, "civil_servant", "enrolment.tie"),
    Refused({"tie": "[apparatus]"}, "apparatus", "enrolment.tie", VILLAGES["purwakarta"]),
)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case.reason} {case.answers}")
def test_an_answer_that_refuses_does_so_at_its_question(case: Refused) -> None:
    turn = fill(begin(case.village), **case.answers)
    assert isinstance(turn.outcome, Refuse)
    assert [reason.key for reason in turn.outcome.reasons] == [case.reason]
    assert turn.path[-1] == case.at
    assert len(turn.outcome.way_words) >= 2


def test_two_reasons_name_each_way_forward_once() -> None:
    reasons = tuple(Reason(key, "", ("spouse", "office")) for key in ("not_working", "not_able"))
    refused = refuse(reasons, PROGRAMMES["denpasar"], TODAY)
    assert [way.key for way in refused.way_words] == ["way.spouse", "way.office"]


@pytest.mark.parametrize(
    ("village", "reason"), [(WITHOUT_PROGRAMME, "no_programme"), (KELURAHAN, "village_kind")]
)
def test_a_place_without_a_programme_refuses_before_anything_is_asked(
    village: str, reason: str
) -> None:
    turn = begin(village).look()
    assert isinstance(turn.outcome, Refuse)
    assert [found.key for found in turn.outcome.reasons] == [reason]
    assert turn.path == ("enrolment.village",)
    assert "way.self_pay" in [way.key for way in turn.outcome.way_words]


@pytest.mark.parametrize("work", ["under_3_months", "months_3_to_12", "years_1_to_5", "seasonal"])
@pytest.mark.parametrize("able", ["limited_but_working", "ill_but_working", "ill_short"])
@pytest.mark.parametrize("tie", ["employer", "insured", "apparatus"])
def test_no_other_answer_about_work_refuses(work: str, able: str, tie: str) -> None:
    turn = fill(begin(), work=f"[{work}]", able=f"[{able}]", tie=f"[{tie}]")
    assert isinstance(turn.outcome, SubmitRegistration)


WARNED: tuple[tuple[Mapping[str, str], tuple[str, ...]], ...] = (
    ({"able": "[ill_short]"}, ("able_ill_short",)),
    ({"able": "[ill_but_working]"}, ("able_ill_working",)),
    ({"able": "[limited_but_working]"}, ()),
    ({"work": "[seasonal]"}, ("work_seasonal",)),
    ({"work": "[under_3_months]"}, ("work_new",)),
    ({"work": "[months_3_to_12]"}, ()),
    ({"tie": "[insured]"}, ("tie_insured",)),
    ({"tie": "[employer]"}, ("tie_employer",)),
    ({"tie": "[apparatus]"}, ("tie_apparatus",)),
    ({"nik": "5171 0399 9985 0001"}, ("age_unknown", "nik_odd")),
    ({"nik": "5171 0305 0110 0001"}, ("age_young",)),
    ({"nik": "5171 0305 0150 0001"}, ("age_old",)),
    ({"nik": "5171 0312 0685 0000"}, ("nik_odd",)),
    ({"nik": "5171 0352 0685 0001"}, ()),
    ({"nik": "3509 0112 0685 0001"}, ("nik_region",)),
    ({"residence": "[elsewhere]"}, ("residence_elsewhere",)),
    ({"residence": "[ktp_elsewhere]"}, ("residence_ktp_elsewhere",)),
    ({"phone": "0812 3456 789"}, ("phone_unproven",)),
    ({"whom": "[family]", "phone": "0812 3456 789"}, ("typed_by_other", "phone_unproven")),
    ({"whom": "[cadre]", "phone": "[none]"}, ("typed_by_other", "phone_none")),
    (
        {
            "able": "[ill_short]",
            "work": "[seasonal]",
            "tie": "[insured]",
            "residence": "[elsewhere]",
        },
        ("able_ill_short", "work_seasonal", "tie_insured", "residence_elsewhere"),
    ),
)


@pytest.mark.parametrize(("answers", "expected"), WARNED, ids=str)
def test_an_answer_warns_the_officer_of_just_that(
    answers: Mapping[str, str], expected: tuple[str, ...]
) -> None:
    assert warnings(fill(begin(), **answers)) == expected


@pytest.mark.parametrize(
    ("edited", "answer", "expected"),
    [
        ("birth_date", "12 Juli 1985", ("nik_birth_date",)),
        ("birth_date", "12-6-1985", ()),
        ("birth_date", "12-6-1950", ("age_old", "nik_birth_date")),
        ("sex", "[female]", ("nik_sex",)),
        ("sex", "[male]", ()),
    ],
)
def test_a_card_that_differs_from_the_nik_warns_and_never_refuses(
    edited: str, answer: str, expected: tuple[str, ...]
) -> None:
    talk = begin()
    fill(talk, until="enrolment.summary")
    talk.answer(f"[~enrolment.{edited}]", answer)
    assert talk.open == "enrolment.summary"
    assert warnings(talk.press("send")) == expected


def test_a_birth_date_stated_once_stands_for_the_unreadable_one_of_the_nik() -> None:
    talk = begin()
    fill(talk, until="enrolment.summary", nik="5171 0399 9985 0001")
    talk.answer("[~enrolment.birth_date]", "17-5-1990")
    turn = talk.press("send")
    assert warnings(turn) == ("nik_odd",)
    assert isinstance(turn.outcome, SubmitRegistration)
    assert turn.outcome.born == "1990-05-17"
