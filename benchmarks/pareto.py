"""Does the search for the front beat chance? Hypervolumes of both, seed by seed, with as many designs.

    python benchmarks/pareto.py --designs 60 --seeds 5

Core-Shell at the particle level in the protocol ``design`` with one cycle, logistic seal law: initial
coulombic efficiency against volumetric capacity over shell thickness, external area and the share of pores
that clusters fill. Reference point:
efficiency 0.3 and 100 mA.h.cm-3, which every useful design beats. Exit code 1 where the search wins in fewer
seeds than ``--wins``.
"""

import argparse
import sys

import numpy as np

from coreshell_model.design.batches import one_by_one
from coreshell_model.design.goals import Objective, hypervolume
from coreshell_model.design.problem import SOLVED, problem
from coreshell_model.design.space import Axis, random
from coreshell_model.design.study import SAMPLERS, front

OBJECTIVES = (Objective("Initial coulombic efficiency"), Objective("Volumetric capacity [mA.h.cm-3]"))
REFERENCE = np.array([0.3, 100.0])
AXES = (
    Axis("thickness", "nm", 2.0, 20.0),
    Axis("external_area", "m2/g", 2.0, 50.0, log=True),
    Axis("core.clusters.pore_fraction", "1", 0.1, 0.3),
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--designs", type=int, default=60, help="of each search")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--wins", type=int, default=4, help="seeds in which the search has to win")
    parser.add_argument("--sampler", choices=SAMPLERS, default=SAMPLERS[0])
    asked = parser.parse_args()
    shared = problem(
        "core_shell",
        "design",
        {"protocol.numbers.cycles": "1"},
        seal="logistic",
        observables=[each.name for each in OBJECTIVES],
    )
    wins = 0
    for seed in range(asked.seeds):
        found = front(shared, AXES, OBJECTIVES, asked.designs, sampler=asked.sampler, seed=seed)
        rows = one_by_one(shared, random(AXES, asked.designs, seed))
        solved = [[row[each.name] for each in OBJECTIVES] for row in rows if row["Ending"] == SOLVED]
        searched, drawn = hypervolume(found.values(), REFERENCE), hypervolume(np.array(solved), REFERENCE)
        wins += searched > drawn
        print(f"seed {seed}: {asked.sampler} {searched:.3f}, random {drawn:.3f}", flush=True)
    print(f"the search has the larger hypervolume in {wins} of {asked.seeds} seeds")
    sys.exit(0 if wins >= asked.wins else 1)


if __name__ == "__main__":
    main()
