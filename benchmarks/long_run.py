"""500 cycles at C/2: seconds of solving, memory, and the same numbers after being killed.

    python benchmarks/long_run.py
    python benchmarks/long_run.py --cycles 100 --kills 5

The run is done once undisturbed and once killed (SIGKILL) at random moments and resumed each time. Exit
code 1 where rows or final state differ by more than 1e-9, relative.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from coreshell_model.observe.long_run import ROWS, STATE

AGREED = 1e-9

PROGRAM = """
import json, resource, sys
from coreshell_model import cycle
folder, cycles, resume = sys.argv[1], sys.argv[2], sys.argv[3] == "True"
run = cycle("core_shell", "long_cycling", {"protocol.numbers.cycles": cycles}, folder=folder, resume=resume)
assert run.completed, run.explanation
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
print(json.dumps({"solving": float(run.table["Solve time [s]"].sum()), "peak": peak}))
"""


def start(folder: Path, cycles: int) -> subprocess.Popen:
    """One process that begins or resumes the run in ``folder``."""
    words = [sys.executable, "-c", PROGRAM, str(folder), str(cycles), str((folder / "run.json").exists())]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def undisturbed(folder: Path, cycles: int) -> dict:
    """Seconds of solving and in all, and the peak of memory [MB]."""
    started = time.perf_counter()
    out, _ = start(folder, cycles).communicate()
    return json.loads(out) | {"in all": time.perf_counter() - started}


def killed(folder: Path, cycles: int, kills: int, seconds: float, generator: random.Random) -> int:
    """The same, killed at random moments until it is done; how many kills hit a run at work."""
    hits = 0
    for _ in range(kills):
        process = start(folder, cycles)
        try:
            process.wait(timeout=generator.uniform(0.2, 1.0) * seconds / kills + 2)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            hits += 1
    last = start(folder, cycles)
    last.communicate()
    if last.returncode != 0:
        sys.exit(f"the run that was killed {hits} times was not resumed: exit code {last.returncode}")
    return hits


def difference(one: Path, other: Path) -> float:
    """Largest relative difference of rows and final state."""
    rows = [pd.read_csv(folder / ROWS).drop(columns="Solve time [s]").to_numpy() for folder in (one, other)]
    states = [np.load(folder / STATE)["values"] for folder in (one, other)]
    found = 0.0
    for a, b in (rows, states):
        found = max(found, float((np.abs(a - b) / np.maximum(np.abs(a), 1e-12)).max()))
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cycles", type=int, default=500)
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        calm, rough = Path(place) / "calm", Path(place) / "rough"
        found = undisturbed(calm, arguments.cycles)
        generator = random.Random(arguments.seed)
        hits = killed(rough, arguments.cycles, arguments.kills, found["in all"], generator)
        off = difference(calm, rough)
    print(f"{arguments.cycles} cycles: {found['solving']:.1f} s of solving, {found['in all']:.1f} s in all")
    print(f"peak of memory {found['peak']:.0f} MB")
    print(f"killed {hits} times and resumed: largest relative difference {off:.2g}, wanted {AGREED:g}")
    return 0 if off <= AGREED else 1


if __name__ == "__main__":
    sys.exit(main())
