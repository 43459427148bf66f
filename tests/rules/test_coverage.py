"""Who is covered on a day: the edges, one by one. All other days: test_coverage_by_day.py."""

from datetime import timedelta

import pytest

from rules.coverage import (
    Cover,
    CoverState,
    PaidMonth,
    Reminder,
    cover,
    payable,
    reminders,
)
from rules.parameters import NotInForce
from tests.rules.ledgers import YEAR, day, ledger, paid, states


@pytest.mark.parametrize(
    ("months", "since", "gap"),
    [
        pytest.param(paid("2026-01", "2026-02", "2026-03"), "2026-01-05", False, id="none"),
        pytest.param(paid("2026-01", "2026-03"), "2026-01-05", True, id="a month unpaid"),
        pytest.param(
            paid("2026-01", "2026-03") + paid("2026-02", received="2026-02-02"),
            "2026-01-05",
            True,
            id="a day late",
        ),
        pytest.param(
            paid("2026-01", received="2026-01-06") + paid("2026-02", "2026-03"),
            "2026-01-05",
            True,
            id="a day after the acceptance",
        ),
        pytest.param(
            paid("2026-01", received="2026-01-05") + paid("2026-02", "2026-03"),
            "2026-01-05",
            False,
            id="on the day of the acceptance",
        ),
        pytest.param(paid("2026-03"), "2026-03-01", False, id="only months before it began"),
    ],
)
def test_a_day_without_cover_since_the_start_is_an_interruption(
    months: list[PaidMonth], since: str, gap: bool
) -> None:
    seen = cover(ledger("2026-01-05", months), day("2026-03-01"))
    assert (seen.state, seen.since, seen.interrupted) == ("covered", day(since), gap)


def test_an_interruption_lies_before_the_day_and_in_the_spell_that_holds_it() -> None:
    one = ledger("2026-01-01", paid("2026-01", "2026-02"), paid("2026-08"), ended="2026-09-10")
    days = ("2026-02-28", "2026-03-01", "2026-03-02", "2026-06-01", "2026-08-31", "2026-09-11")
    found = [cover(one, day(text)).interrupted for text in days]
    assert found == [False, False, True, False, False, False]


def test_a_year_paid_ahead_is_covered_to_its_last_day() -> None:
    one = ledger("2026-01-01", paid(*YEAR, received="2026-01-01"))
    for text in ("2026-01-01", "2026-01-31", "2026-02-28", "2026-04-30", "2026-12-31"):
        assert cover(one, day(text)) == Cover(
            CoverState.COVERED,
            since=day("2026-01-01"),
            paid_until=day("2026-12-31"),
            payer="programme",
            arrears_until=day("2027-03-31"),
            months=day(text).month,
        )


def test_after_the_last_paid_month_arrears_can_be_paid_for_three_months() -> None:
    one = ledger("2026-01-01", paid(*YEAR, received="2026-01-01"))
    assert states(one, "2026-12-31", "2027-01-01", "2027-03-31", "2027-04-01") == [
        "covered",
        "unpaid",
        "unpaid",
        "ended",
    ]
    assert cover(one, day("2027-04-01")) == Cover(
        CoverState.ENDED,
        paid_until=day("2026-12-31"),
        payer="programme",
        arrears_until=day("2027-03-31"),
        earlier_months=12,
    )


@pytest.mark.parametrize(
    ("last_month", "last_day"),
    [("2027-11", "2028-02-29"), ("2026-11", "2027-02-28"), ("2026-01", "2026-04-30")],
)
def test_the_time_for_arrears_ends_with_the_third_month(last_month: str, last_day: str) -> None:
    one = ledger(f"{last_month}-10", paid(last_month, received=f"{last_month}-10"))
    end = day(last_day)
    assert cover(one, day(f"{last_month}-20")).arrears_until == end
    assert [cover(one, end + timedelta(days=more)).state for more in (0, 1)] == ["unpaid", "ended"]


@pytest.mark.parametrize(
    ("received", "state", "since"),
    [
        pytest.param("2026-04-30", "covered", "2026-01-01", id="on the last day of the limit"),
        pytest.param("2026-05-01", "covered", "2026-05-01", id="on the day after"),
    ],
)
def test_a_payment_restores_until_the_limit_and_begins_anew_after_it(
    received: str, state: str, since: str
) -> None:
    late = paid("2026-02", "2026-03", "2026-04", "2026-05", received=received)
    one = ledger("2026-01-01", paid("2026-01"), late)
    seen = cover(one, day("2026-05-20"))
    assert (seen.state, seen.since) == (state, day(since))
    restored = received == "2026-04-30"
    assert (seen.months, seen.earlier_months) == ((5, 0) if restored else (1, 1))
    assert states(one, "2026-02-10") == ["paid_late" if restored else "unpaid"]


