"""The four grounds on which claims were refused: what the facts say for and against each."""

from dataclasses import replace
from datetime import date

import pytest

from rules import facts
from rules.coverage import PaidMonth
from rules.facts import Fact
from rules.grounds import Case, Ground, Named, Says, grounds
from rules.months import later
from rules.sources import source

DAY = date(2026, 12, 1)
DEATH = date(2027, 5, 2)
AT = "2026-12-01T02:00:00+00:00"


def answer(question: str, value: str, at: str = AT) -> Fact:
    return Fact("answer", question, DAY, {"value": value, "at": at})


def decision(**values: str) -> Fact:
    return Fact("decision", "confirmed", values={"officer": "Ketut", **values})


ANSWERS = (
    answer("enrolment.occupation", "petani"),
    answer("enrolment.work", "over_5_years"),
    answer("enrolment.able", "able"),
)
VOUCHED = (*ANSWERS, answer("desk.attest", "yes"), decision())
ACCEPTED = Fact("card", "accepted", DAY)
LATE = Fact("card", "accepted", date(2027, 4, 1))


def paid(count: int, received: date = DAY, first: int = 0) -> list[Fact]:
    months = range(first, first + count)
    return facts.paid(PaidMonth(later(DAY, one), "programme", received) for one in months)


def claim(state: str, kind: str = "jkm") -> Fact:
    values = {"claim": "c", "kind": kind, "happened_on": DEATH.isoformat()}
    return Fact("claim", state, DEATH, values)


def paper(name: str, state: str) -> Fact:
    return Fact("paper", name, None, {"claim": "c", "state": state})


def ground(key: str, *known: Fact, on: date = DEATH, case: Case | None = None) -> Ground:
    """One ground of these facts."""
    found = grounds(case or Case(known, on))
    return next(one for one in found if one.key == key)


def said(one: Ground) -> list[str]:
    return [says.key for says in one.says]


def test_all_four_come_in_order_with_sources_that_there_are() -> None:
    found = grounds(Case((), DEATH))
    assert [one.key for one in found] == ["working", "unbroken", "three_months", "papers"]
    assert [one.verdict for one in found] == ["missing"] * 4
    assert [one.sources[0] for one in found] == ["n1", "n5", "o11a", "o6"]
    assert all(source(key).short for one in found for key in one.sources)


def test_an_answer_and_an_officers_statement_support_that_somebody_worked() -> None:
    found = ground("working", *VOUCHED)
    assert found.verdict == "supported"
    values = {
        "work": Named("enrolment.work.over_5_years"),
        "able": Named("enrolment.able.able"),
        "occupation": "petani",
        "day": DAY,
    }
    vouched = Says("vouched", {"officer": "Ketut", "day": DAY})
    assert found.says == (Says("working", values), vouched)


def test_ticked_among_ten_is_a_statement_as_well() -> None:
    ticked = (*ANSWERS, answer("desk.vouch", "yes"), decision())
    assert ground("working", *ticked).verdict == "supported"


def test_the_newest_statement_is_named() -> None:
    later_on = replace(answer("desk.vouch", "yes", "2026-12-03T02:00:00+00:00"), on=DEATH)
    found = ground("working", *VOUCHED, later_on, decision(officer=""))
    vouched = Says("vouched", {"officer": Named("value.unknown"), "day": DEATH})
    assert found.says[1] == vouched


@pytest.mark.parametrize(
    "known",
    [
        ANSWERS,
        (*ANSWERS, decision()),
        (*ANSWERS, answer("desk.attest", "yes")),
        (*ANSWERS, answer("desk.attest", ".back"), decision()),
        (*VOUCHED, Fact("decision", "undone")),
    ],
)
def test_without_a_statement_that_holds_evidence_is_missing(known: tuple[Fact, ...]) -> None:
    found = ground("working", *known)
    assert (found.verdict, said(found)) == ("missing", ["working", "not_vouched"])


def test_without_the_answers_evidence_is_missing() -> None:
    for left in (VOUCHED[2:], (*VOUCHED[:2], *VOUCHED[3:])):
        found = ground("working", *left)
        assert (found.verdict, said(found)[0]) == ("missing", "no_answers")


@pytest.mark.parametrize(
    ("question", "value", "verdict", "line"),
    [
        ("work", "stopped", "against", ""),
        ("work", "never", "against", ""),
        ("able", "unable_long", "against", ""),
        ("work", "seasonal", "unclear", "idle"),
        ("able", "ill_short", "unclear", "ill"),
        ("able", "ill_but_working", "unclear", "ill"),
        ("able", "limited_but_working", "supported", ""),
        ("work", "under_3_months", "supported", ""),
        ("work", "months_3_to_12", "supported", ""),
        ("work", "years_1_to_5", "supported", ""),
    ],
)
def test_each_answer_has_its_weight(question: str, value: str, verdict: str, line: str) -> None:
    found = ground("working", *VOUCHED, answer(f"enrolment.{question}", value))
    lines = ["working", *([line] if line else []), "vouched"]
    assert (found.verdict, said(found)) == (verdict, lines)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"warnings": "phone_none answer_changed"}, "answer_changed"),
        ({"mark": "family"}, "conflict"),
    ],
)
def test_what_weakens_a_confirmation_is_said(values: dict[str, str], line: str) -> None:
    found = ground("working", *VOUCHED[:-1], decision(**values))
    assert (found.verdict, said(found)[-1]) == ("unclear", line)


def test_a_doubt_of_another_kind_weakens_nothing() -> None:
    assert ground("working", *VOUCHED[:-1], decision(warnings="phone_none")).verdict == "supported"


