"""What tests of several files share: the page of ``coreshell explore``, its workers and a browser.

Each is made at its first use, once for a process of tests.
"""

import asyncio

import pytest


@pytest.fixture(scope="session")
def lanes():
    """Two workers of the page."""
    pytest.importorskip("dash")
    from coreshell_model.show.explorer.lanes import Lanes
    from coreshell_model.show.explorer.subject import Subject

    made = Lanes(Subject("core_shell"), 2)
    yield made
    made.close()


@pytest.fixture(scope="session")
def subject(lanes):
    """What the page is about."""
    return lanes._worker.subject


@pytest.fixture(scope="session")
def address(lanes, subject):
    """The address of the page, served as the command serves it."""
    from explorer_window import served

    with served(subject, lanes) as place:
        yield place


@pytest.fixture(scope="session")
def _browser():
    """A Chromium whose windows share what they loaded, and playwright's event loop.

    The loop runs on from one call to the next; between tests nobody may find it running, since
    ``asyncio.run`` of other tests would refuse to.
    """
    from browser import chromium

    with chromium() as browser:
        context = browser.new_context(accept_downloads=True)
        loop = asyncio._get_running_loop()
        asyncio._set_running_loop(None)
        yield context, loop
        asyncio._set_running_loop(loop)


@pytest.fixture
def windows(_browser, address):
    """Opens the page in a window of a size, at a link if one is given; all are closed after the test."""
    from explorer_window import DESK, Page

    context, loop = _browser
    asyncio._set_running_loop(loop)
    opened = []

    def window(size=DESK, link=address):
        opened.append(Page(context, link, size))
        return opened[-1]

    yield window
    for each in opened:
        each.page.close()
    asyncio._set_running_loop(None)


@pytest.fixture
def page(windows):
    """The page on a desk."""
    return windows()


@pytest.fixture
def phone(windows):
    """The page on a phone."""
    from explorer_window import PHONE

    return windows(PHONE)
