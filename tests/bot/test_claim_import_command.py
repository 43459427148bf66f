"""`lindung sheets import`: of claims, of members as before, and of files called as either."""

import re
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from openpyxl import Workbook

from rules.claims import Kind, State
from tests import command
from tests.bot.claim_sheets import WIFE
from tests.claims_on_record import claim, signed_up
from tests.conftest import TEGAL_HARUM, opened, settings_for
from tests.people import MADE, WAYAN


def lindung(home: Path, *words: str) -> "CompletedProcess[str]":
    """`lindung sheets import`."""
    return command.lindung(home, "sheets", "import", *words)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with two claims, one of them for somebody whose row is bad."""
    home = tmp_path / "rumah"
    with opened(settings_for(home)) as house:
        claim(house, signed_up(house, village=TEGAL_HARUM), heirs=[WIFE])
        claim(house, signed_up(house, MADE), Kind.JKK, State.NOTIFIED)
    return home


def sheet(folder: Path, name: str = "klaim.xlsx") -> Path:
    """What a branch sends: a day as such, a sum as a number."""
    book = Workbook()
    assert book.active is not None
    book.active.append(["Nama", "NIK", "Status Klaim", "Tanggal", "Jumlah (Rp)"])
    book.active.append([WAYAN.name, WAYAN.nik, "Sudah cair", date(2026, 11, 20), 42_000_000])
    book.active.append([MADE.name, MADE.nik, "Disetujui", date(2026, 11, 20), None])
    book.save(folder / name)
    return folder / name


def test_the_command_shows_first_and_saves_when_told_to(home: Path) -> None:
    path = str(sheet(home))
    rehearsal = lindung(home, "claims", path)
    assert rehearsal.returncode == 1, rehearsal.stderr
    assert "Kolom yang tidak dipakai: Nama" in rehearsal.stdout
    assert "Sudah dibayar, 20 November 2026" in rehearsal.stdout
    assert "Berubah: 1. Tetap: 0. Baris salah: 1." in rehearsal.stdout
    assert "baru percobaan" in rehearsal.stdout
    saved = lindung(home, "claims", path, "--apply")
    assert "Keluarga yang mengikuti klaimnya dikabari" in saved.stdout
    again = lindung(home, "--apply", "claims", path)
    assert "Tidak ada yang berubah." in again.stdout
    assert "Berubah: 0. Tetap: 1. Baris salah: 1." in again.stdout
    for output in (rehearsal, saved, again):
        assert re.findall(r"\d{12,}", output.stdout + output.stderr) == []


def test_a_file_that_is_called_as_a_kind_of_sheet_is_still_a_file(home: Path) -> None:
    sheet(home, "claims.xlsx").rename(home / "claims")
    for words in (["claims"], ["members"], ["claims", "claims"]):
        failed = lindung(home, *words)
        assert failed.returncode == 1
        said_of = words[-1]
        assert failed.stderr.startswith(f"{said_of}: ")
    assert "tidak ada" in lindung(home, "members").stderr
    assert ".csv" in lindung(home, "claims").stderr


def test_a_sheet_of_members_is_taken_in_as_before_with_its_name_or_without(home: Path) -> None:
    path = home / "peserta.csv"
    path.write_text("NIK,KPJ\n5171030109750003,12345678901\n")
    plain, named = lindung(home, str(path)), lindung(home, "members", str(path), "--apply")
    assert "tidak ada pendaftaran dengan NIK ini" in plain.stdout
    assert "tidak ada pendaftaran dengan NIK ini" in named.stdout
    assert lindung(home, "klaim", str(path)).returncode == 2


def test_a_sheet_of_claims_without_anybody_is_refused_as_a_whole(home: Path) -> None:
    path = home / "klaim.csv"
    path.write_text("Nama;Status\nWayan;cair\n")
    failed = lindung(home, "claims", str(path))
    assert "nik, nomor peserta, atau kode pendaftaran" in failed.stderr
