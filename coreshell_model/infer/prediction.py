"""What draws predict: bands of quantities and of curves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError, did_you_mean
from coreshell_model.base.intervals import Array, effective_draws, intervals, quantiles_by_column
from coreshell_model.base.pool import Say, side_by_side
from coreshell_model.base.quantity import brief, check_whole
from coreshell_model.infer.curves import SERIES, fine, half_cycles
from coreshell_model.infer.draws import WEIGHT, Posterior
from coreshell_model.inputs.changes import by_path
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.protocol import Protocol, beginning, read_protocol
from coreshell_model.inputs.steps import Kind
from coreshell_model.observe.quantities import summary
from coreshell_model.observe.voltammetry import Sweep, sweeps
from coreshell_model.run.simulation import set_up, simulate
from coreshell_model.run.solution import Solution

POINTS = 201
"""Of a half-cycle, evenly over its capacity."""


@dataclass(frozen=True)
class HalfCycle:
    """One run in one direction.

    Attributes
    ----------
    sodiation : its direction
    capacity : that passed, mAh/g
    voltage : at ``POINTS`` even shares of it [V]
    """

    sodiation: bool
    capacity: float
    voltage: Array

    def at(self, capacity: Array) -> Array:
        """Voltage at capacities from its beginning; beyond its end the last one."""
        return np.interp(capacity, np.linspace(0.0, self.capacity, len(self.voltage)), self.voltage)


def half_cycles_of(solution: Solution) -> tuple[HalfCycle, ...]:
    """Every half-cycle of a run; none where a sweep prescribes the voltage, or nothing was simulated."""
    if solution.pybamm is None or any(step.asked.kind is Kind.SWEEP for step in solution.steps):
        return ()
    _, charge, voltage, step = fine(solution, SERIES["voltage"])
    found = []
    for sodiation, points in half_cycles(charge, step):
        passed = np.maximum.accumulate(np.abs(charge[points] - charge[points][0]))
        shares = np.linspace(0.0, passed[-1], POINTS)
        found.append(HalfCycle(sodiation, float(passed[-1]), np.interp(shares, passed, voltage[points])))
    return tuple(found)


def curve_bands(runs: Sequence[Sequence[HalfCycle]], weights: Array) -> pd.DataFrame:
    """Quantiles of the voltage at even capacities of each half-cycle.

    A draw that ended before a capacity counts with its last voltage; how many got there is a column of its
    own. The capacities end where the longest draw does.

    Parameters
    ----------
    runs : the half-cycles of each draw; a draw without any is left out
    weights : of the draws
    """
    tables = []
    known = [(run, weight) for run, weight in zip(runs, weights, strict=True) if len(run)]
    count = max((len(run) for run, _ in known), default=0)
    for number in range(count):
        own = [(run[number], weight) for run, weight in known if len(run) > number]
        halves, sizes = [half for half, _ in own], np.array([weight for _, weight in own])
        ends = np.array([half.capacity for half in halves])
        capacity = np.linspace(0.0, ends.max(), POINTS)
        band = quantiles_by_column(np.array([half.at(capacity) for half in halves]), sizes)
        reached = np.array([sizes[ends >= one * (1 - 1e-12)].sum() for one in capacity]) / sizes.sum()
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


VOLTAGE = "Voltage [V]"


def sweep_bands(runs: Sequence[Sequence[Sweep]], weights: Array) -> pd.DataFrame:
    """Quantiles of the current at even voltages of each sweep; desodiation counts positive.

    Parameters
    ----------
    runs : the sweeps of each draw; a draw without any is left out
    weights : of the draws
    """
    tables = []
    known = [(run, weight) for run, weight in zip(runs, weights, strict=True) if len(run)]
    for number in range(max((len(run) for run, _ in known), default=0)):
        own = [(run[number], weight) for run, weight in known if len(run) > number]
        first, sizes = own[0][0], np.array([weight for _, weight in own])
        sign = -1.0 if first.sodiation else 1.0
        currents = np.array([sign * np.interp(first.voltage, one.voltage, one.current) for one, _ in own])
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
"""A result that says nothing of the cell."""


@dataclass(frozen=True)
class DrawnRun:
    """The results of one draw: numbers by name, half-cycles and sweeps; and why there are none if so."""

    numbers: Mapping[str, float] = field(default_factory=dict)
    half_cycles: tuple[HalfCycle, ...] = ()
    sweeps: tuple[Sweep, ...] = ()
    failure: str | None = None


@dataclass(frozen=True)
class Prediction:
    """Results of a material through a protocol, a draw of a posterior each.

    Attributes
    ----------
    material, protocol : their names
    changes : what was changed in every run
    weights : of the draws, adding up to 1
    runs : the draws' results, in order
    """

    material: str
    protocol: str
    changes: Mapping[str, str]
    weights: Array
    runs: tuple[DrawnRun, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every number that some draw gives."""
        return tuple(dict.fromkeys(name for run in self.runs for name in run.numbers))

    @property
    def failures(self) -> tuple[str, ...]:
        """Why runs failed, a line a failed draw."""
        return tuple(run.failure for run in self.runs if run.failure)

    def values(self, name: str) -> Array:
        """One number a draw; NaN where a draw has none.

        Raises
        ------
        InputError
            No draw gives it.
        """
        if name not in self.names:
            raise InputError(f"{self.protocol}: no draw gives {brief(name)}; {_such_as(name, self.names)}")
        return np.array([run.numbers.get(name, np.nan) for run in self.runs])

    def band(self, name: str) -> dict:
        """Median and intervals of a number over the draws that give it."""
        values = self.values(name)
        known = np.isfinite(values)
        return {
            "Observable": name,
            **intervals(values[known], self.weights[known]),
            "Draws": int(known.sum()),
            "Effective draws": effective_draws(self.weights[known]),
            "Share of draws without it": float(self.weights[~known].sum()),
        }

    def bands(self, names: Iterable[str] = ()) -> list[dict]:
        """A band for each of these numbers, for all where none are named."""
        return [self.band(name) for name in tuple(names) or self.names]

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
    changes: Mapping[str, str] | None = None,
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
    material : one of the posterior's, by its name there, the path of its file or the name in that
    protocol : a shipped name, the path of a TOML file, or what was read from one
    changes : of numbers that are not drawn, as ``simulate`` takes them: a design, or the protocol's
    cycles : the first ones of the protocol; all where not given
    level : "particle" or "electrode"
    observables : results that will be asked for; what this protocol does not give is refused before the draws
    workers : processes. More than 1 start this program anew in each: a script has to guard its own code by
        ``if __name__ == "__main__"``
    say : told how many draws are done

    Raises
    ------
    InputError
        Bad input, in one line.
    """
    check_whole("workers", workers, 1)
    material = posterior.name_of(material)
    base = posterior.materials[material]
    given = by_path(changes or {}, base)
    drawn = sorted(set(given) & set(posterior.changes_of(0, material)))
    if drawn:
        raise InputError(f"{drawn[0]} is drawn from the posterior; leave it out")
    whole = read_protocol(str(protocol)) if isinstance(protocol, str | Path) else protocol
    set_up(base, whole, given, level=level)  # says at once what is wrong with them
    part = whole if cycles is None else beginning(whole, cycles)
    _check_names(tuple(observables), base, part, given, level)
    runs: dict[int, DrawnRun] = {}

    def keep(item: tuple[int, dict[str, str]], found: DrawnRun) -> None:
        runs[item[0]] = found
        say(f"{len(runs)} of {len(posterior)} draws")

    items = [(draw, {**own, **given}) for draw, own in enumerate(posterior.ensemble(material).changes)]
    side_by_side(_DrawRunner(base, part, level), items, workers, say, keep)
    ordered = tuple(runs[draw] for draw in range(len(posterior)))
    return Prediction(material, whole.name, given, posterior.weights, ordered)


def _check_names(names: tuple[str, ...], base: Material, protocol: Protocol, changes, level: str) -> None:
    """Refuse a result that the material as it is does not have after this protocol, if it gets through it."""
    solution = simulate(base, protocol, changes, level=level) if names else None
    if solution is None or not solution.completed:
        return
    results = summary(solution)
    known = numbers_of(results)
    for name in names:
        if name not in known and name.partition(", ")[0] not in results:
            raise InputError(f"{protocol.name}: no result {brief(name)}; {_such_as(name, known)}")


def _such_as(name: str, known: Iterable[str]) -> str:
    """The nearest of the known names, else some of them."""
    known = tuple(known)
    return did_you_mean(name, known, cutoff=0.4).strip() or f"there are {', '.join(known[:8])} and others"


@dataclass(frozen=True)
class _DrawRunner:
    """One draw through the protocol, in whatever process this is."""

    material: Material
    protocol: Protocol
    level: str

    def __call__(self, item: tuple[int, dict[str, str]], say: Say) -> DrawnRun:
        try:
            solution = simulate(self.material, self.protocol, item[1], level=self.level)
        except InputError as error:
            return DrawnRun(failure=str(error))
        if not solution.completed:
            return DrawnRun(failure=solution.explanation)
        results = {name: value for name, value in summary(solution).items() if name != SOLVE_TIME}
        return DrawnRun(numbers_of(results), half_cycles_of(solution), tuple(sweeps(solution)))


def numbers_of(results: Mapping[str, Any]) -> dict[str, float]:
    """Every number of a run's results by name; of several under one name each with its entry."""
    found: dict[str, float] = {}
    for name, value in results.items():
        several: Iterable[tuple[Any, Any]] = ()
        if isinstance(value, Mapping):
            several = value.items()
        elif isinstance(value, list | tuple):
            several = enumerate(value, start=1)
        entries = {name: value} | {f"{name}, {entry}": one for entry, one in several}
        for text, one in entries.items():
            if isinstance(one, int | float) and not isinstance(one, bool) and np.isfinite(one):
                found[text] = float(one)
    return found
