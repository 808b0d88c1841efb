"""A Chromium for the tests of the page: the one that is installed, without a request of its own."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
REQUIRED = "CORESHELL_BROWSER_REQUIRED"
"""Environment variable of CI: a missing browser is a failure there, not a reason to skip."""


@contextmanager
def chromium() -> Iterator:
    """Playwright's browser, or the end of the test where there is none."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sync_playwright = None
    if program is None or sync_playwright is None:
        missing = "Chromium" if program is None else "playwright"
        if os.environ.get(REQUIRED):
            pytest.fail(f"{missing} is missing, and {REQUIRED} is set")
        pytest.skip(f"{missing} is missing; apt-get install chromium, pip install playwright")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()
