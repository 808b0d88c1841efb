"""What a simulation costs, beside PyBaMM's stock half-cell, a model built anew, and a cold start.

    python benchmarks/speed.py --repeats 9
    python benchmarks/speed.py --repeats 9 --json

Everything is measured in one run, turn by turn (A B C A B C ...), so that a busy machine slows all alike;
medians, smallest and largest of the repeats are shown. One thread: set OMP_NUM_THREADS=1.

The stock model is the single-particle half-cell with an SEI on the same fifteen steps in its parameter
set's own window, with our solver and tolerances. What it costs depends on the set and on the SEI law, so
four are measured. The first is the comparison that has an aim: a carbon, and an SEI whose rate follows the
electrode's potential as ours does. The SEI of the last does not depend on the potential, and its
electrode is an oxide.
"""

import argparse
import json
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pybamm

from coreshell_model.observe.quantities import summary
from coreshell_model.physics.levels import CORE_CELLS, ELECTRODE_CELLS, SEPARATOR_CELLS, SHELL_CELLS
from coreshell_model.physics.model import ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE
from coreshell_model.run.simulation import forget_models, simulate

OURS = "formation: core_shell"
COMPILED = "formation: core_shell, compiled"
STOCK = {
    "formation: stock, graphite, reaction-limited SEI": ("Ecker2015_graphite_halfcell", "reaction limited"),
    "formation: stock, graphite + SiOx, reaction-limited SEI": (
        "OKane2022_graphite_SiOx_halfcell",
        "reaction limited",
    ),
    "formation: stock, graphite, solvent-diffusion-limited SEI": (
        "Ecker2015_graphite_halfcell",
        "solvent-diffusion limited",
    ),
    "formation: stock, NMC, solvent-diffusion-limited SEI": ("Xu2019", "solvent-diffusion limited"),
}
ELECTRODE = "formation: core_shell, electrode level"
STOCK_ELECTRODE = "formation: stock DFN, graphite, reaction-limited SEI, same mesh"
RADIAL_CELLS = CORE_CELLS + SHELL_CELLS
ELECTRODE_MESH = {
    "x_n": 20,
    "r_n": RADIAL_CELLS,
    "x_s": SEPARATOR_CELLS,
    "x_p": ELECTRODE_CELLS,
    "r_p": RADIAL_CELLS,
}
"""Ours."""

CHANGED = "new design on the built model, with its summary"
REBUILT = "the same, model built anew"
HELP = "coreshell --help, cold"
RUN = "coreshell run core_shell formation --json, cold"

AIMS = {HELP: 1.0, RUN: 12.0}
"""Seconds that the median should stay below."""

RATIO_AIM = 1.0
"""Ours over the first of the stock models."""

Turns = dict[str, Callable[[int], float]]
"""Seconds that a named thing takes in its n-th turn."""


def stock_simulation(
    parameter_set: str, sei: str, model=pybamm.lithium_ion.SPM, mesh: dict | None = None
) -> pybamm.Simulation:
    """Five formation cycles of a stock half-cell, in its own window."""
    values = pybamm.ParameterValues(parameter_set)
    lower, upper = (values[f"{side} voltage cut-off [V]"] for side in ("Lower", "Upper"))
    cycle = [
        f"Discharge at C/20 for 80 hours or until {lower} V",
        f"Hold at {lower} V for 60 hours or until C/100",
        f"Charge at C/20 for 80 hours or until {upper} V",
    ]
    return pybamm.Simulation(
        model({"working electrode": "positive", "SEI": sei}),
        parameter_values=values,
        experiment=pybamm.Experiment(cycle * 5),
        var_pts=mesh,
        solver=pybamm.IDAKLUSolver(rtol=RELATIVE_TOLERANCE, atol=ABSOLUTE_TOLERANCE),
    )


def stock_turn(
    parameter_set: str, sei: str, model=pybamm.lithium_ion.SPM, mesh: dict | None = None
) -> Callable[[int], float]:
    """Solve a stock half-cell that is already built; all fifteen steps have to be there."""
    stock = stock_simulation(parameter_set, sei, model, mesh)
    stock.build_for_experiment()

    def turn(_: int) -> float:
        started = time.perf_counter()
        result = stock.solve(calc_esoh=False)
        seconds = time.perf_counter() - started
        steps = [step for cycle in result.cycles for step in cycle.steps]
        if len(steps) != 15 or any(isinstance(step, pybamm.EmptySolution) for step in steps):
            raise RuntimeError(f"{parameter_set}, {sei}: the stock model did not complete the protocol")
        return seconds

    return turn


