"""The page of ``coreshell explore`` in a real Chromium."""

import json
import re
from pathlib import Path

import pytest

from coreshell_model.observe.quantities import summary
from coreshell_model.run.simulation import simulate

pytest.importorskip("dash")

from explorer_window import DESK, ICE, PHONE, REVERSIBLE, api


def test_a_slider_moved_by_keyboard_changes_the_numbers_to_what_the_python_api_returns(page):
    """Four stops up from 9.439 nm is 11 nm: the field follows the slider, the numbers follow both."""
    assert (page.shown(ICE), page.shown(REVERSIBLE)) == api()
    page.press("thickness-slider", *["ArrowRight"] * 4)
    assert page.page.input_value("#thickness-field") == "11"
    page.until("() => document.querySelector('#table tbody td:last-child').innerText === '11'")
    assert (page.shown(ICE), page.shown(REVERSIBLE)) == api(**{"shell.thickness": "11 nm"})


def test_area_rate_and_hold_are_slid_by_keyboard_too(page):
    """Each to what the API returns for it; the switch takes the hold away."""
    page.press("area-slider", "ArrowRight")
    page.press("rate-slider", "ArrowRight")
    page.page.focus("#holds input")
    page.page.keyboard.press("Space")
    page.until("() => document.querySelector('#table').innerText.includes('none')")
    changes = {
        "particle.external_area": "15 m2/g",
        "protocol.numbers.rate": "0.1",
        "protocol.numbers.longest_hold": "1 s",
    }
    assert (page.shown(ICE), page.shown(REVERSIBLE)) == api(**changes)
    assert page.page.is_disabled("#hold-slider")


def test_a_slider_follows_a_number_that_is_typed(page):
    """It stands at the stop nearest to it, and says value and unit to a screen reader."""
    page.type("area", "29")
    page.until("() => document.querySelector('#area-slider').getAttribute('aria-valuetext') === '29 m²/g'")
    assert page.page.get_attribute("#area-slider", "aria-label") == "External surface area"
    page.until("() => document.querySelector('#table').innerText.includes('29')")
    assert page.page.input_value("#area-field") == "29"


def test_every_control_is_reached_by_tab_in_the_order_of_the_page(page):
    """Field and slider of each control, the switch, the seal and the button, without a pointer."""
    reached = []
    page.page.focus("#thickness-field")
    for _ in range(16):
        reached.append(page.page.evaluate("() => document.activeElement.id || document.activeElement.type"))
        page.page.keyboard.press("Tab")
    wanted = [
        *(
            f"{name}-{part}"
            for name in ("thickness", "area", "pore_volume", "rate")
            for part in ("field", "slider")
        ),
        "hold-field",
        "hold-slider",
        "pin",
    ]
    assert [name for name in reached if name in wanted] == wanted
    assert "radio" in reached and "checkbox" in reached


def test_an_impossible_design_shows_its_reason_instead_of_empty_plots(page):
    """And the numbers come back with a possible one."""
    page.type("thickness", "60")
    page.type("area", "100")
    assert "make the shell thinner or the external area smaller" in page.refused()
    assert page.page.get_attribute("#refusal", "role") == "alert"
    assert page.page.is_hidden("#answer") and page.page.is_hidden("#takings")
    assert page.page.is_disabled("#pin")
    page.type("thickness", "")
    page.until("() => document.querySelector('#refusal').innerText.includes('the field is empty')")
    page.type("thickness", "10")
    page.type("area", "14")
    page.page.wait_for_selector("#refusal", state="hidden")
    assert page.page.is_visible("#answer")


def test_two_designs_are_compared_in_table_and_plots(page):
    """A stays while B is slid on; their difference is that of the numbers shown."""
    page.page.click("#pin")
    page.until("() => document.querySelectorAll('#table thead th').length === 5")
    page.press("thickness-slider", "End")
    row = page.page.inner_text(f'#table tr[data-quantity="{ICE}"]').split("\t")
    a, b, difference = (float(text.replace("−", "-")) for text in row[-3:])
    assert f"{a:.1f}" == api()[0] and difference == pytest.approx(b - a, abs=0.11)
    assert page.page.is_visible("#inventory-A")
    names = page.page.locator("#voltage .legendtext").all_text_contents()
    assert [name.split(",")[0] for name in names] == ["A", "A", "B", "B"]
    page.page.click("#unpin")
    page.until("() => document.querySelectorAll('#table thead th').length === 3")
    assert page.page.is_hidden("#inventory-A-box")


def test_the_map_fills_and_shows_where_the_design_is(page):
    """It says that it is computing until it is not; the design's letter stands on it."""
    page.until("() => document.querySelector('#map-status').innerText.startsWith('15 designs')")
    for graph in ("map-efficiency", "map-capacity"):
        page.page.wait_for_selector(f"#{graph} .heatmaplayer image", state="attached")
        assert page.page.locator(f"#{graph} .textpoint").all_text_contents() == ["B"]


def test_a_click_on_the_map_goes_there(page):
    """Into the fields, and so into everything else."""
    page.until("() => document.querySelector('#map-status').innerText.startsWith('15 designs')")
    page.page.wait_for_selector("#map-capacity .heatmaplayer image", state="attached")
    place = page.page.locator("#map-capacity .nsewdrag")
    page.click_until(place, "() => document.querySelector('#thickness-field').value === '17'")
    assert page.page.input_value("#area-field") == "4"


def taken(page, kind):
    """What a button of the page gives: name and content."""
    with page.page.expect_download() as waited:
        page.page.click(f"#export-{kind}")
    return waited.value.suggested_filename, Path(waited.value.path()).read_bytes()


