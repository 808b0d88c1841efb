"""Curves of a mechanism that the fitted model lacks: what the fit says of itself, what its intervals hold.

    python benchmarks/wrong_physics.py --count 20 --seed 1 --workers 2

Each trial draws a carbon with strong sites, with clusters that conditioning makes easier, or with traps that
release, in turn; simulates its first cycle, adds 2 mV of noise, and fits five numbers of the model without
that mechanism to the curve and its two capacities, all others as they are. In every trial the first line has
to say that the model does not describe the data, and no parameter may have an interval or a verdict. With a
discrepancy along the curve 90 % of the 95 % intervals of the first-cycle efficiency, the SEI's share of the
loss and the trapped share have to hold the truth. These intervals are linear: the derivatives of the three
numbers by the fitted ones with the covariance of the fit, and the change that a cut-off shifted by the
discrepancy makes, since the curve is off by as much where the sodiation ends. Exit code 1 if not.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from reference_carbon import NUMBERS
from synthetic import curve, measured_file, parameter, problem_file, scalar

from coreshell_model import simulate, summary
from coreshell_model.infer.assemble import covariance
from coreshell_model.infer.fitting import fit
from coreshell_model.infer.loss_shares import LOSS, PARTS
from coreshell_model.infer.misfit import Misfit
from coreshell_model.infer.noise import Noise, discrepancy_in_words
from coreshell_model.infer.profile import WITHHELD
from coreshell_model.infer.quality import settled
from coreshell_model.infer.reading import Problem, read_problem
from coreshell_model.infer.result import FitResult
from coreshell_model.infer.search import FINE, Minimum, minimise
from coreshell_model.inputs.protocol import beginning, read_protocol

FREE = {
    "core.sloping.capacity": ("mAh/g", "linear", 200.0, 0.08),
    "core.clusters.pore_fraction": ("1", "linear", 0.273, 0.08),
    "core.clusters.rate": ("1/s", "log", 4.4e-5, 0.3),
    "shell.trapping.capacity": ("mAh/g", "linear", 228.0, 0.08),
    "sei.steps.2.charge": ("mAh/m2", "linear", 1.2, 0.15),
}
"""Unit, scale, middle and spread of the truths of the fitted numbers: a share, or of the logarithm."""

WIDTH = 6.0
"""Spreads between the middle and each bound."""

CAPACITIES = "First sodiation capacity [mA.h.g-1]", "First desodiation capacity [mA.h.g-1]"
CAPACITY_SD = 1.0
"""Standard deviation of the measured capacities [mA.h.g-1]: of a weighed mass, about 0.3 %."""

PROTOCOL, POINTS = "formation_without_hold", 160
ICE = "Initial coulombic efficiency"
NORMAL_95, CUT_OFF = 1.96, 5e-3
"""Standard deviations of a 95 % interval of a normal distribution; the protocol's lower cut-off [V]."""


def mechanism(number: int, draw: np.random.Generator) -> tuple[str, dict[str, str]]:
    """What the fitted model lacks: its name, and the numbers of the truth."""
    kinds = {
        "strong sites": {
            "core.sloping.strong_potential": f"{draw.uniform(0.2, 0.5):.4g} V",
            "core.sloping.strong_share": f"{draw.uniform(0.02, 0.08):.4g}",
            "shell.sloping.strong_potential": f"{draw.uniform(0.2, 0.5):.4g} V",
            "shell.sloping.strong_share": f"{draw.uniform(0.02, 0.08):.4g}",
        },
        "conditioned clusters": {
            "core.clusters.conditioning": f"{draw.uniform(5, 20):.4g}",
            "core.clusters.conditioning_rate": f"{draw.uniform(4e-5, 1e-4):.4g} 1/s",
        },
        "traps that release": {"shell.trapping.release_rate": f"{10 ** draw.uniform(-5.0, -4.3):.4g} 1/s"},
    }
    name = list(kinds)[number % len(kinds)]
    return name, kinds[name]


def problem_of(folder: Path, number: int, draw: np.random.Generator) -> tuple[Path, str, dict[str, str]]:
    """The fit problem of a trial, the name of the mechanism that it lacks, and the numbers of the truth."""
    name, lacking = mechanism(number, draw)
    free, truth = [], {}
    for path, (unit, scale, middle, spread) in FREE.items():
        size = np.clip(draw.normal(), -2, 2) * spread
        value = float(middle * (np.exp(size) if scale == "log" else 1 + size))
        truth[path] = f"{value!r} {unit}"
        wide = np.exp(WIDTH * spread) if scale == "log" else 1 + WIDTH * spread
        lower = middle / wide if scale == "log" else middle * max(2 - wide, 0.05)
        free.append(parameter(path, float(lower), float(middle * wide), middle, unit, scale))
    numbers = NUMBERS | truth | lacking
    noise = int(draw.integers(2**31))
    file = measured_file(folder / "cycle.csv", noise, protocol=PROTOCOL, interval=300.0, **numbers)
    known = {path: text for path, text in NUMBERS.items() if path not in FREE}
    measured = curve(file, protocol=PROTOCOL, points=POINTS, changes=known)
    results = summary(simulate("core_shell", beginning(read_protocol(PROTOCOL), 1), numbers))
    ends = [
        scalar(of, float(draw.normal(results[of], CAPACITY_SD)), CAPACITY_SD, "mAh/g")
        | {"protocol": PROTOCOL, "changes": known}
        for of in CAPACITIES
    ]
    return problem_file(folder / "wrong.toml", free, [measured], ends), name, numbers


