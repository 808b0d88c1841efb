"""GITT: potentials at rest, and apparent diffusivities."""

import pandas as pd

from coreshell_model.errors import InputError
from coreshell_model.figures.picture import Picture
from coreshell_model.figures.style import ONE_COLUMN, VOLTAGE, new_figure, styled, title
from coreshell_model.observables import titration
from coreshell_model.solution import Solution


def titration_picture(solution: Solution) -> Picture:
    """Potential at rest (34) above, apparent diffusivity (35) below, both over the charge since the start.

    Raises
    ------
    InputError
        A run without a titration.
    """
    found = titration(solution)
    if found is None:
        raise InputError(f"{solution.protocol.name} has no titration to draw; run a protocol such as gitt")
    numbers = pd.DataFrame(
        {
            "Cycle": found.cycle,
            "Sodiating": found.sodiating,
            "Charge [mA.h.g-1]": found.charge,
            "Potential at rest [V]": found.potential,
            "Apparent diffusivity [m2.s-1]": found.diffusivity,
        }
    )
    with styled():
        figure = new_figure(ONE_COLUMN, 4.0)
        above, below = figure.subplots(2, 1, sharex=True)
        for way, name, marker, colour in ((True, "sodiation", "v", "C0"), (False, "desodiation", "^", "C1")):
            here = numbers[numbers["Sodiating"] == way]
            style = {
                "linestyle": "none",
                "marker": marker,
                "color": colour,
                "fillstyle": "none",
                "label": name,
            }
            above.plot(here["Charge [mA.h.g-1]"], here["Potential at rest [V]"], **style)
            below.plot(here["Charge [mA.h.g-1]"], here["Apparent diffusivity [m2.s-1]"], **style)
        above.set(ylabel=VOLTAGE, title=title(solution))
        below.set(xlabel="Charge since the start / mAh g$^{-1}$", ylabel="D (apparent) / m$^{2}$ s$^{-1}$")
        if found.diffusivity[found.diffusivity > 0].size:
            below.set_yscale("log")
        above.legend()
        figure.align_ylabels()
        return Picture(figure, numbers)
