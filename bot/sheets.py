"""The sheet for BPJS: what stands in a row, and the making of its files.

Everything here is synchronous and takes as long as it takes: see `bot/sheet_process.py`.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import chain, islice
from pathlib import Path

from sqlalchemy import Engine

from bot.texts import Texts
from bot.zones import zone
from conversations.model import Words
from rules import areas, benefits
from rules.occupations import OCCUPATIONS
from rules.parameters import NotInForce
from rules.programmes import Programme
from storage import exports, records, sheet_people, sheets
from storage.database import transaction
from storage.exports import Wanted
from storage.records import Record
from storage.sealing import Keyring

PAGE = 2_000  # people read in one transaction
STEP = 500  # people between two calls of `step`
COVER = "JKK, JKM"
SEX = {"male": "Laki-laki", "female": "Perempuan"}

Step = Callable[[int], None]  # is told how many more rows are done
Key = tuple[str, str]
Cells = tuple[Key, list[str]]  # of one person: the place in the order, and what stands in the row


@dataclass(frozen=True)
class Source:
    """Where a sheet is made from: the database, its keys, the programme and the words."""

    engine: Engine
    keys: Keyring
    programme: Programme
    texts: Texts


@dataclass(frozen=True)
class Order:
    """A sheet to be made: of whom, where to, as of which moment (of the place), and its limits.

    `most_bytes` of a file are kept to by giving it fewer rows. Under `sheet` it is noted who stands
    in it, for a while.
    """

    wanted: Wanted
    folder: Path
    moment: datetime
    most_rows: int = sheets.MOST_ROWS
    most_bytes: int = 2**40
    sheet: str = ""


@dataclass(frozen=True)
class Made:
    """One finished file."""

    path: Path
    rows: int


@dataclass
class _Told:
    """What went into a file while it was written."""

    step: Step
    rows: int = 0
    last: Key = field(default=exports.START)

    def through(self, people: Iterator[Cells]) -> Iterator[list[str]]:
        """Hand the cells on."""
        for self.last, cells in people:
            self.rows += 1
            if self.rows % STEP == 0:
                self.step(STEP)
            yield cells


def make(source: Source, order: Order, step: Step = lambda _: None) -> list[Made]:
    """Make the files, readable by their owner alone; none where nobody's turn has come.

    They bear their names only when all of them are whole.
    """
    parts: list[Made] = []
    if order.sheet:
        with transaction(source.engine) as db:
            sheet_people.begin(db, order.sheet)
    try:
        for part in _parts(source, order, step):
            parts.append(part)
        return _named(order, parts)
    except BaseException:
        for path in order.folder.glob(f"{_stem(order)}*.part"):
            path.unlink()
        raise


def _parts(source: Source, order: Order, step: Step) -> Iterator[Made]:
    """The files under names of their own until all are whole."""
    shown = source.programme.sheet
    headings = [column.heading for column in shown.columns.value]
    most = min(order.most_rows, shown.most_rows.value or sheets.MOST_ROWS)
    after, number = exports.START, 1
    people = _people(source, order, after)
    while (first := next(people, None)) is not None:
        path = order.folder / f"{_stem(order)}-{number}.part"
        told = _Told(step)
        some = chain([first], islice(people, most - 1))
        sheets.write(path, headings, told.through(some))
        if path.stat().st_size > order.most_bytes and told.rows > 1:
            most = told.rows // 2
            people = _people(source, order, after)
            continue
        after, number = told.last, number + 1
        yield Made(path, told.rows)


def moment_in(area: str, now: datetime) -> datetime:
    """A moment by the clocks of an area."""
    first = next(areas.villages(area), None)
    return now.astimezone(zone(first.code if first else ""))


def _stem(order: Order) -> str:
    """What the names of the files begin with; nothing of a person."""
    area = order.wanted.area or "semua"
    return f"bpjs-{order.wanted.programme}-{area}-{order.moment:%Y-%m-%d-%H%M%S}"


def _named(order: Order, parts: list[Made]) -> list[Made]:
    files = []
    for number, part in enumerate(parts, 1):
        end = f"-{number}" if len(parts) > 1 else ""
        path = order.folder / f"{_stem(order)}{end}.xlsx"
        os.replace(part.path, path)
        files.append(Made(path, part.rows))
    return files


def _people(source: Source, order: Order, after: Key) -> Iterator[Cells]:
    """Everybody of the sheet after a place in the order, page by page."""
    row = _rows(source, order.moment.date())
    while True:
        with transaction(source.engine) as db:
            page = exports.page(db, order.wanted, after, PAGE)
            # Confirmed before records were kept.
            missing = [id for _, id, _, _, sealed in page if sealed is None]
            gathered = records.gathered(db, source.keys, missing)
            if order.sheet:
                sheet_people.note(db, order.sheet, [row.id for row in page])
        for village, id, group, code, sealed in page:
            after = (village, id)
            record = records.opened(source.keys, id, sealed) if sealed else gathered[id]
            yield after, row(village, group, code, record)
        if len(page) < PAGE:
            return


def _rows(source: Source, on: date) -> Callable[[str, str, str, Record], list[str]]:
    """What makes the cells of one person, in the order of the programme's columns."""
    fields = [column.field for column in source.programme.sheet.columns.value]
    works = {key: source.texts.plain(Words(f"occupation.{key}")) for key in OCCUPATIONS}

    @cache
    def place(village: str, group: str) -> Mapping[str, str]:
        return _of_the_place(source.programme, village, group, on)

    def cells(village: str, group: str, code: str, record: Record) -> list[str]:
        values = {
            **record,
            **place(village, group),
            "code": code,
            "birth_date": "-".join(reversed(record["birth_date"].split("-"))),
            "sex": SEX.get(record["sex"], ""),
            "phone": local(record["phone"]),
            "occupation": works.get(record["occupation"], record["occupation"]),
        }
        return [values[field] for field in fields]

    return cells


def local(phone: str) -> str:
    """A telephone number as it is dialled in the country: 0812..., and no plus that counts."""
    return f"0{phone.removeprefix('+62')}" if phone.startswith("+62") else phone


def _of_the_place(programme: Programme, village: str, group: str, on: date) -> Mapping[str, str]:
    """What is the same for a whole village and group; a wage that no rule names stays empty."""
    found = areas.village(village)
    wage = months = ""
    with suppress(NotInForce):
        wage = str(benefits.lowest_wage(on))
    with suppress(KeyError):
        months = str(programme.group(group).months_paid.value or "")
    return {
        "village": found.name if found else village,
        "district": found.district if found else "",
        "regency": found.regency if found else "",
        "wage": wage,
        "cover": COVER,
        "months": months,
        "nothing": "",
    }
