"""Own data, tabs and links on the page of ``coreshell explore``, in a real Chromium."""

from pathlib import Path

import pytest

pytest.importorskip("dash")

from dropped_files import cycler_csv, sodiation_csv, spectrum_csv
from explorer_window import ICE, REVERSIBLE, START, api

from coreshell_model.data.reading import read_dataset
from coreshell_model.data.replay import replay
from coreshell_model.observe.quantities import summary
from coreshell_model.run.simulation import simulate
from coreshell_model.show.explorer.technique_panel import DESIGN, FIT, MEASURED, TABS


def shown(page, element, quantity):
    """The number in a row of the table in an element."""
    return float(page.page.inner_text(f'#{element} tr[data-quantity="{quantity}"] td:last-child'))


def test_a_dropped_file_lies_over_the_simulation_and_drives_it(page, tmp_path):
    """Its points are in the voltage figure; the tab's RMSE is that of the Python API's replay."""
    page.page.fill("#data-mass", "1.1 mg")
    page.drop("cell.csv", cycler_csv())
    page.page.wait_for_selector(".datum")
    names = "[...document.querySelectorAll('#voltage .legendtext')].map(e => e.textContent)"
    page.until(f"() => {names}.includes('cell.csv, cycle 1')")
    page.tab("Own data")
    page.page.wait_for_selector("#replayed img")
    file = tmp_path / "cell.csv"
    file.write_bytes(cycler_csv())
    expected = replay(read_dataset(file, mass="1.1 mg"), "core_shell", START).overlay
    assert shown(page, "replayed", "RMSE") == pytest.approx(expected.rmse, rel=1e-3)
    with page.page.expect_download() as waited:
        page.page.click("#replayed-csv")
    assert waited.value.suggested_filename == "replays_csv.zip"
    assert page.complaints == []


def test_a_digitised_curve_is_compared_with_a_cyclers_file(page):
    """Two files on the page: capacities side by side, with their difference."""
    page.page.fill("#data-mass", "1.1 mg")
    page.drop("cell.csv", cycler_csv())
    page.page.wait_for_selector(".datum")
    page.page.get_by_text("Voltage over capacity: a sodiation").click()
    page.page.fill("#data-rate", "C/20")
    page.drop("curve.csv", sodiation_csv())
    page.until("() => document.querySelectorAll('.datum').length === 2")
    page.tab("Own data")
    page.until("() => document.querySelectorAll('#replayed img').length === 2")
    row = page.page.inner_text('#data-compared tr[data-quantity="First sodiation capacity [mA.h.g-1]"]')
    first, second, difference = map(float, row.split("\t")[-3:])
    assert difference == pytest.approx(second - first, abs=0.11)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (cycler_csv(), "the mass of active carbon is not known"),
        (b"", "is empty"),
        (b"a,b\n1,2\n", "no line names the columns"),
        (b"\x00\xff" * 300, "odd.csv"),
    ],
)
def test_a_bad_file_gives_one_line(page, content, words):
    """And the page goes on."""
    page.page.set_input_files("#data-file", {"name": "odd.csv", "mimeType": "text/csv", "buffer": content})
    page.page.wait_for_selector("#data-error:visible")
    line = page.page.inner_text("#data-error")
    assert words in line and "\n" not in line and "/tmp" not in line
    assert page.page.locator(".datum").count() == 0


def test_a_tab_shows_what_the_command_draws(page):
    """Rate test: two pictures, and the retention of the Python API."""
    page.tab("Rate test")
    page.until("() => document.querySelectorAll('#technique img').length === 2")
    expected = summary(simulate("core_shell", "rate_test", START))["Rate retention"]["2C"]
    assert shown(page, "technique", "Rate retention, 2C") == pytest.approx(expected, rel=1e-3)
    assert page.page.is_hidden("#answer")
    for kind, begin in (("svg", b"PK"), ("csv", b"PK")):
        with page.page.expect_download() as waited:
            page.page.click(f"#technique-{kind}")
        assert Path(waited.value.path()).read_bytes().startswith(begin)
    page.tab("First cycles")
    page.page.wait_for_selector("#answer:visible")


def test_two_designs_are_compared_in_a_tab(page):
    """Voltammetry of A and B: a picture and a column each."""
    page.page.click("#pin")
    page.press("thickness-slider", "End")
    page.tab("Voltammetry")
    page.until("() => document.querySelectorAll('#technique img').length === 2")
    heads = page.page.locator("#technique th[scope=col]").all_text_contents()
    assert heads == ["Quantity", "Unit", "A", "B"]


