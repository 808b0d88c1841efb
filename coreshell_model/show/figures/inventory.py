"""Sodium by place over time, alone and beside the voltage."""

from functools import partial
from itertools import cycle

import numpy as np
import pandas as pd

from coreshell_model.inputs.sections import STORES as KINDS
from coreshell_model.observe.inventory import SLOPING_SITES, by_place
from coreshell_model.run.solution import Array, Solution
from coreshell_model.show.figures.palette import (
    CORE_SITES,
    DOUBLE_LAYER,
    HATCHED,
    HATCHES,
    KEEPERS,
    SEI,
    SHELL_SITES,
    STORES,
)
from coreshell_model.show.figures.picture import (
    ONE_COLUMN,
    Picture,
    new_figure,
    set_title,
    styled,
    title,
    two_panels,
)
from coreshell_model.show.figures.voltage import draw_voltage, headline


def _stored(gives_back: bool, colours: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Label and colour of the kinds of storage that give sodium back, or of the others, by place."""
    stores = [kind.store for kind in KINDS if kind.store.gives_back is gives_back]
    return {store.place: (store.label, colour) for store, colour in zip(stores, cycle(colours), strict=False)}


PLACES = {
    "Sodium in SEI [mA.h.g-1]": ("SEI", SEI),
    **_stored(False, KEEPERS),
    "Charge in double layer [mA.h.g-1]": ("double layer", DOUBLE_LAYER),
    "Sodium in shell sloping sites [mA.h.g-1]": ("sloping sites, shell", SHELL_SITES),
    "Sodium in core sloping sites [mA.h.g-1]": ("sloping sites, core", CORE_SITES),
    SLOPING_SITES: ("sloping sites", CORE_SITES),
    **_stored(True, STORES),
}
"""Label and colour of each place of the inventory; ``palette.HATCHES`` has its hatch.

The order is that of the stack: sodium that never returns at the bottom, what returns first at the top.
"""

LEAST_SHOWN = 0.003
"""Smallest share of the largest total that a place has to reach to be drawn."""

DENSE = 20_000
"""Points of a run beyond which vector files hold the areas as an image."""

LONG = 1000.0
"""Hours of a run beyond which time is shown in days."""


def overview_picture(solution: Solution) -> Picture:
    """Voltage against capacity, and beside it the sodium in each place over time."""
    return two_panels(
        (partial(draw_voltage, solution=solution), partial(draw_inventory, solution=solution)),
        headline(solution),
    )


def inventory_picture(solution: Solution) -> Picture:
    """The sodium in each place over time, stacked."""
    with styled():
        figure = new_figure(ONE_COLUMN + 1.3, 2.6)
        axes = figure.subplots()
        numbers = draw_inventory(axes, solution)
        set_title(figure, title(solution))
        return Picture(figure, numbers)


def stacked(solution: Solution) -> dict[str, Array]:
    """The sodium in each place [mA.h.g-1], not below 0, in the order of the stack."""
    series = {name: np.clip(solution[name], 0, None) for name in PLACES if name != SLOPING_SITES}
    held = by_place(solution.material, series)
    return {name: held[name] for name in PLACES if name in held}


def draw_inventory(axes, solution: Solution) -> pd.DataFrame:
    """Draw the sodium in each place over time, stacked, without places that never hold much."""
    hours = solution["Time [s]"] / 3600
    parts = stacked(solution)
    places = {name: PLACES[name] for name in parts}
    largest = np.sum(list(parts.values()), axis=0).max(initial=0.0)
    for name in list(parts):
        if parts[name].max(initial=0.0) < LEAST_SHOWN * largest:
            del parts[name], places[name]
    in_days = hours.size and hours[-1] > LONG
    axes.set(xlabel="Time / d" if in_days else "Time / h", ylabel="Sodium / mAh g$^{-1}$")
    if parts:
        labels, colours = zip(*places.values(), strict=True)
        times, dense = hours / 24 if in_days else hours, hours.size > DENSE
        hatches = [HATCHES[colour] for colour in colours]
        style = {"linewidth": 0, "edgecolor": HATCHED, "rasterized": dense}
        axes.stackplot(times, *parts.values(), labels=labels, colors=colours, hatch=hatches, **style)
        axes.margins(x=0)
        handles, names = axes.get_legend_handles_labels()
        axes.legend(handles[::-1], names[::-1], loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return pd.DataFrame({"Time [h]": hours, **parts})
