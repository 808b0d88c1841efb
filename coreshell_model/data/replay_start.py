"""Where the replay of a measurement begins: an empty carbon, a potential, or the end of a protocol."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pybamm

from coreshell_model.base.errors import InputError
from coreshell_model.base.units import parse_quantity, to_si
from coreshell_model.data.half_cycles import Kind
from coreshell_model.data.record import AT_EQUILIBRIUM, Dataset, counted_cycle
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.protocol import Protocol
from coreshell_model.run.simulation import set_up
from coreshell_model.run.states import at_potential, through


@dataclass(frozen=True)
class Beginning:
    """The state from which a measurement is replayed: an empty carbon, unless stated.

    Attributes
    ----------
    potential : to which the cell was sodiated at C/20, and at which it was held [V]; of a full cell, voltage
    after : a protocol that the cell went through before; without a potential the replay begins at its end
    """

    potential: float | None = None
    after: Protocol | None = None

    @property
    def text(self) -> str:
        """The state in words; "" for the empty carbon."""
        parts = []
        if self.after is not None:
            cycles = len(self.after.steps_by_cycle())
            parts.append(f"after {cycles} {'cycle' if cycles == 1 else 'cycles'} of {self.after.name}")
        if self.potential is not None:
            parts.append(f"equilibrated at {self.potential:g} V")
        return ", ".join(parts)

    def state(self, material: Material, level: str, usual_protocol: str) -> Any:
        """The solver's state, at time 0; None for the empty carbon.

        Parameters
        ----------
        material, level : what is simulated, and how
        usual_protocol : whose window and 1C hold where there is none before

        Raises
        ------
        InputError
            The state cannot be reached.
        """
        if self == FRESH_CELL:
            return None
        run = set_up(material, self.after or usual_protocol, level=level)
        before = None if self.after is None else through(run, run.cycles, None)
        if self.potential is not None:
            before = at_potential(run, before, self.potential)
        assert before is not None
        last = before.pybamm.last_state
        values = np.array(last.all_ys[-1], dtype=float)[:, -1:]
        return pybamm.Solution(
            np.array([0.0]), values, last.all_models[-1], last.all_inputs[-1], termination="final time"
        )


FRESH_CELL = Beginning()


def as_potential(text: str | None) -> float | None:
    """A potential [V] as a user gives it, such as "1.2 V"."""
    if text is None:
        return None
    value, unit = parse_quantity(text)
    if unit == "1":
        raise InputError(f"{text!r} has no unit; a potential is given as '1.2 V'")
    return to_si(value, unit, "V")


def check_timed(dataset: Dataset) -> None:
    """Refuse equilibrium potentials, which no current or time belongs to."""
    if dataset.without_time == AT_EQUILIBRIUM:
        raise InputError(
            f"{dataset.source}: is a table of open-circuit voltages, which are compared with the isotherm, "
            "not with a simulation in time; fit it with equilibrium = true, or state its rate"
        )


def check_beginning(dataset: Dataset, begin: Beginning) -> None:
    """Refuse open circuit, the history of another cell, and what cannot follow from empty carbon."""
    check_timed(dataset)
    if begin.after is not None and begin.after.is_full != dataset.is_full:
        own, other = ("full cell", "half-cell") if dataset.is_full else ("half-cell", "full cell")
        raise InputError(
            f"{dataset.source}: is of a {own}, and is said to begin after {begin.after.name}, which is of a "
            f"{other}; give a protocol of a {own}, as {dataset.usual_protocol}"
        )
    halves = dataset.half_cycles()
    if begin == FRESH_CELL and dataset.is_full and halves and halves[0].direction is Kind.DESODIATION:
        voltage = f"{dataset.voltage[0]:.3g} V"
        raise InputError(
            f"{dataset.source}: begins with a discharge at {voltage}, which a fresh full cell cannot give; "
            f'say where the cell is: --from "{voltage}", or --after PROTOCOL (in a fit: potential, or after)'
        )
    counted = counted_cycle(dataset)
    if begin == FRESH_CELL and counted is not None and counted > 1:
        raise InputError(
            f"{dataset.source}: begins with cycle {counted} by its own counter, and a replay begins with an "
            f"empty carbon; say where the cell is: --after PROTOCOL --cycles {counted - 1}, or --from "
            '"1.2 V" (in a fit: after and cycles, or potential = "1.2 V")'
        )
