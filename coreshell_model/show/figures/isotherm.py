"""Sodium that a material stores at equilibrium, and its diffusivity."""

import numpy as np
import pandas as pd

from coreshell_model.inputs.material import Material, OneCarbonMaterial
from coreshell_model.observe.equilibrium import isotherm
from coreshell_model.observe.inventory import by_place
from coreshell_model.show.figures.inventory import PLACES
from coreshell_model.show.figures.palette import HATCHED, HATCHES
from coreshell_model.show.figures.picture import (
    CAPACITY,
    TWO_COLUMNS,
    VOLTAGE,
    Picture,
    new_figure,
    set_title,
    styled,
)

SHOWN_TO = 2.0
"""Highest potential [V] that is drawn."""


def isotherm_picture(material: Material) -> Picture:
    """Potential against capacity, dQ/dU by place, and the diffusivity against the occupancy.

    The capacity is drawn as what comes back and, dashed, with what does not, which dQ/dU by place adds up to.
    """
    equilibrium = isotherm(material)
    shown = equilibrium.potential <= SHOWN_TO
    potential, reversible = equilibrium.potential[shown], equilibrium.reversible[shown]
    with styled():
        figure = new_figure(TWO_COLUMNS, 2.8)
        left, middle, right = figure.subplots(1, 3, width_ratios=(1, 1.1, 0.9))
        held = np.sum(list(equilibrium.places.values()), axis=0)[shown]
        keeps = any(place in equilibrium.places for place in equilibrium.lost)
        left.plot(reversible, potential, color="black", label="comes back")
        rows = {"Potential [V]": potential, "Reversible capacity [mA.h.g-1]": reversible}
        if keeps:
            left.plot(held, potential, "--", color="black", label="all, as in (b)")
            left.legend(loc="upper right")
        rows["Capacity with sodium that does not come back [mA.h.g-1]"] = held
        left.set(xlabel=CAPACITY, ylabel=VOLTAGE, ylim=(0, SHOWN_TO))
        one_carbon = isinstance(material, OneCarbonMaterial)
        below = np.zeros_like(potential)
        held_in = by_place(material, equilibrium.places)
        for place, (label, colour) in PLACES.items():
            if place not in held_in:
                continue
            charge = held_in[place][shown]
            density = -np.gradient(charge, potential)
            rows[place] = charge
            rows[place.replace("[mA.h.g-1]", "by potential [mA.h.g-1.V-1]")] = density
            if place in equilibrium.lost:
                label = f"{label} (does not come back)"
            style = {"facecolor": colour, "hatch": HATCHES[colour], "edgecolor": HATCHED, "linewidth": 0}
            middle.fill_between(potential, below, below + density, label=label, **style)
            below = below + density
        middle.set(xlabel=VOLTAGE, ylabel="-dQ/dU / mAh g$^{-1}$ V$^{-1}$", xlim=(0, SHOWN_TO))
        middle.set_ylim(0, 1.05 * below.max())
        middle.legend(loc="upper right")
        for region, line in (("Core", "-"), ("Shell", "--")):
            if one_carbon and region == "Shell":
                continue
            theta, diffusivity = equilibrium.occupancy[region], equilibrium.diffusivity[region]
            name = "Carbon" if one_carbon else region
            right.plot(theta, diffusivity, line, color="black", label=name.lower())
            rows[f"{name} sloping occupancy"] = theta[shown]
            rows[f"{name} diffusivity [m2.s-1]"] = diffusivity[shown]
        right.set(xlabel="Occupancy", ylabel="D / m$^2$ s$^{-1}$", yscale="log", xlim=(0, 1))
        low, high = right.get_ylim()
        right.set_ylim(min(low, high / 30), max(high, low * 30))
        right.legend()
        for axes, letter in ((left, "a"), (middle, "b"), (right, "c")):
            axes.set_title(f"({letter})")
        set_title(figure, f"{material.name} at equilibrium, per gram of active carbon")
        return Picture(figure, pd.DataFrame(rows))
