"""A sheet of members taken in on both databases: shown first, saved once, told once."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from openpyxl import Workbook
from sqlmodel import col, select

from bot import member_import
from bot.house import House
from bot.member_import import Result
from conversations.model import Words
from rules.registration import State
from storage import members, outbox, registrations
from storage.database import transaction
from storage.member_sheets import Cell, Row
from storage.models import Audit, Contribution, Member, Outbound, Registration
from tests import command
from tests.conftest import TEGAL_HARUM, opened, settings_for
from tests.people import MADE, WAYAN, Person, submission

KPJ, OTHER_KPJ = "12345678901", "97J80012345"
SIGNED_UP = datetime(2026, 11, 3, 2, tzinfo=UTC)
NOW = datetime(2026, 12, 2, 2, tzinfo=UTC)
PAID: dict[str, Cell] = {
    "paid_from": "12-2026",
    "paid_to": "2-2027",
    "paid_by": "program",
    "received": "1-12-2026",
}
GOOD: dict[str, Cell] = {"nik": WAYAN.nik, "kpj": KPJ, "active_from": "1-12-2026", **PAID}


@pytest.fixture
def house(house: House) -> House:
    """A house in which it is the second of December."""
    return replace(house, clock=lambda: NOW)


def confirmed(
    house: House, person: Person = WAYAN, state: State = State.CONFIRMED, **other: Any
) -> Registration:
    """A sign-up that the village has confirmed."""
    with transaction(house.engine) as db:
        row = registrations.submit(db, house.keys, submission(person, **other), SIGNED_UP)
        row.state = state
        return row


def taken(house: House, *rows: dict[str, Cell], keep: bool = True) -> list[Result]:
    """The results of a sheet whose first line below the headings is line 2."""
    numbered = [Row(number, cells) for number, cells in enumerate(rows, start=2)]
    return member_import.run(house, numbered, keep, lambda _: None)


def words_of(results: Sequence[Result]) -> list[Words]:
    return [result.words for result in results]


def notices(house: House) -> list[str]:
    """The notices that wait to be sent."""
    with transaction(house.engine) as db:
        rows = db.exec(select(Outbound).where(col(Outbound.kind) == "decision")).all()
        return [outbox.call(house.keys, row)["text"] for row in rows]


def everything(house: House) -> list[str]:
    """What an import may change."""
    with transaction(house.engine) as db:
        tables = (Registration, Member, Contribution, Outbound, Audit)
        return [str(row) for table in tables for row in db.exec(select(table)).all()]


NEW = Words("sheet.new", {"card": "•••••••8901", "day": date(2026, 12, 1), "months": 3})


def test_a_confirmed_sign_up_becomes_a_member_and_is_told_once(house: House) -> None:
    row = confirmed(house)
    results = taken(house, GOOD)
    assert results == [Result(2, f"{row.code}  NIK •••• 0001", NEW, changed=True)]
    with transaction(house.engine) as db:
        ledger = members.ledger(db, row.id)
        assert ledger is not None
        assert len(ledger.months) == 3
        assert db.get_one(Registration, row.id).state == State.ACTIVE
    told = notices(house)
    assert len(told) == 1
    assert KPJ in told[0]
    assert "28 Februari 2027" in told[0]


def test_a_rehearsal_says_the_same_and_changes_nothing(house: House) -> None:
    confirmed(house)
    confirmed(house, MADE)
    rows = (GOOD, {**GOOD, "nik": MADE.nik, "kpj": OTHER_KPJ}, {**GOOD, "nik": "1"})
    before = everything(house)
    rehearsed = taken(house, *rows, keep=False)
    assert everything(house) == before
    assert taken(house, *rows) == rehearsed
    assert [result.changed for result in rehearsed] == [True, True, False]


def test_a_second_run_changes_nothing_and_says_so(house: House) -> None:
    confirmed(house)
    taken(house, GOOD)
    before = everything(house)
    again = taken(house, GOOD)
    assert words_of(again) == [Words("sheet.same")]
    assert not any(result.changed or result.bad for result in again)
    assert everything(house) == before


def test_a_person_may_be_named_by_the_code_alone(house: House) -> None:
    row = confirmed(house)
    by_code = {name: cell for name, cell in GOOD.items() if name != "nik"}
    results = taken(house, {**by_code, "code": row.code.lower().replace("-", "")})
    assert [(result.who, result.changed) for result in results] == [(row.code, True)]


def test_further_months_need_no_card(house: House) -> None:
    confirmed(house)
    taken(house, GOOD)
    later = {"paid_from": "3-2027", "paid_to": "3-2027", "received": "2-12-2026"}
    results = taken(house, {"nik": WAYAN.nik, **PAID, **later})
    assert [result.words.key for result in results] == ["sheet.months"]
    assert results[0].words.params["months"] == 1
    # The clock of the test stands still, so that nothing tells which of the two came last.
    assert any("31 Maret 2027" in text for text in notices(house))
    assert len(notices(house)) == 2


def test_two_lines_of_one_person_are_told_in_one_notice(house: House) -> None:
    confirmed(house)
    own = {"paid_from": "3-2027", "paid_to": "4-2027", "paid_by": "sendiri"}
    results = taken(house, GOOD, {**GOOD, **own})
    assert [result.words.key for result in results] == ["sheet.new", "sheet.months"]
    told = notices(house)
    assert len(told) == 1
    assert "30 April 2027" in told[0]


def test_who_was_signed_up_by_somebody_else_is_not_shown_the_card_in_full(house: House) -> None:
    confirmed(house, whom="neighbour")
    taken(house, GOOD)
    told = notices(house)
    assert "•••••••8901" in told[0]
    assert KPJ not in told[0]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"nik": MADE.nik}, Words("sheet.nik_unknown")),
        ({"nik": 5171031206850000}, Words("sheet.digits_lost")),
        ({"code": "AAA-AAAA"}, Words("sheet.code_unknown")),
        ({"kpj": "123"}, Words("kpj.wrong_length", {"signs": 3})),
        ({"kpj": ""}, Words("member.refused.card_missing", {"month": Words("value.unknown")})),
    ],
)
def test_a_bad_line_is_refused_and_the_others_are_taken(
    house: House, cells: dict[str, Cell], words: Words
) -> None:
    confirmed(house)
    other = confirmed(house, Person("5171030109750003", "I Nyoman Contoh"))
    bad = {name: cell for name, cell in {**GOOD, **cells}.items() if cell != ""}
    good = {**GOOD, "nik": "5171030109750003", "kpj": OTHER_KPJ}
    results = taken(house, bad, good)
    assert [(result.line, result.bad) for result in results] == [(2, True), (3, False)]
    assert results[0].words == words
    with transaction(house.engine) as db:
        assert [member.registration_id for member in db.exec(select(Member))] == [other.id]


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        ({"active_from": "2-11-2026"}, "day.before_sign_up"),
        ({"active_from": "4-1-2027"}, "day.far_ahead"),
        ({"received": "3-12-2026"}, "day.in_future"),
        ({"received": "2-11-2026"}, "day.before_sign_up"),
        ({"paid_from": "11-2026"}, "member.refused.month_before_active"),
    ],
)
def test_a_day_that_cannot_be_right_is_refused(
    house: House, cells: dict[str, Cell], key: str
) -> None:
    confirmed(house)
    results = taken(house, {**GOOD, **cells})
    assert [(result.words.key, result.bad) for result in results] == [(key, True)]


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        ({"kpj": OTHER_KPJ}, "other_card"),
        ({"active_from": "2-12-2026"}, "other_active_from"),
        ({"paid_by": "sendiri"}, "month_differs"),
    ],
)
def test_what_contradicts_the_record_is_refused(
    house: House, cells: dict[str, Cell], key: str
) -> None:
    confirmed(house)
    taken(house, GOOD)
    before = everything(house)
    results = taken(house, {**GOOD, **cells})
    assert [result.words.key for result in results] == [f"member.refused.{key}"]
    assert everything(house) == before


@pytest.mark.parametrize("state", [State.PENDING, State.RETURNED, State.WITHDRAWN])
def test_who_is_not_confirmed_becomes_no_member(house: House, state: State) -> None:
    row = confirmed(house, state=state)
    for name in ({"nik": WAYAN.nik}, {"code": row.code}):
        results = taken(house, {**GOOD, "nik": WAYAN.nik, **name})
        assert [result.words.key for result in results] == ["member.refused.not_confirmed"]


def test_the_nik_of_one_and_the_code_of_another_are_refused(house: House) -> None:
    confirmed(house)
    made = confirmed(house, MADE)
    assert words_of(taken(house, {**GOOD, "code": made.code})) == [Words("sheet.nik_of_another")]


def test_a_nik_with_several_standing_sign_ups_needs_the_code(house: House) -> None:
    row = confirmed(house)
    confirmed(house, programme="gianyar", village="51.04.01.2001")
    assert words_of(taken(house, GOOD)) == [Words("sheet.several")]
    assert [result.changed for result in taken(house, {**GOOD, "code": row.code})] == [True]


def test_one_card_for_two_people_is_seen_before_anything_is_saved(house: House) -> None:
    confirmed(house)
    confirmed(house, MADE)
    rows = (GOOD, {**GOOD, "nik": MADE.nik})
    for keep in (False, True):
        results = taken(house, *rows, keep=keep)
        assert [result.bad for result in results] == [False, True]
        assert results[1].words == Words("sheet.card_twice", {"line": 2})
    assert taken(house, {**GOOD, "nik": MADE.nik})[0].words.key == "member.refused.card_taken"


def test_many_rows_go_in_batches_and_it_is_said_how_far_it_is(house: House) -> None:
    people = [Person(f"51710312068500{n:02}", f"Contoh {'I' * (n + 1)}") for n in range(1, 8)]
    for person in people:
        confirmed(house, person)
    rows = [
        Row(n, {**GOOD, "nik": person.nik, "kpj": f"123456789{n:02}"})
        for n, person in enumerate(people, start=2)
    ]
    steps: list[int] = []
    results = member_import.run(house, rows, True, steps.append, batch=3)
    assert steps == [3, 3, 1]
    assert [result.line for result in results] == list(range(2, 9))
    assert all(result.changed for result in results)
    assert len(notices(house)) == 7


def lindung(home: Path, *words: str) -> "CompletedProcess[str]":
    """`lindung members`."""
    return command.lindung(home, "members", *words)


def sheet(folder: Path) -> Path:
    """A sheet as a regency has it: a date as such, a NIK as text, one as a number."""
    book = Workbook()
    assert book.active is not None
    book.active.append(["Nama", "NIK", "KPJ", "Aktif sejak"])
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    book.active.append([WAYAN.name, WAYAN.nik, 12345678901, yesterday])
    book.active.append([MADE.name, 5171035708900000, "98765432109", yesterday])
    path = folder / "peserta.xlsx"
    book.save(path)
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with two confirmed sign-ups of three days ago."""
    home = tmp_path / "rumah"
    with opened(settings_for(home)) as house, transaction(house.engine) as db:
        for person in (WAYAN, MADE):
            new = submission(person, village=TEGAL_HARUM)
            ago = datetime.now(UTC) - timedelta(days=3)
            row = registrations.submit(db, house.keys, new, ago)
            row.state = State.CONFIRMED
    return home


