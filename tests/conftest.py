"""What tests of several files share: which long tests run, the page of ``coreshell explore``, and a browser.

The page, its workers and the browser are made at their first use, once for a process of tests.
"""

import asyncio
import math
import random
from itertools import groupby

import pytest

SHARE = 0.1
"""Share of the long tests that run where nothing else is asked for."""


def pytest_addoption(parser):
    """How many of the long tests run."""
    parser.addoption("--long", default=str(SHARE), help="share of the tests marked long that run: 0 to 1")
    parser.addoption("--long-seed", default="1", help="seed of that sample")


def pytest_configure(config):
    """Name the marker."""
    config.addinivalue_line("markers", "long: takes long; a seeded sample runs, and all with --long 1")


def pytest_collection_modifyitems(config, items):
    """Leave out long tests that are not in the sample.

    Of a test with many cases that share of its cases runs, of all others together that share. Tests that are
    named on the command line run whole.
    """
    share, chance = float(config.getoption("--long")), random.Random(int(config.getoption("--long-seed")))
    if share >= 1 or any("::" in argument for argument in config.args) or config.getoption("keyword"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    of_one_test = [list(cases) for _, cases in groupby(long, key=lambda item: item.originalname)]
    few = [case for cases in of_one_test if len(cases) * share < 1 for case in cases]
    groups = [few, *(cases for cases in of_one_test if len(cases) * share >= 1)]
    chosen = {item for group in groups for item in chance.sample(group, math.ceil(share * len(group)))}
    left_out = [item for item in long if item not in chosen]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


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
