"""Fits of a first cycle with its time, and of the same cycle as a table of voltage against capacity.

    python benchmarks/curves_without_time.py --trials 6 --seed 1

Each trial simulates the reference carbon of the tests through ``formation``, hold included, adds 2 mV of
noise and fits five numbers twice: to the cycler's file, and to 150 of the points of each half-cycle, the
first after its beginning and the last among them, as a digitised figure gives them: without time, in any
order, ten of them twice, with 0.1 mAh/g of scatter, over the sodium in the carbon, so that the desodiation
counts down. The steep voltage before the first point is in no figure. Exit code 1 where
fewer than nine tenths of the 95 % intervals without time hold the truth, or where a number differs between
the two by more than three standard deviations.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from curve_tables import table
from reference_carbon import NUMBERS
from synthetic import MASS, curve, measured_file, parameter, problem_file

from coreshell_model import read_dataset
from coreshell_model.data.half_cycles import Kind
from coreshell_model.infer.fitting import fit

FREE = (
    parameter("core.clusters.pore_fraction", 0.1, 0.5, start=0.33),
    parameter("core.sloping.capacity", 120.0, 350.0, start=240.0, unit="mAh/g"),
    parameter("core.sloping.potential", 0.5, 1.0, start=0.65, unit="V"),
    parameter("core.clusters.potential", 0.03, 0.12, start=0.08, unit="V"),
    parameter("shell.trapping.capacity", 100.0, 400.0, start=180.0, unit="mAh/g"),
)
TRUTH = 0.273, 200.0, 0.74, 0.065, 228.0
KNOWN = {path: text for path, text in NUMBERS.items() if path not in {free["path"] for free in FREE}}
POINTS, TWICE, SCATTER = 150, 10, 0.1
LARGEST_DIFFERENCE, LEAST_SHARE = 3.0, 0.9
"""Standard deviations: two fits to other points of a record, each with noise of its own, differ by the root
of two of them, of which thirty draws reach 2.1 times that."""


def digitised(file: Path, draw: np.random.Generator) -> Path:
    """Some voltages and capacities of a cycler's file, as a figure gives them."""
    dataset = read_dataset(file, mass=MASS)
    passed, columns = np.cumsum(dataset.passed()) / dataset.known_mass / 3600, []
    for half in dataset.half_cycles():
        before = passed[half.points.start - 1] if half.points.start else 0.0
        capacity, voltage = np.abs(passed[half.points] - before), dataset.voltage[half.points]
        grows = np.flatnonzero(np.diff(capacity, prepend=-1.0) > 0)
        chosen = np.append(draw.choice(grows[2:-1], POINTS - 2, replace=False), grows[[1, -1]])
        order = np.append(np.arange(POINTS), np.arange(TWICE))
        capacity = capacity[chosen] + draw.normal(0, SCATTER, POINTS)
        held = capacity if half.direction is Kind.SODIATION else before - capacity
        columns += [held[order], voltage[chosen][order]]
    file.with_name("figure.curve.toml").write_text(
        'rate = "20 mA/g"\nhalf_cycles = ["1 sodiation", "1 desodiation"]\nhold = "included"\n'
    )
    return table(file.with_name("figure.csv"), *columns, header="mAh/g,V,mAh/g,V")


def main() -> int:
    """Make, fit, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--trials", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    held, largest = {"with time": 0, "without time": 0}, 0.0
    for trial in range(asked.trials):
        with tempfile.TemporaryDirectory() as place:
            folder, seed = Path(place), 1000 * asked.seed + trial
            file = measured_file(folder / "cycle.csv", seed, interval=300.0, **NUMBERS)
            figure = digitised(file, np.random.default_rng(seed))
            sections = {
                "with time": curve(file, points=300, changes=KNOWN),
                "without time": curve(figure, points=300, changes=KNOWN, mass=None, current_sign=None),
            }
            fits = {
                name: fit(problem_file(folder / f"{name}.toml", FREE, [section]), starts=1)
                for name, section in sections.items()
            }
        for name, result in fits.items():
            inside = [
                (p.interval_95[0] or -np.inf) < truth < (p.interval_95[1] or np.inf)
                for p, truth in zip(result.parameters, TRUTH, strict=True)
            ]
            held[name] += sum(inside)
            print(
                f"trial {trial + 1} {name}: chi-squared {result.chi_squared:.4g} of {result.data}, ", end=""
            )
            print(", ".join(f"{p.value:.5g} +- {p.sd:.2g}" for p in result.parameters), flush=True)
        pairs = zip(*(result.parameters for result in fits.values()), strict=True)
        differences = [abs(timed.value - untimed.value) / timed.sd for timed, untimed in pairs]
        largest = max(largest, *differences)
    count = asked.trials * len(FREE)
    for name, number in held.items():
        print(f"{name}: {number} of {count} intervals of 95 % hold the truth")
    print(f"largest difference between the two: {largest:.2g} standard deviations")
    return 0 if held["without time"] >= LEAST_SHARE * count and largest <= LARGEST_DIFFERENCE else 1


if __name__ == "__main__":
    sys.exit(main())
