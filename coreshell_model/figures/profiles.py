"""Radial profiles at the ends of steps."""

from typing import Any

import pandas as pd

from coreshell_model.errors import InputError
from coreshell_model.figures.picture import Picture
from coreshell_model.figures.style import TWO_COLUMNS, gradient, new_figure, set_title, styled, title
from coreshell_model.material import OneCarbonMaterial
from coreshell_model.solution import Solution, Step
from coreshell_model.steps import Kind, kind, rate, rate_label

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
    """Occupancies over the radius at ends of steps of the last cycle, each carbon to its scale.

    Raises
    ------
    InputError
        A run without a step, or of open particles alone.
    """
    taken = [step for step in solution.steps if not step.skipped]
    if not taken:
        raise InputError(f"{solution.protocol.name}: no step was simulated, so there is no profile to draw")
    if solution.parameters.get("Open fraction", 0.0) >= 1:
        raise InputError(
            f"{solution.material.name}: all particles are open and fill through the walls of their pores, so "
            "there is no radial profile to draw"
        )
    last = taken[-1].cycle
    ends = _ends(taken, last)
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
            axes["Shell"].plot([], [], color=colour, label=_name(solution, step, taken, last))
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


def _ends(taken: list[Step], cycle: int) -> list[int]:
    """Places of the steps of a cycle to draw: all, or where there are many some pulses throughout it."""
    places = [place for place, step in enumerate(taken) if step.cycle == cycle]
    if len(places) <= MOST_STEPS:
        return places
    moving = [place for place in places if kind(taken[place].text) is not Kind.REST]
    chosen = moving if len(moving) >= MOST_STEPS else places
    return [chosen[(2 * i + 1) * len(chosen) // (2 * MOST_STEPS)] for i in range(MOST_STEPS)]


def _name(solution: Solution, step: Step, taken: list[Step], cycle: int) -> str:
    """Which step's end a curve is; its number and voltage where the words alone do not tell."""
    words = f"end of {in_words(step.text)}"
    if sum(other.cycle == cycle for other in taken) <= MOST_STEPS:
        return words
    return f"{words},\nstep {step.number}, {solution['Voltage [V]'][step.points][-1]:.3g} V"


def in_words(text: str) -> str:
    """A step's words without its limits, in the words of the carbon."""
    words = text.split(" for ")[0].split(" (")[0]
    multiple = rate(text)
    if multiple is not None:
        words = f"{words.partition(' at ')[0]} at {rate_label(multiple)}"
    words = words.replace("Discharge", "sodiation").replace("Charge", "desodiation")
    return words[:1].lower() + words[1:]
