"""What a visitor of the demo's page does on a phone there, and what is to be seen then."""

import os
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect


def phone(page: Page, number: int) -> Locator:
    return page.locator(".slot").nth(number)


def press(screen: Locator, label: str) -> None:
    screen.get_by_role("button", name=re.compile(re.escape(label))).last.click()


def write(screen: Locator, text: str) -> None:
    screen.get_by_label("Tulis pesan").fill(text)
    screen.get_by_label("Tulis pesan").press("Enter")


def says(screen: Locator, text: str) -> None:
    expect(screen.locator(".message", has_text=text).last).to_be_visible()


def answers(screen: Locator, asked: str, text: str) -> None:
    """The newest message says it, below what was asked: an earlier one may say the same."""
    says(screen, asked)
    expect(screen.locator(".message").last).to_contain_text(text)


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.wait_for_timeout(700)  # the last animation ends
        page.screenshot(path=Path(folder) / f"{name}.png")


def slot(page: Page, number: int, width: int, name: str) -> Locator:
    """A phone: on a narrow screen it is brought to the front first."""
    if width < 500:
        page.get_by_role("button", name=name).click()
    return phone(page, number)


def ask(screen: Locator, label: str, answer: str) -> None:
    """Press a button, and wait for the message that is sent below all that stand there."""
    before = newest(screen)
    press(screen, label)
    below(screen, before, answer)


def tell(screen: Locator, text: str, answer: str) -> None:
    """Write something, and wait for the message that comes below it."""
    before = newest(screen)
    write(screen, text)
    below(screen, before, answer)


def newest(screen: Locator) -> int:
    """The number of the newest message, 0 where there is none."""
    numbers = screen.locator(".message[data-id]").evaluate_all(
        "all => all.map(one => Number(one.dataset.id))"
    )
    return max(numbers, default=0)


def below(screen: Locator, before: int, text: str) -> None:
    """A message newer than this one says it; an older one may say the same."""
    screen.page.wait_for_function(
        """([id, before, text]) => [...document.querySelectorAll(`#${id} .message.in`)].some(
            one => Number(one.dataset.id) > before && one.textContent.includes(text))""",
        arg=[screen.get_attribute("id"), before, text],
    )