def test_a_link_restores_the_state(page, windows):
    """Design, a moved number, the pinned design, the file and the tab, in a window that was never there."""
    page.page.click("#pin")
    page.type("thickness", "12")
    page.page.fill("#numbers-search", "core.sloping.diffusivity")
    page.page.locator("#numbers .number:visible input[type=number]").fill("1e-17")
    page.page.fill("#data-mass", "1.1 mg")
    page.drop("cell.csv", cycler_csv())
    page.page.wait_for_selector(".datum")
    page.tab("Impedance")
    page.until("() => document.querySelector('#technique-name').innerText === 'Impedance'")
    page.until("() => location.hash.includes('diffusivity') && location.hash.includes('tab=impedance')")
    numbers = page.page.inner_text("#headlines")
    other = windows(link=page.page.url)
    other.until("numbers => document.querySelector('#headlines').innerText === numbers", numbers)
    assert other.page.input_value("#thickness-field") == "12"
    assert other.page.get_by_label("Impedance", exact=True).is_checked()
    assert other.page.locator(".datum").inner_text().startswith("● cell.csv")
    assert other.page.locator("#numbers .changed").count() == 1
    other.page.wait_for_selector("#technique img")
    assert other.complaints == []
    moved = {"shell.thickness": "12 nm", "core.sloping.diffusivity": "1e-17 m2/s"}
    assert (page.shown(ICE), page.shown(REVERSIBLE)) == api(**moved)


def test_a_link_that_is_nonsense_harms_nothing(page):
    """The page says what it cannot read, and goes on."""
    page.page.evaluate("() => { location.hash = 'tab=nowhere&thickness=x&set=a=b&A=%7B&seal=wax&data=zz'; }")
    assert "Shell thickness" in page.refused()
    assert "cannot be read" in page.page.inner_text("#link-note")
    page.page.get_by_text("As the material states").click()
    page.type("thickness", "10")
    page.page.wait_for_selector("#refusal", state="hidden")
    assert page.page.is_visible("#answer") and page.complaints == []


def without_tests(page):
    """The page, whose server answers no request for a test of a cell: 204 is no change."""

    def answer(route):
        if "technique.children" in (route.request.post_data or ""):
            route.fulfill(status=204)
        else:
            route.continue_()

    page.page.route("**/_dash-update-component*", answer)


def shown_panel(page):
    """The panel that is in view."""
    panels = ("results", "measured-panel", "fit-panel", "technique-panel")
    [panel] = [name for name in panels if page.page.is_visible(f"#{name}")]
    return panel


PANELS = {DESIGN: "results", MEASURED: "measured-panel", FIT: "fit-panel"}


def test_a_link_restores_every_tab(page):
    """The tab is chosen, its panel in view, with the potential of the impedance and what drives a replay."""
    without_tests(page)
    more = {"impedance": "&potential=0.25", MEASURED: "&drive=voltage"}
    for name, label in TABS.items():
        page.page.evaluate(
            "hash => { location.hash = hash; }", f"tab={name}&thickness=12{more.get(name, '')}"
        )
        page.until(f"() => location.hash.includes('material=') && location.hash.includes('tab={name}')")
        assert page.page.locator(".tabs").get_by_label(label, exact=True).is_checked()
        assert shown_panel(page) == PANELS.get(name, "technique-panel")
        assert page.page.is_visible("#potential") == (name == "impedance")
        assert page.page.input_value("#thickness-field") == "12"
    assert page.page.input_value("#potential") == "0.25"
    assert page.page.get_by_label("Driven by the voltage").is_checked()
    page.tab("Own data")
    page.until("() => location.hash.includes('drive=voltage')")


def test_every_tab_is_reached_by_arrow_keys(page):
    """In their order, and the first one again after the last."""
    without_tests(page)
    page.page.focus(".tabs input >> nth=0")
    for label in [*list(TABS.values())[1:], next(iter(TABS.values()))]:
        page.page.keyboard.press("ArrowRight")
        page.page.locator(".tabs").get_by_label(label, exact=True).and_(
            page.page.locator(":checked")
        ).wait_for(state="attached")
    page.page.wait_for_selector("#results:visible")


def test_tabs_and_data_fit_on_a_phone(phone):
    """390 px: nothing sticks out, in no tab that has data or pictures, and labels every field."""
    phone.page.fill("#data-mass", "1.1 mg")
    phone.drop("a_cell_with_quite_a_long_name_of_its_own.csv", cycler_csv())
    phone.drop("an_impedance_spectrum_with_a_long_name.csv", spectrum_csv())
    phone.until("() => document.querySelectorAll('.datum').length === 2")
    images = {"Own data": "#replayed img", "Fit": "#fit-files input", "Impedance": "#technique img"}
    for label, element in images.items():
        phone.tab(label)
        phone.page.wait_for_selector(element)
        assert phone.page.evaluate("() => document.documentElement.scrollWidth") == 390, label
    unnamed = phone.page.evaluate(
        "() => [...document.querySelectorAll('input, button')].filter(e => !e.closest('[hidden]') &&"
        " !e.labels?.length && !e.ariaLabel && !e.textContent.trim()).map(e => e.id || e.outerHTML)"
    )
    assert unnamed == []


def test_a_dropped_spectrum_lies_over_the_impedance_of_the_design(page):
    """Its deviation is a row of the table, in a tab that needs no mass; a fit is not offered it."""
    page.drop("eis.csv", spectrum_csv())
    page.page.wait_for_selector(".datum")
    page.tab("Impedance")
    row = '#technique tr[data-quantity="Deviation from eis.csv, RMS of the modulus"]'
    page.page.wait_for_selector(row)
    assert shown(page, "technique", "Deviation from eis.csv, RMS of the modulus") > 0
    page.tab("Fit")
    assert page.page.locator("#fit-files input").count() == 0
    assert page.complaints == []
