"""A fit and a band, started and followed on the page of ``coreshell explore``, in a real Chromium."""

import pytest

pytest.importorskip("dash")

from dropped_files import sodiation_csv

FIT_PATIENCE = 900_000
"""Milliseconds after which a fit on a machine that is busy with other tests counts as stuck."""


def test_a_fit_is_followed_to_its_report_and_its_numbers_are_taken(page):
    """Also over a reload: progress in lines, the report of the guided fit, and the fitted numbers in the
    fields; a capacity that the curve was not made with is moved towards that of the curve."""
    page.page.get_by_text("Voltage over capacity: a sodiation").click()
    page.page.fill("#data-rate", "C/20")
    names = ("curve.csv", "another.csv")
    curves = [{"name": name, "mimeType": "text/csv", "buffer": sodiation_csv()} for name in names]
    page.page.set_input_files("#data-file", curves)
    page.until("() => document.querySelectorAll('.datum').length === 2")
    page.page.fill("#numbers-search", "core.sloping.capacity")
    field = page.page.locator("#numbers .number:visible input[type=number]")
    field.fill("200")
    page.until("() => location.hash.includes('200+mAh')")
    page.tab("Fit")
    page.page.locator("#fit-files").get_by_text("another.csv").click()  # left out: both are the first cycle
    page.page.click("#fit-start")
    page.page.wait_for_selector("#fit-progress p")
    assert "coreshell fit curve.csv --material" in page.page.inner_text("#fit-progress")
    page.page.reload()
    page.page.wait_for_selector("#fit-report iframe", timeout=FIT_PATIENCE)
    report = page.page.frame_locator("#fit-report iframe")
    assert "Guided fit" in report.locator("h1").inner_text()
    assert "What these data fix" in report.locator("body").inner_text()
    page.page.click("#fit-take")
    page.page.fill("#numbers-search", "core.sloping.capacity")
    field = page.page.locator("#numbers .number:visible input[type=number]")
    page.until("() => parseInt(document.querySelector('#numbers-changed').textContent) > 2")
    assert abs(float(field.input_value()) - 218) < abs(200 - 218)
    assert page.complaints == []
    own = (page.address, f"blob:{page.address}", "data:", "about:")
    assert [url for url in page.asked if not url.startswith(own)] == []


def test_a_fit_without_a_file_says_what_to_do(page):
    """In one line."""
    page.tab("Fit")
    page.page.click("#fit-start")
    page.page.wait_for_selector("#fit-error:visible")
    assert "drop one under Own data" in page.page.inner_text("#fit-error")


def test_a_band_is_computed_and_drawn_under_the_voltage(page):
    """With its table; it goes once the design is another one."""
    page.page.click("#band-go")
    page.page.wait_for_selector("#band-table table")
    names = "[...document.querySelectorAll('#voltage .legendtext')].map(e => e.textContent)"
    page.until(f"() => {names}.includes('cycle 1, 95 % of the draws')")
    page.press("thickness-slider", "ArrowRight")
    page.until(f"() => !{names}.includes('cycle 1, 95 % of the draws')")
    assert "another design" in page.page.inner_text("#band-status")
