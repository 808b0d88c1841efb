"""The potentials of both electrodes of a full cell, and the sodium of the whole cell."""

from functools import partial

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.observe.capacity import CHARGE
from coreshell_model.observe.full_cell import POSITIVE
from coreshell_model.observe.full_cell import sodium_by_cycle as by_cycle
from coreshell_model.observe.inventory import by_place
from coreshell_model.run.solution import POSITIVE_INVENTORY, WORKING, Solution
from coreshell_model.show.figures.inventory import LEAST_SHOWN, PLACES
from coreshell_model.show.figures.palette import (
    BLUE,
    DARK,
    HATCHED,
    HATCHES,
    MARKED,
    MARKERS,
    SALT,
    VERMILION,
)
from coreshell_model.show.figures.palette import POSITIVE as POSITIVE_SODIUM
from coreshell_model.show.figures.picture import CAPACITY, Picture, title, two_panels

CELL = "Voltage [V]"

CURVES = {
    CELL: ("cell", DARK),
    POSITIVE: ("positive electrode", VERMILION),
    WORKING: ("carbon", BLUE),
}
"""Label and colour of each potential, which the colour-blind can tell apart."""

POSITIVE_PLACES = {
    POSITIVE_INVENTORY[2]: ("sacrificial salt", SALT),
    POSITIVE_INVENTORY[0]: ("positive electrode", POSITIVE_SODIUM),
}
"""Label and colour of the places of a full cell outside its carbon."""


def electrodes_picture(solution: Solution) -> Picture:
    """Cell voltage and both potentials against sodium, in the first and the last cycle, and sodium by place.

    Raises
    ------
    InputError
        The run is not of a full cell, or no cycle of it was simulated whole.
    """
    if not solution.is_full or not solution.cycles:
        raise InputError(f"{solution.protocol.name}: has no whole cycle of a full cell to draw")
    return two_panels(
        (partial(_draw_potentials, solution=solution), partial(_draw_sodium, solution=solution)),
        title(solution),
    )


def _draw_potentials(axes, solution: Solution) -> pd.DataFrame:
    """The potentials over the capacity of the cycle; the first cycle drawn thin and dashed."""
    rows = []
    cycles = list(dict.fromkeys((solution.cycles[0], solution.cycles[-1])))
    for cycle in cycles:
        line = {"linestyle": "--", "linewidth": 0.8} if cycle != cycles[-1] else {}
        steps = solution.cycle_steps(cycle)
        points = slice(steps[0].points.start, steps[-1].points.stop)
        passed = solution[CHARGE][points] - solution[CHARGE][points.start]
        for (name, (_, colour)), marker in zip(CURVES.items(), MARKERS, strict=False):
            marked = {"marker": marker, "markevery": MARKED, "markersize": 3}
            axes.plot(passed, solution[name][points], color=colour, **marked, **line)
        potentials = {name: solution[name][points] for name in CURVES}
        rows.append(pd.DataFrame({"Cycle": cycle, "Capacity of the cycle [mA.h.g-1]": passed, **potentials}))
    for (label, colour), marker in zip(CURVES.values(), MARKERS, strict=False):
        axes.plot([], [], color=colour, marker=marker, markersize=3, label=label)
    if len(cycles) > 1:
        axes.plot([], [], "--", color="grey", linewidth=0.8, label=f"cycle {cycles[0]}")
        axes.plot([], [], color="grey", label=f"cycle {cycles[-1]}")
    axes.axhline(0, color="grey", linewidth=0.5)
    axes.set(xlabel=CAPACITY, ylabel="Cell voltage, potential against Na / V")
    axes.legend(loc="best", fontsize=7)
    return pd.concat(rows, ignore_index=True)


def _draw_sodium(axes, solution: Solution) -> pd.DataFrame:
    """The sodium in each place at the end of each cycle, stacked; after few cycles as bars."""
    held = {f"{name} [mA.h.g-1]": np.array(values) for name, values in by_cycle(solution).items()}
    places = POSITIVE_PLACES | PLACES
    parts = by_place(solution.material, {name: np.clip(values, 0, None) for name, values in held.items()})
    parts = {name: parts[name] for name in places if name in parts}
    total = np.sum(list(parts.values()), axis=0).max(initial=0.0)
    shown = {name: values for name, values in parts.items() if values.max(initial=0.0) > LEAST_SHOWN * total}
    cycles, bottom = np.array(solution.cycles), np.zeros(len(solution.cycles))
    for name, values in reversed(shown.items()):
        label, colour = places[name]
        style = {"facecolor": colour, "hatch": HATCHES[colour], "edgecolor": HATCHED, "linewidth": 0}
        axes.bar(cycles, values, bottom=bottom, label=label, width=0.8, **style)
        bottom = bottom + values
    axes.set(xlabel="Cycle, at its end", ylabel="Sodium / mAh per g of carbon")
    axes.xaxis.get_major_locator().set_params(integer=True)
    handles, names = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], names[::-1], loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return pd.DataFrame({"Cycle": cycles, **parts})
