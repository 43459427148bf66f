"""The demo as a visitor plays it: a worker signs up on one phone, the officer confirms on another.

With SCREENSHOTS set to a folder, pictures of the way are left there (the README's is one).
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot.demo.run import TOKEN, appoint, demo_settings, set_up
from bot.demo.server import Server, serve
from bot.house import House, open_house
from tests.browser.chromium import chromium, opened
from tests.conftest import run_bot
from tests.people import WAYAN

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Server]:
    """The demo as `lindung demo` sets it up."""
    with serve(token=TOKEN, bot_name="Lindung", username="lindung_demo_bot") as server:
        settings = demo_settings(server, tmp_path)
        house: House = open_house(settings)
        officer = set_up(house, server)
        with run_bot(settings, house):
            appoint(house, officer)
            yield server
        house.engine.dispose()


def phone(page: Page, number: int) -> Locator:
    return page.locator(".slot").nth(number)


def press(screen: Locator, label: str) -> None:
    screen.get_by_role("button", name=re.compile(re.escape(label))).last.click()


def write(screen: Locator, text: str) -> None:
    screen.get_by_label("Tulis pesan").fill(text)
    screen.get_by_label("Tulis pesan").press("Enter")


def says(screen: Locator, text: str) -> None:
    expect(screen.locator(".message", has_text=text).last).to_be_visible()


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.wait_for_timeout(700)  # the last animation ends
        page.screenshot(path=Path(folder) / f"{name}.png")


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


@pytest.mark.parametrize("width", [1320, 390])
def test_a_visitor_plays_a_worker_and_the_officer(
    browser: Browser, demo: Server, width: int
) -> None:
    page = opened(browser, demo.page_url, width)
    sign_up(page, phone(page, 0))
    if width < 500:
        page.get_by_role("button", name="Petugas Desa").click()
    officer = phone(page, 2)
    press(officer, "Periksa pendaftaran")
    says(officer, WAYAN.name)
    picture(page, f"card-{width}")
    press(officer, "Sahkan")
    press(officer, "Ya, saya tahu")
    says(officer, "Pekerja dikabari")
    if width < 500:
        page.get_by_role("button", name="Pekerja 1").click()
    else:
        press(phone(page, 1), "Mulai")
        press(phone(page, 1), "Saya sendiri")
        says(phone(page, 1), "Setuju")
    says(phone(page, 0), "Desa sudah mengesahkan")
    picture(page, f"demo-{width}")
    assert demo.state.refusals == []
    page.close()
