"""How fast the page of ``coreshell explore`` follows a slider, in a real Chromium.

    python benchmarks/explorer.py [--repeats 15]

From the key that moves a slider to the numbers on the page, and to the last figure drawn, the wait for
further keys (15 ms) included. Needs the extras ``web`` and ``dev`` and a Chromium.
"""

import argparse
import statistics
import sys
import threading
from pathlib import Path

from playwright.sync_api import Page

from coreshell_model.show.explorer.server import application, listening, server
from coreshell_model.show.explorer.subject import Subject

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from browser import chromium

WATCH = """() => {
  const mark = name => () => { window.marks[name] = performance.now() - window.pressed; };
  const start = () => { window.pressed = performance.now(); window.marks = {}; };
  document.addEventListener('keydown', start, true);
  new MutationObserver(mark('numbers')).observe(
    document.querySelector('#headlines'), {subtree: true, childList: true, characterData: true});
  for (const id of ['voltage', 'losses', 'inventory-B', 'map-efficiency', 'map-capacity'])
    document.querySelector(`#${id} .js-plotly-plot`).on('plotly_afterplot', mark('figures'));
}"""
MAP_IS_WHOLE = "() => document.querySelector('#map-status').innerText.startsWith('221 designs')"


def pressed(page: Page, element: str, key: str) -> tuple[float, float]:
    """Seconds until the numbers and until the last figure after a key on an element."""
    page.focus(f"#{element}")
    page.keyboard.press(key)
    page.wait_for_function("() => window.marks.numbers && window.marks.figures", timeout=60_000)
    page.wait_for_timeout(900)  # for the last figure
    marks = page.evaluate("window.marks")
    return marks["numbers"] / 1e3, marks["figures"] / 1e3


def patient(page: Page) -> tuple[float, float]:
    """The same for the rate, after the time that a look at the results takes."""
    page.wait_for_timeout(3000)
    return pressed(page, "rate-slider", "ArrowRight")


def far(page: Page, key: str) -> tuple[float, float]:
    """The same for a hold that is not one key away, at a rate that is."""
    page.focus("#rate-slider")
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(3000)
    return pressed(page, "hold-slider", key)


def report(what: str, times: list[tuple[float, float]]) -> None:
    parts = []
    for values in zip(*times, strict=True):
        parts.append(f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})")
    print(f"| {what} | {' | '.join(parts)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    with listening(0) as port:
        serving = server(application(Subject("core_shell"), compiled=True), port)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    print("| what | numbers, s | figures, s |\n|---|---|---|")
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 2600})
        page.goto(f"http://127.0.0.1:{serving.port}/")
        page.wait_for_selector("#map-capacity .heatmaplayer image", state="attached", timeout=60_000)
        page.evaluate(WATCH)
        few = max(repeats // 3, 3)
        report(
            "thickness, while the map is computed",
            [pressed(page, "thickness-slider", "ArrowRight") for _ in range(few)],
        )
        page.wait_for_function(MAP_IS_WHOLE, timeout=600_000)
        report("thickness", [pressed(page, "thickness-slider", "ArrowRight") for _ in range(repeats)])
        page.click("#pin")
        page.wait_for_timeout(1000)
        report(
            "thickness, compared with a second design",
            [pressed(page, "thickness-slider", "ArrowRight") for _ in range(repeats)],
        )
        page.click("#unpin")
        page.wait_for_timeout(1000)
        page.wait_for_timeout(5000)  # in which models one key away are built
        report("rate, a key every 4 s", [patient(page) for _ in range(5)])
        report("hold, to its other end: the model is built anew", [far(page, key) for key in ("Home", "End")])
        browser.close()


if __name__ == "__main__":
    main()
