"""One row of what the branch sends back on claims, read: whose, the status, the day, and why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from bot.member_rows import NO, YES
from bot.sheet_cells import digits, plain, read_day, told
from conversations.cards import read_kpj
from conversations.claim_moves import MOST_RUPIAH
from conversations.model import Invalid, Words
from conversations.questions import read_nik, read_number
from rules import claim_reports, kpj, nik, rupiah
from rules.claims import Kind, State
from storage.member_sheets import Cell, Row

WHO = ("code", "nik", "kpj")
# What the branch calls a status, without the words of ALSO.
STATUSES: Mapping[State, tuple[str, ...]] = {
    State.LODGED: (
        *("diterima", "diajukan", "masuk", "terdaftar", "diterima bpjs", "diajukan ke bpjs"),
        *("berkas diterima", "lodged", "submitted", "received", "filed"),
    ),
    State.FIELD_CHECK: (
        *("cek lapangan", "dicek di lapangan", "periksa lapangan", "pemeriksaan lapangan"),
        *("diperiksa di lapangan", "verifikasi lapangan", "kunjungan lapangan", "survei"),
        *("survei lapangan", "survey lapangan", "field check", "field visit"),
    ),
    State.PAPERS_MISSING: (
        *("kurang berkas", "berkas kurang", "berkas belum lengkap", "berkas tidak lengkap"),
        *("kurang dokumen", "dokumen kurang", "dokumen belum lengkap", "dokumen tidak lengkap"),
        *("belum lengkap", "tidak lengkap", "dikembalikan", "berkas dikembalikan"),
        *("papers missing", "missing papers", "documents missing", "incomplete", "returned"),
    ),
    State.APPROVED: ("disetujui", "setuju", "disetujui bpjs", "approved", "accepted"),
    State.PAID: (
        *("dibayar", "dibayarkan", "cair", "dicairkan", "ditransfer", "lunas", "bayar"),
        *("paid", "paid out", "transferred"),
    ),
    State.REJECTED: ("ditolak", "tolak", "ditolak bpjs", "rejected", "refused", "denied"),
}
ALSO = frozenset({"sudah", "telah", "klaim", "status", "claim", "already"})
KINDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.JKM: ("jkm", "kematian", "jaminan kematian", "meninggal", "death"),
    Kind.JKK: ("jkk", "kecelakaan", "jaminan kecelakaan kerja", "kecelakaan kerja", "accident"),
}
T = TypeVar("T")
SHOWN = 30  # signs of a status that is not understood


@dataclass(frozen=True)
class Wanted:
    """What one row says; the person is named by NIK, card or code, or several of these.

    `amount` is whole rupiah of what was paid, None where that is not said. `kind` and `happened`
    tell several claims of one person apart.
    """

    line: int
    status: State
    on: date
    nik: str = field(default="", repr=False)
    kpj: str = field(default="", repr=False)
    code: str = ""
    receipt: str = field(default="", repr=False)
    amount: int | None = field(default=None, repr=False)
    reason: str = field(default="", repr=False)
    kind: Kind | None = None
    happened: date | None = None

    @property
    def who(self) -> str:
        """The person as the output names him."""
        if self.code:
            return nik.mask_digits(self.code)
        return f"NIK •••• {self.nik[-4:]}" if self.nik else f"KPJ {kpj.masked(self.kpj)}"


def read(row: Row, today: date) -> Wanted:
    """Read a row; raises Invalid with the reason in words."""
    cells = row.cells
    if not any(column in cells for column in WHO):
        raise Invalid(Words("claim_sheet.nobody"))
    number = _in(cells, "nik", lambda cell: read_nik(today)(digits(cell)))
    card = _in(cells, "kpj", lambda cell: read_kpj(digits(cell)))
    status = _status(cells.get("status", ""))
    return Wanted(
        row.number,
        status,
        _day(cells, "day"),
        nik=number or "",
        kpj=card or "",
        code=str(cells.get("code", "")).strip(),
        receipt=_in(cells, "receipt", _receipt) or "",
        amount=_in(cells, "amount", _amount) if status is State.PAID else None,
        reason=_reason(cells.get("reason", ""), status),
        kind=_kind(cells["kind"]) if "kind" in cells else None,
        happened=_day(cells, "happened") if "happened" in cells else None,
    )


def _in(cells: Mapping[str, Cell], column: str, reader: Callable[[Cell], T]) -> T | None:
    """What stands in a column, None where nothing does; what is wrong is said with its name."""
    if column not in cells:
        return None
    try:
        return reader(cells[column])
    except Invalid as invalid:
        values = {"column": Words(f"claim_sheet.column.{column}"), "why": invalid.words}
        raise Invalid(Words("claim_sheet.in_column", values)) from invalid


def _status(cell: Cell) -> State:
    said = " ".join(word for word in plain(cell).split() if word not in ALSO)
    for status, names in STATUSES.items():
        if said in names:
            return status
    if not str(cell).strip():
        raise Invalid(Words("claim_sheet.no_status"))
    raise Invalid(Words("claim_sheet.status_unclear", {"status": told(str(cell))[:SHOWN]}))


def _day(cells: Mapping[str, Cell], column: str) -> date:
    if column not in cells:
        raise Invalid(Words("claim_sheet.no_day"))
    day = read_day(cells[column])
    if day is None:
        named = Words(f"claim_sheet.column.{column}")
        raise Invalid(Words("sheet.day_unclear", {"column": named}))
    return day


def _receipt(cell: Cell) -> str:
    if not plain(cell) and not nik.digits(str(cell)):
        return ""  # a stroke for "none"
    return read_number(cell if isinstance(cell, str) else digits(cell))


def _amount(cell: Cell) -> int | None:
    if str(cell).strip() in ("-", "–"):
        return None
    amount = rupiah.read(cell) if isinstance(cell, str) else _whole(cell)
    if amount is None or not 0 < amount <= MOST_RUPIAH:
        raise Invalid(Words("claim_sheet.no_sum"))
    return amount


def _whole(cell: Cell) -> int | None:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    return int(cell) if float(cell).is_integer() else None


def _reason(cell: Cell, status: State) -> str:
    """Why, for the steps that have a reason; in a row of any other it contradicts the status."""
    needed, why = status in claim_reports.NEEDS_REASON, plain(cell)
    if not needed and why not in NO:
        values = {"status": Words(f"follow.state.{status}")}
        raise Invalid(Words("claim_sheet.reason_too_much", values))
    if not needed:
        return ""
    if why in NO | YES or len(why) < 3 or why in STATUSES[status]:
        raise Invalid(Words(f"claim_sheet.no_reason.{status}"))
    return told(str(cell))


def _kind(cell: Cell) -> Kind:
    said = " ".join(word for word in plain(cell).split() if word not in ALSO)
    for kind, names in KINDS.items():
        if said in names:
            return kind
    raise Invalid(Words("claim_sheet.kind_unclear"))
