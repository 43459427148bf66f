"""What is answered to who told: sums with their conditions, papers, and the clock."""

from dataclasses import replace
from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from bot.texts import Texts
from conversations import receipts
from conversations.accident import Happened, Hurt, ReportAccident
from conversations.death import RELATIONS, ReportDeath
from conversations.model import Words
from conversations.receipts import Office
from rules.areas import Village, village
from rules.claims import CAUSES, WORK_CAUSES
from tests.conversations.sayable import CATALOGUES, OPERATOR

HERE = ZoneInfo("Asia/Makassar")
NOW = datetime(2026, 11, 20, 10, tzinfo=HERE)
TEXTS = Texts(CATALOGUES, OPERATOR)
OFFICE = Office("Desa Tegal Harum", ("Ketut",))
TOLD = ReportDeath(
    village="51.71.03.2008",
    day=date(2026, 11, 19),
    cause="illness",
    relation="wife",
    name="I Wayan Contoh",
    number="",
    reporter="Ni Made Contoh",
    phone="",
)
WHAT = Happened(date(2026, 11, 19), "1400", "kebun", "jatuh dari pohon")
HURT = Hurt(cast(Village, village("51.71.03.2008")), None, "I Wayan Contoh", "5171031206850001")
REPORT = ReportAccident(HURT, WHAT, "Ni Made Contoh", "+6281200000001")


def said(messages: tuple[tuple[Words, ...], ...]) -> list[str]:
    return ["\n".join(map(TEXTS.plain, message)) for message in messages]


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize("day", [date(2026, 11, 19), date(2024, 1, 5), date(2019, 5, 1)])
def test_every_death_is_answered_in_short_messages(cause: str, relation: str, day: date) -> None:
    told = replace(TOLD, cause=cause, relation=relation, day=day)
    for language in CATALOGUES:
        for message in receipts.of_death(told, OFFICE):
            text = "\n".join(TEXTS.plain(words, language) for words in message)
            assert len(text) < 900


def test_the_sum_of_an_illness_comes_with_the_rule_of_three_months() -> None:
    sums = said(receipts.of_death(TOLD, OFFICE))[1]
    assert "Rp42.000.000, kalau sudah 3 bulan ikut" in sums
    assert "hanya biaya pemakaman Rp10.000.000" in sums
    assert "Syaratnya: peserta aktif" in sums
    assert "kecelakaan kerja: Rp70" not in sums


@pytest.mark.parametrize("cause", sorted(WORK_CAUSES))
def test_a_death_at_work_is_told_both_sums_and_to_hurry(cause: str) -> None:
    sums = said(receipts.of_death(replace(TOLD, cause=cause), OFFICE))[1]
    assert sums.index("Rp70.000.000") < sums.index("Rp42.000.000")
    assert "paling lambat 2 x 24 jam" in sums


def test_a_wife_is_told_of_the_marriage_book_and_a_neighbour_of_the_heirs() -> None:
    wife = "\n".join(said(receipts.of_death(TOLD, OFFICE)))
    assert "Buku nikah" in wife
    neighbour = "\n".join(said(receipts.of_death(replace(TOLD, relation="neighbour"), OFFICE)))
    assert "Daftar ini untuk ahli waris" in neighbour
    assert "pengadilan" not in neighbour


def test_a_village_without_an_officer_is_said_to_have_none() -> None:
    nobody = said(receipts.of_death(TOLD, Office("Desa Sepi")))[0]
    assert "belum ada petugas yang membaca" in nobody
    regency = said(receipts.of_death(TOLD, Office("Desa Sepi", has_regency=True)))[0]
    assert "petugas kabupaten" in regency


def test_the_clock_shows_the_hours_left_and_the_last_moment() -> None:
    text = said(receipts.of_accident(REPORT, OFFICE, NOW))[1]
    assert "Ini belum laporan ke BPJS" in text
    assert "Sisa waktu 28 jam" in text
    assert "21 November 2026 pukul 14.00 WITA" in text


def test_the_last_moment_is_in_time_and_the_next_is_late() -> None:
    happened = datetime(2026, 11, 18, 10, tzinfo=HERE)
    assert receipts.clock(happened, NOW).key == "accident.clock"
    after = datetime(2026, 11, 20, 10, 0, 1, tzinfo=HERE)
    late = TEXTS.plain(receipts.clock(happened, after))
    assert "sudah lewat: 20 November 2026 pukul 10.00 WITA. Tetap lapor sekarang juga." in late
    assert "belum kami temukan" in late


def test_an_accident_before_the_rule_has_no_limit_in_hours() -> None:
    happened = datetime(2024, 11, 18, 10, tzinfo=HERE)
    assert receipts.clock(happened, NOW).key == "accident.clock.soon"


def test_a_time_that_nobody_knows_counts_from_midnight_and_is_said_to() -> None:
    unknown = replace(REPORT, what=replace(WHAT, at=""))
    assert receipts.moment(unknown.what, NOW) == datetime(2026, 11, 19, tzinfo=HERE)
    assert "sejak pukul 00.00" in said(receipts.of_accident(unknown, OFFICE, NOW))[1]


def test_the_text_to_forward_has_every_field_and_no_nik() -> None:
    text = TEXTS.plain(receipts.to_forward(REPORT, ""))
    for part in ("I Wayan Contoh", "kebun", "jatuh dari pohon", "19 November 2026", "14.00"):
        assert part in text
    assert "NIK: ........" in text
    assert "Nomor peserta: ........" in text
    assert "HP pelapor: +6281200000001" in text
    assert HURT.number not in text
