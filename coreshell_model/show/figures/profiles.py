"""Where sodium is inside particles, and drops of potential across the electrode."""

from dataclasses import dataclass
from itertools import cycle
from typing import Any

import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.inputs.material import OneCarbonMaterial
from coreshell_model.inputs.sections import STORES
from coreshell_model.inputs.steps import Kind, Step, rate_label
from coreshell_model.observe.capacity import CHARGE, in_direction
from coreshell_model.observe.polarisation import LIMITS
from coreshell_model.run.solution import RADII, Solution, StepTaken
from coreshell_model.show.figures.picture import (
    ONE_COLUMN,
    TWO_COLUMNS,
    Picture,
    gradient,
    new_figure,
    set_title,
    styled,
    title,
)

GIVES_BACK = ("--", "-.", (0, (3, 1, 1, 1, 1, 1)))
KEEPS = (":", (0, (1, 3)))
"""Lines of the kinds of storage that give their sodium back, and of those that keep it, in their order."""


@dataclass(frozen=True)
class Shown:
    """A profile in one carbon, with its line and what that stands for."""

    name: str
    region: str
    line: Any
    label: str


SHOWN = (
    *(Shown(f"{region} sloping occupancy", region, "-", "sloping sites") for region in RADII),
    *(
        Shown(kind.store.states[0].format(region=region), region, line, kind.store.label)
        for gives_back, lines in ((True, GIVES_BACK), (False, KEEPS))
        for kind, line in zip(
            (kind for kind in STORES if kind.store.gives_back is gives_back), cycle(lines), strict=False
        )
        for region in kind.regions
    ),
)
"""Occupancies that are drawn where there are any."""

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
    drawn = [shown for shown in SHOWN if shown.line == "-" or solution.profiles[shown.name].any()]
    one = isinstance(solution.material, OneCarbonMaterial)
    with styled():
        figure = new_figure(TWO_COLUMNS * 0.72, 2.7)
        row = figure.subplots(1, 2, sharey=True, width_ratios=(2.5, 1) if one else (1.6, 1))
        axes: dict[str, Any] = dict(zip(("Core", "Shell"), row, strict=True))
        rows = []
        for place, colour in zip(ends, gradient(len(ends)), strict=True):
            step = taken[place]
            for shown in drawn:
                radii = 1e9 * solution.radii[shown.region]
                values = solution.profiles[shown.name][place]
                axes[shown.region].plot(radii, values, linestyle=shown.line, color=colour)
                rows.append(
                    pd.DataFrame(
                        {
                            "Cycle": step.cycle,
                            "Step": step.number,
                            "Profile": shown.name,
                            "Radius [nm]": radii,
                            "Value": values,
                        }
                    )
                )
            axes["Shell"].plot([], [], color=colour, label=_name(solution, step, taken, last))
        for label, line in {shown.label: shown.line for shown in drawn}.items():
            axes["Shell"].plot([], [], linestyle=line, color="grey", label=label)
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


def _ends(taken: list[StepTaken], number: int) -> list[int]:
    """Places of the steps of a cycle to draw: all, or where there are many some pulses throughout it."""
    places = [place for place, step in enumerate(taken) if step.cycle == number]
    if len(places) <= MOST_STEPS:
        return places
    moving = [place for place in places if taken[place].asked.kind is not Kind.REST]
    chosen = moving if len(moving) >= MOST_STEPS else places
    return [chosen[(2 * i + 1) * len(chosen) // (2 * MOST_STEPS)] for i in range(MOST_STEPS)]


def _name(solution: Solution, step: StepTaken, taken: list[StepTaken], cycle: int) -> str:
    """Which step's end a curve is; its number and voltage where the words alone do not tell."""
    words = f"end of {in_words(step.asked)}"
    if sum(other.cycle == cycle for other in taken) <= MOST_STEPS:
        return words
    return f"{words},\nstep {step.number}, {solution['Voltage [V]'][step.points][-1]:.3g} V"


IN_CARBON = {Kind.SODIATE: "sodiation", Kind.DESODIATE: "desodiation"}
"""What steps are to the carbon; the others are called by their own names."""


def in_words(step: Step) -> str:
    """What a step does, without its limits, in the words of the carbon."""
    does = step.does.removeprefix(step.kind.value) if step.rate is None else f" at {rate_label(step.rate)}"
    return IN_CARBON.get(step.kind, step.kind.value.lower()) + does


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
                axes.plot(depth, values, color=colour, label=f"end of {in_words(step.asked)}")
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
