"""The sheet for BPJS: made by a command or asked for in the chat, and marked as sent once."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from bot import export_loop, sheet_process, sheets
from bot.demo.bubbles import Bubble
from bot.demo.phone import Phone
from bot.house import House
from bot.sheets import Order, Source
from conversations.model import Given
from rules.departures import Kind
from rules.permissions import Role
from rules.programme_facts import SheetColumn
from rules.registration import UNDO, State
from storage import departures, exports, outbox, records, registrations
from storage import sheets as writer
from storage.audit import Actor, Change
from storage.database import transaction
from storage.exports import Wanted
from storage.models import Export, Outbound, Registration, Staff
from tests.bench.sheets import fill
from tests.command import lindung
from tests.conftest import TEGAL_HARUM, Bot, opened, settings_for
from tests.people import MADE, WAYAN, Person, given, submission
from tests.steps import act, all_of, audited, told

OPERATOR = Actor(0, "operator")
DENPASAR, BADUNG_VILLAGE = "51.71", "51.03.01.2001"
LONG_AGO = datetime(2026, 2, 1, 2, tzinfo=UTC)
PROJECT = Path(__file__).parents[2]
ANSWERS = {
    "enrolment.occupation": given("asisten_rumah_tangga"),
    "enrolment.phone": given("+6281234567890 telegram"),
    "details.workplace": given("=HYPERLINK(A1)"),
    "details.hamlet": given("Banjar Contoh"),
}


def confirmed(
    house: House,
    person: Person = WAYAN,
    at: datetime = LONG_AGO,
    answers: dict[str, Given] | None = None,
    **other: Any,
) -> Registration:
    """A sign-up that the village confirmed long ago."""
    with transaction(house.engine) as db:
        new = submission(person, answers, **other)
        row = registrations.submit(db, house.keys, new, at)
        by = (OPERATOR, Change("confirm", "registration", row.id))
        assert registrations.change_state(db, row, State.CONFIRMED, by, at, decided_at=at)
        return row


def source(house: House) -> Source:
    return Source(house.engine, house.keys, house.programmes["denpasar"], house.texts)


def order(folder: Path, **limits: int) -> Order:
    moment = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    return Order(Wanted("denpasar", "", moment), folder, moment, **limits)


def lines(content: Path | bytes) -> list[dict[str, str]]:
    """The rows of a sheet by their headings; every cell is a text."""
    found = load_workbook(BytesIO(content) if isinstance(content, bytes) else content)["Data"]
    rows = list(found.iter_rows())
    assert {cell.data_type for row in rows for cell in row if cell.value is not None} == {"s"}
    names = [str(cell.value) for cell in rows[0]]
    return [
        {name: str(cell.value or "") for name, cell in zip(names, row, strict=True)}
        for row in rows[1:]
    ]


def states(house: House) -> Counter[str]:
    return Counter(row.state for row in all_of(house, Registration))


def crowd(house: House, many: int) -> None:
    """So many people who were confirmed long ago, with records."""
    fill(house, many, with_records=True)


@pytest.mark.parametrize("kept", [False, True], ids=["without a record", "with a record"])
def test_a_row_holds_what_bpjs_asks_in_the_columns_of_the_programme(
    house: House, tmp_path: Path, kept: bool
) -> None:
    row = confirmed(house, answers=ANSWERS)
    if kept:
        with transaction(house.engine) as db:
            records.keep(db, house.keys, registrations.by_id(db, row.id) or row)
    (made,) = sheets.make(source(house), order(tmp_path))
    assert made.rows == 1
    assert lines(made.path) == [
        {
            "NIK": WAYAN.nik,
            "Nama": WAYAN.name,
            "Tanggal Lahir": "12-06-1985",
            "Jenis Kelamin": "Laki-laki",
            "Nama Ibu Kandung": "",
            "No HP": "081234567890",
            "Email": "",
            "Alamat": "Banjar Contoh",
            "Desa/Kelurahan": "Tegal Harum",
            "Kecamatan": "Denpasar Barat",
            "Pekerjaan": "Asisten rumah tangga",
            "Lokasi Pekerjaan": "'=HYPERLINK(A1)",
            "Program": "JKK, JKM",
            "Bulan Iur": "",
            "Upah Dilaporkan": "1000000",
            "Kode Pendaftaran": row.code,
        }
    ]


def test_a_file_is_named_after_programme_area_and_day_and_is_its_owners_alone(
    house: House, tmp_path: Path
) -> None:
    confirmed(house)
    (made,) = sheets.make(source(house), order(tmp_path))
    assert made.path.name == "bpjs-denpasar-semua-2026-11-20-093000.xlsx"
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.glob("bpjs*")) == [made.path]


def test_more_rows_than_a_file_may_hold_go_on_in_the_next(house: House, tmp_path: Path) -> None:
    crowd(house, 7)
    made = sheets.make(source(house), order(tmp_path, most_rows=3))
    assert [(one.path.stem[-2:], one.rows) for one in made] == [("-1", 3), ("-2", 3), ("-3", 1)]
    niks = [line["Nama"] for one in made for line in lines(one.path)]
    assert len(set(niks)) == 7
    assert niks == [line["Nama"] for line in lines(_whole(house, tmp_path))]


def _whole(house: House, tmp_path: Path) -> Path:
    folder = tmp_path / "whole"
    folder.mkdir()
    (made,) = sheets.make(source(house), order(folder))
    return made.path


def test_the_limit_of_the_programmes_own_file_counts(house: House, tmp_path: Path) -> None:
    crowd(house, 3)
    plain = source(house)
    sheet = plain.programme.sheet
    limit = sheet.most_rows.model_copy(update={"value": 2})
    columns = sheet.columns.model_copy(
        update={"value": (SheetColumn(heading="No. Identitas", field="nik"),)}
    )
    own = sheet.model_copy(update={"most_rows": limit, "columns": columns})
    short = replace(plain, programme=plain.programme.model_copy(update={"sheet": own}))
    made = sheets.make(short, order(tmp_path))
    assert [one.rows for one in made] == [2, 1]
    assert [list(line) for line in lines(made[1].path)] == [["No. Identitas"]]


def test_a_file_that_would_be_too_large_is_split(house: House, tmp_path: Path) -> None:
    crowd(house, 200)
    whole = _whole(house, tmp_path).stat().st_size
    made = sheets.make(source(house), order(tmp_path, most_bytes=whole - 1))
    assert [one.rows for one in made] == [100, 100]
    names = [line["Nama"] for one in made for line in lines(one.path)]
    assert len(set(names)) == 200


def test_a_sheet_that_fails_leaves_nothing_behind(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(house, 5)
    write = writer.write

    def fails_at_the_second(path: Path, *given: Any) -> None:
        if path.name.endswith("-2.part"):
            path.write_bytes(b"half")
            raise OSError("the disk is full")
        write(path, *given)

    monkeypatch.setattr(writer, "write", fails_at_the_second)
    with pytest.raises(OSError, match="full"):
        sheets.make(source(house), order(tmp_path, most_rows=3))
    assert list(tmp_path.glob("*bpjs*")) == []


Command = Callable[..., str]


@pytest.fixture
def command(house: House, database_url: str, tmp_path: Path) -> Command:
    """Runs `lindung sheets` on the house, and gives what it printed."""

    def run(*given: str) -> str:
        done = lindung(tmp_path / "home", "sheets", *given, database_url=database_url)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def of_home(home: Path, database_url: str = "") -> dict[str, str]:
    """The environment of a process that works on this house."""
    return {**os.environ, "LINDUNG_HOME": str(home), "DATABASE_URL": database_url}


def test_a_command_makes_the_sheet_and_moves_nobody(
    house: House, command: Command, tmp_path: Path
) -> None:
    mine = confirmed(house)
    confirmed(house, MADE, at=house.clock() - UNDO + timedelta(minutes=1))
    said = command("export", "denpasar")
    (path,) = (tmp_path / "home" / "sheets").iterdir()
    assert said == f"{path}  rows: 1\n"
    assert [line["Kode Pendaftaran"] for line in lines(path)] == [mine.code]
    assert states(house) == {"confirmed": 2}
    (record,) = audited(house, "exported")
    assert (record.actor_id, record.reason) == (0, "1 rows of denpasar")
    assert WAYAN.nik not in said + str(record)


def test_a_command_marks_whom_it_wrote_and_twice_moves_nobody_twice(
    house: House, command: Command, tmp_path: Path
) -> None:
    rows = [confirmed(house), confirmed(house, MADE)]
    assert "noted as sent to BPJS: 2" in command(
        "export", "denpasar", "--to", str(tmp_path), "--mark"
    )
    assert states(house) == {"submitted": 2}
    assert "nobody" in command("export", "denpasar", "--to", str(tmp_path), "--mark")
    assert len(audited(house, "sent_to_bpjs")) == 2
    with transaction(house.engine) as db:
        now = [registrations.by_id(db, row.id) for row in rows]
    assert [row.version for row in now if row] == [row.version + 1 for row in rows]
    assert len(list(tmp_path.glob("bpjs*.xlsx"))) == 1


def test_an_area_alone_is_exported(house: House, command: Command, tmp_path: Path) -> None:
    confirmed(house)
    mine = confirmed(house, MADE, village="51.71.03.2009")
    command("export", "denpasar", "--area", "51.71.03.2009", "--to", str(tmp_path))
    (path,) = tmp_path.glob("bpjs-denpasar-51.71.03.2009-*.xlsx")
    assert [line["Kode Pendaftaran"] for line in lines(path)] == [mine.code]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("nowhere",), "no such programme; there are badung"),
        (("denpasar", "--area", "51.03"), "give 51.71 or a part of it"),
        (("denpasar", "--area", "51.71.99"), "no such area; codes are as"),
        (("denpasar", "--to", "missing"), "mkdir -p missing"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(
    tmp_path: Path, given: tuple[str, ...], said: str
) -> None:
    done = lindung(tmp_path / "home", "sheets", "export", *given)
    assert done.returncode == 1
    assert said in done.stderr


@pytest.mark.long
def test_a_marking_that_was_killed_is_brought_to_its_end_by_the_next(tmp_path: Path) -> None:
    many = 2 * export_loop.BATCH + 500
    settings = settings_for(tmp_path / "home")
    with opened(settings) as house:
        crowd(house, many)
        own = [sys.executable, "-m", "bot", "sheets", "export", "denpasar", "--mark"]
        to = ["--to", str(tmp_path)]
        killed = subprocess.Popen([*own, *to], env=of_home(tmp_path / "home"), cwd=PROJECT)
        ends = time.monotonic() + 60
        while not states(house)["submitted"]:
            assert time.monotonic() < ends
            time.sleep(0.01)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert 0 < states(house)["submitted"] < many
        again = lindung(tmp_path / "home", *own[3:], *to)
        assert again.returncode == 0, again.stderr
        assert states(house) == {"submitted": many}
        assert len(audited(house, "sent_to_bpjs")) == many
        # Nobody was written into a second sheet.
        assert len(list(tmp_path.glob("bpjs*.xlsx"))) == 1


def regency_officer(bot: Bot, area: str = DENPASAR, role: Role = Role.REGENCY_OFFICER) -> Phone:
    """A phone whose owner holds an office of a regency."""
    phone = bot.phone("Luh")
    act(phone, "halo")
    with transaction(bot.house.engine) as db:
        id = f"{phone.user_id:016x}"
        sealed = bot.house.keys.seal("staff.name", id, "Luh")
        now = bot.house.clock()
        db.add(
            Staff(
                id=id, person_id=phone.user_id, role=role, area=area, name_sealed=sealed, since=now
            )
        )
    return phone


def ask(phone: Phone, programme: str = "denpasar") -> None:
    """Press the button under which the overview offers the sheet."""
    phone.press_data(phone.messages[-1].id, f"open:sheet:{programme}")


def document(bot: Bot, phone: Phone, number: int = 1) -> tuple[Bubble, bytes]:
    """The newest file that the bot sent, once it has sent so many."""

    def sent() -> list[Bubble]:
        return [bubble for bubble in phone.bot_messages if "document" in bubble.raw]

    phone.wait(lambda _: len(sent()) >= number, timeout=60)
    bubble = sent()[-1]
    return bubble, bot.server.state.files[bubble.raw["document"]["file_id"]].content


def finished(bot: Bot) -> None:
    """Wait until no sheet is being made."""
    ends = time.monotonic() + 20
    while any(row.state == "wanted" for row in all_of(bot.house, Export)):
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_an_officer_gets_the_file_and_marks_its_people_once(bot: Bot) -> None:
    mine = confirmed(bot.house, answers=ANSWERS)
    other = confirmed(bot.house, MADE, programme="badung", village=BADUNG_VILLAGE)
    phone = regency_officer(bot)
    ask(phone)
    ask(phone)
    bubble, content = document(bot, phone)
    assert [line["Kode Pendaftaran"] for line in lines(content)] == [mine.code]
    assert "1 orang" in bubble.text
    assert "24 jam" in bubble.text
    assert bubble.buttons == ["✅ Sudah dikirim ke BPJS"]
    assert WAYAN.nik not in bubble.text + bubble.raw["document"]["file_name"]
    (record,) = audited(bot.house, "exported")
    assert (record.actor_id, record.role) == (phone.user_id, "regency_officer")
    assert record.reason == "1 rows of denpasar 51.71"
    phone.press("Sudah dikirim")
    told(phone, "Sudah dicatat")
    phone.press("Sudah dikirim")
    told(phone, "Tidak ada yang berubah")
    with transaction(bot.house.engine) as db:
        row, another = (registrations.by_id(db, one.id) for one in (mine, other))
        assert row is not None
        assert another is not None
        assert (row.state, row.version, another.state) == ("submitted", 3, "confirmed")
    (record,) = audited(bot.house, "sent_to_bpjs")
    assert (record.actor_id, record.object_id) == (phone.user_id, mine.id)


def test_who_leaves_between_file_and_mark_is_named_and_a_second_sheet_says_so(bot: Bot) -> None:
    mine, leaves = confirmed(bot.house), confirmed(bot.house, MADE)
    phone = regency_officer(bot)
    ask(phone)
    document(bot, phone)
    finished(bot)
    ask(phone)
    bubble, _ = document(bot, phone, 2)
    assert "2 orang di sini juga ada di berkas sebelumnya" in bubble.text
    finished(bot)
    with transaction(bot.house.engine) as db:
        row = registrations.by_id(db, leaves.id)
        assert row is not None
        day = bot.house.day(bot.house.clock())
        assert departures.note(db, row, (Kind.MOVED, day), OPERATOR, bot.house.clock())
    phone.press("Sudah dikirim")
    notice = told(phone, "Sudah dicatat")
    assert leaves.code in notice.text
    assert mine.code not in notice.text
    assert states(bot.house) == {"submitted": 1, "confirmed": 1}


def test_the_file_leaves_the_chat_after_a_day(bot: Bot) -> None:
    confirmed(bot.house)
    phone = regency_officer(bot)
    ask(phone)
    bubble, _ = document(bot, phone)
    finished(bot)
    deletions = [
        (outbox.call(bot.house.keys, row), row.due_at)
        for row in all_of(bot.house, Outbound)
        if row.kind == "forget"
    ]
    ((call, due),) = deletions
    assert (call["method"], call["message_id"]) == ("deleteMessage", bubble.id)
    assert timedelta(hours=23) < due - bot.house.clock() <= timedelta(hours=24)


def test_a_sheet_without_anybody_says_so(bot: Bot) -> None:
    confirmed(bot.house, at=bot.house.clock())
    phone = regency_officer(bot)
    ask(phone)
    told(phone, "Belum ada yang perlu dikirim")
    assert [(row.state, row.rows) for row in all_of(bot.house, Export)] == [("sent", 0)]
    assert not audited(bot.house, "exported")


@pytest.mark.long
def test_a_file_that_telegram_puts_off_is_sent_once(bot: Bot) -> None:
    confirmed(bot.house)
    phone = regency_officer(bot)
    bot.server.faults.add("sendDocument", "429", seconds=1)
    bot.server.faults.add("sendDocument", "502")
    ask(phone)
    document(bot, phone)
    told(phone, "orang yang sudah disahkan")
    assert sum("document" in bubble.raw for bubble in phone.bot_messages) == 1


def test_who_waits_longer_reads_how_far_it_is_in_one_message(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_loop, "PATIENCE", 0.0)
    confirmed(bot.house)
    phone = regency_officer(bot)
    ask(phone)
    document(bot, phone)
    finished(bot)
    assert not [bubble for bubble in phone.bot_messages if "dari 1 orang" in bubble.text]
    calls = [
        call.method
        for call in bot.server.state.calls
        if "dari 1 orang" in str(call.params) or call.method == "deleteMessage"
    ]
    assert calls == ["sendMessage", "deleteMessage"]


def test_a_sheet_whose_process_fails_is_no_sheet(house: House, tmp_path: Path) -> None:
    confirmed(house)

    async def news() -> list[object]:
        return [one async for one in sheet_process.make(house, order(tmp_path / "missing"))]

    with pytest.raises(sheet_process.Failed):
        asyncio.run(news())


def test_of_many_processes_one_takes_up_a_sheet(house: House) -> None:
    for number in range(10):
        with transaction(house.engine) as db:
            asked = exports.ask(db, Wanted("denpasar", DENPASAR, LONG_AGO), 1, LONG_AGO)
        with ThreadPoolExecutor(4) as many:
            taken = list(many.map(lambda _: export_loop._take(house), range(4)))
        assert [row.id for row in taken if row] == [asked.id], number


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.HELPER, Role.VILLAGE_OFFICER])
def test_who_may_not_export_gets_no_sheet(bot: Bot, role: Role) -> None:
    confirmed(bot.house)
    phone = regency_officer(bot, TEGAL_HARUM, role)
    ask(phone)
    told(phone, "sudah tidak berlaku")
    ask(phone, "../../etc")
    told(phone, "sudah tidak berlaku", 2)
    assert all_of(bot.house, Export) == []
    assert [row.object_type for row in audited(bot.house, "refused_press")] == ["export"] * 2


@pytest.mark.long
def test_an_officer_of_another_regency_gets_none_and_cannot_mark(bot: Bot) -> None:
    confirmed(bot.house)
    mine, other = regency_officer(bot), regency_officer(bot, "51.03")
    ask(other)
    told(other, "sudah tidak berlaku")
    ask(mine)
    bubble, _ = document(bot, mine)
    other.press_data(other.messages[-1].id, bubble.all_buttons[0].data)
    told(other, "sudah tidak berlaku", 2)
    assert states(bot.house) == {"confirmed": 1}


def test_who_lost_the_office_gets_no_sheet_and_marks_nobody(bot: Bot) -> None:
    confirmed(bot.house)
    phone = regency_officer(bot)
    ask(phone)
    document(bot, phone)
    with transaction(bot.house.engine) as db:
        wanted = Wanted("denpasar", DENPASAR, bot.house.clock())
        db.get_one(Staff, f"{phone.user_id:016x}").ended_at = bot.house.clock()
        # As if asked just before.
        exports.ask(db, wanted, phone.user_id, bot.house.clock())
    phone.press("Sudah dikirim")
    told(phone, "sudah tidak berlaku")
    finished(bot)
    assert len(audited(bot.house, "export_refused")) == 1
    assert sorted(row.state for row in all_of(bot.house, Export)) == ["failed", "sent"]
    assert states(bot.house) == {"confirmed": 1}


def test_a_sheet_is_given_up_after_five_tries_and_the_officer_is_told(house: House) -> None:
    with transaction(house.engine) as db:
        asked = exports.ask(
            db, Wanted("denpasar", DENPASAR, house.clock()), 6_200_000_001, LONG_AGO
        )
    for number in range(1, exports.TRIES + 1):
        with transaction(house.engine) as db:
            exports.extend(db, asked.id, LONG_AGO)
            row = exports.take(db, house.clock())
        assert row is not None
        assert row.attempts == number
        export_loop._failed(house, row, refused=False)
    (row,) = all_of(house, Export)
    assert row.state == "failed"
    (notice,) = all_of(house, Outbound)
    assert "belum berhasil" in outbox.call(house.keys, notice)["text"]


def test_what_a_killed_process_left_on_the_disk_is_swept_away(tmp_path: Path) -> None:
    old, fresh, alien = (tmp_path / name for name in ("lindung-sheet-a", "lindung-sheet-b", "x"))
    for folder in (old, fresh, alien):
        folder.mkdir()
        (folder / "data.xlsx").write_bytes(b"x")
    before = time.time() - 3 * export_loop.LONGEST
    for folder in (old, alien):
        os.utime(folder, (before, before))
    export_loop.sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([fresh, alien])


def test_the_day_of_a_sheet_is_that_of_its_area() -> None:
    late = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
    assert sheets.moment_in("51.71", late).date() == date(2026, 11, 21)
    assert sheets.moment_in("32.14", late).date() == date(2026, 11, 20)
