"""All numbers of the material on the page of ``coreshell explore``, in a real Chromium."""

import pytest

pytest.importorskip("dash")

from explorer_window import ICE, PHONE, REVERSIBLE, api


def found(page, words):
    """The rows that a search leaves."""
    page.page.fill("#numbers-search", words)
    return page.page.locator("#numbers .number:visible")


def test_a_parameter_is_found_by_search_and_moved_by_keyboard(page):
    """The numbers are then those of the Python API for the value in its field, and its row is marked."""
    rows = found(page, "core diffusivity")
    assert rows.count() == 1
    assert "1e-21 to 1e-12 m2/s" in rows.inner_text() and "fitted: joint.toml" in rows.inner_text()
    before = page.page.inner_text("#headlines")
    rows.locator("input[type=range]").focus()
    page.page.keyboard.press("PageDown")
    page.until("before => document.querySelector('#headlines').innerText !== before", before)
    value = rows.locator("input[type=number]").input_value()
    assert float(value) < 5.243e-17
    assert (page.shown(ICE), page.shown(REVERSIBLE)) == api(**{"core.sloping.diffusivity": f"{value} m2/s"})
    assert rows.locator("input[type=range]").get_attribute("aria-valuetext") == f"{value} m2/s"
    assert "changed" in rows.get_attribute("class")


def test_a_moved_number_goes_back_to_that_of_the_material(page):
    """By its own button, and all together by another one."""
    start = page.page.inner_text("#headlines")
    rows = found(page, "trapping capacity")
    rows.locator("input[type=number]").fill("150")
    page.until("before => document.querySelector('#headlines').innerText !== before", start)
    rows.get_by_role("button").click()
    page.until("before => document.querySelector('#headlines').innerText === before", start)
    rows.locator("input[type=number]").fill("100")
    page.until("before => document.querySelector('#headlines').innerText !== before", start)
    page.page.click("#numbers-back")
    page.until("before => document.querySelector('#headlines').innerText === before", start)
    assert rows.locator("input[type=number]").input_value() == "249.3"


def test_a_number_beyond_its_bounds_is_refused_in_one_line(page):
    """With what it must be."""
    found(page, "cell.temperature").locator("input[type=number]").fill("5000")
    assert "must be at most 400 K" in page.refused()


def test_numbers_of_the_sliders_lead_to_them(page):
    """Searching the shell's thickness gives the way to its field."""
    rows = found(page, "shell.thickness")
    rows.get_by_role("button", name="Go there").click()
    assert page.page.evaluate("() => document.activeElement.id") == "thickness-field"


def test_numbers_of_another_seal_are_not_offered(page):
    """The middle of the logistic law comes with the law."""
    assert found(page, "logistic").count() == 0
    page.page.get_by_text("Logistic: middle").click()
    page.until("() => document.querySelectorAll('#numbers .number:not([hidden])').length === 2")


def test_all_sections_open_on_a_phone_without_sideways_scrolling(windows):
    """Every row with its field, at 390 px."""
    made = windows(PHONE)
    made.page.evaluate("() => document.querySelectorAll('#numbers details').forEach(d => { d.open = true; })")
    assert made.page.locator("#numbers .number:visible").count() > 90
    assert made.page.evaluate("() => document.documentElement.scrollWidth") == 390
    assert made.complaints == []
