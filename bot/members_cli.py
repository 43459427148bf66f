"""`lindung members`: take a sheet of members in, and show one member with the months paid."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from sqlmodel import Session

from bot import console, member_import
from bot.console import Unusable
from bot.house import House
from bot.member_import import Result
from conversations.model import Words
from rules import kpj, nik
from storage import member_sheets, members, registrations
from storage.database import transaction
from storage.member_sheets import SheetError
from storage.models import Registration

PATIENCE = 2.0  # seconds after which the progress is shown


def add(parser: argparse.ArgumentParser) -> None:
    """Add the commands of `lindung members`."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_import(commands)
    shown = commands.add_parser("show", help="one member and the months paid")
    shown.add_argument("code")
    shown.set_defaults(run=_show)


def add_import(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command that takes in what BPJS answered."""
    taken = commands.add_parser("import", help="take in a .csv or .xlsx; shows first what changes")
    taken.add_argument("file", type=Path)
    taken.add_argument("--apply", action="store_true", help="save it, and tell who signed up")
    taken.set_defaults(run=_import)


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


def _import(given: argparse.Namespace) -> None:
    house = console.house()
    try:
        sheet = member_sheets.read(given.file)
    except SheetError as error:
        words = Words(f"sheet.file.{error.reason}", {"file": str(given.file)})
        raise Unusable(house.texts.plain(words)) from error
    if sheet.unused:
        names = ", ".join(nik.mask_digits(heading) for heading in sheet.unused)
        print(house.texts.plain(Words("sheet.unused", {"columns": names})))
    progress = _Progress(house, len(sheet.rows))
    results = member_import.run(house, sheet.rows, given.apply, progress)
    _print_results(house, results, given.apply)
    if bad := sum(result.bad for result in results):
        raise Unusable(house.texts.plain(Words("sheet.refused", {"rows": bad})))


def _print_results(house: House, results: Sequence[Result], kept: bool) -> None:
    plain = house.texts.plain
    width = max((len(result.who) for result in results), default=0)
    for result in results:
        words = Words("sheet.bad", {"why": result.words}) if result.bad else result.words
        line = plain(Words("sheet.line", {"line": f"{result.line:>5}"}))
        print(f"{line}  {result.who:{width}}  {plain(words)}")
    changed = sum(result.changed for result in results)
    bad = sum(result.bad for result in results)
    counts = {"changed": changed, "same": len(results) - changed - bad, "bad": bad}
    print(plain(Words("sheet.total", counts)))
    print(plain(Words(f"sheet.end.{_end(changed, kept)}")))


def _end(changed: int, kept: bool) -> str:
    if not changed:
        return "unchanged"
    return "kept" if kept else "rehearsed"


def _show(given: argparse.Namespace) -> None:
    house = console.house()
    with transaction(house.engine) as db:
        row = registrations.by_code(db, given.code)
        if row is None:
            raise Unusable(f"{given.code}: no sign-up has this code")
        print(f"{row.code}  {row.programme}  {row.village}  {row.state}")
        _print_member(house, db, row)


def _print_member(house: House, db: Session, row: Registration) -> None:
    member = members.of_registration(db, row.id)
    if member is None:
        raise Unusable(f"{row.code}: not a member; the sign-up is {row.state}")
    ended = f"  ended {member.ended_on}" if member.ended_on else ""
    number = kpj.masked(members.kpj(house.keys, member))
    print(f"KPJ {number}  active from {member.active_from}{ended}")
    for one in members.contributions(db, row.id):
        paid = f"{one.month:%Y-%m}  {one.paid_by:9}  received {one.received_on}"
        print(f"{paid}  recorded {one.recorded_at.isoformat()} by {one.recorded_by}")
