"""Sampling of a known density of many dimensions: how many evaluations it takes, and how far it is off.

    python benchmarks/posterior.py --pairs 7 --draws 400 --seed 1

The density is a product of bent ridges in two dimensions each, cut off by bounds, whose quantiles a grid
gives. Said are the evaluations of the true density, the effective draws by draw in each round, the longest
autocorrelation time, and the largest difference of any 5, 50 or 95 % quantile in standard errors of as many
independent draws. Exit code 1 where that is above 4, or fewer effective draws came out than were asked for.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from densities import Density, banana, on_a_grid

from coreshell_model.base.intervals import quantiles

LEVELS = (0.05, 0.5, 0.95)
MOST = 4.0


def standard_errors(values, share, draws):
    """Of each quantile: sqrt(p (1 - p)/n) over the density there, by differences of the grid's quantiles."""
    step = 0.02
    found = []
    for level in LEVELS:
        low, high = quantiles(values, share, (level - step, level + step))
        found.append(np.sqrt(level * (1 - level) / draws) * (high - low) / (2 * step))
    return np.array(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    density = Density(
        lambda place: np.concatenate([banana(pair) for pair in place.reshape(-1, 2)]),
        [0.15, 0.25] * given.pairs,
    )
    begun = time.perf_counter()
    found = density.sampled(given.draws, seed=given.seed)
    seconds = time.perf_counter() - begun
    grid, share = on_a_grid(banana)
    worst = 0.0
    for column in range(density.dimensions):
        exact = grid[:, column % 2]
        errors = standard_errors(exact, share, found.effective)
        drawn = quantiles(found.places[:, column], found.weights, LEVELS)
        worst = max(worst, float(np.abs((drawn - quantiles(exact, share, LEVELS)) / errors).max()))
    for one in found.rounds:
        longest = max(one.record["Chain"]["Autocorrelation times"])
        print(
            f"round {one.number}: {one.effective:.0f} effective of {len(one.keys)} draws, surrogate off by "
            f"{one.residual_error:.2g} sd, autocorrelation time {longest:.0f} steps"
        )
    print(
        f"{density.dimensions} dimensions: {found.evaluations} evaluations, {len(found.weights)} draws worth "
        f"{found.effective:.0f}, {seconds:.0f} s; worst quantile off by {worst:.2f} standard errors"
    )
    for text in found.warnings:
        print(f"warning: {text}")
    return int(worst > MOST or found.effective < given.draws)


if __name__ == "__main__":
    sys.exit(main())
