"""Writes sheets (xlsx) of text cells, a row at a time, whatever their number in flat memory.

No cell can become a formula: what begins like one gets an apostrophe in front.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rustpy_xlsxwriter import write_worksheet

MOST_ROWS = 1_048_575  # of a spreadsheet, under the line of headings
MOST_LETTERS = 32_767  # of a cell
TAB = "Data"
WIDTH = 20.0  # letters

# What XML cannot hold: control characters, halves of surrogate pairs, non-characters.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\x00")
_BETWEEN = "|"
_TO_LOOK_AT = tuple(f"{_BETWEEN}{sign}" for sign in "=+-@")


def safe(text: str) -> str:
    """The text as a cell may hold it (ASVS 1.2.10)."""
    clean = _UNWRITABLE.sub("", text)
    if text.startswith(_LIKE_A_FORMULA) or clean.startswith(_LIKE_A_FORMULA):
        clean = f"'{clean}"
    return clean[:MOST_LETTERS]


def write(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a sheet that its owner alone may read; each row is as long as the headings.

    `rows` is read one by one, and must hold one at least and at most `MOST_ROWS`.
    """
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    names = _names(headings)
    records = (dict(zip(names, cells, strict=True)) for cells in _safe(rows))
    write_worksheet(records, path, TAB, freeze_row=1, bold_headers=True, column_width=WIDTH)


def _names(headings: Sequence[str]) -> list[str]:
    """The headings, told apart by spaces at their ends where two are the same."""
    names: list[str] = []
    for heading in map(safe, headings):
        while heading in names:
            heading += " "
        names.append(heading)
    return names


def _safe(rows: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    for cells in rows:
        # One look at the whole row: hardly any needs more, and looking at each cell takes longer
        # than writing it. What is not printable holds every other sign that counts.
        row = _BETWEEN + _BETWEEN.join(cells)
        odd = len(row) > MOST_LETTERS or not row.isprintable()
        odd = odd or any(sign in row for sign in _TO_LOOK_AT)
        yield [safe(cell) for cell in cells] if odd else cells
