"""Why does the capacity of core_shell fall step by step at C/2? Candidates through rate test and cycle life.

    python benchmarks/c2_staircase.py --folder staircase
    python benchmarks/c2_staircase.py --only shipped --only slow_clusters

Prints a row for each candidate of ``c2_staircase.toml`` and writes ``c2_staircase.csv`` (capacity by
cycle) and ``c2_staircase.png`` into the folder. ``--refit NAME`` improves one candidate's numbers first, by
least squares on the same targets, and prints them. docs/staircase.md says what follows.
"""

import argparse
import csv
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from scipy.optimize import least_squares
from staircase_mechanisms import CompetingClusters, ConditionedClusters, RisingSodiumMetal

from coreshell_model.base.errors import InputError
from coreshell_model.inputs.protocol import Protocol, protocol_from_dict, read_protocol
from coreshell_model.observe.capacity import desodiation_capacity, sodiation_capacity
from coreshell_model.physics.model import SEALED, in_place_of
from coreshell_model.physics.storage.clusters import Clusters
from coreshell_model.physics.submodels.kinetics import SodiumMetal
from coreshell_model.run.simulation import set_up
from coreshell_model.run.solution import Solution

RATES = ("C/20", "C/10", "C/5", "C/2", "1C", "2C", "5C", "C/20")
HOLD = "Hold at lower cut-off for 60 hours or until C/100"
IN_PLACE_OF = {
    "RisingSodiumMetal": (SodiumMetal, RisingSodiumMetal),
    "CompetingClusters": (Clusters, CompetingClusters),
    "ConditionedClusters": (Clusters, ConditionedClusters),
}
TARGETS = {
    "ICE": (0.82, 0.02),
    "C/20": (406, 20),
    "C/10": (0.85, 0.03),
    "2C": (0.25, 0.03),
    "C/2 first": (246, 16),
    "C/2 last": (177, 16),
    "back": (0.98, 0.02),
}
"""Measured value and uncertainty by column; the settled capacity, without one, takes that of the first."""


@dataclass(frozen=True)
class Candidate:
    """One reading of the test, one list of mechanisms and one parameter set."""

    name: str
    what: str
    hold: str
    """Sodiation ends with a hold: "no rate", "C/20" or "every rate"."""
    half: str
    """The half-cycle that is the first at C/2: "sodiation" or "desodiation"."""
    read: str = "desodiation"
    """The half-cycle whose capacity is compared with 246 mAh/g."""
    mechanism: str = ""
    added: dict[str, float] = field(default_factory=dict)
    changes: dict[str, str] = field(default_factory=dict)


MATERIAL = Path(__file__).with_name("c2_staircase_by_hand.toml")
"""What all candidates begin with: the set by hand, with which their own numbers were fitted."""


def candidates() -> list[Candidate]:
    """Those of ``c2_staircase.toml``, which stand beside this file."""
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return [Candidate(**entry) for entry in data["candidates"]]


def block(candidate: Candidate, rate: str, count: int, first: str | None = None) -> list[dict]:
    """``count`` cycles at a rate; the first may have another rate of sodiation."""
    return [cycle(candidate, first or rate, rate, 1), cycle(candidate, rate, rate, count - 1)]


def cycle(candidate: Candidate, rate_in: str, rate_out: str, repeat: int) -> dict:
    """Equal cycles with the candidate's end of sodiation."""
    held = candidate.hold == "every rate" or (candidate.hold == "C/20" and rate_in == "C/20")
    steps = [f"Sodiate at {rate_in} until lower cut-off", *([HOLD] if held else [])]
    return {"repeat": repeat, "steps": [*steps, f"Desodiate at {rate_out} until upper cut-off"]}


def protocol(name: str, cycles: list[dict]) -> Protocol:
    """Cycles on the basis, window and start of ``formation``."""
    return protocol_from_dict(
        read_protocol("formation").model_dump() | {"name": name, "cycles": cycles}, name
    )


def rate_test(candidate: Candidate) -> Protocol:
    """Five cycles at each rate, of which the fifth counts."""
    return protocol("rate_test", [part for rate in RATES for part in block(candidate, rate, 5)])


def cycle_life(candidate: Candidate) -> Protocol:
    """5 x C/20, 50 x C/2, 5 x C/20."""
    first = "C/20" if candidate.half == "desodiation" else None
    half = block(candidate, "C/2", 50, first)
    return protocol("cycle_life", [*block(candidate, "C/20", 5), *half, *block(candidate, "C/20", 5)])


def solved(
    candidate: Candidate, steps: Protocol, tolerance: float = 1e-6, compiled: bool = False
) -> Solution:
    """The candidate's model through a protocol."""
    run = set_up(
        str(MATERIAL),
        steps,
        candidate.changes,
        relative_tolerance=tolerance,
        absolute_tolerance=tolerance,
        compiled=compiled,
    )
    mechanisms = SEALED
    if candidate.mechanism:
        old, new = IN_PLACE_OF[candidate.mechanism]
        mechanisms = in_place_of(old, new, SEALED)
    run = replace(run, parameters={**run.parameters, **candidate.added}, mechanisms=mechanisms)
    return run.through(run.cycles)


