"""Profiles inside particles and through the electrode, and drops of voltage."""

from dataclasses import dataclass
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.inputs.material import OneCarbonMaterial
from coreshell_model.inputs.sections import STORES
from coreshell_model.inputs.steps import Kind, Step, rate_label
from coreshell_model.observe.capacity import CHARGE, in_direction
from coreshell_model.observe.polarisation import LIMITS
from coreshell_model.run.solution import RADII, Solution, StepTaken
from coreshell_model.show.figures.palette import marked_lines
from coreshell_model.show.figures.picture import (
    ONE_COLUMN,
    TWO_COLUMNS,
    Picture,
    new_figure,
    set_title,
    stacked,
    styled,
    title,
)

GIVES_BACK = ("--", "-.", (0, (3, 1, 1, 1, 1, 1)))
KEEPS = (":", (0, (1, 3)))
"""Line styles of the kinds of storage that give their sodium back, and of those that keep it."""


@dataclass(frozen=True)
class Profile:
    """An occupancy in one carbon by its name in the solution, with its line style and legend."""

    name: str
    region: str
    line: Any
    label: str


PROFILES = (
    *(Profile(f"{region} sloping occupancy", region, "-", "sloping sites") for region in RADII),
    *(
        Profile(kind.store.states[0].format(region=region), region, line, kind.store.label)
        for gives_back, lines in ((True, GIVES_BACK), (False, KEEPS))
        for kind, line in zip(
            (kind for kind in STORES if kind.store.gives_back is gives_back), cycle(lines), strict=False
        )
        for region in kind.regions
    ),
)
"""Occupancies in their order in the legend; but for sloping sites, those that are 0 are not drawn."""

MOST_STEPS = 4
"""Steps of the last cycle whose ends are drawn at most."""


def profiles_picture(solution: Solution) -> Picture:
    """Occupancies over the radius at the ends of steps of the last cycle, each carbon to its scale.

    Raises
    ------
    InputError
        A run without a step, or of open particles alone.
    """
    steps = [step for step in solution.steps if not step.skipped]
    if not steps:
        raise InputError(f"{solution.protocol.name}: no step was simulated, so there is no profile to draw")
    if solution.parameters.get("Open fraction", 0.0) >= 1:
        raise InputError(
            f"{solution.material.name}: all particles are open and fill through the walls of their pores, so "
            "there is no radial profile to draw"
        )
    cycle = steps[-1].cycle
    one_carbon = isinstance(solution.material, OneCarbonMaterial)
    with styled():
        figure = new_figure(TWO_COLUMNS * 0.72, 2.7)
        core, shell = figure.subplots(1, 2, sharey=True, width_ratios=(2.5, 1) if one_carbon else (1.6, 1))
        core.set(xlabel="Radius / nm", ylabel="Occupancy", ylim=(-0.02, 1.02))
        shell.set(xlabel="Radius / nm")
        numbers = _draw_profiles({"Core": core, "Shell": shell}, solution, steps, cycle)
        core.set_title("inside" if one_carbon else "core")
        shell.set_title("outside" if one_carbon else "shell")
        for axes in (core, shell):
            axes.margins(x=0)
        shell.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        set_title(figure, f"{title(solution)}, cycle {cycle}")
        return Picture(figure, numbers)


def _draw_profiles(axes: dict[str, Any], solution: Solution, steps: list[StepTaken], cycle: int):
    """Draw each carbon's profiles on its axes, a colour for each step; return their numbers."""
    ends = _steps_to_draw(steps, cycle)
    profiles = [each for each in PROFILES if each.line == "-" or solution.profiles[each.name].any()]
    rows = []
    for index, style in zip(ends, marked_lines(len(ends)), strict=True):
        step = steps[index]
        for profile in profiles:
            radii = 1e9 * solution.radii[profile.region]
            values = solution.profiles[profile.name][index]
            axes[profile.region].plot(radii, values, linestyle=profile.line, **style)
            rows.append(
                {
                    "Cycle": step.cycle,
                    "Step": step.number,
                    "Profile": profile.name,
                    "Radius [nm]": radii,
                    "Value": values,
                }
            )
        axes["Shell"].plot([], [], **style, label=_step_label(solution, step, steps, cycle))
    for label, line in {profile.label: profile.line for profile in profiles}.items():
        axes["Shell"].plot([], [], linestyle=line, color="grey", label=label)
    return stacked(rows)


