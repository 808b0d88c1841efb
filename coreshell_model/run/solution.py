"""What a simulation returns: series over time, radial profiles, and how each step ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from coreshell_model.inputs.material import Material
from coreshell_model.inputs.protocol import Protocol
from coreshell_model.inputs.sections import STORES
from coreshell_model.inputs.steps import Step

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

IN_CARBON = (
    "Sodium in core sloping sites [mA.h.g-1]",
    "Sodium in shell sloping sites [mA.h.g-1]",
    *(kind.store.place for kind in STORES),
)
"""Where in the carbon sodium can be."""

INVENTORY = (*IN_CARBON, "Sodium in SEI [mA.h.g-1]", "Charge in double layer [mA.h.g-1]")
"""Where the sodium can be."""

POSITIVE_INVENTORY = (
    "Sodium in positive electrode [mA.h.g-1]",
    "Charge in positive double layer [mA.h.g-1]",
    "Sodium in sacrificial salt [mA.h.g-1]",
)
"""Where else sodium can be in a full cell, per gram of active carbon."""

PRESODIATION = "Sodium for presodiation [mA.h.g-1]"
"""Sodium on the carbon of a full cell that has not gone into it yet."""

LOST_IN_CARBON = tuple(kind.store.place for kind in STORES if not kind.store.gives_back)
"""Where in the carbon it stays for good."""

DROPS = (
    "Particle potential drop [V]",
    "Film potential drop [V]",
    "Electrolyte potential drop [V]",
    "Electronic potential drop [V]",
    "Counter electrode overpotential [V]",
    "Series potential drop [V]",
)
"""What lowers the voltage beneath the core's mean potential, positive during sodiation."""

SERIES = (
    "Time [s]",
    "Current [A]",
    "Specific current [A.kg-1]",
    "Voltage [V]",
    "Working electrode against a reference [V]",
    "Specific capacity [mA.h.g-1]",
    *INVENTORY,
    "Double-layer potential [V]",
    "Core mean potential [V]",
    *DROPS,
    "Surface sloping occupancy",
    "SEI thickness [m]",
    "Pore filling",
)
"""The series that are saved; the PyBaMM solution has every other variable of the model."""

ELECTRODE_SERIES = (
    "Lowest electrolyte concentration [mol.m-3]",
    "Highest electrolyte concentration [mol.m-3]",
    "Mean electrolyte concentration [mol.m-3]",
)
"""Further series at the electrode level."""

WORKING = "Working electrode against a reference [V]"

FULL_CELL_SERIES = (
    *POSITIVE_INVENTORY,
    PRESODIATION,
    "Positive electrode potential [V]",
    "Positive mean stoichiometry",
    "Positive surface stoichiometry",
    "Carbon against sodium at the separator [V]",
)
"""Further series of a full cell."""

PROFILES = (
    "Core sloping occupancy",
    "Shell sloping occupancy",
    *(
        state.format(region=region)
        for kind in STORES
        for region in kind.regions
        for state in kind.store.states
    ),
)
"""The radial profiles that are saved, at the end of each step."""

RADII = {region: f"{region} radius [m]" for region in ("Core", "Shell")}
"""Names under which the radii of the cell centres are saved."""

ELECTRODE_PROFILES = (
    "Electrolyte concentration [mol.m-3]",
    "Carbon to electrolyte potential [V]",
    "Interfacial current density [A.m-2]",
    "Sodium in carbon by place [mA.h.g-1]",
)
"""Profiles through the electrode, from separator to current collector, saved at the electrode level."""


PARTICLE = "particle"
"""The level at which nothing varies through the electrode."""


class Ending(Enum):
    """How a step, or a whole run, can end; the value is the sentence that says so."""

    VOLTAGE = "its voltage limit was reached"
    CURRENT = "its current limit was reached"
    RATE_LIMIT = "its current reached 10C, the limit of steps of constant power or resistance"
    TIME = "its time limit was reached"
    DEFAULT_TIME = "the program's own time limit ended it, as the protocol states no time"
    CAPACITY = "its capacity limit was reached"
    SWEPT = "its sweep reached the voltage it goes to"
    SKIPPED = "skipped: its limit was already passed at its start"
    COMPLETED = "completed: every step ended by a condition of the protocol"
    CUT_OFF = (
        "the voltage left the model's range, more than 1 V beyond the window; check resistances and rates"
    )
    TIMED_OUT = (
        "the time limit of the solve was reached; allow more (--time-limit), or take fewer or coarser steps"
    )
    SOLVER = "the solver failed; try a material closer to a shipped one, or a slower rate"


