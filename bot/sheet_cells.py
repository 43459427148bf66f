"""What stands in the cells of a sheet, however a spreadsheet has kept it."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from conversations.days import written_day
from conversations.model import Invalid, Words
from rules import nik
from storage.member_sheets import Cell, Row

LONGEST_REASON = 300
LONGEST_DAY = 8  # digits
_LONG_NUMBER = re.compile(r"\d[\d .-]{7,}\d")
LARGEST_EXACT = 2**53  # a spreadsheet's number beyond this has lost digits for certain


def digits(cell: Cell) -> str:
    """A number as text; refused where a spreadsheet has kept it as a number and lost digits.

    Spreadsheets keep fifteen digits of a number and write 0 for the rest.
    """
    if isinstance(cell, str):
        if re.fullmatch(r"\s*\d([.,]\d+)?E\+?\d+\s*", cell, re.IGNORECASE):
            raise Invalid(Words("sheet.digits_lost"))
        return cell
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise Invalid(Words("sheet.no_number"))
    if not float(cell).is_integer() or cell >= LARGEST_EXACT:
        raise Invalid(Words("sheet.digits_lost"))
    if cell >= 10**15 and cell % 10 == 0:
        raise Invalid(Words("sheet.digits_lost"))
    return str(int(cell))


def read_day(cell: Cell) -> date | None:
    """The day of a cell, be it a date or a text; None if it is unclear."""
    return date_of(cell) or (written_day(cell) if isinstance(cell, str) else None)


def date_of(cell: Cell) -> date | None:
    """The day of a cell that is a real date."""
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else None


def plain(cell: Cell) -> str:
    """The words of a cell in small letters, without signs and numbers."""
    return " ".join(re.findall(r"[a-z]+", str(cell).casefold()))


def told(text: str) -> str:
    """A reason as it may be kept and told: on one line, not too long, no long number in it."""
    return _LONG_NUMBER.sub(_hidden, " ".join(text.split()))[:LONGEST_REASON]


def _hidden(found: re.Match[str]) -> str:
    """A number of a card or a person, which is not for every reader; a day stays."""
    number = nik.digits(found.group())
    return f"•••• {number[-4:]}" if len(number) > LONGEST_DAY else found.group()


def masked(row: Row, columns: Sequence[str] = ("code", "nik")) -> str:
    """Whom a row that cannot be read is about, as far as may be shown."""
    named = next((row.cells[column] for column in columns if row.cells.get(column)), "?")
    shown = str(named).strip()
    number = nik.digits(shown)
    return f"•••• {number[-4:]}" if len(number) > 6 else shown[:12]
