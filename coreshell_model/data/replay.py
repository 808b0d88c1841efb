"""A measurement in the place of a protocol: its current, or its voltage, over time drives the model."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pybamm

from coreshell_model.base.errors import InputError
from coreshell_model.base.interrupts import heard
from coreshell_model.data.bdf import electrode_mass
from coreshell_model.data.overlay import Drive, Overlay, current_drive, measured_times, overlay, voltage_drive
from coreshell_model.data.record import Dataset, counted_cycle
from coreshell_model.data.replay_start import FRESH_CELL, Beginning, check_beginning
from coreshell_model.inputs.full_cell import FULL, USUAL_PROTOCOL
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.protocol import in_range
from coreshell_model.inputs.ranges import input_warnings
from coreshell_model.physics.levels import ParticleLevel
from coreshell_model.physics.model import RELATIVE_TOLERANCE
from coreshell_model.run.cell import Cell, Take
from coreshell_model.run.endings import Recorder
from coreshell_model.run.simulation import Run, quiet, set_up
from coreshell_model.run.solution import Ending

LEFT = 0.05
"""Volts outside the measured voltages beyond which a simulation has left them."""

TIGHT = 1e-8
"""Tolerance of the solver, relative and absolute, under a measured current. The solver starts anew at each
point of the drive; at the model's 1e-6 the charge drifts by 0.03 mAh/g in a half-cycle, which moves the end
of a desodiation by hundreds of millivolts."""


class CurrentControl:
    """The measured current per gram flows, and the voltage follows."""

    word = "current"
    tolerances = (TIGHT, RELATIVE_TOLERANCE)
    hint = "the cell takes or gives less than was measured; replay the voltage instead (--control voltage)"

    def drive(self, dataset: Dataset) -> Drive:
        """The current per mass; an InputError where no current flows."""
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
    """The simulation of a material that is driven by a measurement.

    Attributes
    ----------
    dataset, material : what was replayed, and with what
    control : what was prescribed, the current or the voltage
    start : open-circuit potential of the empty carbon at the beginning [V]
    begin : the state that the simulation began with
    ending, explanation : how it ended, and the same in a line for the user
    solve_time : wall time of building and solving [s]
    pybamm : the PyBaMM solution
    """

    dataset: Dataset
    material: Material
    control: CurrentControl | VoltageControl
    start: float
    begin: Beginning
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

    @property
    def simulated(self) -> str:
        """What was simulated: the material, in a full cell with its positive electrode."""
        positive = self.material.positive
        return self.material.name if positive is None else f"{self.material.name} against {positive.name}"

    @property
    def begin_text(self) -> str:
        """The state in which the simulation began, in words."""
        if self.begin.text:
            return self.begin.text
        if self.dataset.is_full:
            return f"fresh cell, its empty carbon at {self.start:g} V against sodium"
        return f"empty carbon at {self.start:g} V"


def replay(
    dataset: Dataset,
    material: Material | str | Path,
    changes: Mapping[str, str] | None = None,
    control: CurrentControl | VoltageControl = CONTROLS["current"],
    level: str = ParticleLevel.name,
    begin: Beginning = FRESH_CELL,
) -> Replay:
    """Take a material through a measurement, from empty carbon or from a stated state.

    Parameters
    ----------
    dataset : what ``read_dataset`` returned; its mass has to be known
    material, changes : as for ``simulate``; ``protocol.start.potential`` is where the empty carbon begins
    control : what is prescribed, the current or the voltage
    level : "particle" or "electrode"
    begin : the state that the cell begins with
    """
    check_beginning(dataset, begin)
    return Replayer(dataset, control, level, begin)(material, changes)


class Replayer:
    """A measurement that drives one material after the other; the model is built once for all of them.

    Parameters
    ----------
    dataset, control, level, begin : as for ``replay``

    Raises
    ------
    InputError
        The measurement has no mass, or takes no time.
    """

    def __init__(
        self,
        dataset: Dataset,
        control: CurrentControl | VoltageControl,
        level: str,
        begin: Beginning = FRESH_CELL,
    ):
        _ = dataset.known_mass  # capacities are per gram, whatever the control
        self.dataset, self.control, self.level, self.begin = dataset, control, level, begin
        self.drive = control.drive(dataset)
        self._built: dict[tuple[Cell, float], Take] = {}

    def __call__(self, material: Material | str | Path, changes: Mapping[str, str] | None = None) -> Replay:
        """Take a material through the measurement, as ``replay`` does."""
        run = set_up(material, self.dataset.usual_protocol, changes, level=self.level)
        started = time.perf_counter()
        state = self.begin.state(run.material, self.level, self.dataset.usual_protocol)
        for tolerance in self.control.tolerances:
            result, error = self._solved(run, tolerance, state)
            ending, explanation = _ending(self.drive, self.control, result, error)
            if ending is not Ending.SOLVER:
                break
        solve_time = time.perf_counter() - started
        start = run.protocol.start.potential.si
        outcome = (ending, explanation, solve_time, result)
        return Replay(self.dataset, run.material, self.control, start, self.begin, *outcome)

    def _solved(self, run: Run, tolerance: float, state: Any):
        """The solution as far as it went, or None, and the solver's error."""
        mass = electrode_mass(run.material)
        cell = replace(run, solver=(tolerance, tolerance, False)).cell
        with quiet(), heard():
            if (cell, mass) not in self._built:
                self._built[cell, mass] = cell.taking(self.control.step(self.drive, mass))
            try:
                return self._built[cell, mass](run.parameters, state, Recorder(1)), ""
            except pybamm.SolverError as failure:
                return None, str(failure).splitlines()[0].partition(" with inputs ")[0]


