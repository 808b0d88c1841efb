"""Impedance spectra of a cell at a state of sodiation or a potential, fresh or after a protocol."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pybamm
from numpy.typing import NDArray

from coreshell_model.base.errors import InputError
from coreshell_model.base.interrupts import heard
from coreshell_model.inputs.full_cell import HALF, USUAL_PROTOCOL, one_cell, with_positive
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.protocol import Protocol, beginning
from coreshell_model.physics import coating
from coreshell_model.physics.levels import ParticleLevel, level_named
from coreshell_model.physics.model import CoreShellHalfCell, mechanisms_for
from coreshell_model.run.simulation import quiet, set_up
from coreshell_model.run.solution import Solution
from coreshell_model.run.states import at_state, through

FREQUENCIES = np.logspace(5, -3, 65)
"""Frequencies [Hz] unless others are asked for."""


@dataclass(frozen=True)
class Spectrum:
    """Impedance [Ohm] of the whole cell by frequency [Hz], and the state it was taken at.

    ``area`` [m2] is the electrode's, ``voltage`` [V] and ``sodium`` [mA.h.g-1] what the state came to.
    """

    frequencies: NDArray[np.float64]
    impedance: NDArray[np.complex128]
    area: float
    voltage: float
    sodium: float


def spectrum(
    material: Material | str | Path,
    at: float | None = None,
    *,
    potential: float | None = None,
    after: Protocol | str | Path | None = None,
    level: str = ParticleLevel.name,
    cell: str | None = None,
    positive: str | None = None,
    fresh: Protocol | str | Path | None = None,
    frequencies: NDArray[np.float64] = FREQUENCIES,
) -> Spectrum:
    """The impedance of a half-cell or a full cell, linearised about a rested state.

    Parameters
    ----------
    material : a shipped name, the path of a TOML file, or what was read from one
    at : state of sodiation, 0 to 1 of what a sodiation at C/20 with formation's hold puts in; of a full cell
        0 to 1 of what a charge at C/20 with a hold at its upper cut-off puts in
    potential : or the potential [V] to sodiate to and hold, of a full cell the voltage to charge to; exactly
        one of both
    after : a protocol to take the cell through before; fresh where not given
    level : "particle" or "electrode", as in ``simulate``
    cell : "half" or "full", as in ``simulate``; where not given, that of the protocol, and a half-cell where
        there is none
    positive : of a full cell: the name of its positive electrode, or the path of a file
    fresh : a protocol from which a fresh cell has its start, window and 1C; formation, or
        full_cell_formation of a full cell, where not given
    frequencies : [Hz], above 0

    Raises
    ------
    InputError
        A state that cannot be reached, with the reason.
    """
    if (at is None) == (potential is None):
        raise InputError("a spectrum needs a state of sodiation or a potential: give one of them")
    if frequencies.size == 0 or not (np.isfinite(frequencies) & (frequencies > 0)).all():
        raise InputError("frequencies are above 0 Hz; give at least one")
    of_fresh = fresh or USUAL_PROTOCOL[HALF if cell is None else one_cell(cell)]
    run = set_up(material, after or of_fresh, with_positive({}, positive), level=level, cell=cell)
    before = through(run, run.cycles, None) if after else None
    return _linearised(at_state(run, before, at, potential), frequencies)


def spectra_along(
    material: Material | str | Path,
    protocol: Protocol | str | Path,
    cycles: Sequence[int],
    at: float | None = None,
    *,
    potential: float | None = None,
    level: str = ParticleLevel.name,
    cell: str | None = None,
    positive: str | None = None,
    frequencies: NDArray[np.float64] = FREQUENCIES,
) -> dict[int, Spectrum]:
    """Spectra at one state or potential after chosen cycles of a protocol, as ``spectrum`` takes them.

    Each is taken in a cell that went through the protocol up to there and no spectrum before; the protocol is
    gone through once, from one of these cycles to the next.

    Raises
    ------
    InputError
        A cycle that the protocol does not have, or a state that cannot be reached.
    """
    run = set_up(material, protocol, with_positive({}, positive), level=level, cell=cell)
    for cycle in (max(cycles, default=1), min(cycles, default=1)):
        _ = beginning(run.protocol, cycle)  # refused where there is no such cycle
    spectra, before, done = {}, None, 0
    for cycle in sorted(set(cycles)):
        before, done = through(run, run.cycles[done:cycle], before, done + 1), cycle
        spectra[cycle] = _linearised(at_state(run, before, at, potential), frequencies)
    return {cycle: spectra[cycle] for cycle in cycles}


def _linearised(solution: Solution, frequencies: NDArray[np.float64]) -> Spectrum:
    """The spectrum about the last state of a solution."""
    parameters = dict(solution.parameters)
    tables = coating.tables(solution.material, solution.level)
    model = CoreShellHalfCell(mechanisms_for(parameters | tables), level_named(solution.level, parameters))
    with quiet(), heard():
        model.set_initial_conditions_from(solution.pybamm, inplace=True)
        needed = {parameter.name for parameter in model.parameters}
        values = {name: value for name, value in parameters.items() if name in needed}
        values |= tables
        values |= {"Initial temperature [K]": parameters["Initial temperature [K]"]}
        simulation = pybamm.EISSimulation(
            model, parameter_values=pybamm.ParameterValues({**values, "Current function [A]": 0.0})
        )
        response = simulation.solve(frequencies)
    # PyBaMM takes a current above zero for a discharge; in a full cell ours is a charge.
    sign = -1.0 if solution.is_full else 1.0
    return Spectrum(
        frequencies,
        np.asarray(sign * response.impedance, dtype=complex),
        parameters["Electrode area [m2]"],
        float(solution["Voltage [V]"][-1]),
        float(solution["Specific capacity [mA.h.g-1]"][-1]),
    )
