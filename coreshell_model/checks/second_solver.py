"""A whole formation against a second implementation of the particle, without PyBaMM."""

import numpy as np
from scipy.interpolate import PchipInterpolator

from coreshell_model.checks.check import NOISE, Bound, Check
from coreshell_model.checks.half_cell import DEFAULT_CELLS
from coreshell_model.checks.scipy_twin import Twin, run
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.steps import Kind
from coreshell_model.run.simulation import simulate
from coreshell_model.run.solution import INVENTORY

CYCLE = [
    ("current", 20.0, 0.005, 80 * 3600),
    ("hold", 0.005, 4.0, 60 * 3600),
    ("current", -20.0, 2.5, 80 * 3600),
]
"""The cycle of formation as steps of the twin."""
CYCLES = 5
TOLERANCE = 1e-8


def differences(material: Material | str, cycles: int = CYCLES) -> dict[str, float]:
    """Largest differences from the twin over the first cycles of a formation.

    Voltages are compared at constant current and equal times, charges and inventories at the ends of steps.
    """
    solution = simulate(material, "formation", relative_tolerance=TOLERANCE, absolute_tolerance=TOLERANCE)
    parameters = dict(solution.parameters)
    steps = run(parameters, CYCLE * cycles, *DEFAULT_CELLS)
    twin = Twin(parameters, *DEFAULT_CELLS)
    time, voltage, charge = (
        solution[name] for name in ("Time [s]", "Voltage [V]", "Specific capacity [mA.h.g-1]")
    )
    in_voltage, in_charge, in_inventory = [], [], []
    for step, twin_step in zip(solution.steps, steps, strict=False):
        last = step.points.stop - 1
        in_charge.append(abs(charge[last] - twin_step.charge[-1]))
        twin_inventory = twin.inventory(twin_step.state[:, -1:])
        in_inventory += [abs(solution[name][last] - twin_inventory[name]) for name in INVENTORY]
        if step.asked.kind is Kind.HOLD:
            continue
        since_start = time[step.points] - time[step.points.start]
        shared = since_start <= twin_step.time[-1] - twin_step.time[0]
        expected = PchipInterpolator(twin_step.time - twin_step.time[0], twin_step.voltage)(
            since_start[shared]
        )
        in_voltage.append(np.abs(voltage[step.points][shared] - expected).max())
    into, out = (solution.steps[place].points.stop - 1 for place in (1, 2))
    efficiencies = [
        (sodiated - desodiated) / sodiated
        for sodiated, desodiated in ((charge[into], charge[out]), (steps[1].charge[-1], steps[2].charge[-1]))
    ]
    return {
        "voltage at constant current [mV]": 1e3 * float(max(in_voltage)),
        "charge at the ends of steps [mA.h.g-1]": float(max(in_charge)),
        "each place of the sodium at the ends of steps [mA.h.g-1]": float(max(in_inventory)),
        "ICE": float(abs(efficiencies[0] - efficiencies[1])),
    }


def measure() -> dict[str, float]:
    """Five cycles of the shipped ``core_shell``."""
    return differences("core_shell")


CHECK = Check(
    name="second_solver",
    title="A second solver, without PyBaMM",
    compared="Largest differences over the five cycles of `core_shell` in `formation` from the equations of "
    "docs/physics.md written once more and integrated by scipy's BDF (`checks/scipy_twin.py`).",
    limit="None: the whole sealed particle. Same mesh of 20 + 8 cells; tolerances of "
    f"{TOLERANCE:g} here, 1e-8 and 1e-10 there.",
    bounds=(
        Bound("voltage at constant current [mV]", at_most=1.0, band=NOISE),
        Bound("charge at the ends of steps [mA.h.g-1]", at_most=0.01, band=NOISE),
        Bound("each place of the sodium at the ends of steps [mA.h.g-1]", at_most=0.01, band=NOISE),
        Bound("ICE", at_most=1e-5, band=NOISE),
    ),
    measure=measure,
)
