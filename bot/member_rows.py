"""One row of a sheet of members, read: who it is, the card, and the months paid."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from conversations.cards import checked, read_kpj
from conversations.days import written_day, written_month
from conversations.model import Invalid, Words
from conversations.questions import read_nik
from rules import membership, nik
from rules.coverage import PaidMonth, Payer
from rules.months import first_day
from storage.member_sheets import Cell, Row
from storage.members import Acceptance

PAYERS: Mapping[Payer, tuple[str, ...]] = {
    "programme": ("program", "programme", "pemerintah", "desa", "kabupaten", "government"),
    "self": ("sendiri", "mandiri", "peserta", "peserta sendiri", "self", "member"),
    "other": ("lain", "lainnya", "pihak lain", "other"),
}
OF_PAYMENT = ("paid_from", "paid_to", "paid_by", "received")
LARGEST_EXACT = 2**53  # a spreadsheet's number beyond this has lost digits for certain


@dataclass(frozen=True)
class Wanted:
    """What one row asks for; the person is named by NIK or by the code of the receipt, or both."""

    line: int
    nik: str = field(repr=False)
    code: str = ""
    acceptance: Acceptance = field(default_factory=Acceptance)

    @property
    def who(self) -> str:
        """The person as the output names him."""
        return nik.mask_digits(self.code) or f"NIK •••• {self.nik[-4:]}"


def read(row: Row, today: date) -> Wanted:
    """Read a row; raises Invalid with the reason in words."""
    cells = row.cells
    number = read_nik(today)(_digits(cells["nik"])) if "nik" in cells else ""
    code = str(cells.get("code", "")).strip()
    if not number and not code:
        raise Invalid(Words("sheet.nobody"))
    kpj = read_kpj(_digits(cells["kpj"])) if "kpj" in cells else ""
    active_from = _day(cells, "active_from") if "active_from" in cells else None
    months = _months(cells, today)
    if not (kpj or active_from or months):
        raise Invalid(Words("sheet.nothing"))
    return Wanted(row.number, number, code, Acceptance(kpj, active_from, months))


def masked(row: Row) -> str:
    """Whom a row that cannot be read is about, as far as may be shown."""
    told = str(row.cells.get("code") or row.cells.get("nik", "?")).strip()
    digits = nik.digits(told)
    return f"•••• {digits[-4:]}" if len(digits) > 6 else told[:12]


def _digits(cell: Cell) -> str:
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


def _day(cells: Mapping[str, Cell], column: str) -> date:
    cell = cells[column]
    day = _date(cell) or (written_day(cell) if isinstance(cell, str) else None)
    if day is None:
        raise Invalid(Words("sheet.day_unclear", {"column": Words(f"sheet.column.{column}")}))
    return day


def _month(cells: Mapping[str, Cell], column: str) -> date:
    cell = cells[column]
    day = _date(cell) or (written_month(cell) if isinstance(cell, str) else None)
    if day is None:
        raise Invalid(Words("sheet.month_unclear", {"column": Words(f"sheet.column.{column}")}))
    return first_day(day)


def _date(cell: Cell) -> date | None:
    """The day of a cell that is a real date."""
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else None


def _months(cells: Mapping[str, Cell], today: date) -> tuple[PaidMonth, ...]:
    given = [column for column in OF_PAYMENT if column in cells]
    if not given:
        return ()
    for column in OF_PAYMENT:
        if column not in cells:
            raise Invalid(Words("sheet.missing", {"column": Words(f"sheet.column.{column}")}))
    first, last = _month(cells, "paid_from"), _month(cells, "paid_to")
    if last < first:
        raise Invalid(Words("sheet.months_reversed"))
    checked(lambda month: membership.check_month(month, first, today), last)
    payer, received = _payer(cells["paid_by"]), _day(cells, "received")
    return tuple(PaidMonth(m, payer, received) for m in membership.run_between(first, last))


def _payer(cell: Cell) -> Payer:
    plain = " ".join(re.findall(r"[a-z]+", str(cell).casefold()))
    for payer, names in PAYERS.items():
        if plain in names:
            return payer
    raise Invalid(Words("sheet.payer_unclear"))
