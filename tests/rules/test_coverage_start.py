"""From which day someone is covered, or a member at all."""

import pytest

from rules.coverage import Cover, CoverState, PaidMonth, cover
from tests.rules.ledgers import YEAR, day, ledger, paid, states


def test_a_name_on_a_list_is_no_cover() -> None:
    """Nobody is a member without a contribution (PP 44/2015 Pasal 1 angka 4)."""
    assert cover(ledger("2026-01-10"), day("2026-06-01")) == Cover(CoverState.NOT_YET)


def test_cover_begins_with_the_acceptance_where_that_comes_last() -> None:
    one = ledger("2026-01-15", paid(*YEAR, received="2026-01-05"))
    assert states(one, "2026-01-14", "2026-01-15") == ["not_yet", "covered"]
    assert cover(one, day("2026-01-15")).since == day("2026-01-15")


def test_the_days_between_the_acceptance_and_the_contribution_are_not_settled() -> None:
    """No source says whether a member is covered who was accepted and has not paid yet."""
    one = ledger("2026-01-05", paid(*YEAR, received="2026-01-15"))
    found = states(one, "2026-01-04", "2026-01-05", "2026-01-14", "2026-01-15")
    assert found == ["not_yet", "paid_late", "paid_late", "covered"]
    assert cover(one, day("2026-01-15")).since == day("2026-01-05")


def test_cover_begins_with_the_month_where_it_was_paid_ahead() -> None:
    one = ledger("2025-11-05", paid(*YEAR, received="2025-12-01"))
    assert states(one, "2025-12-31", "2026-01-01") == ["not_yet", "covered"]
    assert cover(one, day("2026-01-01")).since == day("2026-01-01")


def test_a_day_before_the_start_tells_what_is_already_paid() -> None:
    one = ledger("2026-01-15", paid("2026-01", "2026-02", by="self"))
    assert cover(one, day("2026-01-14")) == Cover(
        CoverState.NOT_YET,
        paid_until=day("2026-02-28"),
        payer="self",
        arrears_until=day("2026-05-31"),
        begins=day("2026-01-15"),
    )


@pytest.mark.parametrize(
    ("accepted", "months", "begins"),
    [
        pytest.param("2025-11-20", paid("2026-01"), "2026-01-01", id="paid ahead"),
        pytest.param("2025-11-20", paid("2026-01", received="2026-01-09"), "2026-01-09", id="late"),
        pytest.param("2026-01-09", paid("2026-01"), "2026-01-09", id="accepted last"),
        pytest.param(
            "2026-01-09",
            paid("2026-01", received="2026-02-01") + paid("2026-02", received="2026-02-05"),
            "2026-02-05",
            id="the first month only afterwards",
        ),
        pytest.param("2026-01-09", paid("2026-01", received="2026-02-01"), None, id="none in time"),
        pytest.param("2026-01-09", paid("2026-01", received="2026-05-01"), None, id="none counts"),
        pytest.param("2026-01-09", [], None, id="none"),
    ],
)
def test_before_the_start_the_first_day_that_is_sure_to_be_covered_is_told(
    accepted: str, months: list[PaidMonth], begins: str | None
) -> None:
    one = ledger(accepted, months)
    seen = cover(one, day("2025-11-20") if accepted < "2026" else day("2026-01-08"))
    assert seen.begins == (day(begins) if begins else None)
    if begins:
        assert cover(one, day(begins)).state == "covered"
        assert cover(one, day(begins)).begins is None


def test_no_start_is_told_after_the_last_day_as_a_member() -> None:
    late = paid("2026-01", received="2026-01-12") + paid("2026-02")
    assert cover(ledger("2026-01-05", late, ended="2026-01-11"), day("2026-01-04")).begins is None
    begins = cover(ledger("2026-01-05", late, ended="2026-01-12"), day("2026-01-04")).begins
    assert begins == day("2026-01-12")


def test_a_month_before_the_acceptance_counts_for_nothing() -> None:
    one = ledger("2026-02-15", paid("2026-01", "2026-02", "2026-03"))
    assert states(one, "2026-01-20", "2026-02-14", "2026-02-15") == ["not_yet"] * 2 + ["covered"]
    assert cover(one, day("2026-03-31")).months == 2


def test_a_first_contribution_may_be_for_a_month_that_is_over() -> None:
    one = ledger("2026-01-05", paid("2026-01", "2026-02", received="2026-02-03"))
    found = states(one, "2026-01-04", "2026-01-05", "2026-01-31", "2026-02-02", "2026-02-03")
    assert found == ["not_yet"] + ["paid_late"] * 3 + ["covered"]
    assert [cover(one, day(f"2026-02-{text}")).months for text in ("02", "28")] == [0, 2]


def test_contributions_that_always_come_in_the_month_after_make_a_member_all_the_same() -> None:
    """Government money that comes late is common (Perdir 22/2022 has a procedure for it)."""
    months = [paid(f"2026-0{month}", received=f"2026-0{month + 1}-05") for month in range(1, 8)]
    one = ledger("2026-01-20", *months)
    assert states(one, "2026-01-19", "2026-01-20", "2026-07-31") == ["not_yet"] + ["paid_late"] * 2
    found = states(one, "2026-08-01", "2026-10-31", "2026-11-01")
    assert found == ["unpaid", "unpaid", "ended"]
    seen = cover(one, day("2026-08-10"))
    assert (seen.since, seen.months, seen.interrupted) == (day("2026-01-20"), 7, True)


def test_one_month_alone_that_came_in_the_month_after_is_late_then_unpaid_then_ended() -> None:
    one = ledger("2025-11-20", paid("2025-11", received="2025-12-01"))
    found = states(one, "2025-11-19", "2025-11-20", "2025-11-30")
    assert found == ["not_yet", "paid_late", "paid_late"]
    found = states(one, "2025-12-01", "2026-02-28", "2026-03-01")
    assert found == ["unpaid", "unpaid", "ended"]


@pytest.mark.parametrize(
    ("received", "state"), [("2026-04-30", "unpaid"), ("2026-05-01", "not_yet")]
)
def test_a_first_contribution_after_the_time_for_arrears_is_for_nothing(
    received: str, state: str
) -> None:
    one = ledger("2026-01-05", paid("2026-01", received=received))
    assert states(one, "2026-04-30") == [state]


def test_after_a_lapse_who_pays_is_a_member_from_that_day() -> None:
    one = ledger("2026-01-01", paid("2026-01"), paid("2026-06", received="2026-06-10"))
    assert states(one, "2026-06-09", "2026-06-10") == ["ended", "covered"]
    assert cover(one, day("2026-06-10")).since == day("2026-06-10")
    assert not cover(one, day("2026-06-30")).interrupted


def test_after_a_lapse_a_month_that_was_paid_in_the_month_after_is_not_settled() -> None:
    late = [paid("2026-06", received="2026-07-05"), paid("2026-07", received="2026-07-05")]
    one = ledger("2026-01-01", paid("2026-01"), *late)
    found = states(one, "2026-05-31", "2026-06-01", "2026-07-04", "2026-07-05")
    assert found == ["ended", "paid_late", "paid_late", "covered"]
    seen = cover(one, day("2026-07-05"))
    assert (seen.since, seen.months, seen.earlier_months) == (day("2026-06-01"), 2, 1)
