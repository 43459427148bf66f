"""The number of the card: read however it is typed, refused where it cannot be one, masked."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import kpj

NUMBER = "12345678901"


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        " 1234 5678 901 ",
        "1234-5678-901",
        "1234.5678.901",
        "KPJ: 12345678901",
        "No. KPJ 1234 5678 901",
        "nomor 12345678901",
        "１２３４５６７８９０１",
        "1234\u200b5678901",
    ],
)
def test_eleven_digits_are_read_however_they_are_typed(typed: str) -> None:
    assert kpj.read(typed) == NUMBER


def test_old_cards_with_letters_are_read_in_capitals() -> None:
    assert kpj.read("97j 8001 2345") == "97J80012345"


@pytest.mark.parametrize(
    ("typed", "reason", "details"),
    [
        ("", "empty", {}),
        ("KPJ:", "empty", {}),
        ("1234567890", "wrong_length", {"signs": 10}),
        ("123456789012", "wrong_length", {"signs": 12}),
        ("5171 0312 0685 0001", "wrong_length", {"signs": 16}),
        ("1234567890!", "odd_signs", {}),
        ("12345,67890", "odd_signs", {}),
        ("belum ada ya", "wrong_length", {"signs": 10}),
        ("belum tahu ya", "no_digits", {}),
    ],
)
def test_what_is_no_card_number_is_refused_with_its_reason(
    typed: str, reason: str, details: dict[str, int]
) -> None:
    with pytest.raises(kpj.KpjError) as refused:
        kpj.read(typed)
    assert str(refused.value) == refused.value.reason == reason
    assert reason in kpj.REFUSALS
    assert refused.value.details == details


@given(typed=st.text(max_size=40))
def test_any_text_is_read_or_refused_and_what_was_read_is_read_again(typed: str) -> None:
    with suppress(kpj.KpjError):
        number = kpj.read(typed)
        assert len(number) == kpj.LENGTH
        assert kpj.read(number) == number


def test_only_the_last_four_signs_of_a_masked_number_can_be_read() -> None:
    assert kpj.masked(NUMBER) == "•••••••8901"
