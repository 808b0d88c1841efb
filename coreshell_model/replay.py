"""A measurement as the protocol: its current, or its voltage, over time drives the model."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pybamm

from coreshell_model.dataset.bdf import electrode_mass
from coreshell_model.dataset.drive import Drive, current_drive, measured_times, voltage_drive
from coreshell_model.dataset.overlay import Overlay, overlay
from coreshell_model.dataset.record import Dataset
from coreshell_model.errors import InputError
from coreshell_model.interrupts import heard
from coreshell_model.levels import ParticleLevel
from coreshell_model.material import Material
from coreshell_model.model import RELATIVE_TOLERANCE, mechanisms_for
from coreshell_model.simulation import Run, build, quiet, set_up
from coreshell_model.solution import Ending
from coreshell_model.values import FIXED

TIGHT = 1e-8
"""Tolerance of the solver, relative and absolute, under a measured current. The solver starts anew at each
point of the drive; at the model's 1e-6 the charge drifts by 0.03 mAh/g a half-cycle, which moves the end
of a desodiation by hundreds of millivolts."""


class CurrentControl:
    """The measured current per gram flows, and the voltage follows."""

    word = "current"
    tolerances = (TIGHT, RELATIVE_TOLERANCE)
    hint = "the carbon takes or gives less than was measured; replay the voltage instead (--control voltage)"

    def drive(self, dataset: Dataset) -> Drive:
        """The current per mass.

        Raises
        ------
        InputError
            None flows.
        """
        if not dataset.flows:
            raise InputError(
                f"{dataset.source}: no current flows in it, a rest, so there is nothing to replay; give a "
                "file with a current, or the files of the cell from its first sodiation on"
            )
        return current_drive(dataset)

    def step(self, drive: Drive, mass: float) -> pybamm.step.BaseStep:
        """The current in the simulated electrode [A]."""
        points = np.column_stack([drive.time, drive.values * mass])
        return pybamm.step.current(points, duration=drive.duration)


class VoltageControl:
    """The measured voltage is applied, and the current follows."""

    word = "voltage"
    tolerances = (RELATIVE_TOLERANCE, TIGHT)
    hint = "a measured voltage lies outside of it"

    def drive(self, dataset: Dataset) -> Drive:
        """The voltage."""
        return voltage_drive(dataset)

    def step(self, drive: Drive, mass: float) -> pybamm.step.BaseStep:
        """The voltage, whatever the electrode's mass."""
        return pybamm.step.voltage(np.column_stack([drive.time, drive.values]), duration=drive.duration)


CONTROLS = {control.word: control for control in (CurrentControl(), VoltageControl())}


@dataclass(frozen=True)
class Replay:
    """One material through one measurement.

    Attributes
    ----------
    dataset, material : what was replayed, and with what
    control : the class that drove it
    start : open-circuit potential of the empty carbon at the beginning [V]
    ending, explanation : how it ended, and that in one line
    solve_time : wall time of building and solving [s]
    pybamm : the PyBaMM solution
    """

    dataset: Dataset
    material: Material
    control: CurrentControl | VoltageControl
    start: float
    ending: Ending
    explanation: str
    solve_time: float
    pybamm: Any = field(default=None, repr=False, compare=False)

    @cached_property
    def overlay(self) -> Overlay | None:
        """Both voltages at the measured times, and capacities by half-cycle.

        None where the solver failed before the second measured point.
        """
        return None if self.pybamm is None else _overlay(self.dataset, self.pybamm)

    @property
    def completed(self) -> bool:
        """True where the simulation went through the whole measurement."""
        return self.ending is Ending.COMPLETED


def replay(
    dataset: Dataset,
    material: Material | str | Path,
    changes: Mapping[str, str] | None = None,
    control: CurrentControl | VoltageControl = CONTROLS["current"],
    level: str = ParticleLevel.name,
) -> Replay:
    """Take a material through a measurement, from empty carbon on.

    Parameters
    ----------
    dataset : what ``read_dataset`` returned; its mass has to be known
    material, changes : as for ``simulate``; ``protocol.start.potential`` is where the empty carbon begins
    control : what is prescribed, the current or the voltage
    level : "particle" or "electrode"

    Raises
    ------
    InputError
        Bad input, in one line.
    """
    dataset.check_half_cell()
    return Replayer(dataset, control, level)(material, changes)


