"""Takes a sheet in on the command line, what BPJS answered on members or on claims."""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot import claim_import, console, member_import
from bot.console import Unusable
from bot.house import House
from bot.import_pace import Step
from bot.member_import import Result
from conversations.model import Words
from rules import nik
from storage import member_sheets
from storage.member_sheets import Columns, Row, SheetError

PATIENCE = 2.0  # seconds after which the progress is shown


@dataclass(frozen=True)
class Kind:
    """What a sheet is about: its columns, who takes it in, and the words that are its own."""

    name: str
    columns: Columns
    run: Callable[[House, Sequence[Row], bool, Step], list[Result]]
    no_person: str
    bad: str  # before the reason of a row
    total: str
    kept: str
    refused: str  # at the end, how many rows were bad


MEMBERS = Kind(
    "members",
    member_sheets.MEMBERS,
    member_import.run,
    no_person="sheet.file.no_person",
    bad="sheet.bad",
    total="sheet.total",
    kept="sheet.end.kept",
    refused="sheet.refused",
)
CLAIMS = Kind(
    "claims",
    member_sheets.CLAIMS,
    claim_import.run,
    no_person="claim_sheet.no_person",
    bad="claim_sheet.bad",
    total="claim_sheet.total",
    kept="claim_sheet.kept",
    refused="claim_sheet.refused",
)


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", *kinds: Kind) -> None:
    """Add the command; of several kinds one can be named before the file, else it is the first."""
    taken = commands.add_parser("import", help="take in a .csv or .xlsx; shows first what changes")
    named = {kind.name: kind for kind in kinds}
    if len(kinds) > 1:
        about = f"what it is about; {kinds[0].name} if not said"
        taken.add_argument("kind", nargs="?", choices=tuple(named), help=about)
    taken.add_argument("file", type=Path)
    taken.add_argument("--apply", action="store_true", help="save it, and tell whom it is about")
    # The file is named last, so that one which is called as a kind is a file where it is alone.
    taken.set_defaults(kind=None, run=partial(_import, named, kinds[0]))


class _Progress:
    """Says on stderr how far it is, once it has taken a while."""

    def __init__(self, house: House, rows: int) -> None:
        self._texts, self._rows = house.texts, rows
        self._done, self._since = 0, time.monotonic()

    def __call__(self, rows: int) -> None:
        """So many more rows are done."""
        self._done += rows
        if time.monotonic() - self._since > PATIENCE:
            words = Words("sheet.progress", {"done": self._done, "rows": self._rows})
            print(self._texts.plain(words), file=sys.stderr)


def _import(named: Mapping[str, Kind], usual: Kind, given: argparse.Namespace) -> None:
    kind = named.get(given.kind, usual)
    house = console.house()
    try:
        sheet = member_sheets.read(given.file, kind.columns)
    except SheetError as error:
        raise Unusable(house.texts.plain(_refused(error, given.file, kind))) from error
    if sheet.unused:
        names = ", ".join(nik.mask_digits(heading) for heading in sheet.unused)
        print(house.texts.plain(Words("sheet.unused", {"columns": names})))
    progress = _Progress(house, len(sheet.rows))
    results = kind.run(house, sheet.rows, given.apply, progress)
    _print_results(house, results, kind)
    end = kind.kept if given.apply else "sheet.end.rehearsed"
    has_changed = any(result.changed for result in results)
    print(house.texts.plain(Words(end if has_changed else "sheet.end.unchanged")))
    if bad := sum(result.bad for result in results):
        raise Unusable(house.texts.plain(Words(kind.refused, {"rows": bad})))


def _refused(error: SheetError, file: Path, kind: Kind) -> Words:
    key = kind.no_person if error.reason == "no_person" else f"sheet.file.{error.reason}"
    return Words(key, {"file": str(file)})


def _print_results(house: House, results: Sequence[Result], kind: Kind) -> None:
    plain = house.texts.plain
    width = max((len(result.who) for result in results), default=0)
    for result in results:
        words = Words(kind.bad, {"why": result.words}) if result.bad else result.words
        line = plain(Words("sheet.line", {"line": f"{result.line:>5}"}))
        print(f"{line}  {result.who:{width}}  {plain(words)}")
    changed = sum(result.changed for result in results)
    bad = sum(result.bad for result in results)
    counts = {"changed": changed, "same": len(results) - changed - bad, "bad": bad}
    print(plain(Words(kind.total, counts)))
