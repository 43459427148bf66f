"""The sheet as a file and the people of a sheet, on both databases."""

import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell

from bot.house import House
from conversations.model import Given
from rules.departures import Kind
from rules.registration import State
from storage import (
    audit,
    departures,
    exports,
    proof,
    records,
    registrations,
    sheet_people,
    sheets,
    tallies,
)
from storage.audit import Actor, Change
from storage.database import transaction
from storage.exports import Wanted
from storage.models import Registration
from tests.long_run import sizes
from tests.people import MADE, WAYAN, Person, given, submission
from tests.steps import all_of

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
OFFICER = Actor(6_200_000_001, "regency_officer")
TEGAL_HARUM, PADANGSAMBIAN, OTHER = "51.71.03.2008", "51.71.03.2009", "51.03.01.2001"
COLUMNS, ROWS = 20, 20


def reopened(path: Path) -> list[tuple[Cell, ...]]:
    """All rows of a sheet as another program reads them."""
    book = load_workbook(path)
    assert book.sheetnames == ["Data"]
    return list(book["Data"].iter_rows())


def written(folder: Path, rows: Sequence[Sequence[str]]) -> list[tuple[Cell, ...]]:
    """These rows, written under headings and read again without them."""
    path = folder / "data.xlsx"
    width = len(rows[0])
    sheets.write(path, [f"Kolom {number}" for number in range(width)], rows)
    sheet = load_workbook(path)["Data"]
    # Cells that are empty at the end of a line or sheet are not in the file.
    lines = range(2, len(rows) + 2)
    return [tuple(sheet.cell(line, column + 1) for column in range(width)) for line in lines]


NASTY = st.one_of(
    st.text(max_size=12),
    st.builds(
        "".join,
        st.lists(st.sampled_from("=+-@\t\r\n\x00\x0b'\"|1A(){}, \u200b\uff1d"), max_size=8),
    ),
    st.sampled_from(
        (
            "=1+1",
            '=HYPERLINK("http://x","y")',
            "+62812",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\x00=1",
            "\x0b=1",
        )
    ),
    st.from_regex(r"\A[0-9]{16}\Z"),
)


@pytest.mark.parametrize("examples", sizes(5, 25))  # two thousand cells, or ten
def test_of_thousands_of_cells_none_is_a_formula_and_all_are_texts(
    tmp_path_factory: pytest.TempPathFactory, examples: int
) -> None:
    @settings(max_examples=examples, deadline=None, database=None)
    @for_all(cells=st.lists(NASTY, min_size=COLUMNS * ROWS, max_size=COLUMNS * ROWS))
    def all_are_texts(cells: list[str]) -> None:
        rows = [cells[start : start + COLUMNS] for start in range(0, len(cells), COLUMNS)]
        back = written(tmp_path_factory.mktemp("sheet"), rows)
        for line, row in zip(rows, back, strict=True):
            for text, cell in zip(line, row, strict=True):
                _is_text(cell, text)

    all_are_texts()


def _is_text(cell: Cell, text: str) -> None:
    if cell.value is None:
        assert sheets.safe(text) == ""
        return
    assert cell.data_type == "s"
    assert not cell.value.startswith(("=", "+", "-", "@", "\t", "_x000D_"))
    if re.fullmatch("[0-9]{16}", text):
        assert cell.value == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", None),
        ("=1+1", "'=1+1"),
        ("+628120000", "'+628120000"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\x00x", "'x"),
        ("\x0b=1", "'=1"),
        ("Ni \x07Made", "Ni Made"),
        ("a=b|=c", "a=b|=c"),
        ("\ud800Wayan", "Wayan"),
        ("5171031206850001", "5171031206850001"),
        ("0812", "0812"),
        ("<b>&amp;", "<b>&amp;"),
        ("https://contoh.id", "https://contoh.id"),
        ("_x000D_", "_x000D_"),
        ("x" * 40_000, "x" * 32_767),
    ],
)
def test_a_text_comes_back_as_it_is_or_disarmed(
    tmp_path: Path, text: str, shown: str | None
) -> None:
    ((cell, beside),) = written(tmp_path, [(text, "Wayan")])
    # openpyxl leaves the escapes of the format as they are.
    value = cell.value.replace("_x000D_", "\r") if "\r" in text else cell.value
    value = value.replace("_x005F_", "_") if value else value
    assert (value, beside.value) == (shown, "Wayan")
    assert cell.data_type in ("s", "n" if shown is None else "s")
    assert cell.hyperlink is None


