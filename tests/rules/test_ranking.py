"""The order of a waiting list is the one that the programme's file publishes."""

from datetime import UTC, datetime, timedelta

import pytest

from rules.programme_facts import Criterion, Sourced
from rules.programmes import Programme, load
from rules.ranking import Candidate, line

FIVE = load()
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


def ranked(*criteria: Criterion) -> Programme:
    """A programme that ranks by these."""
    ranking: Sourced[tuple[Criterion, ...]] = Sourced(value=criteria, source="own-rule")
    return FIVE["denpasar"].model_copy(update={"ranking": ranking})


def who(tie: str = "none", work: str = "over_5_years", minutes: float = 0) -> Candidate:
    return Candidate(tie, work, NOON + timedelta(minutes=minutes))


@pytest.mark.parametrize("key", sorted(FIVE))
def test_the_shipped_programmes_put_first_who_has_no_insurance_then_who_came_first(
    key: str,
) -> None:
    people = [who("insured"), who("insured", minutes=1), who(minutes=5), who("employer", minutes=6)]
    assert sorted(people, key=lambda one: line(FIVE[key], one)) == [
        *people[2:],
        *people[:2],
    ]


def test_who_worked_longest_is_first_where_the_file_says_so() -> None:
    works = ["over_5_years", "years_1_to_5", "months_3_to_12", "under_3_months", "seasonal"]
    people = [who(work=work, minutes=-number) for number, work in enumerate(works)]
    programme = ranked("longest_working", "first_come")
    assert sorted(people, key=lambda one: line(programme, one)) == people


def test_the_first_criterion_weighs_most() -> None:
    insured, newer = who("insured", "over_5_years"), who("none", "under_3_months")
    by_insurance = ranked("not_insured", "longest_working")
    by_work = ranked("longest_working", "not_insured")
    assert line(by_insurance, newer) < line(by_insurance, insured)
    assert line(by_work, insured) < line(by_work, newer)


def test_who_came_first_is_told_apart_to_the_microsecond_and_over_centuries() -> None:
    programme = ranked("first_come")
    moments = [
        datetime(2001, 1, 1, tzinfo=UTC),
        NOON,
        NOON + timedelta(microseconds=1),
        NOON + timedelta(seconds=1),
        datetime(2286, 11, 20, 17, 46, 41, tzinfo=UTC),  # the seconds have eleven digits now
    ]
    lines = [line(programme, Candidate("", "", moment)) for moment in moments]
    assert lines == sorted(lines)
    assert len({len(one) for one in lines}) == 1


def test_a_line_is_digits_alone_so_that_every_database_sorts_it_alike() -> None:
    assert line(FIVE["badung"], who("insured")).isdecimal()
