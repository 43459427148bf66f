"""The rooms and the one direction between them."""

from importlinter.cli import lint_imports


def test_rooms_import_in_one_direction_only() -> None:
    assert lint_imports() == 0