def test_headings_that_are_the_same_stay_two_columns(tmp_path: Path) -> None:
    path = tmp_path / "data.xlsx"
    sheets.write(path, ["Alamat", "Alamat", "=Nama"], [("a", "b", "c")])
    head, row = reopened(path)
    assert [str(cell.value).strip() for cell in head] == ["Alamat", "Alamat", "'=Nama"]
    assert [cell.value for cell in row] == ["a", "b", "c"]


def test_a_sheet_is_for_its_owner_alone_and_holds_no_formula_part(tmp_path: Path) -> None:
    path = tmp_path / "data.xlsx"
    sheets.write(path, ["NIK"], [("5171031206850001",)])
    assert path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet


def confirmed(
    house: House,
    person: Person,
    village: str = TEGAL_HARUM,
    at: datetime = NOW,
    answers: dict[str, Given] | None = None,
    **other: Any,
) -> Registration:
    """A sign-up confirmed at a moment."""
    with transaction(house.engine) as db:
        new = submission(person, answers, village=village, **other)
        row = registrations.submit(db, house.keys, new, at)
        by = (OFFICER, Change("confirm", "registration", row.id))
        assert registrations.change_state(db, row, State.CONFIRMED, by, at, decided_at=at)
        return row


def neighbour(number: int) -> Person:
    return Person(f"517103120685{number:04d}", f"Tetangga {'ABCDEFGHIJ'[number % 10]}")


ANSWERED = {
    "enrolment.nik": given(WAYAN.nik),
    "enrolment.name": given(WAYAN.name),
    "enrolment.occupation": given("pedagang"),
    "enrolment.phone": given("+6281234567890 telegram"),
    "details.workplace": given("Pasar Badung"),
    "details.hamlet": given("skip"),
    "details.mother": given("Ni Ketut Contoh"),
    "details.income": given("under_1"),
}


def test_a_record_holds_what_was_answered_and_what_the_nik_says(house: House) -> None:
    row = confirmed(house, WAYAN, answers=ANSWERED)
    with transaction(house.engine) as db:
        version = row.version
        records.keep(db, house.keys, registrations.by_id(db, row.id) or row)
    with transaction(house.engine) as db:
        kept = registrations.by_id(db, row.id)
        assert kept is not None
        assert kept.record_sealed is not None
        assert kept.version == version
        assert records.opened(house.keys, kept.id, kept.record_sealed) == {
            "nik": WAYAN.nik,
            "name": WAYAN.name,
            "birth_date": "1985-06-12",
            "sex": "male",
            "phone": "+6281234567890",
            "occupation": "pedagang",
            "workplace": "Pasar Badung",
            "address": "",
            "mother": "Ni Ketut Contoh",
            "family_card": "",
        }


def test_a_birth_date_given_for_another_nik_is_not_told(house: House) -> None:
    stated = Given("1990-01-02", WAYAN.nik, at=given("x").at)
    mine = confirmed(house, WAYAN, answers={"enrolment.birth_date": stated})
    other = confirmed(house, MADE, answers={"enrolment.birth_date": stated})
    with transaction(house.engine) as db:
        found = records.gathered(db, house.keys, [mine.id, other.id])
    assert found[mine.id]["birth_date"] == "1990-01-02"
    assert (found[other.id]["birth_date"], found[other.id]["sex"]) == ("1990-08-17", "female")


def test_nothing_is_kept_of_who_is_not_confirmed(house: House) -> None:
    with transaction(house.engine) as db:
        row = registrations.submit(db, house.keys, submission(), NOW)
        records.keep(db, house.keys, row)
    with transaction(house.engine) as db:
        pending = registrations.by_id(db, row.id)
        assert pending is not None
        assert pending.record_sealed is None


