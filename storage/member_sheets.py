"""Reads sheets of members or claims, CSV or xlsx, into numbered rows with named cells."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, load_workbook

Cell = int | float | str | bool | time | date | datetime | timedelta

# What a column is called, without its gaps and signs, in Indonesian or English.
Columns = Mapping[str, tuple[str, ...]]
PERSON: Columns = {
    "nik": ("nik", "nonik", "nomornik", "nomorindukkependudukan"),
    "code": ("kode", "kodependaftaran", "code", "registrationcode"),
    "kpj": (
        *("kpj", "nokpj", "nomorkpj", "nokartu", "nomorkartu", "cardnumber", "membershipnumber"),
        *("nomorpeserta", "nopeserta", "nomorkepesertaan", "nokepesertaan", "kpjnumber"),
    ),
}
MEMBERS: Columns = {
    **PERSON,
    "active_from": (
        *("aktifsejak", "aktifdari", "tanggalaktif", "activefrom", "activesince", "tglaktif"),
        *("tanggalkepesertaan", "tglkepesertaan", "tanggalmulai", "mulaiaktif"),
    ),
    "paid_from": ("dibayardari", "bayardari", "paidfrom"),
    "paid_to": (
        *("dibayarsampai", "bayarsampai", "paidto", "paiduntil", "dibayarhingga"),
        *("iuransampai", "iurandibayarsampai", "lunassampai"),
    ),
    "paid_by": ("dibayaroleh", "pembayar", "paidby", "payer"),
    "received": ("diterima", "tanggalditerima", "received", "receivedon"),
    "refused": ("ditolak", "ditolakbpjs", "refused", "rejected"),
    "reason": (
        *("alasan", "alasanditolak", "alasanpenolakan", "penolakan", "reason", "refusedbecause"),
        *("keteranganpenolakan", "keteranganditolak", "sebabditolak"),
    ),
}
CLAIMS: Columns = {
    **PERSON,
    "status": (
        *("status", "statusklaim", "keadaan", "keadaanklaim", "hasil", "hasilklaim", "keputusan"),
        *("claimstatus", "state", "result"),
    ),
    "day": (
        *("tanggal", "tgl", "pertanggal", "pertgl", "tanggalstatus", "tglstatus", "tanggalklaim"),
        *("tglklaim", "tanggalkeputusan", "tglkeputusan", "date", "day", "statusdate", "on"),
    ),
    "receipt": (
        *("tandaterima", "notandaterima", "nomortandaterima", "buktiterima", "nobuktiterima"),
        *("nomorbuktiterima", "receipt", "receiptnumber", "receiptno"),
    ),
    "amount": (
        *("jumlah", "jumlahrp", "jumlahdibayar", "jumlahdibayarrp", "jumlahmanfaat", "nominal"),
        *("nominalrp", "nilai", "nilaiklaim", "sum", "sumrp", "amount", "amountrp", "sumpaid"),
    ),
    "reason": (
        *("alasan", "alasanditolak", "alasanpenolakan", "alasandikembalikan", "sebab"),
        *("sebabditolak", "berkaskurang", "berkasyangkurang", "kekurangan", "reason", "why"),
    ),
    "kind": (
        *("jenis", "jenisklaim", "jenisprogram", "program", "programklaim"),
        *("kind", "claimkind", "kindofclaim", "type", "claimtype"),
    ),
    "happened": (
        *("tanggalkejadian", "tglkejadian", "tanggalmeninggal", "tglmeninggal"),
        *("tanggalkematian", "tglkematian", "tanggalkecelakaan", "tglkecelakaan"),
        *("happenedon", "diedon", "dateofdeath", "dateofaccident", "accidentdate"),
    ),
}
ERRORS = (
    *("not_there", "not_a_sheet", "unreadable", "too_large", "empty", "no_person"),
    "column_twice",
)
# A workbook is a zip: a small one can unpack into more than the machine has. Bytes of the file, of
# all that is in it by its own list, and how many parts it may have.
MAX_FILE, MAX_UNPACKED, MAX_PARTS = 30_000_000, 300_000_000, 200
# What zipfile raises of a list that a bad line or a bad disk has changed.
_DAMAGED = (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, OSError)
DELIMITERS = ",;\t"


class SheetError(Exception):
    """A file that cannot be used as a whole. `reason` is one of ERRORS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Row:
    """One line of a sheet: its number as a spreadsheet counts, and its cells that are not empty."""

    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Sheet:
    """The rows of a file, and the headings that are none of ours."""

    rows: tuple[Row, ...]
    unused: tuple[str, ...]


def read(path: Path, columns: Columns = MEMBERS) -> Sheet:
    """Read the first sheet of a file, whose first line that is not empty has the headings.

    Raises SheetError; a sheet of claims may name its people by card alone, one of members not.
    """
    person = {"nik", "code"} if columns is MEMBERS else set(PERSON)
    lines = [(number, cells) for number, cells in _lines(path) if any(map(_filled, cells))]
    if not lines:
        raise SheetError("empty")
    names = [_column(cell, columns) for cell in lines[0][1]]
    known = [name for name in names if name]
    if len(set(known)) != len(known):
        raise SheetError("column_twice")
    if not person & set(known):
        raise SheetError("no_person")
    unused = tuple(
        str(cell).strip()
        for cell, name in zip(lines[0][1], names, strict=True)
        if not name and _filled(cell)
    )
    return Sheet(tuple(_row(number, names, cells) for number, cells in lines[1:]), unused)


def _lines(path: Path) -> Iterator[tuple[int, Sequence[Cell]]]:
    if not path.is_file():
        raise SheetError("not_there")
    if path.stat().st_size > MAX_FILE:
        raise SheetError("too_large")
    match path.suffix.lower():
        case ".csv" | ".txt":
            return _csv(path)
        case ".xlsx":
            return _xlsx(path)
        case _:
            raise SheetError("not_a_sheet")


def _csv(path: Path) -> Iterator[tuple[int, Sequence[Cell]]]:
    text = _decoded(path.read_bytes())
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise SheetError("unreadable") from error


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")  # as Excel on Windows saves


def _xlsx(path: Path) -> Iterator[tuple[int, Sequence[Cell]]]:
    try:
        _weigh(path)
        with load_workbook(path) as book:
            rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, *_DAMAGED) as error:
        raise SheetError("unreadable") from error
    yield from enumerate(rows, start=1)


def _weigh(path: Path) -> None:
    """Look at the list of a workbook's parts before anything of it is unpacked."""
    with zipfile.ZipFile(path) as parts:
        sizes = [part.file_size for part in parts.infolist()]
    if len(sizes) > MAX_PARTS or sum(sizes) > MAX_UNPACKED:
        raise SheetError("too_large")


def _filled(cell: Cell) -> bool:
    return bool(str(cell).strip())


def _column(heading: Cell, columns: Columns) -> str:
    plain = re.sub(r"[^a-z]", "", str(heading).casefold())
    return next((name for name, headings in columns.items() if plain in headings), "")


def _row(number: int, names: Sequence[str], cells: Sequence[Cell]) -> Row:
    named = zip(names, cells, strict=False)  # a line may be shorter or longer than the headings
    return Row(number, {name: cell for name, cell in named if name and _filled(cell)})