@dataclass(frozen=True)
class StepTaken:
    """One step of a run: its place in the protocol, what was asked, its points in the series, its ending."""

    cycle: int
    number: int
    asked: Step
    ending: Ending
    points: slice

    @property
    def skipped(self) -> bool:
        """True where the step's limit was passed before it began, so that it has no points."""
        return self.points.start == self.points.stop


@dataclass(frozen=True)
class Solution:
    """One run of a material through a protocol.

    ``solution[name]`` is the series of a variable at the solver's own times, all steps in a row, at the
    electrode level averaged over the electrode; ``steps`` says which points belong to which step. SI units
    unless the name says otherwise.

    Attributes
    ----------
    material, protocol : what was simulated
    parameters : the model's parameters by PyBaMM name
    steps : the steps taken, in order
    ending : how the run ended; ``explanation`` is that in one line, with the place
    solve_time : wall time of the solve [s], without building the model
    level : "particle" or "electrode"
    pybamm : the PyBaMM solution, or None for one loaded from a file or without a single step
    """

    material: Material
    protocol: Protocol
    parameters: Mapping[str, float]
    steps: tuple[StepTaken, ...]
    ending: Ending
    explanation: str
    solve_time: float
    pybamm: Any = field(default=None, repr=False, compare=False)
    saved: Mapping[str, Array] = field(default_factory=dict, repr=False, compare=False)
    level: str = PARTICLE

    @property
    def completed(self) -> bool:
        """True where every step of the protocol ended by a named condition."""
        return self.ending is Ending.COMPLETED

    @property
    def resolves_electrode(self) -> bool:
        """True where salt, current and sodium vary through the electrode."""
        return self.level != PARTICLE

    @cached_property
    def _series(self) -> dict[str, Array]:
        return {}

    def __getitem__(self, name: str) -> Array:
        """The series of variable ``name``, read-only, one value a point in time."""
        if name in self.saved:
            return self.saved[name]
        if self.saved:
            raise KeyError(f"{name!r} was not saved; saved are {', '.join(self.saved)}")
        if name not in self._series:
            values = np.zeros(0) if self.pybamm is None else np.array(self.pybamm[name].entries)
            if values.ndim == 2:  # by place and time: the places are equally thick
                values = values.mean(axis=0)
            values.setflags(write=False)
            self._series[name] = values
        return self._series[name]

    def cycle_steps(self, cycle: int) -> list[StepTaken]:
        """The steps of cycle ``cycle`` (1-based) that have points."""
        return [step for step in self.steps if step.cycle == cycle and not step.skipped]

    @cached_property
    def cycles(self) -> tuple[int, ...]:
        """The numbers of the cycles that were simulated whole."""
        expected = [len(steps) for steps in self.protocol.steps_by_cycle()]
        taken = [sum(step.cycle == number for step in self.steps) for number in range(1, len(expected) + 1)]
        return tuple(
            number for number, (a, b) in enumerate(zip(taken, expected, strict=True), start=1) if a == b
        )

    @cached_property
    def profiles(self) -> dict[str, Array]:
        """Radial profiles at the end of each step that has points: step by cell; see ``radii``."""
        if self.saved:
            return {name: self.saved[name] for name in PROFILES}
        ends = [step.points.stop - 1 for step in self.steps if not step.skipped]
        if self.pybamm is None:
            return {name: np.zeros((0, 0)) for name in PROFILES}
        return {name: self._radial(name, ends) for name in PROFILES}

    def _radial(self, name: str, ends: list[int]) -> Array:
        """A profile at some points in time, averaged over the electrode, or over sizes by their mass."""
        values = np.array(self.pybamm[name].entries)
        if values.ndim == 3:
            shares = [
                value for key, value in self.parameters.items() if key.startswith("Mass share of size ")
            ]
            values = np.average(values, axis=1, weights=shares or None)
        return values[:, ends].T

    @cached_property
    def electrode_profiles(self) -> dict[str, Array]:
        """Profiles through the electrode at the end of each step that has points: step by place."""
        if not self.resolves_electrode:
            return {}
        if self.saved:
            return {name: self.saved[name] for name in ELECTRODE_PROFILES}
        ends = [step.points.stop - 1 for step in self.steps if not step.skipped]
        if self.pybamm is None:
            return {name: np.zeros((0, 0)) for name in ELECTRODE_PROFILES}
        return {name: np.array(self.pybamm[name].entries)[:, ends].T for name in ELECTRODE_PROFILES}

    def plot(self, kind: str = "curves") -> Figure:
        """A picture of this run, as a matplotlib figure: a notebook shows it, ``savefig`` writes it.

        >>> simulate("core_shell", "formation").plot().savefig("formation.png")

        Parameters
        ----------
        kind : "curves" is voltage over capacity and over time; the other kinds are those of ``coreshell
            figure``, such as "overview", "dqdv", "inventory", "profiles", "rate"

        Raises
        ------
        InputError
            There is no such kind, or nothing in the run to draw.
        """
        # By its name, when asked for: pictures are made of solutions, which know nothing of them.
        return import_module("coreshell_model.show.figures.kinds").picture(self, kind).figure

    @property
    def is_full(self) -> bool:
        """True where the cell has a positive electrode, and its voltage is not the carbon's potential."""
        return self.material.positive is not None

    @property
    def inventory(self) -> tuple[str, ...]:
        """Where the sodium can be that passed through the cell, or was on the carbon before."""
        return (*INVENTORY, PRESODIATION) if self.is_full else INVENTORY

    @property
    def potential(self) -> Array:
        """The carbon's potential against sodium [V]; in a half-cell the voltage, with the metal's drop."""
        return self[WORKING if self.is_full else "Voltage [V]"]

    @property
    def series(self) -> tuple[str, ...]:
        """Names of the series that are saved."""
        return saved_series(self.resolves_electrode, self.is_full)

    @cached_property
    def radii(self) -> dict[str, Array]:
        """Radii of the cell centres [m], in the "Core" and in the "Shell"."""
        if self.saved:
            return {region: self.saved[name] for region, name in RADII.items()}
        if self.pybamm is None:
            return {region: np.zeros(0) for region in RADII}
        everywhere = np.array(self.pybamm.last_state["Radial position [m]"].entries)
        position = everywhere.reshape(len(everywhere), -1)[:, 0]  # the same at every place and time
        core_cells = self.profiles["Core sloping occupancy"].shape[1]
        return {"Core": position[:core_cells], "Shell": position[core_cells:]}

    def to_dataframe(self) -> pd.DataFrame:
        """The series as a table: a row a point, with its cycle and step; units in the names of columns."""
        return curves(self)

    def to_xarray(self) -> xr.Dataset:
        """Series over points, profiles over radius; labelled with cycles, steps, times, radii and units."""
        from coreshell_model.run.labelled import labelled  # here, as xarray takes long to import

        return labelled(self)


def saved_series(resolves_electrode: bool, is_full: bool) -> tuple[str, ...]:
    """Names of the series that are saved at a level of a half-cell or a full cell."""
    return (
        *SERIES,
        *(ELECTRODE_SERIES if resolves_electrode else ()),
        *(FULL_CELL_SERIES if is_full else ()),
    )


def curves(solution: Solution) -> pd.DataFrame:
    """The series as a table, with the cycle and step of each point."""
    import pandas as pd  # its import takes longer than all others that a Solution needs

    table = pd.DataFrame({name: solution[name] for name in solution.series})
    cycle, number = np.zeros(len(table), int), np.zeros(len(table), int)
    for step in solution.steps:
        cycle[step.points], number[step.points] = step.cycle, step.number
    table.insert(0, "Cycle", cycle)
    table.insert(1, "Step", number)
    return table
