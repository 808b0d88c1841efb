"""A prediction as CSV and as a figure."""

from pathlib import Path

import pandas as pd

from coreshell_model.errors import InputError
from coreshell_model.figures.picture import Picture, save_picture
from coreshell_model.figures.style import CAPACITY, TWO_COLUMNS, VOLTAGE, new_figure, styled
from coreshell_model.keeping import replace
from coreshell_model.posterior.curve_bands import curve_bands
from coreshell_model.posterior.predict import Prediction

MOST_PANELS = 6

ENDS = (("95 %", 0.025, 0.2), ("68 %", 0.16, 0.35))
"""Bands with the share of draws that the outermost part of each ends with, and their opacity; the median ends
with half of them. What would be drawn beyond is the voltage that ended draws stay at, which looks like a
plateau."""


def write_prediction(prediction: Prediction, folder: Path) -> None:
    """Bands, curve bands, every draw's results and a figure.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    bands = pd.DataFrame(
        {
            "Observable": one["Observable"],
            "Median": one["Median"],
            "68 % from": one["68 % interval"][0],
            "68 % to": one["68 % interval"][1],
            "95 % from": one["95 % interval"][0],
            "95 % to": one["95 % interval"][1],
            "Draws": one["Draws"],
            "Effective draws": one["Effective draws"],
            "Share of draws without it": one["Share of draws without it"],
        }
        for one in prediction.bands()
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace(folder / "draws.csv", prediction.table().to_csv(index=False))
        replace(folder / "bands.csv", bands.to_csv(index=False))
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written: {error.strerror or error}; choose another folder"
        ) from None
    save_picture(curve_picture(prediction), folder / "curve_bands.png", (".pdf",))


def curve_picture(prediction: Prediction) -> Picture:
    """Voltage over capacity, a panel a half-cycle: median, 68 and 95 % bands."""
    table = curve_bands([run.half_cycles for run in prediction.runs], prediction.weights)
    with styled():
        numbers = list(dict.fromkeys(table["Half-cycle"])) if len(table) else []
        shown = numbers[:MOST_PANELS]
        columns = min(max(len(shown), 1), 2)
        rows = -(-max(len(shown), 1) // columns)
        figure = new_figure(TWO_COLUMNS * columns / 2, 0.4 + 2.1 * rows)
        panels = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
        for panel, number in zip(panels, shown, strict=False):
            part = pd.DataFrame(table[table["Half-cycle"] == number])
            x, going = part["Capacity [mA.h.g-1]"], part["Share of draws that get there"]
            for width, share, alpha in ENDS:
                low, high = (part[f"Voltage, {width} {side} [V]"] for side in ("from", "to"))
                panel.fill_between(
                    x,
                    low,
                    high,
                    where=going >= share,
                    alpha=alpha,
                    linewidth=0,
                    color="#0072b2",
                    label=f"{width} of draws",
                )
            inside = going >= 0.5
            panel.plot(x[inside], part["Voltage, Median [V]"][inside], color="#0072b2", label="median")
            panel.set(title=f"{part['Direction'].to_numpy()[0]}, half-cycle {number}", xlabel=CAPACITY)
        panels[0].legend(loc="best")
        for panel in panels[::columns]:
            panel.set_ylabel(VOLTAGE)
        for panel in panels[len(shown) :]:
            panel.set_axis_off()
        figure.suptitle(
            f"{prediction.material}, {prediction.protocol}: {len(prediction.runs)} draws", fontsize=8
        )
        return Picture(figure, table)
