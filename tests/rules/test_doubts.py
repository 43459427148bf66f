"""Doubts: each warning has a kind, and the weightiest is read first."""

from rules.doubts import KIND, KINDS, in_order
from storage import duplicates
from tests import keys

KNOWN = keys.flags() | {warning for _, warning in duplicates.KINDS}


def test_every_warning_has_a_kind_and_every_kind_has_a_warning() -> None:
    assert set(KIND) == KNOWN
    assert set(KIND.values()) == set(KINDS)


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
