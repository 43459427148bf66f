"""A member in the demo: the officer writes the card down, the worker asks what it covers."""

import re

import pytest
from playwright.sync_api import Browser, Page

from bot.demo.server import Server
from tests.browser.chromium import opened
from tests.browser.test_demo import at_the_desk, confirm, sign_up
from tests.browser.visits import ask, phone, picture, press, says, tell, write
from tests.people import WAYAN

pytestmark = pytest.mark.browser


def write_down(page: Page) -> None:
    """The officer confirms, and writes down the card and the months paid."""
    officer = phone(page, 2)
    at_the_desk(page, officer, "Yang jelas")
    confirm(page, officer, 390)
    # Each waits for what comes below: the form of the own card, above, says and asks much the same.
    ask(officer, "Catat peserta", "Siapa yang diterima BPJS")
    ask(officer, WAYAN.name, "nomor kartu")
    tell(officer, "1234 5678 901", "aktif menurut BPJS")
    tell(officer, "hari ini", "Siapa yang membayar")
    ask(officer, "Pemerintah (program)", "Bulan pertama")
    officer.get_by_role("button", name=re.compile(r"20\d\d$")).last.click()
    ask(officer, "12 bulan", "diterima BPJS?")
    ask(officer, "Hari ini", "Periksa dulu")
    picture(page, "member-summary")
    ask(officer, "Benar, simpan", "Tersimpan")


def test_a_member_learns_what_is_covered_and_asks_in_own_words(
    browser: Browser, demo: Server
) -> None:
    page = opened(browser, demo.page_url, 390)
    worker = phone(page, 0)
    sign_up(page, worker)
    page.get_by_role("button", name="Petugas Desa").click()
    write_down(page)
    page.get_by_role("button", name="Pekerja 1").click()
    says(worker, "12345678901")
    picture(page, "member-notice")
    press(worker, "Lihat manfaat")
    says(worker, "Sekarang baru biaya pemakaman")
    picture(page, "cover")
    write(worker, "klo jatuh pas manjat klapa ditanggung ga")
    says(worker, "Kecelakaan karena pekerjaan termasuk")
    picture(page, "answer")
    press(worker, "Cara lapor kecelakaan")
    says(worker, "Berobat dulu")
    write(worker, "/hitung")
    press(worker, "Meninggal bukan karena kerja")
    press(worker, "Belum terjadi")
    press(worker, "3 bulan atau lebih")
    press(worker, "Satu")
    says(worker, "Rp42.000.000")
    picture(page, "calculation")
    assert demo.state.refusals == []
    page.close()
