"""Doubts: the weightiest is read first."""

from rules.doubts import in_order


def test_the_kinds_are_read_in_their_order() -> None:
    mixed = (
        "phone_none",
        "typed_by_other",
        "able_ill_short",
        "tie_insured",
        "duplicate_near",
        "residence_elsewhere",
        "age_old",
    )
    assert in_order(mixed) == tuple(reversed(mixed))


def test_a_warning_of_a_later_release_comes_last_and_is_not_lost() -> None:
    assert in_order(("new_one", "age_old")) == ("age_old", "new_one")
