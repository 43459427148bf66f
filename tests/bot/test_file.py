"""The claim-safe file: what is frozen in the chat, the page, and the command that proves it."""

import os
import re
import shutil
import subprocess
import sys
import zlib
from base64 import a85decode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot import cli, file_pdf, timers
from bot.file_page import NothingKept, page
from bot.house import House
from bot.stage import Stage, appoint, enlist, open_stage
from rules.facts import Fact
from storage import chain, evidence, minutes, verification
from storage.audit import Actor
from storage.database import transaction
from storage.models import Registration
from tests.conftest import TEGAL_HARUM, opened, settings_for
from tests.on_stage import LINK, act, forge, labels
from tests.people import WAYAN
from tests.storage.frozen import accepted, forged, frozen, rows_of

OFFICER = Actor(6_200_000_001, "village_officer")
TODAY = date(2026, 11, 20)
PROJECT = Path(__file__).parents[2]


@pytest.fixture
def stage() -> Iterator[Stage]:
    with open_stage(TODAY) as stage:
        appoint(stage, "ketut", TEGAL_HARUM)
        act(stage, "wayan", LINK, *WAYAN.answers)
        yield stage


def kept(stage: Stage) -> list[tuple[str, str]]:
    """Kind and subject of each record of the one sign-up, whose chain must hold."""
    with transaction(stage.house.engine) as db:
        row = db.exec(select(Registration)).one()
        assert verification.verify(db, stage.house.keys, row.id) == []
        records = evidence.load(db, stage.house.keys, row.id)
        return [(one.kind, one.subject) for one in records]


def confirm(stage: Stage) -> None:
    act(stage, "ketut", "/petugas", "[Satu per satu]", "[Sahkan]", "[Ya, saya tahu]")


def the_file(stage: Stage) -> tuple[str, bytes]:
    with transaction(stage.house.engine) as db:
        return file_pdf.made(stage.house, db, db.exec(select(Registration)).one())


def test_nothing_is_kept_before_the_village_confirms(stage: Stage) -> None:
    assert kept(stage) == []
    with pytest.raises(NothingKept):
        the_file(stage)


def test_one_confirmed_alone_is_frozen_with_the_officers_statement(stage: Stage) -> None:
    confirm(stage)
    *answers, decision = kept(stage)
    assert ("answer", "desk.attest") in answers
    assert ("answer", "enrolment.work") in answers
    assert decision == ("decision", "confirmed")


def test_one_ticked_among_ten_is_frozen_with_the_officers_statement(stage: Stage) -> None:
    shown = act(stage, "ketut", "/petugas", "[Yang jelas]")
    [tick] = [label for label in labels(shown[-1]) if WAYAN.name in label]
    stage.do("ketut", f"[{tick}]")
    act(stage, "ketut", "[Sahkan yang dicentang]", "[Ya, saya tahu]")
    assert ("answer", "desk.vouch") in kept(stage)
    assert kept(stage)[-1] == ("decision", "confirmed")


def test_after_an_undo_and_a_new_confirmation_both_stand(stage: Stage) -> None:
    confirm(stage)
    first = kept(stage)
    act(stage, "ketut", "[Urungkan (10 menit)]")
    assert kept(stage) == [*first, ("decision", "undone")]
    confirm(stage)
    assert kept(stage)[: len(first) + 1] == [*first, ("decision", "undone")]
    assert kept(stage)[-1] == ("decision", "confirmed")


def test_months_and_the_yearly_answer_are_appended(stage: Stage) -> None:
    confirm(stage)
    enlist(stage, "wayan", "12345678901", "2026-12-01", "2")
    assert kept(stage)[-2:] == [("card", "accepted"), ("months", "paid")]
    stage.pass_time(timedelta(days=376))
    stage.pass_time(timedelta(0))
    act(stage, "wayan", "[Ya, masih bekerja]")
    assert kept(stage)[-1] == ("answer", "working.2027")


def test_a_card_and_a_departure_noted_and_in_effect_are_appended(stage: Stage) -> None:
    confirm(stage)
    enlist(stage, "wayan", "12345678901", "2026-11-20", "2")
    with transaction(stage.house.engine) as db:
        id = db.exec(select(Registration.id)).one()
    forge(stage, "ketut", f"open:find:{id}")
    act(stage, "ketut", "[Kartu sudah diserahkan]", "[Hari ini]", "[orangnya sendiri]")
    assert kept(stage)[-1] == ("card", "handed_over")
    shown = act(stage, "ketut", "[Ada perubahan]", "[Pindah dari desa ini]", "[Hari ini]")
    act(stage, "ketut", f"[{labels(shown[-1])[0]}]")
    assert kept(stage)[-1] == ("departure", "noted")
    stage.pass_time(timedelta(minutes=11))
    stage.pass_time(timedelta(0))
    assert kept(stage)[-1] == ("departure", "left")