def test_what_is_taken_away_is_the_design_on_the_page(page, tmp_path):
    """The material file gives the thickness that was slid to; figure and curves come as what they say."""
    page.press("thickness-slider", *["ArrowRight"] * 4)
    page.until("() => document.querySelector('#command').innerText.includes('core_shell_11nm_14m2.toml')")
    name, content = taken(page, "material")
    assert name == "core_shell_11nm_14m2.toml"
    file = tmp_path / name
    file.write_bytes(content)
    found = summary(simulate(str(file), "design"))
    assert (f"{100 * found[ICE]:.1f}", f"{found[REVERSIBLE]:.0f}") == (
        page.shown(ICE),
        page.shown(REVERSIBLE),
    )
    assert b"<svg" in taken(page, "svg")[1][:1000]
    assert taken(page, "png")[1][:4] == b"\x89PNG"
    assert taken(page, "csv")[1].startswith(b"Design,Cycle,Step,Time [s]")
    assert b"longest_hold" in taken(page, "protocol")[1]


def test_no_request_leaves_this_machine_and_nothing_complains(page):
    """From opening through sliding, comparing and taking away: every address is the page's own, and the
    console stays free of errors, of which a request that the policy blocked would be one."""
    page.page.click("#pin")
    page.press("pore_volume-slider", "ArrowLeft")
    taken(page, "svg")
    page.until("() => document.querySelector('#map-status').innerText.startsWith('15 designs')")
    own = (page.address, f"blob:{page.address}", "data:")
    assert len(page.asked) > 10
    assert [url for url in page.asked if not url.startswith(own)] == []
    assert page.complaints == []


def test_a_request_to_elsewhere_would_be_blocked(page):
    """Even one that some library might try."""
    blocked = page.page.evaluate("() => fetch('http://198.51.100.1/').then(() => false, () => true)")
    assert blocked
    assert any("Content Security Policy" in line for line in page.complaints)


def test_a_phone_shows_the_page_without_sideways_scrolling(phone):
    """390 px wide: nothing sticks out, fields are large enough not to be zoomed into, and the numbers stay in
    view while the sliders are."""
    wide = phone.page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    assert wide == [390, 390]
    fields = "[...document.querySelectorAll('.field input')]"
    sizes = phone.page.evaluate(f"() => {fields}.map(e => parseFloat(getComputedStyle(e).fontSize))")
    assert min(sizes) >= 16
    phone.page.locator("#hold-slider").scroll_into_view_if_needed()
    top = phone.page.locator("#headlines").bounding_box()["y"]
    assert 0 <= top < PHONE["height"]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_labels_of_the_plots_do_not_overlap(windows, size):
    """Tick labels, axis titles and legend entries of every plot, with two designs."""
    made = windows(size)
    made.page.click("#pin")
    made.press("thickness-slider", "ArrowRight")
    made.until("() => document.querySelector('#map-status').innerText.startsWith('15 designs')")
    made.page.wait_for_selector("#map-capacity .heatmaplayer image", state="attached")
    overlaps = made.page.evaluate(OVERLAPS)
    assert overlaps == []


OVERLAPS = """() => {
  const found = [];
  for (const plot of document.querySelectorAll('.js-plotly-plot')) {
    const texts = [...plot.querySelectorAll('.xtick text, .ytick text, .xtitle, .ytitle, .legendtext')]
      .filter(text => text.textContent.trim())
      .map(text => [text.textContent, text.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0);
    texts.forEach(([one, a], place) => texts.slice(place + 1).forEach(([other, b]) => {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1 && down > 1) found.push([one, other]);
    }));
  }
  return found;
}"""


def test_text_stands_out_from_what_is_behind_it(page):
    """A contrast of at least 4.5 to 1 (WCAG AA), of every text of the page outside the plots."""
    colours = page.page.evaluate(COLOURS)
    assert len(colours) > 50
    faint = {(text, front, back) for text, front, back in colours if contrast(front, back) < 4.5}
    assert faint == set()


COLOURS = """() => {
  const opaque = e => {
    const colour = e ? getComputedStyle(e).backgroundColor : 'rgb(255, 255, 255)';
    return /, 0\\)$/.test(colour) ? opaque(e.parentElement) : colour;
  };
  return [...document.querySelectorAll('body *')]
    .filter(e => !e.closest('.js-plotly-plot, .skip, .unseen, :disabled') && e.checkVisibility())
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
    .map(e => [e.textContent.trim().slice(0, 40), getComputedStyle(e).color, opaque(e)]);
}"""


def contrast(front, back):
    """Ratio of relative luminances (WCAG 2)."""

    def luminance(colour):
        channels = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(front), luminance(back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_a_page_whose_server_was_ended_says_so(page):
    """Rather than standing still."""
    page.page.route("**/_dash-update-component*", lambda route: route.abort())
    page.page.focus("#thickness-slider")
    page.page.keyboard.press("ArrowRight")
    assert "does not answer" in page.refused()


def test_results_are_told_to_who_listens(page):
    """One sentence in a live region, which changes with the design."""
    assert page.page.get_attribute("#status", "aria-live") == "polite"
    said = page.page.inner_text("#status")
    assert f"Initial coulombic efficiency {page.shown(ICE)} %" in said
    page.press("thickness-slider", "ArrowLeft")
    page.until("said => document.querySelector('#status').innerText !== said", said)


def test_the_page_keeps_nothing_between_two_windows(windows):
    """Two windows slide apart: the server holds no design."""
    one, two = (windows() for _ in range(2))
    one.press("thickness-slider", "Home")
    two.press("area-slider", "ArrowRight")
    assert (
        json.loads(
            two.page.evaluate("() => JSON.stringify(+document.querySelector('#thickness-field').value)")
        )
        > 9
    )
    assert one.shown(ICE) != two.shown(ICE)
