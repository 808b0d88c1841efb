"""What lowers the voltage, and what varies through a porous electrode."""

import pandas as pd

from coreshell_model.errors import InputError
from coreshell_model.figures.picture import Picture
from coreshell_model.figures.profiles import in_words
from coreshell_model.figures.style import (
    ONE_COLUMN,
    TWO_COLUMNS,
    gradient,
    new_figure,
    set_title,
    styled,
    title,
)
from coreshell_model.observables.capacity import CHARGE, in_direction
from coreshell_model.polarisation import LIMITS
from coreshell_model.solution import Solution

PARTICLE = "Particle potential drop [mV]"
LEAST_SHOWN = 0.5
"""Drops [mV] below which a line is left out."""

PANELS = {
    "Electrolyte concentration [mol.m-3]": "Salt / mol m$^{-3}$",
    "Sodium in carbon by place [mA.h.g-1]": "Sodium in carbon / mAh g$^{-1}$",
    "Interfacial current density [A.m-2]": "Reaction / A m$^{-2}$",
}
"""Profiles through the electrode with their axis."""


def drops_picture(solution: Solution) -> Picture:
    """Every drop of voltage against capacity during the last cycle's sodiation.

    Raises
    ------
    InputError
        A last cycle that did not sodiate.
    """
    cycle = solution.cycles[-1] if solution.cycles else 1
    steps = in_direction(solution, cycle, 1)
    if not steps:
        raise InputError(f"{solution.protocol.name}: cycle {cycle} did not sodiate, so no drop is drawn")
    points = slice(steps[0].points.start, steps[-1].points.stop)
    charge = solution[CHARGE][points] - solution[CHARGE][points.start]
    numbers = pd.DataFrame(
        {"Cycle": cycle, "Capacity of the cycle [mA.h.g-1]": charge}
        | {f"{name.removesuffix(' [V]')} [mV]": 1e3 * solution[name][points] for name in LIMITS}
    )
    with styled():
        figure = new_figure(ONE_COLUMN + 1.3, 2.6)
        axes = figure.subplots()
        for name, label in LIMITS.items():
            drop = 1e3 * solution[name][points]
            # Not of the beginning, where a core that starts empty has no potential to speak of.
            if abs(drop[len(drop) // 2 :]).max() >= LEAST_SHOWN:
                axes.plot(charge, drop, label=label)
        axes.set(xlabel="Capacity of the cycle / mAh g$^{-1}$", ylabel="Drop of voltage / mV")
        _show_all_once_filled(axes, numbers)
        axes.margins(x=0)
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        set_title(figure, f"{title(solution)}, cycle {cycle}")
        return Picture(figure, numbers)


def _show_all_once_filled(axes, numbers: pd.DataFrame) -> None:
    """Every drop, but the particle's while its core is empty and has no potential: that is said in words."""
    particle = numbers[PARTICLE].to_numpy()
    filled = int((particle >= 0).argmax())  # 0 also where it never is
    others = numbers[[f"{name.removesuffix(' [V]')} [mV]" for name in LIMITS]].drop(columns=PARTICLE)
    low = min(0.0, others.to_numpy().min(), particle[filled:].min())
    high = max(LEAST_SHOWN, others.to_numpy().max(), particle[filled:].max())
    room = 0.05 * (high - low)
    axes.set_ylim(low - room, high + room)
    if filled:
        words = f"particle: from {particle[0] / 1e3:.2g} V on,\nwhile its core is empty"
        axes.plot([], [], " ", label=words)


def electrode_picture(solution: Solution) -> Picture:
    """Salt, sodium and reaction through the electrode at the end of each step of the last cycle.

    Raises
    ------
    InputError
        A run at the particle level.
    """
    if not solution.electrode_profiles:
        raise InputError(
            f"{solution.material.name}: a run at the particle level has nothing through the electrode; "
            "run it with --level electrode"
        )
    taken = [step for step in solution.steps if not step.skipped]
    ends = [place for place, step in enumerate(taken) if step.cycle == taken[-1].cycle][-4:]
    thickness = 1e6 * solution.parameters["Electrode thickness [m]"]
    rows = []
    with styled():
        figure = new_figure(TWO_COLUMNS, 2.5)
        for axes, (name, label) in zip(figure.subplots(1, len(PANELS)), PANELS.items(), strict=True):
            for place, colour in zip(ends, gradient(len(ends)), strict=True):
                step, values = taken[place], solution.electrode_profiles[name][place]
                depth = thickness * (pd.RangeIndex(len(values)).to_numpy() + 0.5) / len(values)
                axes.plot(depth, values, color=colour, label=f"end of {in_words(step.text)}")
                rows.append(
                    pd.DataFrame(
                        {
                            "Cycle": step.cycle,
                            "Step": step.number,
                            "Profile": name,
                            "Depth from the separator [um]": depth,
                            "Value": values,
                        }
                    )
                )
            axes.set(xlabel="Depth from separator / \u00b5m", ylabel=label)
            axes.set_xlim(0, thickness)
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        set_title(figure, f"{title(solution)}, cycle {taken[-1].cycle}")
        return Picture(figure, pd.concat(rows, ignore_index=True))