def test_the_last_word_on_whether_the_work_goes_on_stands_below() -> None:
    yes, no = answer("working.2027", "yes"), answer("working.2028", "no")
    why = answer("working.2029.why", "ill")
    assert said(ground("working", *VOUCHED, yes, why))[-1] == "still_working"
    found = ground("working", *VOUCHED, no, yes, why)
    assert (found.verdict, found.says[-1]) == ("supported", Says("stopped_later", {"day": DAY}))


def test_months_without_a_gap_support_the_second_ground() -> None:
    found = ground("unbroken", ACCEPTED, *paid(6))
    values = {"count": 6, "first": DAY, "last": date(2027, 5, 1)}
    assert found.verdict == "supported"
    assert found.says[:2] == (Says("accepted", {"day": DAY}), Says("months_paid", values))
    assert found.says[2].key == "covered"
    assert found.says[2].values["day"] == DEATH


@pytest.mark.parametrize(
    ("known", "verdict", "line"),
    [
        ((ACCEPTED,), "missing", "not_yet"),
        ((ACCEPTED, *paid(3)), "against", "unpaid"),
        ((ACCEPTED, *paid(1)), "against", "ended"),
        ((ACCEPTED, *paid(6, date(2027, 2, 3))), "unclear", "interrupted"),
        ((ACCEPTED, *paid(5), *paid(1, date(2027, 5, 20), 5)), "unclear", "paid_late"),
        (
            (ACCEPTED, *paid(6), Fact("departure", "left", DAY, {"ended": "2027-05-01"})),
            "against",
            "ended",
        ),
    ],
)
def test_what_breaks_the_months_is_said(known: tuple[Fact, ...], verdict: str, line: str) -> None:
    found = ground("unbroken", *known)
    assert (found.verdict, found.says[-1].key) == (verdict, line)


def test_until_when_was_paid_is_said_where_it_is_known() -> None:
    assert ground("unbroken", ACCEPTED, *paid(3)).says[-1].values["until"] == date(2027, 2, 28)
    unknown = ground("unbroken", ACCEPTED).says[-1]
    assert unknown.values["until"] == Named("value.unknown")
    assert said(ground("unbroken", ACCEPTED))[1] == "none_paid"


def test_on_a_day_without_a_rule_nothing_is_guessed() -> None:
    old = date(2010, 1, 1)
    member = (Fact("card", "accepted", old), *facts.paid([PaidMonth(old, "self", old)]))
    for key in ("unbroken", "three_months"):
        found = ground(key, *member, on=old)
        assert (found.verdict, said(found)[-1]) == ("unclear", "no_rule")


@pytest.mark.parametrize(
    ("known", "verdict", "line"),
    [
        ((ACCEPTED, *paid(6)), "supported", "reached"),
        (
            (replace(ACCEPTED, on=date(2027, 4, 1)), *paid(2, date(2027, 4, 1), 4)),
            "against",
            "not_reached",
        ),
        ((ACCEPTED, *paid(3)), "against", "not_covered"),
        ((), "missing", "no_member"),
    ],
)
def test_the_three_months_hang_on_the_day(known: tuple[Fact, ...], verdict: str, line: str) -> None:
    found = ground("three_months", *known)
    assert (found.verdict, said(found)) == (verdict, [line, "not_for_accidents"])
    assert found.says[-1].values == {"least": 3, "day": DEATH}


def test_where_no_source_settles_the_months_it_is_unclear() -> None:
    late = (ACCEPTED, *paid(6, date(2027, 2, 3)))
    found = ground("three_months", *late, on=date(2027, 3, 2))
    assert (found.verdict, said(found)[0]) == ("unclear", "maybe_reached")


def test_after_a_work_accident_the_three_months_are_not_asked_for() -> None:
    found = ground("three_months", case=Case((ACCEPTED,), DEATH, "jkk"))
    assert (found.verdict, said(found)) == ("supported", ["not_for_accidents"])


@pytest.mark.parametrize(
    ("known", "verdict", "lines"),
    [
        ((), "missing", ["no_claim"]),
        ((claim("reported"),), "unclear", ["papers_accepted"]),
        ((claim("papers_missing"),), "missing", ["papers_accepted"]),
        ((claim("complete"), paper("kk", "accepted")), "supported", None),
        ((claim("lodged"), paper("kk", "accepted")), "supported", None),
        ((claim("complete"),), "unclear", None),
        ((claim("complete"), claim("papers_missing"), paper("kk", "accepted")), "missing", None),
        ((paper("kk", "accepted"),), "unclear", ["papers_accepted"]),
        ((paper("kk", "missing"),), "missing", ["papers_accepted", "papers_missing"]),
        ((claim("lodged"), paper("kk", "returned")), "missing", None),
        ((claim("verified"), paper("kk", "have")), "unclear", ["papers_accepted"]),
    ],
)
def test_papers_are_counted_as_they_stand_last(
    known: tuple[Fact, ...], verdict: str, lines: list[str] | None
) -> None:
    found = ground("papers", *known)
    assert found.verdict == verdict
    assert lines is None or said(found) == lines


def test_a_paper_returned_and_then_accepted_is_accepted() -> None:
    known = (claim("complete"), paper("kk", "returned"), paper("kk", "accepted"))
    found = ground("papers", *known, paper("akta", "accepted"))
    complete = Says("papers_complete", {"day": DEATH})
    assert found.says == (Says("papers_accepted", {"count": 2}), complete)
    assert found.verdict == "supported"
