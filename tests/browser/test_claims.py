"""A claim in the demo on a narrow phone: as the family lives it, and as the village handles it.

With SCREENSHOTS set to a folder, pictures of the way are left there.
"""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot.demo.server import Server
from tests.browser.chromium import opened
from tests.browser.visits import ask, picture, press, says, slot, tell

pytestmark = pytest.mark.browser
WIDTH = 360
DEAD = "I Wayan Rai Contoh"
WORKER, OFFICER, HEIR = (0, "Pekerja 1"), (2, "Petugas Desa"), (5, "Keluarga")


def test_an_heir_follows_a_claim_from_the_code_to_the_proof(browser: Browser, demo: Server) -> None:
    page = opened(browser, demo.page_url, WIDTH)
    heir = slot(page, HEIR[0], WIDTH, HEIR[1])
    enter(page, heir)
    gather(page, heir)
    ask(heir, "Berapa santunannya?", "Jumlah: Rp42.000.000")
    picture(page, "heir-money")
    ask(heir, "Klaim keluarga", "Klaim kematian")
    open_the_proof(page, heir)
    assert demo.state.refusals == []
    page.close()


def enter(page: Page, heir: Locator) -> None:
    """The code is on the paper beside the phone; the number has to be the heir's own."""
    ask(heir, "Mulai", "tinggal di desa mana?")
    picture(page, "heir-start")
    press(heir, "Kertas dari desa")
    heir.get_by_label("Tulis pesan").press("Enter")
    says(heir, "Nomornya harus sama")
    picture(page, "heir-contact")
    press(heir, "Kirim nomor HP saya")
    page.get_by_role("alertdialog").get_by_role("button", name="Bagikan").click()
    says(heir, "sekarang mengikuti klaim")
    says(heir, DEAD)
    picture(page, "heir-page")


def gather(page: Page, heir: Locator) -> None:
    """The papers one by one: one is there, one is not, of one a photo is sent."""
    ask(heir, "Berkas (kurang 9)", "Berkas 1 dari 9")
    picture(page, "heir-paper")
    ask(heir, "Sudah ada", "Berkas 2 dari 9")
    ask(heir, "Belum", "Berkas 3 dari 9")
    press(heir, "Kirim foto contoh")
    says(heir, "Berkas 4 dari 9")
    picture(page, "heir-photo")
    ask(heir, "Ke klaim", "Klaim kematian")
    picture(page, "heir-page-later")


def open_the_proof(page: Page, heir: Locator) -> None:
    """The proof comes as a PDF that nobody can pass on, and opens in a tab of its own."""
    ask(heir, "Bukti pendaftaran", "berkas-")
    sent = heir.locator(".message", has=page.get_by_role("link", name="berkas-"))
    expect(sent).to_contain_text("tidak bisa diteruskan")
    picture(page, "heir-proof")
    with page.expect_popup() as tab:
        sent.get_by_role("link").click()
    content = page.request.get(tab.value.url).body()
    assert content.startswith(b"%PDF-")


def test_an_officer_takes_a_claim_on(browser: Browser, demo: Server) -> None:
    page = opened(browser, demo.page_url, WIDTH)
    report(page, slot(page, WORKER[0], WIDTH, WORKER[1]))
    officer = slot(page, OFFICER[0], WIDTH, OFFICER[1])
    says(officer, "Kabar meninggal")
    picture(page, "officer-news")
    ask(officer, "Klaim", "Klaim yang berjalan: 2")
    picture(page, "officer-list")
    verify(page, officer)
    tick(page, officer)
    ask(officer, "Klaim", "Klaim yang berjalan: 2")
    ask(officer, "I Nyoman Contoh", "Klaim kematian")
    move(page, officer)
    give_the_code(page, officer)
    assert demo.state.refusals == []
    page.close()


def report(page: Page, worker: Locator) -> None:
    """A neighbour tells of a death."""
    ask(worker, "Mulai", "Siapa yang mau didaftarkan?")
    tell(worker, "/meninggal", "Yang meninggal tinggal di desa mana?")
    picture(page, "report-start")
    press(worker, "Tegal Harum")
    says(worker, "Siapa nama yang meninggal?")
    tell(worker, "I Nyoman Contoh", "ketik NIK")
    ask(worker, "Lewati", "Kapan")
    ask(worker, "Kemarin", "Apa penyebabnya")
    picture(page, "report-cause")
    ask(worker, "Sakit atau karena usia", "Anda siapanya")
    ask(worker, "Tetangga atau kenalan", "Nama Anda siapa?")
    tell(worker, "I Made Contoh", "Nomor HP berapa")
    ask(worker, "Lewati", "Periksa dulu")
    picture(page, "report-summary")
    ask(worker, "Benar, kirim", "Surat yang umumnya diminta")
    picture(page, "report-receipt")


def verify(page: Page, officer: Locator) -> None:
    ask(officer, "I Nyoman Contoh", "Dikabarkan")
    picture(page, "officer-reported")
    ask(officer, "Pastikan", "Apa sebab meninggalnya")
    ask(officer, "Sakit atau karena usia", "Tanggal berapa")
    ask(officer, "20", "Siapa ahli waris utama")
    picture(page, "officer-relation")
    ask(officer, "Saudara kandung", "kepesertaan BPJS Ketenagakerjaan lain")
    ask(officer, "Tidak, atau tidak tahu", "Jadi klaim kematian")
    picture(page, "officer-statement")
    ask(officer, "Benar, catat", "Dipastikan petugas desa")
    picture(page, "officer-case")


def tick(page: Page, officer: Locator) -> None:
    ask(officer, "Berkas 0", "Berkas 1 dari")
    picture(page, "officer-paper")
    ask(officer, "Diterima", "Berkas 2 dari")
    ask(officer, "Kembalikan", "Kenapa dikembalikan?")
    picture(page, "officer-returned")
    ask(officer, "Foto tidak terbaca", "Berkas 3 dari")
    ask(officer, "Ke klaim", "Berkas belum lengkap")


def move(page: Page, officer: Locator) -> None:
    ask(officer, "Berkas lengkap", "Kapan I Nyoman Contoh")
    ask(officer, "Hari ini", "Keluarga yang mengikuti langsung dikabari")
    picture(page, "officer-moving")
    ask(officer, "Benar, catat", "Tersimpan: Berkas lengkap")
    picture(page, "officer-complete")


def give_the_code(page: Page, officer: Locator) -> None:
    """The heir is noted first; the code stands in the chat, protected, for some minutes."""
    ask(officer, "Ahli waris", "Siapa dia bagi")
    ask(officer, "Saudara kandung", "Nama ahli warisnya")
    tell(officer, "Ni Ketut Contoh", "Nomor HP yang dipakainya")
    tell(officer, "0812 3456 7890", "Ni Ketut Contoh tercatat")
    ask(officer, "Beri kode", "Buat kode untuk keluarga")
    ask(officer, "Ya, buat kode", "Kode klaim:")
    code = officer.locator(".message", has_text="Kode klaim:").last
    expect(code).to_contain_text(re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}"))
    expect(code).to_contain_text("tidak bisa diteruskan")
    code.scroll_into_view_if_needed()
    picture(page, "officer-code")
