"""What designs are compared by: numbers of a run, under the names that ``coreshell run --json`` has."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from coreshell_model.base.errors import InputError, did_you_mean
from coreshell_model.base.quantity import brief
from coreshell_model.design.variables import mass_gain
from coreshell_model.inputs.material import CoreShellMaterial, Material
from coreshell_model.inputs.protocol import Protocol
from coreshell_model.observe.capacity import (
    areal_capacity,
    coating_capacity,
    coulombic_efficiency,
    desodiation_capacity,
    volumetric_capacity,
)
from coreshell_model.observe.quantities import RESULTS
from coreshell_model.observe.rates import rate_blocks, recovery, returns_to_first_rate
from coreshell_model.observe.windows import hysteresis
from coreshell_model.physics.laws.constants import CHARGE_OF_SODIUM_FILLED_VOLUME
from coreshell_model.run.solution import Solution

Quantity = Callable[[Solution], float | None]

FROM_RESULTS = (
    "Initial coulombic efficiency",
    "First sodiation capacity [mA.h.g-1]",
    "First desodiation capacity [mA.h.g-1]",
    "Reversible capacity [mA.h.g-1]",
    "First-cycle loss [mA.h.g-1]",
    "Loss to SEI [mA.h.g-1]",
    "Loss to trapped sodium [mA.h.g-1]",
    "Sodium left in carbon [mA.h.g-1]",
    "Plateau capacity [mA.h.g-1]",
    "Sloping capacity [mA.h.g-1]",
    "Capacity below 0.1 V [mA.h.g-1]",
    "Capacity 1.25-1.00 V [mA.h.g-1]",
    "Capacity 1.00-0.65 V [mA.h.g-1]",
    "Capacity 0.65-0.44 V [mA.h.g-1]",
    "Capacity below 0.44 V [mA.h.g-1]",
    "SEI thickness [nm]",
    "Pore filling",
    "Sodium balance error",
    "Particle radius [nm]",
    "Shell thickness [nm]",
    "External area [m2.g-1]",
)
"""The numbers among the results that every run has."""

USUAL = (
    "Initial coulombic efficiency",
    "Reversible capacity [mA.h.g-1]",
    "First-cycle loss [mA.h.g-1]",
    "Loss to SEI [mA.h.g-1]",
    "Loss to trapped sodium [mA.h.g-1]",
    "Sodium left in carbon [mA.h.g-1]",
    "Plateau capacity [mA.h.g-1]",
    "Volumetric capacity [mA.h.cm-3]",
    "Areal capacity [mA.h.cm-2]",
    "CVD mass gain [%]",
    "Open fraction",
    "Sodium balance error",
)
"""Those that are given where none are asked for; capacities at other rates come with them."""


def pore_volume_bound(material: Material) -> float:
    """Charge that sodium as dense as the metal would have in all the core's pores [mA.h.g-1] (43).

    Per gram of active carbon (core + shell): no plateau can be larger.

    Raises
    ------
    InputError
        Dimensions that exclude each other.
    """
    carbon = material.core if isinstance(material, CoreShellMaterial) else material.carbon
    per_core = carbon.pore_volume.si * CHARGE_OF_SODIUM_FILLED_VOLUME
    return per_core / (1 + mass_gain(material)) / 3600


def capacity_at(label: str) -> str:
    """The name of the capacity at a rate such as "1C"."""
    return f"Capacity at {label} [mA.h.g-1]"


def quantities(protocol: Protocol) -> dict[str, Quantity]:
    """Every number by which designs in this protocol can be compared: a function of the run by name.

    Capacities are per gram of active carbon (core + shell). One at a rate is the last desodiation at it.
    """
    found: dict[str, Quantity] = {name: RESULTS[name] for name in FROM_RESULTS}
    found |= {
        "Volumetric capacity [mA.h.cm-3]": volumetric_capacity,
        "Areal capacity [mA.h.cm-2]": areal_capacity,
        "Volumetric capacity of the coating [mA.h.cm-3]": coating_capacity,
        "CVD mass gain [%]": lambda solution: 100 * mass_gain(solution.material),
        "Core radius [nm]": lambda solution: 1e9 * solution.parameters["Core radius [m]"],
        "Open fraction": lambda solution: solution.parameters.get("Open fraction", 0.0),
        "Plateau capacity bound [mA.h.g-1]": lambda solution: pore_volume_bound(solution.material),
        "Hysteresis in the last cycle [V]": _hysteresis,
        "Solve time [s]": lambda solution: solution.solve_time,
    }
    found |= {
        capacity_at(block.label): partial(desodiation_capacity, cycle=block.cycles[-1])
        for block in rate_blocks(protocol)
    }
    if returns_to_first_rate(protocol):
        found["Recovery"] = recovery
    cycles = range(1, len(protocol.steps_by_cycle()) + 1)
    found |= {f"Coulombic efficiency {cycle}": partial(coulombic_efficiency, cycle=cycle) for cycle in cycles}
    return found


def chosen(protocol: Protocol, names: Iterable[str] | None = None) -> Mapping[str, Quantity]:
    """The quantities of these names; where none are named the usual ones, with the capacities at other rates.

    Raises
    ------
    InputError
        One that this protocol does not give, or none at all.
    """
    known = quantities(protocol)
    if names is None:
        labels = [block.label for block in rate_blocks(protocol)[1:]]
        names = (*USUAL, *(capacity_at(label) for label in labels))
    found = {}
    for name in names:
        if name not in known:
            guess = did_you_mean(str(name), known, cutoff=0.4) or f"such are {', '.join(map(repr, USUAL))}"
            raise InputError(f"{brief(name)} is no observable of protocol {protocol.name}; {guess}".strip())
        found[name] = known[name]
    if not found:
        raise InputError(f"no observable is asked for; name one, such as {USUAL[0]!r}")
    return found


def _hysteresis(solution: Solution) -> float | None:
    return hysteresis(solution, solution.cycles[-1]) if solution.cycles else None
