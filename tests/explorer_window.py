"""The page of ``coreshell explore`` in a window of a real Chromium, served by the process of the tests."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from coreshell_model.observe.quantities import summary
from coreshell_model.run.simulation import simulate
from coreshell_model.show.explorer.design_map import Grid
from coreshell_model.show.explorer.lanes import Lanes
from coreshell_model.show.explorer.server import application, listening, server
from coreshell_model.show.explorer.subject import Subject

PATIENCE = 120_000
"""Milliseconds after which a machine that is busy with other tests counts as stuck."""

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
ICE, REVERSIBLE = "Initial coulombic efficiency", "Reversible capacity [mA.h.g-1]"
START = {"shell.thickness": "9.439 nm", "particle.external_area": "14 m2/g"}
"""The design that the page opens with."""

SMALL = Grid((1.0, 9.0, 17.0, 25.0, 33.0), (1.0, 4.0, 16.0))


@contextmanager
def served(subject: Subject, lanes: Lanes) -> Iterator[str]:
    """The address of the page, served as the command serves it, with a map of 15 points."""
    with listening(0) as port:
        serving = server(application(subject, SMALL, lanes=lanes), port)
    thread = threading.Thread(target=serving.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{serving.port}"
    serving.shutdown()
    serving.server_close()
    thread.join(timeout=10)


class Page:
    """The page in a window of its own, with all that it asked for and complained of."""

    def __init__(self, context, address, size):
        self.address = address.partition("#")[0]
        self.page = context.new_page()
        self.page.set_viewport_size(size)
        self.page.set_default_timeout(PATIENCE)
        self.asked, self.complaints = [], []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on(
            "console", lambda line: self.complaints.append(line.text) if line.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(address)
        self.page.wait_for_selector(".headline")
        self.page.wait_for_selector("#data-file", state="attached")

    def shown(self, quantity):
        """The text of a headline's number."""
        return self.page.inner_text(f'.headline[data-quantity="{quantity}"] b')

    def until(self, condition, argument=None):
        """Wait until an expression of the page is true."""
        self.page.wait_for_function(condition, arg=argument)

    def click_until(self, place, condition):
        """Click, again twice a second, until an expression is true.

        A graph hears clicks only some time after its picture stands, and no element tells when.
        """
        from playwright.sync_api import TimeoutError

        for _ in range(PATIENCE // 500):
            place.click()
            with suppress(TimeoutError):
                self.page.wait_for_function(condition, timeout=500)
                return
        pytest.fail(f"{PATIENCE / 1000:g} s of clicks without {condition}")

    def press(self, element, *keys):
        """Press keys on an element and wait for the numbers to follow."""
        before = self.page.inner_text("#headlines")
        self.page.focus(f"#{element}")
        for key in keys:
            self.page.keyboard.press(key)
        self.until("before => document.querySelector('#headlines').innerText !== before", before)

    def type(self, control, text):
        """A number in a field."""
        self.page.fill(f"#{control}-field", text)

    def tab(self, label):
        """Go to a tab."""
        self.page.locator(".tabs").get_by_text(label, exact=True).click()

    def drop(self, name, content):
        """Drop a file onto the page, as a desktop does."""
        self.page.evaluate(
            """([name, text]) => {
              const transfer = new DataTransfer();
              transfer.items.add(new File([text], name));
              const about = {dataTransfer: transfer, bubbles: true, cancelable: true};
              window.dispatchEvent(new DragEvent('drop', about));
            }""",
            [name, content.decode()],
        )

    def refused(self):
        """The reason that the page shows, once it does."""
        self.page.wait_for_selector("#refusal:visible")
        return self.page.inner_text("#refusal")


def api(**changes):
    """ICE and reversible capacity of ``simulate`` for the first design of the page, as it writes them."""
    found = summary(simulate("core_shell", "design", START | changes))
    return f"{100 * found[ICE]:.1f}", f"{found[REVERSIBLE]:.0f}"
