"""Doubts: every warning that the house can raise has a kind."""

from rules.doubts import KIND, KINDS
from storage import duplicates
from tests import keys


def test_every_warning_has_a_kind_and_every_kind_has_a_warning() -> None:
    known = keys.flags() | {warning for _, warning in duplicates.KINDS}
    assert set(KIND) == known
    assert set(KIND.values()) == set(KINDS)
