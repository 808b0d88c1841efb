"""Particle level against electrode level: a thin coating has negligible gradients."""

import numpy as np

from coreshell_model.checks.check import NOISE, Bound, Check
from coreshell_model.checks.refinement import MATERIALS
from coreshell_model.inputs.protocol import Protocol, protocol_from_dict, read_protocol
from coreshell_model.observe.capacity import initial_coulombic_efficiency
from coreshell_model.observe.inventory import sodium_balance_error
from coreshell_model.physics.levels import ElectrodeLevel, ParticleLevel
from coreshell_model.run.simulation import simulate
from coreshell_model.run.solution import Solution

TOLERANCE = 1e-8
STEEPEST = 0.1
"""Slope of the voltage [V per mA.h.g-1] up to which voltages are compared; beyond, charges are."""


def first_cycle() -> Protocol:
    """The first cycle of formation, at C/20."""
    data = read_protocol("formation").model_dump()
    once = data["cycles"][0] | {"repeat": 1}
    return protocol_from_dict(data | {"name": "first cycle", "cycles": (once,)}, "first cycle")


def differences(material: str) -> dict[str, float]:
    """Differences between the levels for a material as shipped, at its loading of 1.1 mg/cm2."""
    particle, electrode = (
        simulate(
            material,
            first_cycle(),
            level=level.name,
            relative_tolerance=TOLERANCE,
            absolute_tolerance=TOLERANCE,
        )
        for level in (ParticleLevel, ElectrodeLevel)
    )
    efficiencies = [initial_coulombic_efficiency(solution) or 0.0 for solution in (particle, electrode)]
    charges = [solution["Specific capacity [mA.h.g-1]"][-1] for solution in (particle, electrode)]
    return {
        f"{material}: voltage, sodiation [mV]": _in_voltage(particle, electrode, 0),
        f"{material}: voltage, desodiation [mV]": _in_voltage(particle, electrode, 2),
        f"{material}: charge left at the end [mA.h.g-1]": float(abs(charges[0] - charges[1])),
        f"{material}: ICE": abs(efficiencies[0] - efficiencies[1]),
        f"{material}: sodium balance error, electrode level": sodium_balance_error(electrode) or 0.0,
    }


def _in_voltage(particle: Solution, electrode: Solution, step: int) -> float:
    """Largest difference [mV] in a step at equal charge since its start, the steep parts left out."""
    curves = []
    for solution in (particle, electrode):
        points = solution.steps[step].points
        charge = solution["Specific capacity [mA.h.g-1]"][points]
        curves.append((np.abs(charge - charge[0]), solution["Voltage [V]"][points]))
    (charge, voltage), (charges, voltages) = curves
    flat = np.abs(np.gradient(voltage, charge)) < STEEPEST
    shared = flat & (charge > 0) & (charge <= charges[-1])
    return 1e3 * float(np.abs(np.interp(charge[shared], charges, voltages) - voltage[shared]).max())


CHECK = Check(
    name="electrode_levels",
    title="Particle level against a thin electrode",
    compared="First cycle of `formation` at C/20 at both levels. Largest difference of voltage at equal "
    "charge since the start of the step, where the voltage changes by less than 0.1 V per mAh/g: beyond, "
    "2 mV are less than 0.02 mAh/g, and what is left at the end is compared as charge. ICE; sodium balance.",
    limit="All four materials as shipped, 1.1 mg/cm2: a coating of 14 to 40 um. The particle level's series "
    "resistance of 10 Ohm.cm2 stands for the contacts' 9 and the electrolyte.",
    bounds=tuple(
        bound
        for material in MATERIALS
        for bound in (
            Bound(f"{material}: voltage, sodiation [mV]", at_most=2.0, band=NOISE),
            Bound(f"{material}: voltage, desodiation [mV]", at_most=2.0, band=NOISE),
            Bound(f"{material}: charge left at the end [mA.h.g-1]", at_most=0.1, band=NOISE),
            Bound(f"{material}: ICE", at_most=1e-4, band=NOISE),
            Bound(f"{material}: sodium balance error, electrode level", at_most=1e-6, band=NOISE),
        )
    ),
    measure=lambda: {name: value for material in MATERIALS for name, value in differences(material).items()},
)
