"""Predictions by the draws of a posterior: bands of quantities, half-cycles and sweeps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from scipy.stats import norm

from coreshell_model.base.errors import InputError, did_you_mean
from coreshell_model.base.intervals import (
    MEDIAN,
    Array,
    effective_draws,
    quantiles_by_column,
    stated_intervals,
)
from coreshell_model.base.pool import Say, side_by_side
from coreshell_model.base.quantity import brief, check_whole
from coreshell_model.infer.curves import SERIES, half_cycles, refined
from coreshell_model.infer.draws import WEIGHT, Posterior
from coreshell_model.infer.rate_bands import rate_bands
from coreshell_model.inputs.changes import Changes, as_texts, by_path
from coreshell_model.inputs.full_cell import CHOICES, changes_in_cell
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.particle import ALTERNATIVES
from coreshell_model.inputs.protocol import Protocol, beginning, read_protocol
from coreshell_model.inputs.steps import Kind
from coreshell_model.observe.quantities import SHORT, check_cell, full_name, summary
from coreshell_model.observe.rates import AtRate, at_rates, capacities_at_rates
from coreshell_model.observe.voltammetry import Sweep, sweeps
from coreshell_model.run.compiled_code import pays
from coreshell_model.run.simulation import set_up, simulate
from coreshell_model.run.solution import Solution

POINTS = 201
"""Number of points of a half-cycle, evenly over its capacity."""


@dataclass(frozen=True)
class HalfCycle:
    """A simulated half-cycle.

    Attributes
    ----------
    sodiation : its direction
    capacity : that passed in all [mA.h.g-1]
    voltage : at ``POINTS`` even shares of the capacity [V]
    """

    sodiation: bool
    capacity: float
    voltage: Array

    def at(self, capacity: Array) -> Array:
        """Voltage at capacities from the beginning; beyond the end the last voltage."""
        return np.interp(capacity, np.linspace(0.0, self.capacity, len(self.voltage)), self.voltage)


def half_cycles_of(solution: Solution) -> tuple[HalfCycle, ...]:
    """Every half-cycle of a run; none where a sweep prescribes the voltage, or nothing was simulated."""
    if solution.pybamm is None or any(step.asked.kind is Kind.SWEEP for step in solution.steps):
        return ()
    _, charge, voltage, step = refined(solution, SERIES["voltage"], range(len(solution.steps)))
    halves = []
    for sodiation, points in half_cycles(charge, step):
        passed = np.maximum.accumulate(np.abs(charge[points] - charge[points][0]))
        even = np.linspace(0.0, passed[-1], POINTS)
        halves.append(HalfCycle(sodiation, float(passed[-1]), np.interp(even, passed, voltage[points])))
    return tuple(halves)


def curve_bands(
    runs: Sequence[Sequence[HalfCycle]], weights: Array, discrepancy: float = 0.0
) -> pd.DataFrame:
    """Quantiles of the voltage at even capacities of each half-cycle.

    A draw that ends before a capacity counts with its last voltage; a column holds the share of draws that
    get there. The capacities end where the longest draw ends.

    Parameters
    ----------
    runs : the half-cycles of each draw; a draw without any is left out
    weights : of the draws
    discrepancy : standard deviation by which the model is off at any capacity [V], added to that of the draws
    """
    tables = []
    for number in range(max(map(len, runs), default=0)):
        halves, sizes = _numbered(runs, weights, number)
        ends = np.array([half.capacity for half in halves])
        capacity = np.linspace(0.0, ends.max(), POINTS)
        band = quantiles_by_column(np.array([half.at(capacity) for half in halves]), sizes)
        band = widened_by(discrepancy, band)
        reached = np.array([sizes[ends >= end * (1 - 1e-12)].sum() for end in capacity]) / sizes.sum()
        tables.append(
            pd.DataFrame(
                {
                    "Half-cycle": number + 1,
                    "Direction": "sodiation" if halves[0].sodiation else "desodiation",
                    "Capacity [mA.h.g-1]": capacity,
                    **{f"Voltage, {name} [V]": row for name, row in band.items()},
                    "Share of draws that get there": reached,
                }
            )
        )
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def widened_by(sd: float, band: Mapping[str, Array]) -> dict[str, Array]:
    """Quantiles by their names, of numbers that are off by a normal deviation besides.

    The distances of a quantile from the median add as those of normal distributions do: root of the sum of
    squares.
    """
    if sd == 0:
        return dict(band)
    middle = band[MEDIAN]
    wide = {MEDIAN: middle}
    for name in band.keys() - {MEDIAN}:
        width, sign = float(name.partition(" %")[0]), -1.0 if name.endswith("from") else 1.0
        wide[name] = middle + sign * np.hypot(band[name] - middle, sd * norm.isf((100 - width) / 200))
    return {name: wide[name] for name in band}


Part = TypeVar("Part", HalfCycle, Sweep)


def _numbered(runs: Sequence[Sequence[Part]], weights: Array, number: int) -> tuple[list[Part], Array]:
    """The half-cycles, or sweeps, of this number, of the draws that have it, and these draws' weights."""
    parts = [(run[number], weight) for run, weight in zip(runs, weights, strict=True) if len(run) > number]
    return [part for part, _ in parts], np.array([weight for _, weight in parts])


