"""Writers of xlsx side by side: seconds, peak memory and file size of so many rows of 16 texts.

pip install openpyxl XlsxWriter rustpy-xlsxwriter PyExcelerate
python -m tests.bench.sheet_writers --rows 35000
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

COLUMNS = 16
HEADINGS = [f"Kolom {number}" for number in range(1, COLUMNS + 1)]
Rows = Iterator[tuple[str, ...]]


def rows(many: int) -> Rows:
    """Invented people, as texts; no two with the same number."""
    rest = (
        *("I Wayan Contoh", "12-06-1985", "L", "Ni Ketut Contoh", "+6281200000001", ""),
        *("Banjar Contoh", "Tegal Harum", "Denpasar Barat", "Penjual jamu", "Pasar <Badung>"),
        *("JKK dan JKM", "12", "1000000"),
    )
    for number in range(many):
        yield (f"51710312{number:08d}", *rest, f"ABC-{number:07d}")


def nothing(_path: Path, given: Rows) -> None:
    """Only makes the rows: what every other figure holds as well."""
    for _ in given:
        pass


def openpyxl(path: Path, given: Rows) -> None:
    """Its write-only mode."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    sheet.append(HEADINGS)
    for row in given:
        sheet.append(row)
    book.save(path)


def xlsxwriter(path: Path, given: Rows) -> None:
    """Its constant-memory mode."""
    from xlsxwriter import Workbook  # type: ignore[import-not-found,unused-ignore]

    with Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Data")
        write = sheet.write_string
        for column, heading in enumerate(HEADINGS):
            write(0, column, heading)
        for line, row in enumerate(given, 1):
            for column, cell in enumerate(row):
                write(line, column, cell)


def rustpy_xlsxwriter(path: Path, given: Rows) -> None:
    """Rows as records, taken one by one."""
    from rustpy_xlsxwriter import write_worksheet  # type: ignore[import-not-found,unused-ignore]

    write_worksheet((dict(zip(HEADINGS, row, strict=True)) for row in given), str(path), "Data")


def pyexcelerate(path: Path, given: Rows) -> None:
    """It takes a list of all rows."""
    from pyexcelerate import Workbook  # type: ignore[import-not-found,unused-ignore]

    book = Workbook()
    book.new_sheet("Data", data=[HEADINGS, *map(list, given)])
    book.save(str(path))


WRITERS: dict[str, Callable[[Path, Rows], None]] = {
    "(rows alone)": nothing,
    "openpyxl": openpyxl,
    "XlsxWriter": xlsxwriter,
    "rustpy-xlsxwriter": rustpy_xlsxwriter,
    "PyExcelerate": pyexcelerate,
}


def main() -> None:
    """Measure each writer in a process of its own; or, in that process, the one named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=35_000)
    parser.add_argument("--writer", choices=WRITERS)
    given = parser.parse_args()
    if given.writer:
        return _measure(given.writer, given.rows)
    for name in WRITERS:
        own = [sys.executable, "-m", "tests.bench.sheet_writers", "--writer", name]
        subprocess.run([*own, "--rows", str(given.rows)], check=True)
    return None


def _measure(name: str, many: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.xlsx"
        began = time.perf_counter()
        try:
            WRITERS[name](path, rows(many))
        except ImportError:
            print(f"{name}: not installed")
            return
        span = time.perf_counter() - began
        size = os.path.getsize(path) / 2**20 if path.exists() else 0.0
    print(f"{name} {_version(name)}: {span:.2f} s, {peak():.0f} MB peak, file of {size:.1f} MB")


def peak() -> float:
    """The most memory that this process has held, in MB; `getrusage` counts its parent's too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


if __name__ == "__main__":
    main()
