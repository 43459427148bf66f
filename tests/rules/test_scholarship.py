"""The scholarship of a child, and of several."""

from datetime import date

import pytest

from rules.benefits import scholarship
from rules.scholarship import LEVELS, Child, Level, ahead, years

NOW = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("level", "age", "most"),
    [
        # With all years of every level: 2 x 1.5 + 6 x 1.5 + 3 x 2 + 3 x 3 + 5 x 12.
        ("tk", 0, 87_000_000),
        ("tk", 4, 87_000_000),
        # 19 years do not fit before 23; with one year of tk behind, 18 do.
        ("tk", 5, 85_500_000),
        ("sd", 6, 84_000_000),
        # 5 of 6 years of primary school, so that five of college fit.
        ("sd", 7, 82_500_000),
        ("sd", 11, 76_500_000),
        # The sixth year: 1.5 + 6 + 9 + 4 x 12.
        ("sd", 12, 64_500_000),
        ("smp", 12, 75_000_000),
        ("smp", 15, 59_000_000),
        ("sma", 15, 69_000_000),
        ("sma", 18, 51_000_000),
        ("sma", 22, 3_000_000),
        ("college", 18, 60_000_000),
        ("college", 19, 48_000_000),
        ("college", 22, 12_000_000),
        ("college", 23, 0),
        ("sma", 30, 0),
    ],
)
def test_the_most_ahead_of_a_child_is_that_of_the_dearest_way_to_twenty_three(
    level: Level, age: int, most: int
) -> None:
    assert ahead(Child(level, age), NOW) == most


@pytest.mark.parametrize(
    ("level", "age", "most"),
    [
        ("tk", 4, 2),
        ("sd", 7, 6),
        ("smp", 12, 3),
        ("sma", 16, 3),
        ("sma", 21, 2),
        ("college", 18, 5),
        ("college", 22, 1),
        ("college", 23, 0),
        ("college", 40, 0),
    ],
)
def test_the_years_of_a_level_end_with_the_level_or_at_twenty_three(
    level: Level, age: int, most: int
) -> None:
    assert years(Child(level, age), NOW) == most


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("age", range(23))
def test_an_older_child_of_a_level_never_has_more_ahead(level: Level, age: int) -> None:
    younger, older = ahead(Child(level, age), NOW), ahead(Child(level, age + 1), NOW)
    assert 87_000_000 >= younger >= older >= 0


def test_a_line_says_the_level_the_age_and_the_yearly_sum() -> None:
    children = [Child("tk", 4), Child("sd", 7), Child("smp", 13), Child("sma", 16)]
    yearly = [1_500_000, 1_500_000, 2_000_000, 3_000_000]
    for child, each in zip(children, yearly, strict=True):
        (line,) = scholarship(NOW, [child], by_accident=True, enough_months=None).lines
        assert line.key == "scholarship"
        assert line.amount == ahead(child, NOW)
        assert line.values == {
            "level": child.level,
            "age": child.age,
            "yearly": each,
            "years": years(child, NOW),
        }
    (line,) = scholarship(NOW, [Child("college", 20)], by_accident=True, enough_months=None).lines
    assert (line.values["yearly"], line.values["years"]) == (12_000_000, 3)


def test_of_many_children_the_two_with_the_most_ahead_are_paid_for() -> None:
    children = [Child("college", 22), Child("sd", 11), Child("college", 23), Child("sma", 16)]
    found = scholarship(NOW, children, by_accident=True, enough_months=None)
    assert [line.values["level"] for line in found.lines] == ["sd", "sma"]
    assert found.total == 76_500_000 + 66_000_000


def test_a_child_of_twenty_three_has_no_line() -> None:
    two = [Child("college", 23), Child("college", 22)]
    found = scholarship(NOW, two, by_accident=True, enough_months=None)
    assert [line.values["age"] for line in found.lines] == [22]
    assert scholarship(NOW, [], by_accident=True, enough_months=None).lines == ()


@pytest.mark.parametrize("enough", [True, False, None])
def test_by_an_accident_nothing_is_asked_of_contributions(enough: bool | None) -> None:
    """The poster of PP 82/2019 shows no three years there."""
    found = scholarship(NOW, [Child("sd", 7)], by_accident=True, enough_months=enough)
    (line,) = found.lines
    assert line.conditions == (
        "active_member",
        "work_accident",
        "two_children",
        "every_year",
        "until_23_work_marriage",
    )
    assert line.sources == ("o10a", "o10b", "r4b", "o9b")
    assert (found.unsettled, found.conditions) == ((), ())


def test_without_an_accident_three_years_of_contributions_are_asked() -> None:
    found = scholarship(NOW, [Child("sd", 7)], by_accident=False, enough_months=True)
    (line,) = found.lines
    assert line.conditions == (
        "active_member",
        "three_years",
        "two_children",
        "every_year",
        "until_23_work_marriage",
    )
    assert line.sources == ("o10a", "o10b", "r4b")
    assert (found.unsettled, found.conditions) == ((), ())


def test_without_three_years_there_is_no_line_and_it_says_why() -> None:
    found = scholarship(NOW, [Child("sd", 7)], by_accident=False, enough_months=False)
    assert (found.lines, found.unsettled, found.conditions) == ((), (), ("three_years",))


def test_after_a_lapse_the_branch_says_whether_there_is_a_scholarship() -> None:
    found = scholarship(NOW, [Child("sd", 7)], by_accident=False, enough_months=None)
    assert (found.lines, found.total) == ((), 0)
    assert found.unsettled == ("scholarship_after_lapse",)
    assert found.conditions == ("three_years",)