def charges(
    candidate: Candidate, steps: Protocol, tolerance: float = 1e-6, compiled: bool = False
) -> np.ndarray:
    """Charge in and out by cycle [mAh/g], a row a cycle.

    Raises
    ------
    RuntimeError
        The run did not reach its end.
    """
    run = solved(candidate, steps, tolerance, compiled)
    if not run.completed:
        raise RuntimeError(f"{candidate.name}: {run.explanation}")
    return np.array([(sodiation_capacity(run, n), desodiation_capacity(run, n)) for n in run.cycles])


def measures(candidate: Candidate, rates: np.ndarray, life: np.ndarray) -> dict[str, float]:
    """What the table shows of the two runs."""
    compared = life[:, 0 if candidate.read == "sodiation" else 1]
    settled = compared[54]
    above = np.flatnonzero(np.abs(compared[5:55] - settled) > 0.05 * settled)
    return {
        "ICE": life[0, 1] / life[0, 0],
        "C/20": life[4, 1],
        "C/10": rates[9, 1] / rates[4, 1],
        "2C": rates[29, 1] / rates[4, 1],
        "C/2 first": compared[5],
        "C/2 last": settled,
        "steps": float(above[-1] + 1 if above.size else 0),
        "back": life[59, 1] / life[4, 1],
        "next CE": life[6, 1] / life[6, 0],
    }


def misses(found: dict[str, float]) -> np.ndarray:
    """Distance from each target in units of its uncertainty."""
    return np.array([(found[name] - value) / spread for name, (value, spread) in TARGETS.items()])


def both_tests(candidate: Candidate, *options) -> tuple[np.ndarray, np.ndarray]:
    """Charges by cycle of rate test and cycle life."""
    return charges(candidate, rate_test(candidate), *options), charges(
        candidate, cycle_life(candidate), *options
    )


def refitted(candidate: Candidate, evaluations: int) -> Candidate:
    """The candidate after ``evaluations`` steps of least squares in the logarithms of its numbers."""
    paths, added = list(candidate.changes), list(candidate.added)
    units = [candidate.changes[path].partition(" ")[2] for path in paths]
    start = [float(candidate.changes[path].split()[0]) for path in paths] + list(candidate.added.values())

    def moved(factors):
        numbers = np.array(start) * np.exp(factors)
        changes = {
            path: f"{number:.5g} {unit}".strip()
            for path, number, unit in zip(paths, numbers, units, strict=False)
        }
        others = dict(zip(added, map(float, numbers[len(paths) :]), strict=True))
        return replace(candidate, changes=changes, added=others)

    def residuals(factors):
        try:
            trial = moved(factors)
            return misses(measures(trial, *both_tests(trial, 1e-5, True)))
        except (RuntimeError, InputError):
            return np.full(len(TARGETS), 30.0)

    found = least_squares(
        residuals, np.zeros(len(start)), bounds=(-0.7, 0.7), diff_step=0.01, x_scale=0.1, max_nfev=evaluations
    )
    return moved(found.x)


def write(folder: Path, runs: dict[str, np.ndarray]) -> None:
    """The capacities by cycle as a table and as a picture."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "c2_staircase.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Candidate", "Cycle", "Sodiation [mA.h.g-1]", "Desodiation [mA.h.g-1]"])
        for name, life in runs.items():
            writer.writerows([name, n, *map("{:.6g}".format, row)] for n, row in enumerate(life, start=1))
    figure = Figure(figsize=(7.2, 6.4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(2, 1, sharex=True)
    cycles = np.arange(1, 61)
    for name, life in runs.items():
        axes[0].plot(cycles, life[:, 1], ".-", label=name, linewidth=0.8, markersize=4)
        axes[1].plot(cycles[5:55], 100 * life[5:55, 1] / life[5:55, 0], ".-", linewidth=0.8, markersize=4)
    for value, spread in ((406, 20), (246, 16)):
        axes[0].axhspan(value - spread, value + spread, color="0.9", zorder=0)
    axes[0].axhline(177, color="0.6", zorder=0)
    axes[0].set_ylabel("desodiation [mAh g$^{-1}$]")
    axes[0].legend(frameon=False, fontsize=7, ncols=2)
    axes[1].set(xlabel="cycle", ylabel="efficiency at C/2 [%]", ylim=(60, 180))
    figure.savefig(folder / "c2_staircase.png", dpi=200)


def main() -> None:
    """Solve, print, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=Path("staircase"))
    parser.add_argument("--only", action="append", metavar="NAME")
    parser.add_argument("--refit", metavar="NAME")
    parser.add_argument("--evaluations", type=int, default=6)
    arguments = parser.parse_args()
    chosen = [each for each in candidates() if not arguments.only or each.name in arguments.only]
    runs = {}
    columns = ("ICE", "C/20", "C/10", "2C", "C/2 first", "C/2 last", "steps", "back", "next CE")
    print(f"{'candidate':33} {'added':>5} " + " ".join(f"{name:>9}" for name in columns) + "   misfit")
    for candidate in chosen:
        if candidate.name == arguments.refit:
            candidate = refitted(candidate, arguments.evaluations)
            print(candidate.changes | candidate.added)
        rates, life = both_tests(candidate)
        found = measures(candidate, rates, life)
        runs[candidate.name] = life
        shown = " ".join(
            f"{found[name]:9.3f}" if found[name] < 2 else f"{found[name]:9.1f}" for name in columns
        )
        total = float((misses(found) ** 2).sum())
        print(f"{candidate.name:33} {len(candidate.added):5d} {shown} {total:8.1f}", flush=True)
    write(arguments.folder, runs)


if __name__ == "__main__":
    main()
