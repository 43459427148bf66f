"""`lindung sheets`: make the sheet for BPJS, mark those in it as sent, take its answer in."""

import argparse
import os
import sys
import time
from pathlib import Path

from bot import console, export_loop, import_cli, sheets
from bot.console import Unusable
from bot.house import House
from bot.settings import Settings
from bot.sheets import Order, Source, Step
from conversations.model import Words
from rules import areas
from rules.permissions import lies_in
from rules.programmes import Programme
from rules.registration import UNDO
from storage import exports, sheet_people
from storage.audit import Actor
from storage.database import transaction
from storage.exports import Wanted
from storage.models import Export

PATIENCE = 2.0  # seconds after which the progress is shown
EVERY = 1.0  # seconds between two words of it
OPERATOR = Actor(0, "operator")


def add(parser: argparse.ArgumentParser) -> None:
    """Add the commands of `lindung sheets`."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    made = commands.add_parser("export", help="make the sheet for BPJS of all who are confirmed")
    made.add_argument("programme")
    made.add_argument("--area", default="", help="code of a regency, district or village alone")
    made.add_argument("--to", type=Path, help="folder; LINDUNG_HOME/sheets if not given")
    made.add_argument("--mark", action="store_true", help="note that those in it were sent to BPJS")
    made.set_defaults(run=_export)
    import_cli.add(commands, import_cli.MEMBERS, import_cli.CLAIMS)


def _export(given: argparse.Namespace) -> None:
    house = console.house()
    programme = _programme(house, given.programme)
    _check_area(programme, given.area)
    folder = _folder(given.to)
    if given.mark:
        _go_on(house)
    now = house.clock()
    wanted = Wanted(programme.key, given.area, now - UNDO)
    with transaction(house.engine) as db:
        rows = exports.count(db, wanted)
        row = exports.ask(db, wanted, OPERATOR.id, now)
        row.state = "making"
    source = Source(house.engine, house.keys, programme, house.texts)
    moment = sheets.moment_in(given.area or programme.areas.value[0], now)
    order = Order(wanted, folder, moment, sheet=row.id)
    made = sheets.make(source, order, progress(house, rows))
    for file in made:
        print(f"{file.path}  rows: {file.rows}")
    if not made:
        print("nobody: all who are confirmed were sent before, or can still be undone (10 minutes)")
        _dropped(house, row)
        return
    row = _on_record(house, row, sum(file.rows for file in made), given.mark)
    if given.mark:
        _mark(house, row)


def _programme(house: House, key: str) -> Programme:
    if key not in house.programmes:
        raise Unusable(f"{key}: no such programme; there are {', '.join(house.programmes)}")
    return house.programmes[key]


def _check_area(programme: Programme, area: str) -> None:
    of_programme = programme.areas.value
    if area and not any(lies_in(area, one) or lies_in(one, area) for one in of_programme):
        where = ", ".join(of_programme)
        raise Unusable(f"{area}: {programme.key} is not there; give {where} or a part of it")
    if area and next(areas.villages(area), None) is None:
        raise Unusable(f"{area}: no such area; codes are as 34, 34.04, 34.04.07, 34.04.07.2001")


def _folder(given: Path | None) -> Path:
    folder = given or Settings().lindung_home / "sheets"
    if given is None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not folder.is_dir():
        raise Unusable(f"{folder}: no such folder; make it first: mkdir -p {folder}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Unusable(f"{folder}: nothing can be written there; give another one with --to")
    return folder


def progress(house: House, rows: int) -> Step:
    """What says on stderr how far it is, once it has taken a while."""
    done, began = 0, time.monotonic()
    said = began + PATIENCE - EVERY

    def step(more: int) -> None:
        nonlocal done, said
        done = min(done + more, rows)
        if time.monotonic() - said > EVERY:
            said = time.monotonic()
            words = Words("sheet.progress", {"done": done, "rows": rows})
            print(house.texts.plain(words), file=sys.stderr)

    return step


def _on_record(house: House, made: Export, rows: int, mark: bool) -> Export:
    """Keep that the sheet was made, and whether its people are to be marked: that is resumed."""
    now = house.clock()
    with transaction(house.engine) as db:
        if again := sheet_people.shared(db, made.id):
            print(f"rows that are in an earlier sheet not noted as sent, too: {again}")
        row = db.get_one(Export, made.id)
        row.state, row.rows, row.finished_at = "marking" if mark else "made", rows, now
        row.taken_until = now + exports.LEASE
        exports.exported(db, row, rows, OPERATOR, now)
        return row


def _dropped(house: House, row: Export) -> None:
    """A sheet of nobody was none."""
    with transaction(house.engine) as db:
        db.delete(db.get_one(Export, row.id))


def _go_on(house: House) -> None:
    """Bring to its end what an earlier command began to mark and could not finish."""
    with transaction(house.engine) as db:
        begun = exports.marking(db, OPERATOR.id)
    for row in begun:
        _mark(house, row)


def _mark(house: House, row: Export) -> None:
    """Note in batches that the people of a sheet were sent; the running bot has its turns."""
    total, step = 0, progress(house, row.rows)
    while done := export_loop.mark_some(house, row, export_loop.BATCH):
        total += done
        step(done)
        time.sleep(export_loop.BREATH)
    gone = export_loop.marked(house, row)
    print(f"noted as sent to BPJS: {total}")
    if gone:
        print(f"in the sheet, but left or undone since; tell BPJS: {', '.join(gone)}")