def _steps_to_draw(steps: list[StepTaken], cycle: int) -> list[int]:
    """Indices of the steps of a cycle; of many, a few throughout it, without rests where possible."""
    of_cycle = [index for index, step in enumerate(steps) if step.cycle == cycle]
    if len(of_cycle) <= MOST_STEPS:
        return of_cycle
    with_current = [index for index in of_cycle if steps[index].asked.kind is not Kind.REST]
    candidates = with_current if len(with_current) >= MOST_STEPS else of_cycle
    return [candidates[(2 * i + 1) * len(candidates) // (2 * MOST_STEPS)] for i in range(MOST_STEPS)]


def _step_label(solution: Solution, step: StepTaken, steps: list[StepTaken], cycle: int) -> str:
    """The step at whose end a profile is; with its number and voltage where not all steps are drawn."""
    words = f"end of {in_words(step.asked)}"
    if sum(other.cycle == cycle for other in steps) <= MOST_STEPS:
        return words
    return f"{words},\nstep {step.number}, {solution['Voltage [V]'][step.points][-1]:.3g} V"


IN_CARBON = {Kind.SODIATE: "sodiation", Kind.DESODIATE: "desodiation"}
"""Names of steps with current; other steps are called as in protocols."""


def in_words(step: Step) -> str:
    """What a step does, without its limits, as "sodiation at C/20"."""
    does = step.does.removeprefix(step.kind.value) if step.rate is None else f" at {rate_label(step.rate)}"
    return IN_CARBON.get(step.kind, step.kind.value.lower()) + does


PARTICLE = "Particle potential drop [mV]"
LEAST_SHOWN = 0.5
"""Smallest drop [mV] that is drawn."""

PANELS = {
    "Electrolyte concentration [mol.m-3]": "Salt / mol m$^{-3}$",
    "Sodium in carbon by place [mA.h.g-1]": "Sodium in carbon / mAh g$^{-1}$",
    "Interfacial current density [A.m-2]": "Reaction / A m$^{-2}$",
}
"""Profiles through the electrode with the labels of their axes."""


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
            # The first half does not count: an empty core has no meaningful potential.
            if abs(drop[len(drop) // 2 :]).max() >= LEAST_SHOWN:
                axes.plot(charge, drop, label=label)
        axes.set(xlabel="Capacity of the cycle / mAh g$^{-1}$", ylabel="Drop of voltage / mV")
        _limit_drops(axes, numbers)
        axes.margins(x=0)
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        set_title(figure, f"{title(solution)}, cycle {cycle}")
        return Picture(figure, numbers)


def _limit_drops(axes, numbers: pd.DataFrame) -> None:
    """Fit the axis to all drops, but the particle's only from where its core fills; the legend says so."""
    particle = numbers[PARTICLE].to_numpy()
    filling = int((particle >= 0).argmax())  # 0 also where it never begins
    others = numbers[[f"{name.removesuffix(' [V]')} [mV]" for name in LIMITS]].drop(columns=PARTICLE)
    low = min(0.0, others.to_numpy().min(), particle[filling:].min())
    high = max(LEAST_SHOWN, others.to_numpy().max(), particle[filling:].max())
    room = 0.05 * (high - low)
    axes.set_ylim(low - room, high + room)
    if filling:
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
    steps = [step for step in solution.steps if not step.skipped]
    cycle = steps[-1].cycle
    ends = [index for index, step in enumerate(steps) if step.cycle == cycle][-MOST_STEPS:]
    thickness = 1e6 * solution.parameters["Electrode thickness [m]"]
    rows = []
    with styled():
        figure = new_figure(TWO_COLUMNS, 2.5)
        for axes, (name, label) in zip(figure.subplots(1, len(PANELS)), PANELS.items(), strict=True):
            for index, style in zip(ends, marked_lines(len(ends)), strict=True):
                step, values = steps[index], solution.electrode_profiles[name][index]
                depth = thickness * (np.arange(len(values)) + 0.5) / len(values)
                axes.plot(depth, values, **style, label=f"end of {in_words(step.asked)}")
                rows.append(
                    {
                        "Cycle": step.cycle,
                        "Step": step.number,
                        "Profile": name,
                        "Depth from the separator [um]": depth,
                        "Value": values,
                    }
                )
            axes.set(xlabel="Depth from separator / \u00b5m", ylabel=label)
            axes.set_xlim(0, thickness)
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        set_title(figure, f"{title(solution)}, cycle {cycle}")
        return Picture(figure, stacked(rows))
