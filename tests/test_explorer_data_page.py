"""Own data, tabs and links on the page of ``coreshell explore``, in a real Chromium."""

from pathlib import Path

import pytest

pytest.importorskip("dash")

from dropped_files import cycler_csv, sodiation_csv
from explorer_window import ICE, PHONE, REVERSIBLE, START, api

from coreshell_model.data.reading import read_dataset
from coreshell_model.data.replay import replay
from coreshell_model.observe.quantities import summary
from coreshell_model.run.simulation import simulate


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


def test_tabs_are_turned_by_keyboard(page):
    """Arrow keys go through them."""
    page.page.focus(".tabs input >> nth=0")
    page.page.keyboard.press("ArrowRight")
    page.page.wait_for_selector("#technique-panel:visible")


def test_tabs_and_data_fit_on_a_phone(windows):
    """390 px: nothing sticks out, in no tab."""
    made = windows(PHONE)
    made.page.fill("#data-mass", "1.1 mg")
    made.drop("a_cell_with_quite_a_long_name_of_its_own.csv", cycler_csv())
    made.page.wait_for_selector(".datum")
    for label, element in (("Voltammetry", "technique"), ("Own data", "replayed")):
        made.tab(label)
        made.page.wait_for_selector(f"#{element} img")
        assert made.page.evaluate("() => document.documentElement.scrollWidth") == 390, label