def _overlay(dataset: Dataset, result) -> Overlay | None:
    """The simulation at the measured times, by the solver's own interpolation."""
    at = measured_times(dataset)
    at = at[at <= result.t[-1]]
    if len(at) < 2:
        return None
    if dataset.lead:
        at = np.append(0.0, at)
    voltage, charge = (result[name](t=at) for name in ("Voltage [V]", "Specific capacity [mA.h.g-1]"))
    return overlay(dataset, at, voltage, charge)


def _ending(drive: Drive, control, result, error: str) -> tuple[Ending, str]:
    """How a replay ended, and the same in a line for the user, with the time."""
    reached = 0.0 if result is None else float(result.t[-1])
    if reached >= drive.duration * (1 - 1e-9):
        return Ending.COMPLETED, "completed: the simulation went through the whole measurement"
    place = f"after {reached / 3600:.4g} of {drive.duration / 3600:.4g} h"
    if result is not None and result.termination.startswith("event"):
        last = float(result["Voltage [V]"].entries[-1])
        return Ending.CUT_OFF, f"{place}: at {last:.3g} V the voltage left the model's range; {control.hint}"
    return Ending.SOLVER, f"{place}: {Ending.SOLVER.value}{f' ({error})' if error else ''}"


def results(replayed: Replay) -> dict:
    """The main results under the names, units included, that the command line prints.

    Under a prescribed current the charge is that of the measurement by construction, so no difference of
    capacities is given; the voltage shows whether the carbon can take the charge.
    """
    overlaid, dataset = replayed.overlay, replayed.dataset
    imposed = replayed.control.word == CurrentControl.word
    positive = replayed.material.positive
    return {
        "Material": replayed.material.name,
        **({} if positive is None else {"Positive electrode": positive.name}),
        "Measurement": ", ".join(path.name for path in dataset.sources or (dataset.source,)),
        "Control": replayed.control.word,
        "Ending": replayed.explanation,
        "Start": f"{replayed.begin_text}, measured {dataset.voltage[0]:.4g} V",
        "Statements": list(dataset.statements),
        "RMSE [mV]": overlaid.rmse if overlaid else None,
        "RMSE over points [mV]": overlaid.rmse_over_points if overlaid else None,
        "Largest residual [mV]": overlaid.largest_residual if overlaid else None,
        "Share of the measurement simulated": overlaid.covered if overlaid else 0.0,
        "Capacity differences by half-cycle": [
            {
                "Half-cycle": half.half_cycle.number,
                "Direction": half.half_cycle.direction.value,
                "Measured [mA.h.g-1]": half.measured,
                "Simulated [mA.h.g-1]": half.simulated,
                "Difference [mA.h.g-1]": None if imposed else half.difference,
            }
            for half in (overlaid.capacities if overlaid else ())
        ],
        "Warnings": [*input_warnings(replayed.material), *_other_cycles(replayed), *_warnings(replayed)],
        "Solve time [s]": replayed.solve_time,
    }