def test_what_is_answered_later_comes_into_the_record(house: House) -> None:
    row = confirmed(house, WAYAN, answers=ANSWERED)
    later = {"details.hamlet": given("Banjar Contoh", at="2026-12-01T03:00:00+00:00")}
    with transaction(house.engine) as db:
        kept = registrations.by_id(db, row.id)
        assert kept is not None
        records.keep(db, house.keys, kept)
        proof.store(db, house.keys, row.id, later, NOW)
        records.keep(db, house.keys, kept)
        assert kept.record_sealed is not None
        assert records.opened(house.keys, row.id, kept.record_sealed)["address"] == "Banjar Contoh"


def wanted(area: str = "", cutoff: datetime = NOW + timedelta(hours=1)) -> Wanted:
    return Wanted("denpasar", area, cutoff)


def everybody(house: House, one: Wanted, most: int = 2) -> list[str]:
    """The ids of a sheet, page by page."""
    found: list[str] = []
    after = exports.START
    with transaction(house.engine) as db:
        while page := exports.page(db, one, after, most):
            found += [row.id for row in page]
            after = (page[-1].village, page[-1].id)
        assert exports.count(db, one) == len(found)
    return found


def test_a_sheet_holds_each_once_by_village_and_nobody_else(house: House) -> None:
    there = [confirmed(house, neighbour(number), TEGAL_HARUM) for number in range(1, 6)]
    near = [confirmed(house, neighbour(number), PADANGSAMBIAN) for number in range(6, 9)]
    late = confirmed(house, neighbour(9), at=NOW + timedelta(hours=1))
    confirmed(house, neighbour(10), OTHER, programme="badung")
    with transaction(house.engine) as db:
        registrations.submit(db, house.keys, submission(neighbour(11)), NOW)
    found = everybody(house, wanted())
    assert found == [
        *sorted(row.id for row in there),
        *sorted(row.id for row in near),
    ]
    assert late.id not in found
    assert everybody(house, wanted(PADANGSAMBIAN)) == found[5:]
    assert everybody(house, wanted("51.71")) == found
    assert everybody(house, wanted("51.7")) == []


def marked(house: House, one: Wanted, most: int = 2) -> list[int]:
    """Mark in batches until nobody is left; how many in each."""
    done = []
    while True:
        with transaction(house.engine) as db:
            some = exports.mark(db, one, OFFICER, NOW + timedelta(hours=2), most)
        if not some:
            return done
        done.append(some)


def test_marking_moves_each_once_with_version_record_and_tallies(house: House) -> None:
    rows = [confirmed(house, neighbour(number)) for number in range(1, 6)]
    late = confirmed(house, neighbour(6), at=NOW + timedelta(hours=1))
    assert marked(house, wanted()) == [2, 2, 1]
    assert marked(house, wanted()) == []
    with transaction(house.engine) as db:
        for row in rows:
            now = registrations.by_id(db, row.id)
            assert now is not None
            assert (now.state, now.version) == ("submitted", row.version + 1)
            assert now.changed_at == NOW + timedelta(hours=2)
            last = audit.history(db, "registration", row.id)[-1]
            assert (last.action, last.from_state, last.to_state, last.actor_id, last.role) == (
                "sent_to_bpjs",
                "confirmed",
                "submitted",
                OFFICER.id,
                OFFICER.role,
            )
        still = registrations.by_id(db, late.id)
        assert still is not None
        assert still.state == "confirmed"
        kept = tallies.of_area(db, "51.71")[TEGAL_HARUM]
        tallies.recount(db)
        assert kept == Counter({"submitted": 5, "confirmed": 1, "pending": 0, "clean": 0})
        assert +tallies.of_area(db, "51.71")[TEGAL_HARUM] == +kept


def test_who_was_undone_and_confirmed_again_after_the_sheet_is_not_marked(house: House) -> None:
    row = confirmed(house, WAYAN)
    again = NOW + timedelta(hours=2)
    with transaction(house.engine) as db:
        mine = registrations.by_id(db, row.id)
        assert mine is not None
        by = (OFFICER, Change("undo", "registration", row.id))
        for to in (State.PENDING, State.CONFIRMED):
            assert registrations.change_state(db, mine, to, by, again)
    assert marked(house, wanted()) == []


def left(house: House, row: Registration, *, at: datetime = NOW + timedelta(hours=2)) -> None:
    """Somebody is noted as having left."""
    with transaction(house.engine) as db:
        mine = registrations.by_id(db, row.id)
        assert mine is not None
        assert departures.note(db, mine, (Kind.MOVED, at.date()), OFFICER, at)