def test_the_command_shows_first_and_saves_when_told_to(home: Path) -> None:
    path = str(sheet(home))
    rehearsal = lindung(home, "import", path)
    assert rehearsal.returncode == 1, rehearsal.stderr
    assert "Kolom yang tidak dipakai: Nama" in rehearsal.stdout
    assert "Berubah: 1. Tetap: 0. Ditolak: 1." in rehearsal.stdout
    assert "baru percobaan" in rehearsal.stdout
    assert "1 baris ditolak" in rehearsal.stderr
    saved = lindung(home, "import", path, "--apply")
    assert "Sudah disimpan" in saved.stdout
    again = lindung(home, "import", path, "--apply")
    assert "Tidak ada yang berubah." in again.stdout
    for output in (rehearsal, saved, again):
        assert re.findall(r"\d{12,}", output.stdout + output.stderr) == []
        assert KPJ not in output.stdout
    refused = next(line for line in saved.stdout.splitlines() if "DITOLAK" in line)
    assert refused.split()[:2] == ["baris", "3"]
    assert "terpotong" in refused


def test_the_command_shows_a_member_with_a_masked_card(home: Path) -> None:
    lindung(home, "import", str(sheet(home)), "--apply")
    listed = lindung(home, "import", str(sheet(home))).stdout
    found = re.search(r"\b[A-Z0-9]{3}-[A-Z0-9]{4}\b", listed)
    assert found is not None
    shown = lindung(home, "show", found.group())
    assert shown.returncode == 0
    assert "KPJ •••••••8901" in shown.stdout
    assert KPJ not in shown.stdout
    assert lindung(home, "show", "AAA-AAAA").returncode == 1


@pytest.mark.parametrize("name", ["tidak-ada.csv", "peserta.pdf"])
def test_a_file_that_cannot_be_read_is_said_in_one_line(home: Path, name: str) -> None:
    (home / "peserta.pdf").write_text("x")
    failed = lindung(home, "import", name)
    assert failed.returncode == 1
    assert failed.stderr.startswith(f"{name}: ")
    assert len(failed.stderr.splitlines()) == 1