def _other_window(start: float, low: float, high: float, begin: Beginning, is_full: bool) -> str | None:
    """The warning where a simulation begins outside the measured voltages, with what moves that beginning."""
    if low - LEFT <= start <= high + LEFT:
        return None
    end, limit = ("upper", high) if start > high else ("lower", low)
    begins = (
        f"the simulation begins at {start:.3g} V, outside of what was measured, {low:.3g} to {high:.3g} V"
    )
    if begin.potential is not None:
        return f'{begins}: begin within it, as --from "{limit:.3g} V"'
    start_there = f'--set "protocol.start.potential={limit:.3g} V"'
    if begin.after is None and is_full:
        return (
            f"{begins}: a fresh cell begins with empty carbon; say where the cell is, as "
            f'--from "{limit:.3g} V" or --after {USUAL_PROTOCOL[FULL]}'
        )
    if begin.after is None:
        return f"{begins}: empty carbon begins at protocol.start.potential; begin within it, as {start_there}"
    options = f'--set "protocol.window.{end}={limit:.3g} V"'
    if not is_full and not in_range(begin.after.start.potential.si, limit, limit):
        options = f"{options} {start_there}"
    return f"{begins}: what comes before it has another window; give that of the file, as {options}"


def _other_cycles(replayed: Replay) -> list[str]:
    """The warning where the number of cycles simulated before a file is not that of its counter."""
    counted, after = counted_cycle(replayed.dataset), replayed.begin.after
    cycles = len(after.steps_by_cycle()) if after is not None else 0
    if counted is None or after is None or cycles == counted - 1:
        return []
    return [
        f"the file begins with cycle {counted} by its own counter, and {cycles} cycles of {after.name} were "
        f"simulated before it; say how many: --cycles {counted - 1}"
    ]


def _warnings(replayed: Replay) -> list[str]:
    """Warnings where the simulated voltage leaves the measured ones: the carbon cannot pass that charge."""
    overlaid = replayed.overlay
    if overlaid is None:
        return []
    low, high = float(replayed.dataset.voltage.min()), float(replayed.dataset.voltage.max())
    time_, simulated, messages = overlaid.time, overlaid.simulated, []
    if not replayed.completed:  # it may have ended between two measured points
        time_ = np.append(time_, replayed.pybamm.t[-1])
        simulated = np.append(simulated, replayed.pybamm["Voltage [V]"].entries[-1])
    start = float(overlaid.simulated[0])
    text = _other_window(start, low, high, replayed.begin, replayed.dataset.is_full)
    if text is not None:
        messages.append(text)
        entered = np.flatnonzero((simulated > low - LEFT) & (simulated < high + LEFT))
        first = int(entered[0]) if entered.size else len(simulated)
        time_, simulated = time_[first:], simulated[first:]
    if not simulated.size:
        return messages
    for beyond, extreme, words in (
        (low - simulated, float(simulated.min()), "falls to {:.3g} V, below the lowest measured"),
        (simulated - high, float(simulated.max()), "rises to {:.3g} V, above the highest measured"),
    ):
        left = np.flatnonzero(beyond > LEFT)
        if left.size:
            measured = low if extreme < low else high
            messages.append(
                f"the simulated voltage {words.format(extreme)}, {measured:.3g} V, first after "
                f"{time_[left[0]] / 3600:.3g} h: {replayed.simulated} cannot take or give the "
                "measured charge there; change the material, or replay the voltage (--control voltage)"
            )
    if messages and replayed.dataset.without_time and replayed.control.word == CurrentControl.word:
        messages.append(
            "the measurement has no time: charge is known to the distance of its points, and the current of "
            "a hold is assumed; a fit through its protocol compares over capacity (docs/fitting.md)"
        )
    return messages
