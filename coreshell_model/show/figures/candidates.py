"""Candidate experiments: what each is expected to tell, and the samples that they need."""

import numpy as np
import pandas as pd

from coreshell_model.base.intervals import column_of
from coreshell_model.show.figures.labels import axis_label
from coreshell_model.show.figures.picture import TWO_COLUMNS, Picture, new_figure, set_title, styled

THICKNESS, AREA = "Shell thickness [nm]", "External area [m2.g-1]"
INFORMATION = "Information [nat]"

PRESENT, ADVISED = "as it is", "advised"


def candidates_picture(table: pd.DataFrame, title: str) -> Picture:
    """Information of every candidate, and thickness and area of the samples; two of them are marked.

    Parameters
    ----------
    table : a row for each candidate, the most informative first: "Experiment", its information, "Sample",
        which is "As it is" for the same sample again, and the advised numbers of its sample
    title : of the figure
    """
    names = table["Experiment"].tolist()
    places = np.arange(len(names))[::-1]
    gains = table[INFORMATION].to_numpy(float)
    same = (table["Sample"] == "As it is").to_numpy()
    with styled():
        figure = new_figure(TWO_COLUMNS, 1.3 + 0.2 * len(names))
        left, right = figure.subplots(1, 2, width_ratios=(1.15, 1))
        left.hlines(places, 0, gains, color="#bbbbbb", linewidth=0.8, zorder=1)
        left.plot(gains, places, "o", color="C0")
        left.plot(gains[:1], places[:1], "D", color="C1", label=ADVISED)
        left.plot(gains[same], places[same], "s", color="black", markerfacecolor="white", label=PRESENT)
        for gain in gains[same]:
            left.axvline(gain, color="black", linestyle=":", linewidth=0.7, zorder=0)
        left.set_yticks(places, names)
        left.set(xlabel="Expected information / nat", ylim=(-0.6, len(names) - 0.4))
        x, y = (table[column_of(name, ADVISED)].to_numpy(float) for name in (THICKNESS, AREA))
        own = [table[column_of(name, PRESENT)].to_numpy(float)[:1] for name in (THICKNESS, AREA)]
        right.plot(x, y, "o", color="C0", label="other samples")
        right.plot(x[:1], y[:1], "D", color="C1", markersize=8, label=ADVISED)
        right.plot(*own, "s", color="black", markerfacecolor="white", label=PRESENT)
        right.set(
            xlabel=axis_label(THICKNESS).partition("\n(")[0], ylabel=axis_label(AREA).partition("\n(")[0]
        )
        right.set_xlim(left=0)
        right.set_ylim(bottom=0)
        handles, labels = right.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
        set_title(figure, title)
        return Picture(figure, table)
