"""A prediction on disk: draws, bands and figures."""

from pathlib import Path
from typing import Any

import pandas as pd

from coreshell_model.base.files import replace, room_for
from coreshell_model.base.intervals import as_columns, levels_of
from coreshell_model.infer.prediction import VOLTAGE as SWEPT
from coreshell_model.infer.prediction import Prediction, curve_bands, sweep_bands
from coreshell_model.infer.rate_bands import CAPACITY as AT_A_RATE
from coreshell_model.infer.rate_bands import RETENTION, rate_table
from coreshell_model.show.figures.bands import OPACITY, fill_band, rate_bands_picture
from coreshell_model.show.figures.palette import BLUE
from coreshell_model.show.figures.picture import (
    CAPACITY,
    TWO_COLUMNS,
    VOLTAGE,
    Picture,
    new_figure,
    save_picture,
    styled,
)

MOST_PANELS = 6


def prediction_picture(prediction: Prediction) -> Picture:
    """Median, 68 and 95 % bands, in a panel for each of the first ``MOST_PANELS`` half-cycles or sweeps."""
    swept = sweep_bands([run.sweeps for run in prediction.runs], prediction.weights)
    table = swept
    if swept.empty:
        table = curve_bands(
            [run.half_cycles for run in prediction.runs], prediction.weights, prediction.discrepancy
        )
    part_of, draw = ("Half-cycle", _curve) if swept.empty else ("Sweep", _sweep)
    with styled():
        numbers = list(dict.fromkeys(table[part_of])) if len(table) else []
        shown = numbers[:MOST_PANELS]
        columns = min(max(len(shown), 1), 2)
        rows = -(-max(len(shown), 1) // columns)
        figure = new_figure(TWO_COLUMNS * columns / 2, 0.4 + 2.1 * rows)
        panels = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
        for panel, number in zip(panels, shown, strict=False):
            part = pd.DataFrame(table[table[part_of] == number])
            draw(panel, part)
            panel.set(title=f"{part['Direction'].to_numpy()[0]}, {part_of.lower()} {number}")
        if shown:
            panels[0].legend(loc="best")
        for panel in panels[::columns]:
            panel.set_ylabel(VOLTAGE if swept.empty else "Current / mA g$^{-1}$ (anodic > 0)")
        for panel in panels[len(shown) :]:
            panel.set_axis_off()
        figure.suptitle(
            f"{prediction.material}, {prediction.protocol}: {len(prediction.runs)} draws", fontsize=8
        )
        return Picture(figure, table)


def _curve(panel: Any, part: pd.DataFrame) -> None:
    """Draw the 95 % band as far as 2.5 % of the draws reach, the 68 % band to 16 %, the median to 50 %.

    Beyond, last voltages of ended draws would look like a plateau.
    """
    x, going = part["Capacity [mA.h.g-1]"], part["Share of draws that get there"]
    for width in OPACITY:
        low, high = (part[f"Voltage, {width} % {side} [V]"] for side in ("from", "to"))
        fill_band(panel, x, low, high, width, going >= levels_of(width)[0])
    inside = going >= 0.5
    panel.plot(x[inside], part["Voltage, Median [V]"][inside], color=BLUE, label="median")
    panel.set_xlabel(CAPACITY)


def _sweep(panel: Any, part: pd.DataFrame) -> None:
    for width in OPACITY:
        low, high = (part[f"Anodic current, {width} % {side} [mA.g-1]"] for side in ("from", "to"))
        fill_band(panel, part[SWEPT], low, high, width)
    panel.plot(part[SWEPT], part["Anodic current, Median [mA.g-1]"], color=BLUE, label="median")
    panel.axhline(0, color="black", linewidth=0.6, zorder=0)
    panel.set_xlabel(VOLTAGE)


def write_prediction(prediction: Prediction, folder: Path) -> None:
    """Write bands, the results of every draw and figures of curves and rates into ``folder``."""
    bands = pd.DataFrame(map(as_columns, prediction.bands()))
    with room_for(folder):
        folder.mkdir(parents=True, exist_ok=True)
        replace(folder / "draws.csv", prediction.table().to_csv(index=False))
        replace(folder / "bands.csv", bands.to_csv(index=False))
    save_picture(prediction_picture(prediction), folder / "curve_bands.png", (".pdf",))
    if prediction.rates():
        save_picture(rates_picture(prediction), folder / "rate_bands.png", (".pdf",))


def rates_picture(prediction: Prediction) -> Picture:
    """Retention and capacity at each rate of a test, with their bands."""
    title = f"{prediction.material}, {prediction.protocol}: {len(prediction.runs)} draws"
    return rate_bands_picture(rate_table(prediction.rates()), (RETENTION, AT_A_RATE), title)
