"""Efficiency and losses of the first cycle at a fit, with linearised intervals, beside the measured ones.

With the derivatives g of a result by the parameters, each in units of its standard deviation, and the
correlations R of the fit, the variance of the result is gᵀ R g. That holds for small changes about the best
fit; it says less than the draws of a posterior where a parameter is open.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from coreshell_model.base.intervals import Interval
from coreshell_model.base.units import from_si
from coreshell_model.data.half_cycles import Kind
from coreshell_model.data.protocol_of_record import Record
from coreshell_model.data.record import Dataset
from coreshell_model.infer.reading import Problem
from coreshell_model.infer.result import FitResult, FittedParameter
from coreshell_model.infer.runs import RunFailedError, ThroughProtocol
from coreshell_model.inputs.protocol import beginning
from coreshell_model.observe.quantities import numbers

ICE, SODIATION, DESODIATION, LOSS, SEI, TRAPPED, LEFT = (
    "Initial coulombic efficiency",
    "First sodiation capacity [mA.h.g-1]",
    "First desodiation capacity [mA.h.g-1]",
    "First-cycle loss [mA.h.g-1]",
    "Loss to SEI [mA.h.g-1]",
    "Loss to trapped sodium [mA.h.g-1]",
    "Sodium left in carbon [mA.h.g-1]",
)
SEI_SHARE, TRAPPED_SHARE = "Share of the loss to SEI", "Share of the loss to trapped sodium"

MOVE = 0.3
"""Standard deviations by which a parameter is moved for a derivative."""

DEVIATIONS_95 = 1.96
"""Standard deviations to the ends of a 95 % interval."""


@dataclass(frozen=True)
class FirstCycleNumber:
    """A result of the first cycle: measured if the data hold it, at the best fit, and its 95 % interval."""

    name: str
    measured: float | None
    fitted: float | None
    interval: Interval | None


def first_cycle_numbers(
    problem: Problem, result: FitResult, records: Sequence[Record]
) -> tuple[FirstCycleNumber, ...]:
    """Efficiency, capacities and parts of the loss of the first cycle; none where the best fit failed."""
    run = next((each for each in problem.runs if isinstance(each, ThroughProtocol)), None)
    if run is None or not result.completed:
        return ()
    run = replace(run, protocol=beginning(run.protocol, 1))
    values = [parameter.value for parameter in result.parameters]
    best = _results(problem, run, values)
    known = [n for n, parameter in enumerate(result.parameters) if parameter.sd is not None]
    slopes: dict[str, list[float]] = {name: [] for name in best}
    for index in known:
        moved, share = _moved(result.parameters[index])
        there = _results(problem, run, [*values[:index], moved, *values[index + 1 :]])
        if not there:
            return tuple(
                FirstCycleNumber(name, _measured(records).get(name), value, None)
                for name, value in best.items()
            )
        for name, value in best.items():
            slopes[name].append((there[name] - value) / share)
    correlations = np.array(result.correlations)[np.ix_(known, known)]
    measured = _measured(records)
    rows = []
    for name, value in best.items():
        g = np.array(slopes[name])
        sd = float(np.sqrt(max(g @ correlations @ g, 0.0)))
        top = 1.0 if name in (ICE, SEI_SHARE, TRAPPED_SHARE) else np.inf
        ends = max(value - DEVIATIONS_95 * sd, 0.0), float(min(value + DEVIATIONS_95 * sd, top))
        rows.append(FirstCycleNumber(name, measured.get(name), value, ends))
    return tuple(rows)


def _moved(parameter: FittedParameter) -> tuple[float, float]:
    """The value of a parameter moved within its bounds, and by how many standard deviations."""
    assert parameter.sd is not None  # only such are moved
    logarithmic = parameter.scale == "log"
    inner = np.log if logarithmic else (lambda value: value)
    here, low, high = (inner(value) for value in (parameter.value, parameter.lower, parameter.upper))
    step = min(MOVE * parameter.sd, (high - low) / 4)
    step = step if here + step <= high else -step
    moved = float(np.exp(here + step)) if logarithmic else float(here + step)
    return moved, float(step / parameter.sd)


def _results(problem: Problem, run: ThroughProtocol, values: Sequence[float]) -> dict[str, float]:
    """The results of the first cycle with these values of the parameters."""
    changes: dict[str, str] = {}
    for free, value in zip(problem.parameters, values, strict=True):
        if run.name in free.materials:
            changes |= dict.fromkeys(free.section.paths_in(run.name), f"{value!r} {free.section.unit}")
    try:
        solution = run.outcome(changes, problem.file.level, problem.compiling_pays)
    except RunFailedError:
        return {}
    of = numbers()
    texts = {name: of[name](solution) for name in (ICE, SODIATION, DESODIATION, LOSS, SEI, TRAPPED, LEFT)}
    results = {name: float(value) for name, value in texts.items() if value is not None}
    if results.get(LOSS, 0.0) > 0:
        shares = ((SEI, SEI_SHARE), (TRAPPED, TRAPPED_SHARE))
        results |= {share: results[part] / results[LOSS] for part, share in shares if part in results}
    return results


def _measured(records: Sequence[Record]) -> dict[str, float]:
    """Capacities and efficiency of the first cycle in the data; empty where it is not in them."""
    for record in records:
        charges = _first_two(record.dataset) if record.first == 1 else None
        if charges is not None:
            into, out = (from_si(charge / record.mass, "mA.h.g-1") for charge in charges)
            return {ICE: out / into, SODIATION: into, DESODIATION: out, LOSS: into - out}
    return {}


def _first_two(dataset: Dataset) -> tuple[float, float] | None:
    halves = dataset.half_cycles()
    if len(halves) < 2 or halves[0].direction is not Kind.SODIATION:
        return None
    return halves[0].charge, halves[1].charge
