"""What a guided fit costs and says: a first and a fifth cycle with noise, fitted by one command from cold.

    python benchmarks/guided_fit.py --workers 2

The data are made from ``core_shell`` with eight changed numbers through ``formation``, with 2 mV of noise.
The command runs as a user's, with an empty folder of compiled models; at most 60 s on two idle cores. The
exit code is 1 where the efficiency's interval misses the truth, or more than two of those of the parameters
do.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from coreshell_model import simulate, summary
from coreshell_model.base.units import parse_quantity
from coreshell_model.inputs.material import read_material, sources

TRUTH = {
    "core.sloping.capacity": "235 mAh/g",
    "core.sloping.potential": "0.47 V",
    "core.sloping.interaction": "0.9 V",
    "core.clusters.pore_fraction": "0.26",
    "core.clusters.potential": "0.075 V",
    "core.clusters.rate": "7e-6 1/s",
    "shell.trapping.capacity": "215 mAh/g",
    "sei.steps.2.charge": "1.4 mAh/m2",
}
MASS, NOISE, PERIOD = 1.1e-6, 2e-3, 300.0
"""Active carbon [kg], noise of the voltage [V], time between points [s]."""

LONGEST, MOST_MISSED = 60.0, 2
ICE = "Initial coulombic efficiency"


def write_cycles(folder: Path, seed: int) -> float:
    """Write cycles 1 and 5 as a cycler does; return the efficiency that they were made with."""
    solution = simulate("core_shell", "formation", TRUTH)
    rng, time_points = np.random.default_rng(seed), solution["Time [s]"]
    for cycle in (1, 5):
        parts = []
        for number, step in enumerate(solution.steps, start=1):
            if step.cycle == cycle:
                begin, end = time_points[step.points][[0, -1]]
                at = np.append(np.arange(begin, end, PERIOD), end)
                voltage = solution.pybamm["Voltage [V]"](t=at) + rng.normal(0, NOISE, len(at))
                current = solution.pybamm["Specific current [A.kg-1]"](t=at) * MASS
                columns = {"Time / s": at, "Voltage / V": voltage, "Current / A": current}
                parts.append(pd.DataFrame({**columns, "Cycle": cycle, "Step": number}))
        table = pd.concat(parts)
        table["Time / s"] -= table["Time / s"].iloc[0]
        table.to_csv(folder / f"cycle{cycle}.csv", index=False)
    return float(summary(solution)[ICE])


def main() -> int:
    """Make the data, run the command, and compare with the truth."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        efficiency = write_cycles(folder, options.seed)
        command = ["fit", "cycle1.csv", "cycle5.csv", "--material", "core_shell", "--mass", "1.1 mg"]
        command += ["--rate", "C/20", "--workers", str(options.workers), "--json"]
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        before, begun = used.ru_utime + used.ru_stime, time.perf_counter()
        done = subprocess.run(
            ["coreshell", *command],
            cwd=folder,
            env=os.environ | {"XDG_CACHE_HOME": str(folder / "cache")},
            stdout=subprocess.PIPE,
            check=True,
        )
        seconds = time.perf_counter() - begun
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = json.loads(done.stdout)
        page = (folder / "core_shell_fit" / "report.html").stat().st_size
    print(f"{seconds:.0f} s with {options.workers} workers (idle: at most {LONGEST:g} s), ", end="")
    print(f"{used.ru_utime + used.ru_stime - before:.0f} s of processor time; page of {page} bytes")
    print(f"reduced chi-squared {result['Reduced chi-squared']:.3f}")
    missed, material = 0, sources(read_material("core_shell"))
    for parameter in result["Parameters"]:
        path = parameter["Path"]
        truth = parse_quantity(TRUTH[path])[0] if path in TRUTH else material[path].value
        low, high = (parameter["95 % interval"][side] for side in (0, 1))
        holds = (low is None or low <= truth) and (high is None or truth <= high)
        missed += not holds
        print(f"  {parameter['Path']}: {truth:g}, {low} to {high}{'' if holds else ' MISSED'}")
    ice = result["First cycle"][ICE]
    low, high = ice["95 % interval"]
    print(f"{ICE}: {efficiency:.5f}; measured {ice['Measured']:.5f}, fitted {ice['Fitted']:.5f}, ", end="")
    print(f"{low:.5f} to {high:.5f}")
    return 0 if missed <= MOST_MISSED and low <= efficiency <= high else 1


if __name__ == "__main__":
    sys.exit(main())
