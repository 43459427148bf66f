"""One row of BPJS' answer, read: who it is, the card and the months paid, or why it refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.sheet_cells import date_of, digits, plain, read_day, told
from conversations.cards import checked, read_kpj
from conversations.days import written_month
from conversations.model import Invalid, Words
from conversations.questions import read_nik
from rules import membership, nik
from rules.coverage import PaidMonth, Payer
from rules.months import first_day
from storage.member_sheets import Cell, Row
from storage.members import Acceptance, PaidUntil

PAYERS: Mapping[Payer, tuple[str, ...]] = {
    "programme": ("program", "programme", "pemerintah", "desa", "kabupaten", "government"),
    "self": ("sendiri", "mandiri", "peserta", "peserta sendiri", "self", "member"),
    "other": ("lain", "lainnya", "pihak lain", "other"),
}
OF_PAYMENT = ("paid_from", "paid_to", "paid_by", "received")
UNTIL_ALONE = ({"paid_to"}, {"paid_to", "received"})  # the whole run up to a month
# What stands in a column of refusals where nobody was refused, and what is no reason at all.
NO = frozenset({"", "tidak", "no", "false", "ok", "oke", "diterima", "berhasil", "sukses", "valid"})
YES = frozenset({"ya", "y", "yes", "x", "v", "true", "ditolak", "refused", "rejected"})


@dataclass(frozen=True)
class Wanted:
    """What one row asks for; the person is named by NIK or by the code of the receipt, or both.

    `refused` is why BPJS did not take the person, "" where it did.
    """

    line: int
    nik: str = field(repr=False)
    code: str = ""
    acceptance: Acceptance = field(default_factory=Acceptance)
    refused: str = field(default="", repr=False)

    @property
    def who(self) -> str:
        """The person as the output names him."""
        return nik.mask_digits(self.code) or f"NIK •••• {self.nik[-4:]}"


def read(row: Row, today: date) -> Wanted:
    """Read a row; raises Invalid with the reason in words."""
    cells = row.cells
    number = read_nik(today)(digits(cells["nik"])) if "nik" in cells else ""
    code = str(cells.get("code", "")).strip()
    if not number and not code:
        raise Invalid(Words("sheet.nobody"))
    refused, new = _reason(cells), _acceptance(cells, today)
    if refused and new != Acceptance():
        raise Invalid(Words("sheet.both"))
    if not refused and new == Acceptance():
        raise Invalid(Words("sheet.nothing"))
    return Wanted(row.number, number, code, new, refused)


def _acceptance(cells: Mapping[str, Cell], today: date) -> Acceptance:
    kpj = read_kpj(digits(cells["kpj"])) if "kpj" in cells else ""
    active_from = _day(cells, "active_from") if "active_from" in cells else None
    if {column for column in OF_PAYMENT if column in cells} in UNTIL_ALONE:
        return Acceptance(kpj, active_from, until=_until(cells, today))
    return Acceptance(kpj, active_from, _months(cells, today))


def _reason(cells: Mapping[str, Cell]) -> str:
    """Why BPJS refused, "" where it did not: its own column, or what stands in the one of "no"."""
    said, reason = plain(cells.get("refused", "")), str(cells.get("reason", ""))
    if said not in NO | YES:
        reason = reason or str(cells["refused"])
    why = plain(reason)
    if why in NO and said in NO:
        return ""
    if why in NO | YES:
        raise Invalid(Words("sheet.no_reason"))
    if "refused" in cells and said in NO:
        raise Invalid(Words("sheet.both"))
    return told(reason)


def _day(cells: Mapping[str, Cell], column: str) -> date:
    day = read_day(cells[column])
    if day is None:
        raise Invalid(Words("sheet.day_unclear", {"column": Words(f"sheet.column.{column}")}))
    return day


def _month(cells: Mapping[str, Cell], column: str) -> date:
    cell = cells[column]
    day = date_of(cell) or (written_month(cell) if isinstance(cell, str) else None)
    if day is None:
        raise Invalid(Words("sheet.month_unclear", {"column": Words(f"sheet.column.{column}")}))
    return first_day(day)


def _until(cells: Mapping[str, Cell], today: date) -> PaidUntil:
    """Paid up to a month; where the row has no day for it, today is the day it was received."""
    last = _month(cells, "paid_to")
    checked(lambda month: membership.check_month(month, month, today), last)
    is_named = "received" in cells
    return PaidUntil(last, _day(cells, "received") if is_named else today, is_named)


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
    named = plain(cell)
    for payer, names in PAYERS.items():
        if named in names:
            return payer
    raise Invalid(Words("sheet.payer_unclear"))