def our_turn(compiled: bool = False, level: str = "particle") -> Callable[[int], float]:
    """Solve our model on the same steps, once it is built."""

    def turn(_: int) -> float:
        solution = simulate("core_shell", "formation", compiled=compiled, level=level)
        if not solution.completed:
            raise RuntimeError(solution.explanation)
        return solution.solve_time

    return turn


def design_turn(number: int) -> float:
    """From a design never seen before to its results."""
    started = time.perf_counter()
    changes = {
        "shell.thickness": f"{6 + 0.1 * number} nm",
        "particle.external_area": f"{3 + 0.1 * number} m2/g",
    }
    summary(simulate("core_shell", "formation", changes))
    return time.perf_counter() - started


def rebuilt_turn(number: int) -> float:
    """The same, the built model forgotten before."""
    forget_models()
    return design_turn(number)


def command_turn(*arguments: str) -> Callable[[int], float]:
    """Run ``coreshell`` in a process of its own."""
    command = [str(Path(sysconfig.get_path("scripts")) / "coreshell"), *arguments]

    def turn(_: int) -> float:
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - started

    return turn


def measured(turns: Turns, repeats: int, warm_up: int = 2) -> dict[str, list[float]]:
    """Seconds of every turn, after ``warm_up`` rounds that do not count."""
    rounds = [{name: turn(number) for name, turn in turns.items()} for number in range(warm_up + repeats)]
    return {name: [row[name] for row in rounds[warm_up:]] for name in turns}


def results(repeats: int) -> dict:
    """All times [s] with their aims, and the ratios."""
    seconds = measured(
        {OURS: our_turn(False), COMPILED: our_turn(True)}
        | {name: stock_turn(*which) for name, which in STOCK.items()},
        repeats,
    )
    stock_electrode = stock_turn(*STOCK[next(iter(STOCK))], pybamm.lithium_ion.DFN, ELECTRODE_MESH)
    seconds |= measured({ELECTRODE: our_turn(level="electrode"), STOCK_ELECTRODE: stock_electrode}, repeats)
    seconds |= measured({CHANGED: design_turn, REBUILT: rebuilt_turn}, repeats)
    commands = {HELP: command_turn("--help"), RUN: command_turn("run", "core_shell", "formation", "--json")}
    seconds |= measured(commands, repeats, warm_up=0)
    middle = {name: median(values) for name, values in seconds.items()}
    ratios = {f"{OURS} / {name}": middle[OURS] / middle[name] for name in STOCK}
    ratios[f"{COMPILED} / {next(iter(STOCK))}"] = middle[COMPILED] / middle[next(iter(STOCK))]
    ratios[f"{ELECTRODE} / {STOCK_ELECTRODE}"] = middle[ELECTRODE] / middle[STOCK_ELECTRODE]
    ratios[f"{CHANGED} / {REBUILT}"] = middle[CHANGED] / middle[REBUILT]
    return {
        "repeats": repeats,
        "seconds": {
            name: {"median": middle[name], "min": min(values), "max": max(values), "aim": AIMS.get(name)}
            for name, values in seconds.items()
        },
        "ratios": ratios,
        "ratio_aim": RATIO_AIM,
    }


def print_table(found: dict) -> None:
    """Times, then ratios of medians."""
    print(f"{'seconds':<60}{'median':>9}{'min':>9}{'max':>9}{'aim':>7}")
    for name, row in found["seconds"].items():
        aim = "" if row["aim"] is None else f"{row['aim']:g}"
        print(f"{name:<60}{row['median']:>9.3f}{row['min']:>9.3f}{row['max']:>9.3f}{aim:>7}")
    print("\nratio of medians")
    for place, (name, ratio) in enumerate(found["ratios"].items()):
        aim = f", aim {found['ratio_aim']:g}" if place == 0 else ""
        print(f"{ratio:.3f}{aim}   {name}")


def main() -> int:
    """Measure, and print a table or one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    if arguments.repeats < 1:
        parser.error("--repeats is at least 1")
    pybamm.set_logging_level("CRITICAL")
    found = results(arguments.repeats)
    if arguments.json:
        print(json.dumps(found, indent=2))
    else:
        print_table(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
