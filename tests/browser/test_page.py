"""The page works in a real browser: what is tapped there reaches the bot, and back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot.demo.server import Server, serve
from bot.pictures import reencode
from tests.browser.chromium import opened
from tests.browser.small_bot import TOKEN, SmallBot, show_off
from tests.odd_pictures import SAMPLE

pytestmark = pytest.mark.browser


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(token=TOKEN) as running:
        yield running


@pytest.fixture
def bot(server: Server) -> Iterator[SmallBot]:
    running = SmallBot(server)
    yield running
    running.stop()


@pytest.fixture
def page(browser: Browser, server: Server, bot: SmallBot) -> Iterator[Page]:
    """One phone, of a person who tapped a link and has not pressed START yet."""
    server.phones.add("Wayan", title="Pekerja 1", start_payload="v_123", phone_number="+62812001")
    page = opened(browser, server.page_url)
    yield page
    page.close()


def write(page: Page, text: str) -> None:
    page.get_by_label("Tulis pesan").fill(text)
    page.get_by_label("Tulis pesan").press("Enter")


def bubbles(page: Page, text: str) -> Locator:
    return page.locator(".message", has_text=text)


def begin(page: Page) -> None:
    page.get_by_role("button", name="Mulai", exact=True).click()
    expect(bubbles(page, "Selamat datang")).to_be_visible()


def test_start_sends_the_payload_of_the_link_that_was_tapped(page: Page, server: Server) -> None:
    expect(page.get_by_text("t.me/contoh_bot?start=v_123")).to_be_visible()
    begin(page)
    expect(bubbles(page, "/start v_123")).to_be_visible()
    expect(page.locator(".text b")).to_have_text("Bot Contoh")
    expect(page.locator(".text a", has_text="penjelasannya")).to_have_attribute(
        "href", "https://example.org/"
    )
    [phone] = server.phones
    assert phone.messages[0].text == "/start v_123"


def test_what_is_typed_is_answered_and_shown_as_text_only(page: Page) -> None:
    begin(page)
    write(page, "<img src=x onerror=alert(1)> & 'teman'")
    expect(bubbles(page, "Anda menulis: <img src=x onerror=alert(1)> & 'teman'")).to_be_visible()
    assert page.locator("img").count() == 0
    page.locator(".text a", has_text="/bantuan").click()
    expect(bubbles(page, "Anda menulis: /bantuan")).to_be_visible()


def test_an_inline_button_shows_its_answer_and_loses_its_row(page: Page) -> None:
    begin(page)
    page.get_by_role("button", name="Mengapa?").click()
    expect(page.get_by_role("alertdialog")).to_contain_text("Agar kami tahu Anda setuju.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("alertdialog")).to_be_hidden()
    page.get_by_role("button", name="Ya, mulai").click()
    expect(page.locator(".toast")).to_have_text("Tercatat")
    expect(page.get_by_role("button", name="Ya, mulai")).to_have_count(0)


def test_a_press_that_is_not_answered_shows_that_it_is_under_way(
    page: Page, server: Server, bot: SmallBot
) -> None:
    begin(page)
    [phone] = server.phones
    markup = {"inline_keyboard": [[{"text": "Tunggu", "callback_data": "hang"}]]}
    bot.call("sendMessage", chat_id=phone.user_id, text="Tekan", reply_markup=markup)
    page.get_by_role("button", name="Tunggu").click()
    phone.wait(lambda phone: bool(phone.presses))
    expect(page.get_by_role("button", name="Tunggu")).to_have_class(re.compile("busy"))


def test_the_contact_is_shared_only_after_the_question(page: Page, server: Server) -> None:
    begin(page)
    page.get_by_role("button", name="Ya, mulai").click()
    share = page.get_by_role("button", name="Bagikan nomor saya")
    share.click()
    expect(page.get_by_role("alertdialog")).to_contain_text("+62812001")
    page.get_by_role("button", name="Batal").click()
    [phone] = server.phones
    assert not [message for message in phone.messages if "contact" in message.raw]
    page.get_by_role("button", name="Tombol balasan").click()
    expect(share).to_be_hidden()
    page.get_by_role("button", name="Tombol balasan").click()
    share.click()
    page.get_by_role("button", name="Bagikan", exact=True).click()
    expect(bubbles(page, "Nomor +62812001 dicatat.")).to_be_visible()
    expect(share).to_have_count(0)


def test_a_photo_is_sent_and_shown(page: Page) -> None:
    begin(page)
    page.get_by_role("button", name="Kirim foto contoh").click()
    expect(bubbles(page, "Foto diterima")).to_be_visible()
    photo = page.get_by_role("img", name="Foto")
    expect(photo).to_be_visible()
    page.wait_for_function("document.querySelector('img.photo').naturalWidth > 0")


def test_a_photo_and_a_file_of_the_bot_are_shown_the_file_by_its_name(
    page: Page, server: Server, bot: SmallBot
) -> None:
    begin(page)
    (phone,) = server.phones
    bot.send(phone.user_id, "photo", "ktp.jpg", reencode(SAMPLE.read_bytes()))
    bot.send(phone.user_id, "document", "berkas-klaim.pdf", b"%PDF-1.7")
    expect(page.get_by_role("img", name="Foto")).to_be_visible()
    page.wait_for_function("document.querySelector('img.photo').naturalWidth > 0")
    file = page.get_by_role("link", name="berkas-klaim.pdf")
    expect(file).to_be_visible()
    with page.expect_popup() as tab:
        file.click()
    opened_at = page.request.get(tab.value.url)
    assert opened_at.headers["content-type"] == "application/pdf"
    assert opened_at.body() == b"%PDF-1.7"


def test_a_message_that_the_bot_deletes_goes_away(page: Page) -> None:
    begin(page)
    write(page, "5171010101010001")
    expect(bubbles(page, "kami hapus dari percakapan")).to_be_visible()
    expect(page.get_by_text("5171010101010001")).to_have_count(0)


def test_without_network_texts_wait_and_nothing_comes(page: Page, server: Server) -> None:
    begin(page)
    network = page.get_by_role("switch", name="Jaringan")
    network.uncheck()
    expect(page.locator(".subtitle")).to_have_text("menunggu jaringan")
    write(page, "dari laut")
    expect(bubbles(page, "dari laut")).to_contain_text("menunggu jaringan")
    [phone] = server.phones
    assert [message.text for message in phone.messages][-1].startswith("Selamat datang")
    page.get_by_role("button", name="Ya, mulai").click()
    expect(page.locator(".toast")).to_have_text("Tidak ada jaringan.")
    network.check()
    expect(bubbles(page, "Anda menulis: dari laut")).to_be_visible()
    expect(bubbles(page, "dari laut").first).to_contain_text("terkirim")


def test_typing_commands_and_the_menu(page: Page, server: Server, bot: SmallBot) -> None:
    bot.call("setMyCommands", commands=[{"command": "bantuan", "description": "Bantuan"}])
    begin(page)
    write(page, "diam")
    expect(page.locator(".subtitle")).to_have_text("sedang mengetik")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Bantuan /bantuan").click()
    expect(bubbles(page, "Anda menulis: /bantuan")).to_be_visible()


def test_a_new_phone_opens_the_link_that_it_was_given(page: Page, server: Server) -> None:
    page.get_by_role("button", name="HP baru").click()
    page.get_by_label("Nama").fill("Ketut")
    page.get_by_label("Keterangan").fill("Pekerja 2")
    page.get_by_label("Tautan").fill("https://t.me/contoh_bot?start=v_456")
    page.keyboard.press("Enter")
    second = page.locator(".slot").nth(1)
    expect(second.locator(".title")).to_have_text("Pekerja 2")
    second.get_by_role("button", name="Mulai", exact=True).click()
    expect(second.locator(".message", has_text="/start v_456")).to_be_visible()
    assert [phone.start_payload for phone in server.phones] == ["v_123", "v_456"]


def test_everything_can_be_done_with_the_keyboard(page: Page) -> None:
    page.get_by_role("button", name="Mulai", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Ya, mulai").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Bagikan nomor saya").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Bagikan", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Batal")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(bubbles(page, "dicatat")).to_be_visible()


def test_nothing_is_fetched_from_elsewhere(browser: Browser, server: Server, bot: SmallBot) -> None:
    show_off(server, bot)
    page = opened(browser, server.page_url)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    expect(page.locator(".message").first).to_be_visible()
    page.close()
    assert asked
    assert {url for url in asked if not url.startswith(server.page_url)} == set()


@pytest.mark.parametrize(("width", "side_by_side"), [(1280, 3), (390, 1)])
def test_the_phones_fit_the_screen(
    browser: Browser, server: Server, bot: SmallBot, tmp_path: Path, width: int, side_by_side: int
) -> None:
    show_off(server, bot)
    page = opened(browser, server.page_url, width)
    expect(page.locator(".slot")).to_have_count(3)
    expect(page.get_by_role("button", name="Batal")).to_be_attached()
    boxes = [slot.bounding_box() for slot in page.locator(".slot").all()]
    inside = [box for box in boxes if box and box["x"] >= 0 and box["x"] + box["width"] <= width]
    assert len(inside) == side_by_side
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    page.screenshot(path=tmp_path / f"page-{width}.png")
    page.close()