class Replayer:
    """A measurement that drives one material after the other; the model is built once, they are inputs to it.

    Parameters
    ----------
    dataset, control, level : as for ``replay``

    Raises
    ------
    InputError
        A measurement without a mass, or that takes no time.
    """

    def __init__(self, dataset: Dataset, control: CurrentControl | VoltageControl, level: str):
        _ = dataset.known_mass  # capacities are per gram, whatever the control
        self.dataset, self.control, self.level = dataset, control, level
        self.drive = control.drive(dataset)
        self._built: dict[tuple, tuple[pybamm.Simulation, tuple[str, ...]]] = {}

    def __call__(self, material: Material | str | Path, changes: Mapping[str, str] | None = None) -> Replay:
        """Take a material through the measurement, as ``replay``."""
        run = set_up(material, "formation", changes, level=self.level)
        started = time.perf_counter()
        for tolerance in self.control.tolerances:
            result, error = self._solved(run, tolerance)
            ending, explanation = _ending(self.drive, self.control, result, error)
            if ending is not Ending.SOLVER:
                break
        solve_time = time.perf_counter() - started
        start = run.protocol.start.potential.si
        told = (ending, explanation, solve_time, result)
        return Replay(self.dataset, run.material, self.control, start, *told)

    def _solved(self, run: Run, tolerance: float):
        """The solution, as far as it went, or None, and what the solver said."""
        mass = electrode_mass(run.material)
        fixed = tuple((name, run.parameters[name]) for name in FIXED) + run.tables
        key = (mechanisms_for(run.parameters), mass, fixed, tolerance)
        with quiet(), heard():
            if key not in self._built:
                steps = pybamm.Experiment([self.control.step(self.drive, mass)])
                self._built[key] = build(key[0], self.level, steps, fixed, tolerance, tolerance)
            simulation, needed = self._built[key]
            try:
                result = simulation.solve(
                    inputs={name: run.parameters[name] for name in needed}, calc_esoh=False
                )
            except pybamm.SolverError as failure:
                return None, str(failure).splitlines()[0].partition(" with inputs ")[0]
        return (None if isinstance(result, pybamm.EmptySolution) else result), ""


def _overlay(dataset: Dataset, result) -> Overlay | None:
    """The simulation at the measured times, by the solver's own interpolation."""
    at = measured_times(dataset)
    at = at[at <= result.t[-1]]
    if len(at) < 2:
        return None
    voltage, charge = (result[name](t=at) for name in ("Voltage [V]", "Specific capacity [mA.h.g-1]"))
    return overlay(dataset, at, voltage, charge)


def _ending(drive: Drive, control, result, error: str) -> tuple[Ending, str]:
    """How a replay ended, and that in one line with the place."""
    reached = 0.0 if result is None else float(result.t[-1])
    if reached >= drive.duration * (1 - 1e-9):
        return Ending.COMPLETED, "completed: the simulation went through the whole measurement"
    place = f"after {reached / 3600:.4g} of {drive.duration / 3600:.4g} h"
    if result is not None and result.termination.startswith("event"):
        return Ending.CUT_OFF, f"{place}: the voltage left the model's range; {control.hint}"
    return Ending.SOLVER, f"{place}: {Ending.SOLVER.value}{f' ({error})' if error else ''}"


def results(replayed: Replay) -> dict:
    """The main results under the names, units included, that the command line prints."""
    laid, dataset = replayed.overlay, replayed.dataset
    return {
        "Material": replayed.material.name,
        "Measurement": ", ".join(path.name for path in dataset.sources or (dataset.source,)),
        "Control": replayed.control.word,
        "Ending": replayed.explanation,
        "Start": f"empty carbon at {replayed.start:g} V, measured {dataset.voltage[0]:.4g} V",
        "Statements": list(dataset.statements),
        "RMSE [mV]": laid.rmse if laid else None,
        "RMSE over points [mV]": laid.rmse_over_points if laid else None,
        "Largest residual [mV]": laid.largest_residual if laid else None,
        "Share of the measurement simulated": laid.covered if laid else 0.0,
        "Capacity differences by half-cycle": [
            {
                "Half-cycle": one.half_cycle.number,
                "Direction": one.half_cycle.direction.value,
                "Measured [mA.h.g-1]": one.measured,
                "Simulated [mA.h.g-1]": one.simulated,
                "Difference [mA.h.g-1]": one.difference,
            }
            for one in (laid.capacities if laid else ())
        ],
        "Solve time [s]": replayed.solve_time,
    }
