"""Doubts: every warning that the house can raise has a kind."""

from rules.doubts import KIND, KINDS
from storage import duplicates
from tests import keys

KNOWN = keys.flags() | {warning for _, warning in duplicates.KINDS}


def test_every_warning_has_a_kind_and_every_kind_has_a_warning() -> None:
    assert set(KIND) == KNOWN
    assert set(KIND.values()) == set(KINDS)