def test_part_two_after_the_confirmation_is_appended(stage: Stage) -> None:
    confirm(stage)
    with transaction(stage.house.engine) as db:
        id = db.exec(select(Registration.id)).one()
    forge(stage, "wayan", f"open:details:{id}")
    act(stage, "wayan", "[Lewati]", "nanti")
    assert kept(stage)[-1] == ("answer", "details.income")


def test_minutes_are_appended_to_who_is_confirmed_alone(tmp_path: Path) -> None:
    with opened(settings_for(tmp_path / "home")) as house:
        id = frozen(house)
        with transaction(house.engine) as db:
            new = minutes.Record(TEGAL_HARUM, "12/2026", date(2026, 12, 1))
            assert minutes.record(db, house.keys, new, None, OFFICER, NOW) == 1
            *_, last = evidence.load(db, house.keys, id)
        assert last.fact == Fact("minutes", "attached", new.held_on, {"number": "12/2026"})


NOW = datetime(2026, 12, 3, 2, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """On SQLite: a member with two months."""
    with opened(settings_for(tmp_path / "data")) as house:
        accepted(house, frozen(house))
        yield house


def row_of(house: House) -> Registration:
    with transaction(house.engine) as db:
        return db.exec(select(Registration)).one()


def made(house: House) -> tuple[str, bytes]:
    row = row_of(house)
    with transaction(house.engine) as db:
        return file_pdf.made(house, db, row)


def streams(pdf: bytes) -> bytes:
    """The page of a PDF with its streams unpacked."""
    found = []
    for filters, raw in re.findall(rb"/Filter \[([^\]]*)\].*?stream\r?\n(.*?)endstream", pdf, re.S):
        packed = a85decode(raw.strip().removesuffix(b"~>")) if b"ASCII85" in filters else raw
        found.append(zlib.decompress(packed))
    return b"\n".join(found)


def test_the_file_is_one_page_with_its_fonts_in_it(house: House) -> None:
    name, pdf = made(house)
    assert name == f"berkas-{row_of(house).code}.pdf"
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1
    assert len(re.findall(rb"/FontFile2 ", pdf)) == len(re.findall(rb"/Type /FontDescriptor", pdf))
    assert b"/FontFile2" in pdf
    assert b"Helvetica" not in pdf
    assert b"/CreationDate (D:2000" in pdf


def test_no_full_nik_stands_in_the_file(house: House) -> None:
    name, pdf = made(house)
    shown = streams(pdf)
    assert b"Berkas bukti" in shown
    assert WAYAN.name.encode() in shown
    assert b"0001" in shown
    digits = re.sub(rb"[^0-9A-Za-z]", b"", shown)
    assert WAYAN.nik.encode() not in digits + name.encode()
    assert WAYAN.nik[:12].encode() not in digits


@pytest.mark.skipif(
    not shutil.which("pdftoppm") or not shutil.which("zbarimg"),
    reason="reads the page as a phone would; needs poppler and zbar (2026-11-29)",
)
def test_the_qr_is_read_from_the_printed_page(house: House, tmp_path: Path) -> None:
    (tmp_path / "berkas.pdf").write_bytes(made(house)[1])
    for command in (
        ("pdftoppm", "-r", "90", "-png", "berkas.pdf", "page"),
        ("zbarimg", "-q", "--raw", "page-1.png"),
    ):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    row = row_of(house)
    with transaction(house.engine) as db:
        last = evidence.load(db, house.keys, row.id)[-1]
    head = last.link.hex()[:32].upper()
    assert done.stdout.strip() == f"LINDUNG {row.code} {last.seq} {head}"


def test_however_long_the_words_it_stays_one_page(house: House) -> None:
    row = row_of(house)
    with transaction(house.engine) as db:
        what = page(house, db, row)
    long = "Nama yang panjang sekali " * 30
    boxes = tuple(replace(box, lines=(long,) * 9, source=long) for box in what.boxes)
    years = tuple((year, (True,) * 12) for year in range(2000, 2026))
    rows = tuple((label, long) for label, _ in what.rows)
    pdf = file_pdf.drawn(replace(what, boxes=boxes, years=years, rows=rows, notes=(long,) * 2))
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1


def test_signs_that_the_font_lacks_do_no_harm(house: House) -> None:
    row = row_of(house)
    with transaction(house.engine) as db:
        what = page(house, db, row)
    rows = (("Nama", "\U0001f600 王 \u202e\ud800"),)
    assert file_pdf.drawn(replace(what, rows=rows)).startswith(b"%PDF")


def lindung(house: House, *given: str) -> "subprocess.CompletedProcess[str]":
    """`lindung file` in a process of its own."""
    assert house.anchors is not None
    own = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    settings = {"LINDUNG_HOME": str(house.anchors.parent), "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-m", "bot", "file", *given]
    where = house.anchors.parent
    return subprocess.run(
        command, env={**own, **settings}, cwd=where, capture_output=True, text=True
    )


@pytest.mark.long
def test_the_command_makes_the_same_bytes_in_any_process(house: House) -> None:
    code, folder = row_of(house).code, house.anchors
    assert folder is not None
    one = lindung(house, code)
    assert (one.returncode, one.stdout) == (0, f"berkas-{code}.pdf\n"), one.stderr
    other = lindung(house, code.lower(), "--to", "lain.pdf")
    assert (other.returncode, other.stdout) == (0, "lain.pdf\n")
    first = (folder.parent / f"berkas-{code}.pdf").read_bytes()
    assert first == (folder.parent / "lain.pdf").read_bytes() == made(house)[1]


@pytest.fixture
def own_home(house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., int]:
    """The command in this process, in the house's own folder."""
    assert house.anchors is not None
    monkeypatch.chdir(tmp_path)
    for name in ("BOT_TOKEN", "DATABASE_URL", "LINDUNG_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LINDUNG_HOME", str(house.anchors.parent))
    return lambda *given: cli.main(["file", *given])


Printed = pytest.CaptureFixture[str]


def test_the_command_proves_what_is_sound(
    house: House, own_home: Callable[..., int], capsys: Printed
) -> None:
    row = row_of(house)
    code = row.code
    with transaction(house.engine) as db:
        timers.anchor(house, db, NOW)
        head = page(house, db, row).command.split()[-1]
    assert own_home("--verify") == 0
    assert "anchors: 1\nnothing was altered" in capsys.readouterr().out
    assert own_home("--verify", code, "--head", head) == 0
    assert own_home("--verify", code, "--head", " ".join(head)) == 0
    assert "nothing was altered" in capsys.readouterr().out


def test_the_command_names_the_record_that_was_altered(
    house: House, own_home: Callable[..., int], capsys: Printed
) -> None:
    code = row_of(house).code
    forged(house, "UPDATE evidence SET by_id = 7 WHERE seq = 2")
    for given in (("--verify",), ("--verify", code)):
        assert own_home(*given) == 1
        told = capsys.readouterr().err
        assert re.search(rf"{code}: record 2 [a-z.]+: who wrote it is not as it was", told)
    assert own_home(code) == 1
    assert "record 2" in capsys.readouterr().err
    row = row_of(house)
    with transaction(house.engine) as db:
        assert "PERHATIAN" in page(house, db, row).notes[0]


def test_the_command_finds_an_older_state_by_the_printed_head_and_by_the_anchor(
    house: House, own_home: Callable[..., int], capsys: Printed
) -> None:
    row = row_of(house)
    with transaction(house.engine) as db:
        evidence.append(db, house.keys, row.id, Fact("paper", "kk"), OFFICER, NOW)
        head = page(house, db, row).command.split()[-1]
        timers.anchor(house, db, NOW + timedelta(days=1))
    length = len(rows_of(house, "evidence", row.id))
    forged(house, "DELETE FROM evidence WHERE seq = :seq", seq=length)
    before = rows_of(house, "evidence", row.id)[-1]
    mac = chain.head(house.keys, row.id, length - 1, before["link"])
    values = {"count": length - 1, "link": before["link"], "mac": mac}
    forged(house, "UPDATE evidence_head SET count = :count, link = :link, mac = :mac", **values)
    assert own_home("--verify", row.code) == 0
    assert own_home("--verify", row.code, "--head", head) == 1
    assert "no record has the head of the file" in capsys.readouterr().err
    assert own_home("--verify") == 1
    assert "anchor 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ((), "give the code"),
        (("ABC-DEFG",), "no sign-up has this code"),
        (("--verify", "ABC-DEFG"), "no sign-up has this code"),
        (("--verify", "--head", "ab" * 16), "--head belongs to"),
        (("--verify", "ABC-DEFG", "--head", "abc"), "32 to 64 signs"),
    ],
)
def test_the_command_says_what_is_wrong_with_it(
    own_home: Callable[..., int], capsys: Printed, given: tuple[str, ...], why: str
) -> None:
    assert own_home(*given) == 1
    assert why in capsys.readouterr().err
