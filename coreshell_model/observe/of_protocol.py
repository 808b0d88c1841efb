"""The results that only some protocols have: by cycle, of rate tests, holds, sweeps, pulses and rests."""

import math

from coreshell_model.inputs.protocol import Protocol
from coreshell_model.inputs.steps import Kind
from coreshell_model.observe.capacity import capacity_by_cycle
from coreshell_model.observe.clusters import clusters_formed, late_growths
from coreshell_model.observe.full_cell import full_cell_results
from coreshell_model.observe.inventory import film_by_cycle, film_formed
from coreshell_model.observe.rates import (
    rate_retention,
    recovery,
    returns_to_first_rate,
    self_discharge,
)
from coreshell_model.observe.storage import rests
from coreshell_model.observe.titration import titration
from coreshell_model.observe.voltammetry import Peak, irreversible_peaks, peaks
from coreshell_model.observe.windows import ends_of_desodiation, hysteresis, starts_of_sodiation
from coreshell_model.run.solution import Solution

OF_PROTOCOL = {
    "Capacity by cycle [mA.h.g-1]": "desodiation of each cycle",
    "Rate retention": "fraction: last desodiation at each rate / that at the first rate",
    "Recovery": "fraction: last desodiation / that at the first rate before the other rates",
    "Peaks": "each sweep",
    "Irreversible peaks": "first sodiation, less the second",
    "Hysteresis in the last cycle [V]": "mean of the last desodiation less that of the last sodiation",
    "Clusters formed at constant current [mA.h.g-1]": "sodiation of each cycle, without its hold",
    "Clusters formed in holds [mA.h.g-1]": "hold of the sodiation of each cycle",
    "Late growth of clusters in holds": (
        "fraction of the clusters formed in the hold of each cycle: those of its last third in time"
    ),
    "Start of sodiation [V]": "each cycle, where 1 % of its sodiation has passed",
    "End of desodiation [V]": "each cycle, where 99 % of its desodiation has passed",
    "Film formed by cycle [mA.h.g-1]": "each cycle, sodiation and desodiation",
    "Film by cycle over that of the first": "fraction: film of each cycle / film of the first",
    "Titration": "each pulse",
    "Self-discharge": "first rest of the full carbon; capacities kept and regained are fractions",
    "Positive electrode": "the full cell",
    "Stack": "the full cell",
    "Charge limited by": "last charge at constant current: the electrode whose potential changes more",
    "Discharge limited by": "last discharge: the electrode whose potential changes more",
    "Stack masses [mg.cm-2]": "each part of the stack, per area of one pair of coatings",
    "Specific energy by cycle [W.h.kg-1]": "discharge of each cycle, mass of the stack",
    "Sodium by cycle [mA.h.g-1]": "end of each cycle, per gram of active carbon",
    "Storage": "each rest after a sodiation; the capacity regained is a fraction",
}
"""Names of the results that only some protocols have, each with its scope as ``Quantity`` has it."""


def of_protocol(solution: Solution) -> dict:
    """Results by cycle, and those of rate tests, holds, sweeps, pulses and rests where there are any."""
    results: dict = {
        "Capacity by cycle [mA.h.g-1]": capacity_by_cycle(solution),
        "Start of sodiation [V]": starts_of_sodiation(solution),
        "End of desodiation [V]": ends_of_desodiation(solution),
        "Film formed by cycle [mA.h.g-1]": film_formed(solution),
        "Film by cycle over that of the first": film_by_cycle(solution),
    }
    kinds = _kinds(solution.protocol)
    retention = rate_retention(solution)
    if retention:
        results["Rate retention"] = retention
    if returns_to_first_rate(solution.protocol):
        results["Recovery"] = recovery(solution)
    if Kind.SWEEP in kinds:
        results["Peaks"] = [_named(peak) for peak in peaks(solution)]
        results["Irreversible peaks"] = [_named(peak) for peak in irreversible_peaks(solution)]
    elif solution.cycles:
        results["Hysteresis in the last cycle [V]"] = hysteresis(solution, solution.cycles[-1])
    if Kind.HOLD in kinds:
        results["Clusters formed at constant current [mA.h.g-1]"] = clusters_formed(solution, Kind.SODIATE)
        results["Clusters formed in holds [mA.h.g-1]"] = clusters_formed(solution, Kind.HOLD)
        results["Late growth of clusters in holds"] = late_growths(solution)
    return results | _rests(solution) | full_cell_results(solution)


def _kinds(protocol: Protocol) -> set[Kind]:
    return {step.kind for steps in protocol.steps_by_cycle() for step in steps}


def _rests(solution: Solution) -> dict:
    """Titration and self-discharge, where a run has them."""
    results: dict = {}
    pulses, rest = titration(solution), self_discharge(solution)
    if pulses is not None:
        results["Titration"] = {
            "Sodiating": [bool(way) for way in pulses.sodiating],
            "Charge [mA.h.g-1]": pulses.charge.tolist(),
            "Potential at rest [V]": pulses.potential.tolist(),
            "Apparent diffusivity [m2.s-1]": [
                None if math.isnan(value) else value for value in pulses.diffusivity.tolist()
            ],
        }
    if rest is not None:
        results["Self-discharge"] = {
            "Rest [h]": rest.hours,
            "Potential at its end [V]": rest.potential,
            "Capacity kept": rest.kept,
            "Capacity regained in the next cycle": rest.regained,
        }
    stored = rests(solution)
    if stored:
        results["Storage"] = [
            {
                "Cycle": rest.cycle,
                "Rest [h]": rest.hours,
                "Sodium put in [mA.h.g-1]": rest.sodium,
                "Potential at its start [V]": rest.start,
                "Potential at its end [V]": rest.end,
                "SEI thickness at its start [nm]": rest.film,
                "Charge lost [mA.h.g-1]": float(rest.lost[-1]),
                "Exponent of the loss in time": rest.exponent,
                "Capacity regained in the next cycle": rest.regained,
            }
            for rest in stored
        ]
    return results


def _named(peak: Peak) -> dict:
    return {
        "Cycle": peak.cycle,
        "Sodiation": peak.sodiation,
        "Potential [V]": peak.potential,
        "Height [mA.g-1]": peak.height,
        "Area [mA.h.g-1]": peak.area,
    }
