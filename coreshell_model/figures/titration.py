"""GITT: potentials at rest, and apparent diffusivities."""

import pandas as pd

from coreshell_model.errors import InputError
from coreshell_model.figures.picture import Picture
from coreshell_model.figures.style import ONE_COLUMN, VOLTAGE, new_figure, set_title, styled, title
from coreshell_model.observables import titration
from coreshell_model.observables.titration import fills_through_walls
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
    known = found.diffusivity[found.diffusivity > 0].size > 0
    with styled():
        figure = new_figure(ONE_COLUMN, 4.0 if known else 2.5)
        panels = figure.subplots(2 if known else 1, 1, sharex=True, squeeze=False)[:, 0]
        _draw(panels[0], numbers, "Potential at rest [V]", VOLTAGE)
        if known:
            _draw(panels[1], numbers, "Apparent diffusivity [m2.s-1]", "D (apparent) / m$^{2}$ s$^{-1}$")
            panels[1].set_yscale("log")
        panels[-1].set_xlabel("Charge since the start / mAh g$^{-1}$")
        heading = title(solution)
        if fills_through_walls(solution):
            heading += "; no diffusivity: open pores fill the carbon through their walls"
        set_title(figure, heading)
        panels[0].legend()
        figure.align_ylabels()
        return Picture(figure, numbers)


def _draw(axes, numbers: pd.DataFrame, column: str, label: str) -> None:
    """One quantity pulse by pulse, the two ways apart."""
    for way, name, marker, colour in ((True, "sodiation", "v", "C0"), (False, "desodiation", "^", "C1")):
        here = numbers[numbers["Sodiating"] == way]
        axes.plot(
            here["Charge [mA.h.g-1]"],
            here[column],
            linestyle="none",
            marker=marker,
            color=colour,
            fillstyle="none",
            label=name,
        )
    axes.set_ylabel(label)