def shares(changes: dict[str, str]) -> np.ndarray:
    """Efficiency, the SEI's share of the loss and the trapped share of a first cycle."""
    results = summary(simulate("core_shell", beginning(read_protocol(PROTOCOL), 1), changes))
    loss = results[LOSS]
    return np.array([results[ICE], *(results[PARTS[part]] / loss for part in ("SEI", "Trapped sodium"))])


NAMES = "efficiency", "SEI", "trapped"
STEP = 0.3
"""Step of the derivatives, in standard deviations."""


def propagated(problem: Problem, best: Minimum, noise: Noise) -> tuple[np.ndarray, np.ndarray]:
    """The three numbers at a best fit, and their standard deviations by its covariance and discrepancy."""
    known = {path: text for path, text in NUMBERS.items() if path not in FREE}

    def at(places: np.ndarray, **others: str) -> np.ndarray:
        changes = dict(known)
        for free, place in zip(problem.parameters, np.clip(places, 0.0, 1.0), strict=True):
            changes |= free.changes("core_shell", float(place))
        return shares(changes | others)

    middle = at(best.places)
    spread = covariance(best.jacobian)
    slopes = []
    for index, sd in enumerate(np.minimum(spread.sd, 1.0)):
        ends = np.array([best.places, best.places])
        ends[:, index] = np.clip(ends[:, index] + np.array([-STEP, STEP]) * sd, 0.0, 1.0)
        low, high = ends
        slopes.append((at(high) - at(low)) / (high[index] - low[index]))
    table = np.array(slopes)
    variance = np.einsum("ik,ij,jk->k", table, spread.matrix, table)
    if noise.has_discrepancy:
        off = noise.curves[0].sd * noise.inflation
        shifted = at(best.places, **{"protocol.window.lower": f"{CUT_OFF + off!r} V"})
        variance = variance + (shifted - middle) ** 2
    return middle, np.sqrt(variance)


def with_discrepancy(path: Path, plain: FitResult) -> tuple[Problem, Minimum, Noise]:
    """The best fit with a discrepancy, from that without, and the noise about it."""
    problem = read_problem(path, discrepancy=True)
    misfit = Misfit(problem, compiled=problem.compiling_pays)

    def search(places: np.ndarray) -> Minimum:
        return minimise(misfit, places, tolerance=FINE, central=True)

    pairs = zip(problem.parameters, plain.parameters, strict=True)
    best = search(np.array([free.place(fitted.value) for free, fitted in pairs]))
    return problem, settled(misfit, best, search), misfit.noise


def trial(folder: Path, number: int, seed: int, workers: int) -> tuple[bool, list[bool], str]:
    """Whether the plain fit was honest, which intervals with a discrepancy hold, and a line on both."""
    draw = np.random.default_rng([seed, number])
    path, name, numbers = problem_of(folder, number, draw)
    plain = fit(path, folder=folder / "plain", starts=1, workers=workers)
    first = (folder / "plain" / "report.md").read_text(encoding="utf-8").splitlines()[2]
    honest = first.startswith("**The model does not describe the data") and all(
        free.verdict == WITHHELD and free.interval_95 is None for free in plain.parameters
    )
    problem, best, noise = with_discrepancy(path, plain)
    truth = shares(numbers)
    values, sds = propagated(problem, best, noise)
    held = (np.abs(values - truth) <= NORMAL_95 * sds).tolist()
    texts = [
        f"{label} {value:.3f} ± {NORMAL_95 * sd:.3f} ({there:.3f}{'' if holds else ', MISSED'})"
        for label, value, sd, there, holds in zip(NAMES, values, sds, truth, held, strict=True)
    ]
    off = [discrepancy_in_words(problem.curves[0][1], of_curve) for of_curve in noise.curves]
    return (
        honest,
        held,
        (
            f"{name}: reduced chi-squared {plain.reduced_chi_squared:.1f}, "
            f"{'said' if honest else 'NOT SAID'}; {', '.join(off)}, inflation {noise.inflation:.2f}: "
            f"{'; '.join(texts)}"
        ),
    )


def main() -> int:
    """Run the trials, a line each, and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    said = good = total = 0
    for number in range(asked.count):
        begun = time.perf_counter()
        with tempfile.TemporaryDirectory() as name:
            honest, held, text = trial(Path(name), number, asked.seed, asked.workers)
        said += honest
        good, total = good + sum(held), total + len(held)
        print(f"trial {number + 1}: {text} ({time.perf_counter() - begun:.0f} s)", flush=True)
    print(f"said in {said} of {asked.count}; {good} of {total} intervals hold the truth")
    return 0 if said == asked.count and good >= 0.9 * total else 1


if __name__ == "__main__":
    sys.exit(main())
