"""Telephone numbers of Indonesia, and those that are none."""

import pytest

from rules.phones import PhoneError, masked, read


@pytest.mark.parametrize(
    "text",
    [
        "081234567890",
        "0812-3456-7890",
        "+62 812 3456 7890",
        "62 812 3456 7890",
        "81234567890",
        "０８１２３４５６７８９０",
        "nomor saya 0812.3456.7890 ya",
    ],
)
def test_a_number_is_brought_to_one_form(text: str) -> None:
    assert read(text) == "+6281234567890"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("021 5551234", "+62215551234"),
        ("091234567", "+6291234567"),
        ("081234567", "+6281234567"),
        ("08123456789012", "+628123456789012"),
        ("8123456789012", "+628123456789012"),
    ],
)
def test_land_lines_and_all_lengths_of_the_country_are_read(text: str, number: str) -> None:
    assert read(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tidak punya",
        "0061412345678",
        "+1 202 555 0100",
        "12345678",
        "71234567890",
        "081234567890123",
        "08123456",
        "0112345678",
        "6281234",
        "+62081234567",
        "812345+67890",
    ],
)
def test_what_is_no_number_of_indonesia_is_refused(text: str) -> None:
    with pytest.raises(PhoneError, match=r"^no Indonesian number$"):
        read(text)


def test_only_the_last_three_digits_are_shown() -> None:
    assert masked("+6281234567890") == "••••890"
    assert masked("") == ""
