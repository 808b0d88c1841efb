"""Radial profiles at the ends of steps."""

from typing import Any

import pandas as pd

from coreshell_model.errors import InputError
from coreshell_model.figures.picture import Picture
from coreshell_model.figures.style import TWO_COLUMNS, gradient, new_figure, set_title, styled, title
from coreshell_model.material import OneCarbonMaterial
from coreshell_model.solution import Solution

SHOWN: dict[str, tuple[str, str]] = {
    "Core sloping occupancy": ("Core", "-"),
    "Shell sloping occupancy": ("Shell", "-"),
    "Cluster filling": ("Core", "--"),
    "Shell trap occupancy": ("Shell", ":"),
}
"""Profiles by region, with their line."""

NAMES = {"-": "sloping sites", "--": "clusters", ":": "traps"}

MOST_STEPS = 4
"""Steps of the last cycle whose ends are drawn."""


def profiles_picture(solution: Solution) -> Picture:
    """Occupancies over the radius at the end of each step of the last cycle, each carbon to its scale.

    Raises
    ------
    InputError
        A run without a step.
    """
    taken = [step for step in solution.steps if not step.skipped]
    if not taken:
        raise InputError(f"{solution.protocol.name}: no step was simulated, so there is no profile to draw")
    last = taken[-1].cycle
    ends = [place for place, step in enumerate(taken) if step.cycle == last][-MOST_STEPS:]
    one = isinstance(solution.material, OneCarbonMaterial)
    with styled():
        figure = new_figure(TWO_COLUMNS * 0.72, 2.7)
        row = figure.subplots(1, 2, sharey=True, width_ratios=(2.5, 1) if one else (1.6, 1))
        axes: dict[str, Any] = dict(zip(("Core", "Shell"), row, strict=True))
        rows = []
        for place, colour in zip(ends, gradient(len(ends)), strict=True):
            step = taken[place]
            for name, (region, line) in SHOWN.items():
                radii, values = 1e9 * solution.radii[region], solution.profiles[name][place]
                axes[region].plot(radii, values, line, color=colour)
                rows.append(
                    pd.DataFrame(
                        {
                            "Cycle": step.cycle,
                            "Step": step.number,
                            "Profile": name,
                            "Radius [nm]": radii,
                            "Value": values,
                        }
                    )
                )
            axes["Shell"].plot([], [], color=colour, label=f"end of {in_words(step.text)}")
        for line, name in NAMES.items():
            axes["Shell"].plot([], [], line, color="grey", label=name)
        axes["Core"].set(xlabel="Radius / nm", ylabel="Occupancy", ylim=(-0.02, 1.02))
        axes["Shell"].set(xlabel="Radius / nm")
        for region, words in (
            ("Core", "inside" if one else "core"),
            ("Shell", "outside" if one else "shell"),
        ):
            axes[region].set_title(words)
            axes[region].margins(x=0)
        axes["Shell"].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        set_title(figure, f"{title(solution)}, cycle {last}")
        return Picture(figure, pd.concat(rows, ignore_index=True))


def in_words(text: str) -> str:
    """A step's words without its limits, in the words of the carbon."""
    words = text.split(" for ")[0].split(" (")[0]
    return words.replace("Discharge", "sodiation").replace("Charge", "desodiation").replace("Hold", "hold")