VOLTAGE = "Voltage [V]"


def sweep_bands(runs: Sequence[Sequence[Sweep]], weights: Array) -> pd.DataFrame:
    """Quantiles of the current at even voltages of each sweep; desodiation counts positive.

    Parameters
    ----------
    runs : the sweeps of each draw; a draw without any is left out
    weights : of the draws
    discrepancy : standard deviation by which the model is off at any capacity [V], added to that of the draws
    """
    tables = []
    for number in range(max(map(len, runs), default=0)):
        swept, sizes = _numbered(runs, weights, number)
        first = swept[0]
        sign = -1.0 if first.sodiation else 1.0
        currents = np.array([sign * np.interp(first.voltage, s.voltage, s.current) for s in swept])
        band = quantiles_by_column(currents, sizes)
        tables.append(
            pd.DataFrame(
                {
                    "Sweep": number + 1,
                    "Cycle": first.cycle,
                    "Direction": "sodiation" if first.sodiation else "desodiation",
                    VOLTAGE: first.voltage,
                    **{f"Anodic current, {name} [mA.g-1]": row for name, row in band.items()},
                }
            )
        )
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


SOLVE_TIME = "Solve time [s]"
"""A result of a run that is not one of the cell."""


@dataclass(frozen=True)
class DrawnRun:
    """The results of a draw: numbers by name, half-cycles, sweeps and rates, or the reason of a failure."""

    numbers: Mapping[str, float] = field(default_factory=dict)
    half_cycles: tuple[HalfCycle, ...] = ()
    sweeps: tuple[Sweep, ...] = ()
    failure: str | None = None
    rates: tuple[AtRate, ...] = ()


