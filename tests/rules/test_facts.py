"""What facts of the chain add up to: the ledger, the last answers, the confirmation that holds."""

from datetime import date

from rules import facts
from rules.coverage import Ledger, PaidMonth
from rules.facts import Fact

DAY = date(2026, 12, 1)
DECEMBER = PaidMonth(DAY, "programme", DAY)
JANUARY = PaidMonth(date(2027, 1, 1), "programme", DAY)
FEBRUARY = PaidMonth(date(2027, 2, 1), "self", date(2027, 2, 3))
ACCEPTED = Fact("card", "accepted", DAY, {"card": "•8901"})
PAID = facts.paid((DECEMBER, JANUARY, FEBRUARY))


def test_months_paid_on_one_day_by_one_payer_are_one_fact() -> None:
    assert [
        Fact("months", "paid", DAY, {"months": "2026-12 2027-01", "by": "programme"}),
        Fact("months", "paid", date(2027, 2, 3), {"months": "2027-02", "by": "self"}),
    ] == PAID


def test_the_ledger_has_the_months_of_all_facts_in_order() -> None:
    assert facts.ledger([ACCEPTED, *PAID]) == Ledger(DAY, (DECEMBER, JANUARY, FEBRUARY))
    assert facts.ledger([ACCEPTED, *reversed(PAID)]) == Ledger(DAY, (DECEMBER, JANUARY, FEBRUARY))


def test_who_was_never_accepted_has_no_ledger() -> None:
    assert facts.ledger(PAID) is None
    assert facts.ledger([Fact("card", "handed_over", DAY)]) is None


def test_a_month_taken_back_is_not_paid() -> None:
    back = Fact("months", "taken_back", values={"month": "2027-01"})
    twice = [ACCEPTED, *PAID, back, back]
    assert facts.ledger(twice) == Ledger(DAY, (DECEMBER, FEBRUARY))


def test_a_mended_day_is_the_one_that_counts() -> None:
    mended = Fact("card", "mended", date(2026, 12, 5))
    card_alone = Fact("card", "mended", None, {"card": "•8902"})
    assert facts.ledger([ACCEPTED, mended, card_alone]) == Ledger(date(2026, 12, 5), ())


def test_who_left_is_a_member_until_the_last_day() -> None:
    noted = Fact("departure", "noted", DAY, {"why": "moved"})
    left = Fact("departure", "left", DAY, {"why": "moved", "ended": "2026-12-31"})
    assert facts.ledger([ACCEPTED, noted]) == Ledger(DAY, ())
    assert facts.ledger([ACCEPTED, noted, left]) == Ledger(DAY, (), date(2026, 12, 31))


def test_the_last_answer_to_a_question_counts() -> None:
    first, last = (Fact("answer", "enrolment.work", values={"value": one}) for one in "ab")
    other = Fact("answer", "enrolment.able", values={"value": "c"})
    assert facts.answers([first, ACCEPTED, other, last]) == {
        "enrolment.work": last,
        "enrolment.able": other,
    }


def test_a_confirmation_that_was_taken_back_holds_no_more() -> None:
    confirmed, undone = Fact("decision", "confirmed"), Fact("decision", "undone")
    assert facts.confirmation([ACCEPTED]) is None
    assert facts.confirmation([confirmed, ACCEPTED]) == confirmed
    assert facts.confirmation([confirmed, undone]) is None
    assert facts.confirmation([confirmed, undone, confirmed]) == confirmed
