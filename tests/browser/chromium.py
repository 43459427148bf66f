"""Headless Chromium, and how a test opens the page."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 15_000  # milliseconds


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running Chromium: `CHROMIUM` names its path, else it is looked for."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "no Chromium here: install it, or set CHROMIUM to its path"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as started:
        running = started.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


def opened(browser: Browser, address: str, width: int = 1280) -> Page:
    """The page at an address; a script that fails, fails the test."""
    page = browser.new_page(
        viewport={"width": width, "height": 860}, locale="id-ID", timezone_id="Asia/Makassar"
    )
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(address)
    return page
