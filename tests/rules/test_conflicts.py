"""Conflicts of interest: on whom an officer had better not decide."""

import pytest

from rules.conflicts import Case, Officer, conflicts

ME, OTHER = 6_000_000_001, 6_000_000_002
OFFICER = Officer(
    ME, frozenset({b"my nik", b"mistyped"}), frozenset({b"my family", b"my family before"})
)


@pytest.mark.parametrize(
    ("case", "found"),
    [
        (Case(OTHER, "self", b"other", b"other family"), ()),
        (Case(OTHER, "self", b"other", None), ()),
        (Case(OTHER, "cadre", b"my nik", None), ("self",)),
        (Case(ME, "self", b"other", None), ("self",)),
        (Case(OTHER, "self", b"other", b"my family"), ("family",)),
        (Case(OTHER, "self", b"my nik", b"my family"), ("self",)),
        (Case(OTHER, "self", b"mistyped", None), ("self",)),
        (Case(OTHER, "self", b"other", b"my family before"), ("family",)),
        (Case(ME, "neighbour", b"other", None), ("entered",)),
        (Case(ME, "family", b"other", b"my family"), ("family", "entered")),
        (Case(ME, "cadre", b"my nik", None), ("self", "entered")),
    ],
)
def test_a_conflict_is_found(case: Case, found: tuple[str, ...]) -> None:
    assert conflicts(OFFICER, case) == found


def test_numbers_that_nobody_has_declared_are_never_equal() -> None:
    unknown = Officer(ME)
    assert conflicts(unknown, Case(OTHER, "self", b"other", None)) == ()
    assert conflicts(unknown, Case(ME, "cadre", b"other", None)) == ("entered",)
