"""How time and memory grow with the size of the work: cycles, designs, workers, states; each with its slope.

    python benchmarks/scaling.py
    python benchmarks/scaling.py --only designs --most 1000

The slope is that of a straight line through the logarithms: 1 where twice the work takes twice the time. A
table is printed; with ``--figure`` the curves are drawn.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from coreshell_model.design.problem import problem
from coreshell_model.observe.long_run import cycle
from coreshell_model.physics import levels
from coreshell_model.run.simulation import forget_models, simulate

sys.path.insert(0, str(Path(__file__).parent))
from sweep_map import cold_map, warm_rates

CYCLES = (10, 30, 100, 300, 1000, 2000)
DESIGNS = (100, 300, 1000, 3000, 10_000)
FINER = (0.5, 1, 2, 4)
"""Cells of the mesh over those of the default."""
REPEATS = 5


@dataclass(frozen=True)
class Curve:
    """Something measured at some sizes of the work."""

    axis: str
    quantity: str
    sizes: tuple[float, ...]
    values: tuple[float, ...]

    @property
    def slope(self) -> float:
        """That of a straight line through the logarithms."""
        if len(self.sizes) < 2:
            return float("nan")
        return float(np.polyfit(np.log(self.sizes), np.log(self.values), 1)[0])


def over_cycles(most: float) -> Iterator[Curve]:
    """A long run that keeps each cycle, in this process, its models built."""
    counts = [count for count in CYCLES if count <= most]
    cycle("core_shell", "long_cycling", {"protocol.numbers.cycles": "2"})
    seconds, peaks = [], []
    for count in counts:
        with tempfile.TemporaryDirectory() as place:
            started = time.perf_counter()
            cycle("core_shell", "long_cycling", {"protocol.numbers.cycles": str(count)}, folder=place)
            seconds.append(time.perf_counter() - started)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)
    yield Curve("cycles", "time [s]", tuple(counts), tuple(seconds))
    yield Curve("cycles", "memory at most [MB]", tuple(counts), tuple(peaks))


def over_designs(most: float) -> Iterator[Curve]:
    """``coreshell sweep`` from a cold start, on all cores."""
    maps = [cold_map(count) for count in DESIGNS if count <= most]
    sizes = tuple(each["points"] for each in maps)
    yield Curve("designs", "time [s]", sizes, tuple(each["seconds"] for each in maps))
    yield Curve("designs", "memory at most [MB]", sizes, tuple(each["memory at most [MB]"] for each in maps))
    shares = tuple(
        each["processor time of the first process [s]"]
        / (each["processor time of the first process [s]"] + each["processor time of the others [s]"])
        for each in maps
    )
    yield Curve("designs", "first process's share of processor time", sizes, shares)


def over_workers(most: float) -> Iterator[Curve]:
    """Designs per second of one and two workers that have worked before."""
    rates = warm_rates(problem("core_shell", "design", compiled=True), 100, REPEATS)
    yield Curve("workers", "designs per second", tuple(rates), tuple(rates.values()))


def over_states(most: float) -> Iterator[Curve]:
    """A formation on coarser and finer meshes, its models built."""
    core, shell = levels.CORE_CELLS, levels.SHELL_CELLS
    states, seconds = [], []
    for finer in FINER:
        levels.CORE_CELLS, levels.SHELL_CELLS = round(core * finer), round(shell * finer)
        forget_models()
        solution = simulate("core_shell", "formation")
        assert solution.pybamm is not None
        states.append(solution.pybamm.all_ys[-1].shape[0])
        seconds.append(median(simulate("core_shell", "formation").solve_time for _ in range(REPEATS)))
    levels.CORE_CELLS, levels.SHELL_CELLS = core, shell
    forget_models()
    yield Curve("states", "time of a formation [s]", tuple(states), tuple(seconds))


PARTS = {"cycles": over_cycles, "designs": over_designs, "workers": over_workers, "states": over_states}


def draw(curves: list[Curve], path: Path) -> None:
    """Each curve over its size, both axes logarithmic."""
    from matplotlib import pyplot as plt
    from matplotlib.ticker import FixedLocator, LogLocator, NullLocator, StrMethodFormatter

    columns = 4
    rows = -(-len(curves) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(11, 2.8 * rows), squeeze=False, layout="constrained")
    for curve, place in zip(curves, axes.flat, strict=False):
        place.loglog(curve.sizes, curve.values, "o-")
        place.set(xlabel=curve.axis, ylabel=curve.quantity, title=f"slope {curve.slope:.2f}")
        low, high = min(curve.values), max(curve.values)
        place.set_ylim(low / 1.5, high * 1.5)  # a level curve is drawn as level
        few = (1.0,) if high > 100 * low else (1.0, 2.0, 5.0)
        place.yaxis.set_major_locator(LogLocator(subs=few))
        place.xaxis.set_major_locator(FixedLocator(curve.sizes))
        for ticks in (place.xaxis, place.yaxis):
            ticks.set_major_formatter(StrMethodFormatter("{x:g}"))
            ticks.set_minor_locator(NullLocator())
        place.tick_params(axis="x", rotation=45)
    for place in list(axes.flat)[len(curves) :]:
        place.set_axis_off()
    figure.savefig(path, dpi=110)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=list(PARTS))
    parser.add_argument("--most", type=float, default=np.inf, help="largest number of cycles and designs")
    parser.add_argument("--figure", type=Path, help="file of a picture")
    arguments = parser.parse_args()
    os.environ |= {"OMP_NUM_THREADS": "1", "PYBAMM_DISABLE_TELEMETRY": "true"}
    curves: list[Curve] = []
    print("| over | what | sizes | values | slope |\n|---|---|---|---|---|")
    for name, part in PARTS.items():
        for curve in part(arguments.most) if arguments.only in (None, name) else ():
            sizes = ", ".join(f"{size:g}" for size in curve.sizes)
            values = ", ".join(f"{value:.3g}" for value in curve.values)
            print(f"| {curve.axis} | {curve.quantity} | {sizes} | {values} | {curve.slope:.2f} |", flush=True)
            curves.append(curve)
    if arguments.figure:
        draw(curves, arguments.figure)
    return 0


if __name__ == "__main__":
    sys.exit(main())
