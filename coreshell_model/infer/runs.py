"""The simulations that observations need: of a protocol, of a measured current or voltage, of a spectrum."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.errors import InputError
from coreshell_model.data.record import Dataset
from coreshell_model.data.replay import CONTROLS, Replay, Replayer
from coreshell_model.data.replay_start import FRESH_CELL, Beginning
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.full_cell import changes_in_cell
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.protocol import Protocol
from coreshell_model.observe.equilibrium import Isotherm, isotherm
from coreshell_model.run.impedance import Spectrum, spectrum
from coreshell_model.run.simulation import simulate
from coreshell_model.run.solution import Ending, Solution


class RunFailedError(Exception):
    """A run did not come to its end; the text says in one line where."""


@dataclass(frozen=True)
class ThroughProtocol:
    """A material through a protocol.

    Attributes
    ----------
    name : of the material in the problem
    material, protocol : what is simulated; each evaluation changes the material's free parameters
    """

    name: str
    material: Material
    protocol: Protocol

    @property
    def is_full(self) -> bool:
        """True where the run is of a full cell."""
        return self.protocol.is_full

    @property
    def through(self) -> str:
        """What the material goes through, in words."""
        return self.protocol.name

    def outcome(self, changes: Mapping[str, str], level: str, compiled: bool = False) -> Solution:
        """The run with changed numbers, by a compiled model or not.

        Raises
        ------
        RunFailedError
            The run did not come to its end.
        """
        changes = changes_in_cell(changes, self.is_full)
        solution = simulate(self.material, self.protocol, changes, level=level, compiled=compiled)
        if not solution.completed or solution.pybamm is None:
            raise RunFailedError(solution.explanation)
        return solution

    def identity(self) -> dict[str, Any]:
        """What identifies the run, as JSON holds it."""
        return _plain(self.material) | {"Protocol": self.protocol.model_dump(exclude_none=True, mode="json")}


@dataclass(frozen=True, eq=False)
class ThroughMeasurement:
    """A material through the current or the voltage of its measurement; ``control`` says which."""

    name: str
    material: Material
    dataset: Dataset
    control: str
    changes: Mapping[str, str]
    begin: Beginning = FRESH_CELL

    @property
    def is_full(self) -> bool:
        """True where the run is of a full cell."""
        return self.dataset.is_full

    @property
    def through(self) -> str:
        """What the material goes through, in words."""
        return f"the {self.control} of {self.dataset.source.name}"

    @cached_property
    def _replayers(self) -> dict[str, Replayer]:
        return {}

    def __getstate__(self) -> dict[str, Any]:
        """The state without the built models; each process builds its own."""
        return {name: value for name, value in vars(self).items() if name != "_replayers"}

    def outcome(self, changes: Mapping[str, str], level: str, compiled: bool = False) -> Replay:
        """The run with changed numbers; a replay that leaves the model's range of voltages ends there.

        Raises
        ------
        RunFailedError
            The solver failed.
        """
        if level not in self._replayers:
            self._replayers[level] = Replayer(self.dataset, CONTROLS[self.control], level, self.begin)
        changes = changes_in_cell(changes, self.is_full)
        replay = self._replayers[level](self.material, {**self.changes, **changes})
        if replay.ending is Ending.SOLVER or replay.pybamm is None:
            raise RunFailedError(replay.explanation)
        return replay

    def identity(self) -> dict[str, Any]:
        """What identifies the run, as JSON holds it; the measured points are part of the curve's identity."""
        drive = {"Control": self.control, "Changes": dict(self.changes), "Beginning": self.begin.text}
        return _plain(self.material) | drive


@dataclass(frozen=True, eq=False)
class ToSpectrum:
    """The impedance of a material at a potential [V], of a full cell at a voltage.

    Attributes
    ----------
    name, material : as in ``ThroughProtocol``
    potential : at which the cell is held [V]
    protocol : that the cell went through before; of a fresh cell, that gives its start, window and 1C
    is_fresh : whether the cell is fresh
    frequencies : [Hz]
    """

    name: str
    material: Material
    potential: float
    protocol: Protocol
    is_fresh: bool
    frequencies: NDArray[np.float64]

    @property
    def is_full(self) -> bool:
        """True where the run is of a full cell."""
        return self.protocol.is_full

    @property
    def through(self) -> str:
        """What the material goes through, in words."""
        before = "" if self.is_fresh else f"{self.protocol.name} and "
        of_cell = " of the fresh full cell" if self.is_fresh and self.is_full else ""
        return f"{before}a hold{of_cell} at {self.potential:g} V"

    def outcome(self, changes: Mapping[str, str], level: str, compiled: bool = False) -> Spectrum:
        """The spectrum with changed numbers.

        Raises
        ------
        RunFailedError
            The state was not reached.
        """
        changed, _ = prepared(self.material, self.protocol, changes_in_cell(changes, self.is_full))
        try:
            return spectrum(
                changed,
                potential=self.potential,
                level=level,
                frequencies=self.frequencies,
                after=None if self.is_fresh else self.protocol,
                fresh=self.protocol,
            )
        except InputError as error:
            raise RunFailedError(str(error)) from None

    def identity(self) -> dict[str, Any]:
        """What identifies the run, as JSON holds it."""
        protocol = self.protocol.model_dump(exclude_none=True, mode="json")
        begins = {"Potential [V]": self.potential, "Fresh" if self.is_fresh else "After": protocol}
        return _plain(self.material) | begins


@dataclass(frozen=True, eq=False)
class AtEquilibrium:
    """The isotherm of a material, which takes no simulation."""

    name: str
    material: Material
    changes: Mapping[str, str]

    is_full = False

    @property
    def through(self) -> str:
        """What the material goes through, in words."""
        return "its isotherm"

    def outcome(self, changes: Mapping[str, str], level: str, compiled: bool = False) -> Isotherm:
        """The isotherm with changed numbers."""
        changes = changes_in_cell(changes, self.is_full)
        return isotherm(prepared(self.material, "formation", {**self.changes, **changes})[0])

    def identity(self) -> dict[str, Any]:
        """What identifies the run, as JSON holds it."""
        return _plain(self.material) | {"Changes": dict(self.changes)}


Run = ThroughProtocol | ThroughMeasurement | ToSpectrum | AtEquilibrium


def _plain(material: Material) -> dict[str, Any]:
    return {"Material": material.model_dump(exclude_none=True, mode="json")}
