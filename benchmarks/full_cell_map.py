"""Time of a map of 300 full cells on all cores, each balanced for itself, at the particle level.

    python benchmarks/full_cell_map.py [--points 300] [--workers 2]

Prints designs, share solved, wall and processor time. A first run on a machine compiles the models; a second
run shows what a map takes from then on.
"""

import argparse
import resource
import time
from dataclasses import replace

from coreshell_model.base.scheduler import pool_for
from coreshell_model.design.full_cell import LOADING, OF_CELL
from coreshell_model.design.problem import SOLVED, problem
from coreshell_model.design.space import Axis, grid
from coreshell_model.design.sweep import KeptSweeps
from coreshell_model.inputs.full_cell import FULL, in_cell
from coreshell_model.inputs.material import read_material

ALONG_AREA = 15
"""Points along the external area; the rest are along the thickness."""


def main() -> None:
    """Run the map and print what it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=300)
    parser.add_argument("--workers", type=int, default=None)
    asked = parser.parse_args()
    material = in_cell(read_material("core_shell"), FULL)
    full = problem(
        material,
        "full_cell_design",
        {"cell.active_loading": LOADING},
        seal="logistic",
        observables=OF_CELL[:6],
    )
    axes = (
        Axis("thickness", "nm", 3.0, 20.0, max(asked.points // ALONG_AREA, 2)),
        Axis("external_area", "m2/g", 2.0, 50.0, min(ALONG_AREA, asked.points), log=True),
    )
    points = grid(axes)
    started = time.perf_counter()
    with pool_for(None, asked.workers) as pool:
        swept = KeptSweeps(pool, None, False, len(points)).run(
            "map", replace(full, balanced=True, compiled=True), points
        )
    wall = time.perf_counter() - started
    used = sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
    print(f"{len(points)} designs, {swept.count(SOLVED)} solved, {wall:.1f} s, processors {used:.1f} s")
    if swept.count(SOLVED) < len(points):
        print(swept.unsolved())


if __name__ == "__main__":
    main()
