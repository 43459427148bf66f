"""The demo as a visitor plays it: a worker signs up on one phone, the officer confirms on another.

With SCREENSHOTS set to a folder, pictures of the way are left there (the README's is one).
"""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot.demo.server import Server
from tests.browser.chromium import opened
from tests.browser.visits import answers, phone, picture, press, says, slot, write
from tests.people import WAYAN

pytestmark = pytest.mark.browser
OWN_NIK, OWN_FAMILY = "5171030303750042", "5171030303090042"  # invented


def sign_up(page: Page, worker: Locator) -> None:
    press(worker, "Mulai")
    press(worker, "Saya sendiri")
    press(worker, "Setuju")
    says(worker, "Ketik NIK")
    write(worker, WAYAN.nik)
    says(worker, "Ketik nama lengkap")
    expect(worker.locator(".message", has_text=WAYAN.nik)).to_have_count(0)
    write(worker, WAYAN.name)
    press(worker, "KTP desa ini")
    press(worker, "Petani")
    press(worker, "Masih, lebih dari 5 tahun")
    picture(page, "question")
    press(worker, "Bisa bekerja seperti biasa")
    press(worker, "Tidak ada")
    press(worker, "Kirim nomor HP saya")
    page.get_by_role("alertdialog").get_by_role("button", name="Bagikan").click()
    says(worker, "Periksa dulu")
    picture(page, "summary")
    press(worker, "Benar, kirim")
    says(worker, "Sudah terkirim")


def at_the_desk(page: Page, officer: Locator, cases: str) -> None:
    """The officer opens the desk for the first time, and says who he is before the first case."""
    press(officer, "Periksa pendaftaran")
    answers(officer, "Periksa pendaftaran", "Menunggu diputuskan")
    picture(page, f"desk-{cases}")
    press(officer, cases)
    says(officer, "ketik NIK Anda sendiri")
    write(officer, OWN_NIK)
    says(officer, "nomor Kartu Keluarga Anda")
    write(officer, OWN_FAMILY)
    says(officer, "NIK berakhir")
    press(officer, "Benar, simpan")


def confirm(page: Page, officer: Locator, width: int) -> None:
    """The officer ticks whom he knows, and vouches for them."""
    says(officer, WAYAN.name)
    press(officer, WAYAN.name)
    press(officer, "I Nyoman Contoh")
    expect(officer.get_by_role("button", name="Sahkan yang dicentang (2)")).to_be_visible()
    picture(page, f"batch-{width}")
    press(officer, "Sahkan yang dicentang")
    says(officer, "Dengan ini saya menyatakan")
    picture(page, f"vouch-{width}")
    press(officer, "Ya, saya tahu")
    says(officer, "Pekerja dikabari")
    picture(page, f"confirmed-{width}")


@pytest.mark.parametrize("width", [1320, 390])
def test_a_visitor_plays_a_worker_and_the_officer(
    browser: Browser, demo: Server, width: int
) -> None:
    page = opened(browser, demo.page_url, width)
    sign_up(page, phone(page, 0))
    officer = slot(page, 2, width, "Petugas Desa")
    at_the_desk(page, officer, "Yang jelas")
    confirm(page, officer, width)
    worker = slot(page, 0, width, "Pekerja 1")
    says(worker, "Desa sudah mengesahkan")
    if width > 500:
        press(phone(page, 1), "Mulai")
        press(phone(page, 1), "Saya sendiri")
        says(phone(page, 1), "Setuju")
    page.locator("h1, .board, main").first.evaluate(
        "one => document.querySelectorAll('*').forEach(part => { part.scrollLeft = 0 })"
    )
    picture(page, f"demo-{width}")
    assert demo.state.refusals == []
    page.close()


@pytest.mark.parametrize("width", [360])
def test_the_offices_screens_on_a_narrow_phone(browser: Browser, demo: Server, width: int) -> None:
    """What an officer, a helper and a regency officer see, one after another."""
    page = opened(browser, demo.page_url, width)
    officer = slot(page, 2, width, "Petugas Desa")
    at_the_desk(page, officer, "Satu per satu")
    confirm_nobody(page, officer)
    look_at_people(page, officer)
    helper = slot(page, 3, width, "Kader Desa")
    press(helper, "Daftarkan orang")
    says(helper, "Siapa yang mau didaftarkan")
    picture(page, "helper-360")
    regency = slot(page, 4, width, "Petugas Kota")
    press(regency, "Kursi dan antrean")
    says(regency, "Desa yang belum mengusulkan siapa pun")
    picture(page, "regency-360")
    press(regency, "Desa yang belum mengusulkan")
    says(regency, "26")
    picture(page, "unnamed-360")
    assert demo.state.refusals == []
    page.close()


def confirm_nobody(page: Page, officer: Locator) -> None:
    """The doubtful one by one, the doubt on top; the officer declines one with a reason."""
    says(officer, "Umur di atas 64")
    picture(page, "case-360")
    press(officer, "Tolak")
    says(officer, "Kenapa")
    picture(page, "reject-360")
    press(officer, "Kembali")


def look_at_people(page: Page, officer: Locator) -> None:
    """The officer finds a person, and begins to record that she moved."""
    press(officer, "Cari warga")
    says(officer, "Cari siapa")
    write(officer, "Ni Luh")
    says(officer, "Menunggu petugas desa")
    picture(page, "person-360")
    press(officer, "Ada perubahan")
    press(officer, "Pindah dari desa ini")
    press(officer, "Hari ini")
    says(officer, "Periksa dulu")
    picture(page, "departure-360")
    press(officer, "Benar, catat")
    says(officer, "Berlaku 10 menit lagi")
    press(officer, "Petugas dan kader")
    says(officer, "Komang")
    picture(page, "offices-360")
