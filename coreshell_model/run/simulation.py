"""The one door: a material and a protocol in, a Solution out."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

os.environ.setdefault("PYBAMM_DISABLE_TELEMETRY", "true")
# The solver's C code would otherwise write its own error lines; failures are reported as endings.
os.environ.setdefault("SUNLOGGER_ERROR_FILENAME", os.devnull)

import pybamm

from coreshell_model.base.interrupts import heard
from coreshell_model.inputs.changes import Changes, prepared
from coreshell_model.inputs.full_cell import with_positive
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.protocol import Protocol
from coreshell_model.inputs.steps import Kind
from coreshell_model.physics import coating, values
from coreshell_model.physics.laws.electrolyte import Tabulated
from coreshell_model.physics.levels import ParticleLevel, level_named
from coreshell_model.physics.model import (
    ABSOLUTE_TOLERANCE,
    RELATIVE_TOLERANCE,
    mechanisms_for,
)
from coreshell_model.physics.submodels.mechanism import Mechanisms
from coreshell_model.run.cell import Cell
from coreshell_model.run.compiled_code import can_compile
from coreshell_model.run.endings import Cycles, Progress, Recorder, ending_of, steps_taken
from coreshell_model.run.experiment import LONGEST_SOLVE, KeepingSolver, time_limit
from coreshell_model.run.solution import Solution

SWEPT = 0.1
"""Factor of the tolerances under a swept voltage: 1e-6 of all sodium is what 2 mV take above the sloping
region, where only the double layer takes charge, so that a measured current replayed would end up there."""

CACHED_CELLS = 12
"""Cells whose models are kept in memory, some 10 MB for each kind of step."""


def simulate(
    material: Material | str | Path,
    protocol: Protocol | str | Path,
    changes: Changes | None = None,
    *,
    relative_tolerance: float | None = None,
    absolute_tolerance: float | None = None,
    compiled: bool = False,
    level: str = ParticleLevel.name,
    cell: str | None = None,
    positive: str | None = None,
    progress: Progress | None = None,
    longest: float = LONGEST_SOLVE,
) -> Solution:
    """Take a material through a protocol.

    The model is built once for each kind of step; materials, designs and numbers of steps are inputs to it.

    Parameters
    ----------
    material, protocol : a shipped name, the path of a TOML file, or what was read from one
    changes : numbers to change, as ``{"shell.thickness": "12 nm", "protocol.window.lower": "10 mV"}``; a
        float is in SI units of its quantity, ``{"shell.thickness": 12e-9, "cell.active_loading": 0.03}``
    relative_tolerance, absolute_tolerance : of the solver, whose states are all of order one; where not
        given, those of the model, or a tenth of them where the protocol sweeps the voltage
    compiled : have the model's functions compiled to machine code, which halves the time of a solve and costs
        some seconds, and a C compiler, the first time on a machine: for sweeps and fits
    level : "particle", one particle for all, or "electrode", a porous electrode behind a separator
    cell : "half" or "full", which the protocol has to be of; by default that of the protocol
    positive : of a full cell: the name of its positive electrode, or the path of a file
    progress : called after each step
    longest : wall time of the solve [s], after which no further step is begun

    Returns
    -------
    Solution
        Also when the solver failed: its ``ending`` then says so, and it holds the steps taken before.

    Raises
    ------
    InputError
        Bad input, in one line.
    """
    run = set_up(
        material,
        protocol,
        changes,
        relative_tolerance=relative_tolerance,
        absolute_tolerance=absolute_tolerance,
        compiled=compiled,
        level=level,
        cell=cell,
        positive=positive,
    )
    return run.through(run.cycles, progress=progress, longest=longest)


def set_up(
    material: Material | str | Path,
    protocol: Protocol | str | Path,
    changes: Changes | None = None,
    *,
    relative_tolerance: float | None = None,
    absolute_tolerance: float | None = None,
    compiled: bool = False,
    level: str = ParticleLevel.name,
    cell: str | None = None,
    positive: str | None = None,
) -> "Run":
    """What ``simulate`` needs, read and checked; for callers that go through a protocol piece by piece.

    Raises
    ------
    InputError
        Bad input, in one line.
    """
    chosen = changes if positive is None else with_positive(changes or {}, positive)
    material, protocol = prepared(material, protocol, chosen, cell)
    parameters = values.parameter_values(material, protocol)
    tables = tuple(coating.tables(material, level).items())
    sweeps = any(step.kind is Kind.SWEEP for cycle in protocol.steps_by_cycle() for step in cycle)
    finer = SWEPT if sweeps else 1.0
    tolerances = (
        RELATIVE_TOLERANCE * finer if relative_tolerance is None else relative_tolerance,
        ABSOLUTE_TOLERANCE * finer if absolute_tolerance is None else absolute_tolerance,
    )
    solver = (*tolerances, compiled)
    return Run(material, protocol, parameters, level, tables, solver)


@dataclass(frozen=True)
class Run:
    """A material and a protocol resolved, once, into what a solve takes: to go through its cycles, or others.

    ``mechanisms`` are those that the material needs, unless others, as a variant under trial, are given.
    """

    material: Material
    protocol: Protocol
    parameters: Mapping[str, float]
    level: str
    tables: tuple[tuple[str, Tabulated], ...]
    solver: tuple[float, float, bool]
    mechanisms: Mechanisms | None = None

    @property
    def cycles(self) -> Cycles:
        """The steps of each cycle of its protocol."""
        return self.protocol.steps_by_cycle()

    @property
    def cell(self) -> Cell:
        """The models of this cell's steps."""
        mechanisms = self.mechanisms or mechanisms_for({**self.parameters, **dict(self.tables)})
        with quiet(), heard():
            return _cell(mechanisms, level_named(self.level, self.parameters), self.tables, *self.solver)

    def build(self) -> None:
        """Build the models of its steps, which this process then keeps; no step is taken."""
        with quiet(), heard():
            self.cell.build(self.cycles, self.parameters)

    def through(
        self,
        cycles: Cycles,
        first_cycle: int = 1,
        start: pybamm.Solution | None = None,
        progress: Progress | None = None,
        longest: float = LONGEST_SOLVE,
    ) -> Solution:
        """Take the cell through cycles.

        Parameters
        ----------
        cycles : their steps
        first_cycle : number of the first of them in the protocol
        start : the state to go on from, the protocol's start where not given; it becomes the first point
        progress : called after each step
        longest : wall time [s] after which no further step is begun
        """
        cell = self.cell
        start_time = 0.0 if start is None else float(start.t[-1])
        recorder = Recorder(sum(map(len, cycles)), start_time, progress)
        started = time.perf_counter()
        with quiet(), heard(), time_limit(longest):
            try:
                result = cell.solve(cycles, self.parameters, start, recorder)
            except pybamm.SolverError as error:
                recorder.error, result = str(error), None
        solve_time = time.perf_counter() - started
        steps = steps_taken(cycles, first_cycle, result, recorder, start is not None)
        ending, explanation = ending_of(cycles, first_cycle, steps, recorder)
        return Solution(
            self.material,
            self.protocol,
            self.parameters,
            steps,
            ending,
            explanation,
            solve_time,
            result,
            level=self.level,
        )


@contextmanager
def quiet() -> Iterator[None]:
    """PyBaMM's log without the lines on steps, failures and large states; a Solution reports itself."""
    before, largest = pybamm.logger.level, pybamm.settings.max_y_value
    pybamm.set_logging_level("CRITICAL")
    pybamm.settings.max_y_value = float("inf")
    try:
        yield
    finally:
        pybamm.logger.setLevel(before)
        pybamm.settings.max_y_value = largest


@lru_cache(maxsize=CACHED_CELLS)
def _cell(
    mechanisms: Mechanisms,
    level: str,
    tables: tuple[tuple[str, Tabulated], ...],
    relative_tolerance: float,
    absolute_tolerance: float,
    compiled: bool,
) -> Cell:
    """A cell of these mechanisms; the same one for all materials and steps."""
    solver = KeepingSolver(
        on_scalars=level == ParticleLevel.name,  # less time there, more at the electrode level
        rtol=relative_tolerance,
        atol=absolute_tolerance,
        options={"compile": compiled and can_compile()},
    )
    return Cell(mechanisms, level, tables, solver)


def forget_models() -> None:
    """Forget what was built, for who measures or changes how it is built."""
    _cell.cache_clear()
