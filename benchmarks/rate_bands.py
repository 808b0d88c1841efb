"""Whether the bands of a rate test, predicted from one curve at C/20, hold the truth.

    python benchmarks/rate_bands.py --carbons 3 --seed 1 --workers 2

Each carbon is ``hard_carbon`` with other numbers than those from which the fit starts: capacities,
potentials, diffusivity and charge transfer moved, another rate of clusters, and a counter electrode whose
exchange current is two to three times that of the start, or as many times less. Its first cycle at C/20, with
2 mV of noise, is fitted as a user does (``coreshell fit DATA --material hard_carbon``); ``coreshell predict``
then makes bands of the rate test, which is also run with the true numbers. At each rate but the first it is
counted whether retention lies within the 68 and 95 % bands. Exit code 1 where the wider bands hold less than
the asked share.
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from coreshell_model import simulate, summary
from coreshell_model.base.units import parse_quantity
from coreshell_model.inputs.material import read_material, sources
from coreshell_model.inputs.protocol import beginning, read_protocol

MATERIAL, PROTOCOL, LOADING = "hard_carbon", "formation_without_hold", "1.4 mg/cm2"
MASS, NOISE, PERIOD = 1.4e-6, 2e-3, 300.0
"""Active carbon [kg], noise of the voltage [V], time between points [s]."""

FACTORS = {
    "carbon.sloping.capacity": 1.2,
    "carbon.clusters.pore_fraction": 1.15,
    "carbon.sloping.diffusivity": 3.0,
    "carbon.trapping.capacity": 1.4,
    "surface.exchange_current_density": 3.0,
    "sei.steps.2.charge": 1.4,
}
"""Largest factor by which a number is moved either way."""

SHIFTS = {
    "carbon.sloping.potential": 0.06,
    "carbon.sloping.interaction": 0.06,
    "carbon.clusters.potential": 0.01,
}
"""Largest move of a potential [V]."""

CLUSTERS, CLUSTER_RATES = "carbon.clusters.rate", (2e-5, 5e-3)
"""Rates of clusters [s-1]: from the median of their prior to nearly that of the start."""

COUNTER, COUNTER_FACTORS = "cell.counter_exchange_current_density", (2.0, 3.0)
TEST = {"protocol.numbers.cycles": "2"}
"""Cycles at each rate, to save time."""

BANDS = ("68 % interval", "95 % interval")
RETENTION = "Rate retention"


def truth(draw: np.random.Generator) -> dict[str, str]:
    """The numbers of a made-up carbon and its cell."""
    start = {path: (n.value, n.unit) for path, n in sources(read_material(MATERIAL)).items()}
    moved = {
        path: start[path][0] * math.exp(draw.uniform(-1, 1) * math.log(factor))
        for path, factor in FACTORS.items()
    }
    moved |= {path: start[path][0] + draw.uniform(-1, 1) * shift for path, shift in SHIFTS.items()}
    moved[CLUSTERS] = math.exp(draw.uniform(*np.log(CLUSTER_RATES)))
    moved[COUNTER] = start[COUNTER][0] * draw.uniform(*COUNTER_FACTORS) ** draw.choice((-1, 1))
    return {path: f"{value:.6g} {start[path][1]}" for path, value in moved.items()}


def write_cycle(path: Path, numbers: dict[str, str], draw: np.random.Generator) -> None:
    """Write the first cycle as a cycler does, which ends a step by its own reading: that one has no noise."""
    solution = simulate(MATERIAL, beginning(read_protocol(PROTOCOL), 1), numbers)
    time_points, parts = solution["Time [s]"], []
    for number, step in enumerate(solution.steps, start=1):
        begin, end = time_points[step.points][[0, -1]]
        at = np.append(np.arange(begin, end, PERIOD), end)
        noise = np.append(draw.normal(0, NOISE, len(at) - 1), 0.0)
        voltage = solution.pybamm["Voltage [V]"](t=at) + noise
        current = solution.pybamm["Specific current [A.kg-1]"](t=at) * MASS
        columns = {"Time / s": at, "Voltage / V": voltage, "Current / A": current}
        parts.append(pd.DataFrame({**columns, "Cycle": 1, "Step": number}))
    pd.concat(parts).to_csv(path, index=False)


def command(folder: Path, *words: str) -> tuple[dict, float]:
    """What a command says as JSON, and the processor time that it took [s]."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    before = used.ru_utime + used.ru_stime
    line = [Path(sys.executable).with_name("coreshell"), *words, "--json"]
    done = subprocess.run(line, cwd=folder, stdout=subprocess.PIPE, check=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return json.loads(done.stdout), used.ru_utime + used.ru_stime - before


def trial(folder: Path, seed: int, workers: str) -> tuple[list[bool], list[bool]]:
    """Fit and predict a carbon; print the bands beside the truth, and return which hold it."""
    draw = np.random.default_rng(seed)
    numbers = truth(draw) | {"cell.active_loading": LOADING}
    write_cycle(folder / "cell.csv", numbers, draw)
    print(f"carbon of seed {seed}: " + ", ".join(f"{path}={text}" for path, text in numbers.items()))
    words = ("--material", MATERIAL, "--mass", "1.4 mg", "--loading", LOADING, "--rate", "C/20")
    fitted, spent = command(folder, "fit", "cell.csv", *words, "--out", "fitted", "--workers", workers)
    print(f"  fit: reduced chi-squared {fitted['Reduced chi-squared']:.3f}, {spent:.0f} s of processor time")
    for parameter in fitted["Parameters"]:
        true = parse_quantity(numbers[parameter["Path"]])[0]
        print(
            f"    {parameter['Path']}: true {true:.4g}, fitted {parameter['Value']:.4g}, "
            f"95 % {parameter['95 % interval']}, {parameter['Verdict']}"
        )
    if not (folder / "fitted" / "posterior.csv").exists():
        print("  no bands: the model does not describe the data", flush=True)
        return [], []
    options = [word for path, text in TEST.items() for word in ("--set", f"{path}={text}")]
    said, spent = command(
        folder, "predict", "fitted", f"{MATERIAL}_sample", "rate_test", *options, "--workers", workers
    )
    print(f"  predict: {spent:.0f} s of processor time; failed draws {said['Failed draws']}")
    print(f"    drawn {said.get('Drawn', 'as fitted alone')}")
    true = summary(simulate(MATERIAL, "rate_test", numbers | TEST))[RETENTION]
    inside: tuple[list[bool], list[bool]] = ([], [])
    seen = set()
    for rate in said["Rates"]:
        band = rate[RETENTION]
        if band is None or rate["Rate"] not in true or rate["Rate"] in seen:
            continue
        seen.add(rate["Rate"])
        value, ends = true[rate["Rate"]], [band[name] for name in BANDS]
        for held, (low, high) in zip(inside, ends, strict=True):
            held.append(low <= value <= high)
        shown = ", ".join(f"{low:.3f} to {high:.3f}" for low, high in ends)
        print(f"    {rate['Rate']}: true {value:.3f}, median {band['Median']:.3f}, bands {shown}", flush=True)
    return inside


def main() -> int:
    """Make, fit, predict, count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--carbons", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1, help="of the first carbon, the next have the next")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--share", type=float, default=0.8, help="of retentions that 95 %% bands have to hold"
    )
    asked = parser.parse_args()
    narrow, wide, without = [], [], 0
    for seed in range(asked.seed, asked.seed + asked.carbons):
        with tempfile.TemporaryDirectory() as folder:
            inside = trial(Path(folder), seed, str(asked.workers))
            narrow += inside[0]
            wide += inside[1]
            without += not inside[1]
    print(f"{sum(narrow)} of {len(narrow)} retentions within 68 % bands, {sum(wide)} within 95 % bands")
    print(f"{without} of {asked.carbons} carbons without bands")
    return 0 if not without and sum(wide) >= asked.share * len(wide) else 1


if __name__ == "__main__":
    sys.exit(main())