@dataclass(frozen=True)
class Prediction:
    """Results of a material through a protocol for every draw of a posterior.

    Attributes
    ----------
    material, protocol : their names
    changes : of numbers that are not drawn, the same in every run
    weights : of the draws, adding up to 1
    runs : the draws' results, in order
    withheld : True where the draws are of a model that does not describe its data: no interval is stated
    discrepancy : by which the model is off along the curves of its data [V]; bands of voltages have it
    """

    material: str
    protocol: str
    changes: Mapping[str, str]
    weights: Array
    runs: tuple[DrawnRun, ...]
    withheld: bool = False
    discrepancy: float = 0.0

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of all numbers that any draw gives."""
        return tuple(dict.fromkeys(name for run in self.runs for name in run.numbers))

    @property
    def failures(self) -> tuple[str, ...]:
        """Why runs failed, one line for each failed draw."""
        return tuple(run.failure for run in self.runs if run.failure)

    def values(self, name: str) -> Array:
        """A number by draw; NaN where a draw does not have it.

        Raises
        ------
        InputError
            No draw gives it.
        """
        if name not in self.names:
            raise InputError(f"{self.protocol}: no draw gives {brief(name)}; {_suggestion(name, self.names)}")
        return np.array([run.numbers.get(name, np.nan) for run in self.runs])

    def band(self, name: str) -> dict:
        """Median and intervals of a number over the draws that give it."""
        values = self.values(name)
        present = np.isfinite(values)
        return {
            "Observable": name,
            **stated_intervals(values[present], self.weights[present], self.withheld),
            "Draws": int(present.sum()),
            "Effective draws": effective_draws(self.weights[present]),
            "Share of draws without it": float(self.weights[~present].sum()),
        }

    def bands(self, names: Iterable[str] = ()) -> list[dict]:
        """A band for each of these numbers, for all where none are named."""
        return [self.band(name) for name in tuple(names) or self.names]

    def rates(self) -> list[dict]:
        """Bands of what each rate of a test delivers; empty for a protocol of a single rate."""
        return rate_bands([run.rates for run in self.runs], self.weights, self.withheld)

    def table(self) -> pd.DataFrame:
        """A row a draw: its weight, every number, and why it failed if it did."""
        rows = [
            {"Draw": number, WEIGHT: weight, **run.numbers, "Failure": run.failure}
            for number, (weight, run) in enumerate(zip(self.weights, self.runs, strict=True), start=1)
        ]
        return pd.DataFrame(rows, columns=pd.Index(["Draw", WEIGHT, *self.names, "Failure"]))


def predict(
    posterior: Posterior,
    material: str,
    protocol: Protocol | str | Path,
    *,
    changes: Changes | None = None,
    cycles: int | None = None,
    level: str = "particle",
    observables: Iterable[str] = (),
    workers: int = 1,
    say: Say = lambda text: None,
) -> Prediction:
    """Take a material through a protocol with the numbers of every draw.

    Parameters
    ----------
    posterior : the draws
    material : one of the posterior's, by any of its names or the path of its file
    protocol : a shipped name, the path of a TOML file, or a protocol
    changes : of numbers that are not drawn, or drawn from their priors, as ``simulate`` takes them
    cycles : the first ones of the protocol; all where None
    level : "particle" or "electrode"
    observables : names of results; those that the protocol does not give are refused before the draws are run
    workers : processes. More than 1 start this program anew in each: a script has to guard its own code by
        ``if __name__ == "__main__"``
    say : called with a line of progress
    """
    check_whole("workers", workers, 1)
    material = posterior.name_of(material)
    base = posterior.materials[material]
    whole = read_protocol(str(protocol)) if isinstance(protocol, str | Path) else protocol
    fixed = by_path(as_texts(changes, base, whole), base)
    _check_not_drawn(fixed, posterior.drawn_of(material) - posterior.independent(material), base)
    set_up(base, whole, fixed, level=level)  # refuses what is wrong with them before the draws
    part = whole if cycles is None else beginning(whole, cycles)
    _check_names(tuple(observables), base, part, fixed, level)
    runs: dict[int, DrawnRun] = {}

    def keep(item: tuple[int, dict[str, str]], run: DrawnRun) -> None:
        runs[item[0]] = run
        say(f"{len(runs)} of {len(posterior)} draws")

    drawn_changes = (changes_in_cell(each, whole.is_full) for each in posterior.ensemble(material).changes)
    items = [(draw, {**of_draw, **fixed}) for draw, of_draw in enumerate(drawn_changes)]
    compiled = pays(level, len(items) / workers, len(part.steps_by_cycle()))
    side_by_side(_DrawRunner(base, part, level, compiled), items, workers, say, keep)
    ordered = tuple(runs[draw] for draw in range(len(posterior)))
    return Prediction(
        material, whole.name, fixed, posterior.weights, ordered, posterior.withheld, posterior.discrepancy
    )


def _check_not_drawn(fixed: Mapping[str, str], drawn: set[str], base: Material) -> None:
    """Refuse changes of drawn numbers, or of what says the same, and another electrode than they are of."""
    for path in sorted(fixed):
        if path in drawn:
            raise InputError(f"{path} is drawn from the posterior; leave it out")
        same = [
            other for group in ALTERNATIVES if path in group for other in sorted(drawn.intersection(group))
        ]
        if same:
            raise InputError(
                f"{path} says the same as {same[0]}, which is drawn from the posterior; leave it out"
            )
        of_choice = sorted(other for other in drawn if other.startswith(f"{path}."))
        if path in CHOICES and of_choice:
            raise InputError(
                f"{path} is {brief(fixed[path])}, and {of_choice[0]} is drawn for "
                f"{getattr(base, path).name}: leave {path} out, or fit the other one"
            )


def _check_names(names: tuple[str, ...], base: Material, protocol: Protocol, changes, level: str) -> None:
    """Refuse names of results that a run of the undrawn material does not give, if it comes to its end."""
    for name in names:
        check_cell(full_name(name), protocol)
    solution = simulate(base, protocol, changes, level=level) if names else None
    if solution is None or not solution.completed:
        return
    results = results_of(solution)
    numbers = numbers_of(results)
    for name in names:
        if name not in numbers and name.partition(", ")[0] not in results:
            raise InputError(f"{protocol.name}: no result {brief(name)}; {_suggestion(name, numbers)}")


def _suggestion(name: str, names: Iterable[str]) -> str:
    """The nearest of the names, else some of them."""
    names = tuple(names)
    return (
        did_you_mean(
            name, (*names, *(short for short, full in SHORT.items() if full in names)), cutoff=0.6
        ).strip()
        or f"there are {', '.join(names[:8])} and others"
    )


@dataclass(frozen=True)
class _DrawRunner:
    """Takes the material with the numbers of a draw through the protocol, in any process."""

    material: Material
    protocol: Protocol
    level: str
    compiled: bool

    def prepare(self) -> None:
        """Build the models, once for all workers that are forked from the process that does this."""
        set_up(self.material, self.protocol, level=self.level, compiled=self.compiled).build()

    def __call__(self, item: tuple[int, dict[str, str]], say: Say) -> DrawnRun:
        try:
            solution = simulate(
                self.material, self.protocol, item[1], level=self.level, compiled=self.compiled
            )
        except InputError as error:
            return DrawnRun(failure=str(error))
        if not solution.completed:
            return DrawnRun(failure=solution.explanation)
        numbers = numbers_of(results_of(solution))
        curves = half_cycles_of(solution), tuple(sweeps(solution))
        return DrawnRun(numbers, *curves, rates=at_rates(solution))


def results_of(solution: Solution) -> dict[str, Any]:
    """The results of a run that are of the cell, the capacity at each rate of a test among them."""
    results = summary(solution) | capacities_at_rates(solution)
    return {name: value for name, value in results.items() if name != SOLVE_TIME}


def numbers_of(results: Mapping[str, Any]) -> dict[str, float]:
    """The finite numbers of a run's results by name; those of a list or table by name and entry."""
    numbers: dict[str, float] = {}
    for name, result in results.items():
        several: Iterable[tuple[Any, Any]] = ()
        if isinstance(result, Mapping):
            several = result.items()
        elif isinstance(result, list | tuple):
            several = enumerate(result, start=1)
        entries = {name: result} | {f"{name}, {entry}": value for entry, value in several}
        for label, value in entries.items():
            if isinstance(value, int | float) and not isinstance(value, bool) and np.isfinite(value):
                numbers[label] = float(value)
    return numbers
