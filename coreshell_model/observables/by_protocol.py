"""The results that belong to some protocols: a name is there where its protocol asks the question."""

import math

from coreshell_model.observables.capacity import capacity_by_cycle
from coreshell_model.observables.inventory import clusters_formed
from coreshell_model.observables.rates import rate_retention, recovery, returns_to_first_rate
from coreshell_model.observables.rest import self_discharge
from coreshell_model.observables.titration import titration
from coreshell_model.observables.voltammetry import Peak, irreversible_peaks, peaks
from coreshell_model.observables.windows import hysteresis
from coreshell_model.protocol import Protocol
from coreshell_model.solution import Solution
from coreshell_model.steps import Kind, kind

NAMES = (
    "Capacity by cycle [mA.h.g-1]",
    "Rate retention",
    "Recovery",
    "Peaks",
    "Irreversible peaks",
    "Hysteresis in the last cycle [V]",
    "Clusters formed at constant current [mA.h.g-1]",
    "Clusters formed in holds [mA.h.g-1]",
    "Titration",
    "Self-discharge",
)
"""Every name that some protocol has a result under."""


def of_protocol(solution: Solution) -> dict:
    """Capacities by cycle, and what rate tests, holds, sweeps, pulses and rests tell."""
    found: dict = {"Capacity by cycle [mA.h.g-1]": capacity_by_cycle(solution)}
    kinds = _kinds(solution.protocol)
    retention = rate_retention(solution)
    if retention:
        found["Rate retention"] = retention
    if returns_to_first_rate(solution.protocol):
        found["Recovery"] = recovery(solution)
    if Kind.SWEEP in kinds:
        found["Peaks"] = [_named(peak) for peak in peaks(solution)]
        found["Irreversible peaks"] = [_named(peak) for peak in irreversible_peaks(solution)]
    elif solution.cycles:
        found["Hysteresis in the last cycle [V]"] = hysteresis(solution, solution.cycles[-1])
    if Kind.HOLD in kinds:
        found["Clusters formed at constant current [mA.h.g-1]"] = clusters_formed(solution, Kind.SODIATE)
        found["Clusters formed in holds [mA.h.g-1]"] = clusters_formed(solution, Kind.HOLD)
    return found | _rests(solution)


def _kinds(protocol: Protocol) -> set[Kind | None]:
    return {kind(text) for steps in protocol.steps_by_cycle() for text in steps}


def _rests(solution: Solution) -> dict:
    """Titration and self-discharge, where a run has them."""
    found: dict = {}
    pulses, rest = titration(solution), self_discharge(solution)
    if pulses is not None:
        found["Titration"] = {
            "Sodiating": [bool(way) for way in pulses.sodiating],
            "Charge [mA.h.g-1]": pulses.charge.tolist(),
            "Potential at rest [V]": pulses.potential.tolist(),
            "Apparent diffusivity [m2.s-1]": [
                None if math.isnan(value) else value for value in pulses.diffusivity.tolist()
            ],
        }
    if rest is not None:
        found["Self-discharge"] = {
            "Rest [h]": rest.hours,
            "Potential at its end [V]": rest.potential,
            "Capacity kept": rest.kept,
            "Capacity regained in the next cycle": rest.regained,
        }
    return found


def _named(peak: Peak) -> dict:
    return {
        "Cycle": peak.cycle,
        "Sodiation": peak.sodiation,
        "Potential [V]": peak.potential,
        "Height [mA.g-1]": peak.height,
        "Area [mA.h.g-1]": peak.area,
    }
