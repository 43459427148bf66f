"""Sums of money as people and sheets write them; what is not plain is no sum."""

import pytest

from rules import rupiah


@pytest.mark.parametrize(
    "text",
    [
        "42000000",
        "42.000.000",
        "42,000,000",
        "Rp42.000.000",
        "Rp. 42.000.000,-",
        "rp 42.000.000,00",
        "IDR 42,000,000.00",
        "42 juta",
        "42jt",
        "42000 ribu",
        "42.000.000 rupiah",
        "42 000 000",
    ],
)
def test_one_sum_is_read_however_it_is_written(text: str) -> None:
    assert rupiah.read(text) == 42_000_000


@pytest.mark.parametrize(
    ("text", "amount"),
    [("42,5 juta", 42_500_000), ("1.25 jt", 1_250_000), ("500 rb", 500_000), ("10.000", 10_000)],
)
def test_parts_of_a_million_are_no_thousands(text: str, amount: int) -> None:
    assert rupiah.read(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "belum",
        "42.00.000",
        "42.000,000",
        "4,2.000",
        "42.500 juta",
        "-5",
        "1e7",
        "٤٢",
        "Rp",
    ],
)
def test_what_is_not_plain_is_no_sum(text: str) -> None:
    assert rupiah.read(text) is None