def test_who_is_noted_as_having_left_is_in_no_sheet_and_not_marked(house: House) -> None:
    stays, leaves = (confirmed(house, neighbour(number)) for number in (1, 2))
    left(house, leaves, at=NOW)
    assert everybody(house, wanted()) == [stays.id]
    assert marked(house, wanted()) == [1]


def test_marked_are_those_in_the_file_and_who_left_since_is_named(house: House) -> None:
    stays, leaves, undone = (confirmed(house, neighbour(number)) for number in (1, 2, 3))
    with transaction(house.engine) as db:
        sheet_people.begin(db, "sheet")
        sheet_people.note(db, "sheet", [stays.id, leaves.id])
        sheet_people.note(db, "sheet", [stays.id, undone.id])
    not_in_it = confirmed(house, neighbour(4))
    left(house, leaves)
    with transaction(house.engine) as db:
        mine = registrations.by_id(db, undone.id)
        assert mine is not None
        by = (OFFICER, Change("undo", "registration", mine.id))
        assert registrations.change_state(db, mine, State.PENDING, by, NOW)
        one = sheet_people.only(db, wanted(), "sheet")
    assert marked(house, one) == [1]
    found = {row.id: row.state for row in all_of(house, Registration)}
    with transaction(house.engine) as db:
        assert (found[stays.id], found[not_in_it.id]) == ("submitted", "confirmed")
        assert sheet_people.gone(db, "sheet") == sorted([leaves.code, undone.code])


def test_a_sheet_of_which_nobody_was_noted_marks_all_who_are_wanted(house: House) -> None:
    confirmed(house, WAYAN)
    with transaction(house.engine) as db:
        assert sheet_people.only(db, wanted(), "older") == wanted()


def test_who_stands_in_two_sheets_that_are_not_marked_is_counted(house: House) -> None:
    both, new = (confirmed(house, neighbour(number)) for number in (1, 2))
    with transaction(house.engine) as db:
        first, second = (exports.ask(db, wanted(), OFFICER.id, NOW) for _ in range(2))
        sheet_people.note(db, first.id, [both.id])
        sheet_people.note(db, second.id, [both.id, new.id])
        assert sheet_people.shared(db, second.id) == 0
        assert exports.move(db, first.id, ("wanted", "sent"))
        assert sheet_people.shared(db, second.id) == 1
        assert exports.move(db, first.id, ("sent", "marked"))
        assert sheet_people.shared(db, second.id) == 0


def test_who_stood_in_an_old_sheet_is_forgotten(house: House) -> None:
    with transaction(house.engine) as db:
        row = exports.ask(db, wanted(), OFFICER.id, NOW)
        sheet_people.note(db, row.id, ["A"])
        sheet_people.prune(db, NOW)
        assert sheet_people.only(db, wanted(), row.id).sheet == row.id
        sheet_people.prune(db, NOW + timedelta(days=1))
        assert sheet_people.only(db, wanted(), row.id) == wanted()


def test_a_sheet_is_taken_up_by_one_alone_until_its_lease_has_passed(house: House) -> None:
    with transaction(house.engine) as db:
        asked = exports.ask(db, wanted("51.71"), OFFICER.id, NOW)
        assert exports.waits(db, "denpasar", "51.71", OFFICER.id)
        assert not exports.waits(db, "denpasar", "51.71", OFFICER.id + 1)
    after = NOW + exports.LEASE
    with transaction(house.engine) as db:
        first = exports.take(db, NOW)
        assert first is not None
        assert (first.id, first.attempts) == (asked.id, 1)
        assert exports.take(db, after - timedelta(seconds=1)) is None
    with transaction(house.engine) as db:
        second = exports.take(db, after)
        assert second is not None
        assert (second.id, second.attempts) == (asked.id, 2)
        assert exports.move(db, asked.id, ("wanted", "sent"), rows=3)
        assert not exports.move(db, asked.id, ("wanted", "sent"), rows=4)
        assert exports.take(db, after + exports.LEASE) is None
    (row,) = all_of(house, exports.Export)
    assert (row.state, row.rows) == ("sent", 3)