@pytest.mark.parametrize("hole", [1, 2, 3, 4])
def test_a_hole_of_more_than_three_months_ends_a_membership(hole: int) -> None:
    after = YEAR[1 + hole]
    one = ledger("2026-01-01", paid("2026-01"), paid(after, received="2026-01-01"))
    seen = cover(one, day(f"{after}-10"))
    assert seen.state == "covered"
    assert seen.since == day("2026-01-01" if hole < 4 else "2026-06-01")
    assert (seen.months, seen.earlier_months) == ((2, 0) if hole < 4 else (1, 1))
    in_hole = [cover(one, day(f"{month}-28")).state for month in YEAR[1 : 1 + hole]]
    assert in_hole == ["unpaid", "unpaid", "unpaid", "ended"][:hole]


def test_a_day_that_was_paid_for_only_afterwards_is_not_said_to_be_covered() -> None:
    one = ledger("2026-01-01", paid("2026-01"), paid("2026-02", received="2026-02-20"))
    assert states(one, "2026-02-01", "2026-02-19", "2026-02-20") == ["paid_late"] * 2 + ["covered"]
    assert cover(one, day("2026-02-19")).months == 1
    assert cover(one, day("2026-02-20")).months == 2


def test_a_payment_too_late_for_its_month_is_for_nothing() -> None:
    late = paid("2026-02", "2026-03", received="2026-05-20")
    one = ledger("2026-01-01", paid("2026-01"), late)
    assert states(one, "2026-03-10", "2026-05-20") == ["unpaid", "ended"]


def test_who_has_left_is_covered_to_the_last_day_and_not_after() -> None:
    one = ledger("2026-01-01", paid(*YEAR, received="2026-01-01"), ended="2026-06-15")
    assert states(one, "2026-06-15", "2026-06-16", "2026-12-31") == ["covered", "ended", "ended"]
    assert cover(one, day("2026-06-16")) == Cover(
        CoverState.ENDED,
        paid_until=day("2026-06-30"),
        payer="programme",
        earlier_months=6,
    )


def test_the_payer_is_who_paid_the_month_of_the_day() -> None:
    one = ledger("2026-01-01", paid("2026-01", "2026-02"), paid("2026-03", by="self"))
    payers = [cover(one, day(f"2026-0{month}-15")).payer for month in (1, 2, 3, 4)]
    assert payers == ["programme", "programme", "self", "self"]


def test_of_two_payments_for_a_month_the_first_counts() -> None:
    twice = [*paid("2026-01", by="self", received="2026-01-20"), *paid("2026-01")]
    seen = cover(ledger("2026-01-01", twice), day("2026-01-10"))
    assert (seen.state, seen.payer, seen.months) == ("covered", "programme", 1)


def test_a_paid_month_is_named_by_its_first_day() -> None:
    with pytest.raises(ValueError, match="2026-01-02"):
        PaidMonth(day("2026-01-02"), "self", day("2026-01-02"))


def test_before_the_rule_on_arrears_was_seen_nothing_is_said() -> None:
    with pytest.raises(NotInForce):
        cover(ledger("2022-01-01", paid("2022-01")), day("2022-01-10"))


def test_unpaid_months_can_be_paid_one_by_one_until_their_limits() -> None:
    one = ledger("2026-01-10", paid("2026-01", received="2026-01-10"), paid("2026-04"))
    assert payable(one, day("2026-01-09")) == ()
    assert payable(one, day("2026-01-31")) == ()
    assert payable(one, day("2026-02-01")) == (day("2026-02-01"),)
    assert payable(one, day("2026-04-30")) == (day("2026-02-01"), day("2026-03-01"))
    assert payable(one, day("2026-05-01")) == (day("2026-05-01"),)
    months = (day("2026-05-01"), day("2026-06-01"), day("2026-07-01"))
    assert payable(one, day("2026-07-31")) == months
    assert payable(one, day("2026-08-01")) == ()


def test_reminders_come_before_the_last_paid_day_and_before_the_limit_for_arrears() -> None:
    one = ledger("2026-01-01", paid(*YEAR[:11]), paid("2026-12", by="self"))
    assert reminders(one) == (
        Reminder(day("2026-12-01"), "funding", day("2026-12-31"), "self"),
        Reminder(day("2026-12-24"), "funding", day("2026-12-31"), "self"),
        Reminder(day("2027-03-01"), "arrears", day("2027-03-31"), "self"),
        Reminder(day("2027-03-24"), "arrears", day("2027-03-31"), "self"),
    )


def test_reminders_are_of_the_last_run_of_months() -> None:
    one = ledger("2026-01-01", paid("2026-01", "2026-08"))
    assert {reminder.last_day for reminder in reminders(one)} == {
        day("2026-08-31"),
        day("2026-11-30"),
    }


def test_who_has_left_or_never_paid_is_not_reminded() -> None:
    assert reminders(ledger("2026-01-01")) == ()
    assert reminders(ledger("2026-01-01", paid("2026-01"), ended="2026-01-20")) == ()
