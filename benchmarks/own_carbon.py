"""The whole journey with carbons of one's own: material file, sorption, cycles, fits, posteriors, design.

Each carbon is made up: a truth gives numbers of a first cycle, and the curves of cycles 1 and 5 as files of
a cycler, with noise; the commands start from a shipped material. A table says of every step how it ended;
the exit code is 1 where one ended in a traceback or otherwise than it should, or a fit of the curves misses
the truth by more than five of its standard deviations.

    python benchmarks/own_carbon.py --carbons hc7 hard --draws 50
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import tomli_w

INPUTS = Path(__file__).parent / "own_carbon"
PROTOCOL = "formation_without_hold"
MASS, SCATTER, POINTS = 1.37e-6, 2e-3, 120
"""Active carbon of the made-up electrode [kg], noise of its voltage [V], points of a half-cycle's record."""

MOST_OFF = 5.0
"""Of the fit's standard deviations, by which it may miss the truth."""

FIRST_CYCLE = {
    "Initial coulombic efficiency": ("1", 0.01),
    "Reversible capacity [mA.h.g-1]": ("mAh/g", 5.0),
}


@dataclass(frozen=True)
class Carbon:
    """A made-up carbon: what its file is made from, its sorption, its truth, and what is fitted."""

    name: str
    made_from: str
    sorption: str
    truth: dict[str, str]
    fitted: tuple[dict, ...]
    vary: tuple[str, ...]
    next_code: int = 0
    design: tuple[str, ...] = field(default=("--goal", "ICE >= 0.7", "--goal", "capacity >= 150"))


CARBONS = {
    "hc7": Carbon(
        "hc7",
        "core_shell",
        "hc7_sorption.csv",
        {"core.clusters.pore_fraction": "0.495", "shell.trapping.capacity": "430 mAh/g"},
        (
            {"path": "core.clusters.pore_fraction", "lower": 0.05, "upper": 0.9},
            {"path": "shell.trapping.capacity", "unit": "mAh/g", "lower": 50, "upper": 1500},
        ),
        ("thickness=6..12 nm, 3 points", "external_area=5..9 m2/g, 3 points"),
    ),
    "hard": Carbon(
        "hard",
        "shell",
        "hard_sorption.csv",
        {"carbon.sloping.capacity": "260 mAh/g", "carbon.trapping.capacity": "40 mAh/g"},
        (
            {"path": "carbon.sloping.capacity", "unit": "mAh/g", "lower": 50, "upper": 600},
            {"path": "carbon.trapping.capacity", "unit": "mAh/g", "lower": 5, "upper": 500},
        ),
        ("external_area=2..6 m2/g, 3 points", "loading=0.8..2 mg/cm2, 3 points"),
        next_code=2,
    ),
}


@dataclass(frozen=True)
class Step:
    """How one command ended."""

    words: tuple[str, ...]
    code: int
    seconds: float
    wanted: int
    said: str

    @property
    def verdict(self) -> str:
        """Whether it ended as it should."""
        if "Traceback" in self.said:
            return "TRACEBACK"
        return "as it should" if self.code == self.wanted else f"WRONG, {self.wanted} wanted"


def run(folder: Path, *words: str, wanted: int = 0) -> Step:
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", "from coreshell_model.show.cli import main; main()", *words],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    return Step(words, done.returncode, time.monotonic() - started, wanted, done.stderr)


def curves(folder: Path, carbon: Carbon, seed: int) -> None:
    """Cycles 1 and 5 of the truth as files of a cycler, and the problem of fitting both."""
    from coreshell_model import simulate
    from coreshell_model.run.solution import Solution

    solution: Solution = simulate(str(folder / f"{carbon.name}.toml"), PROTOCOL, carbon.truth)
    random, given = np.random.default_rng(seed + 1), []
    for cycle in (1, 5):
        steps = [step for step in solution.steps if step.cycle == cycle and not step.skipped]
        start = solution["Time [s]"][steps[0].points.start]
        lines = ["Cycle Index,Step Index,Total Time(s),Current(mA),Voltage(V)"]
        for step in steps:
            time_, voltage, current = (
                solution[name][step.points]
                for name in ("Time [s]", "Voltage [V]", "Specific current [A.kg-1]")
            )
            for at in np.linspace(time_[0], time_[-1], POINTS):
                seen = np.interp(at, time_, voltage) + random.normal(0, SCATTER)
                amperes = np.interp(at, time_, current) * MASS
                lines.append(f"{cycle},{step.number},{at - start:.3f},{-1e3 * amperes:.6f},{seen:.4f}")
        file = f"cycle_{cycle}.csv"
        (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
        given.append(
            {
                **{"file": file, "mass": f"{1e6 * MASS:g} mg", "material": f"{carbon.name}.toml"},
                **{"protocol": PROTOCOL, "of": "voltage", "over": "capacity", "sd": 5.0, "unit": "mV"},
                **({"cycles": 1} if cycle == 1 else {}),
            }
        )
    parameters = [{**each, "shared": [carbon.name]} for each in carbon.fitted]
    text = tomli_w.dumps({"parameters": parameters, "curves": given})
    (folder / "curves.toml").write_text(text, encoding="utf-8")


def misses(folder: Path, carbon: Carbon) -> str:
    """By how much the fit of the curves misses the truth, where that is too much."""
    told = []
    for each in json.loads((folder / "f2" / "result.json").read_text(encoding="utf-8"))["Parameters"]:
        path = each["Name"].rsplit(" of ", 1)[0]
        truth = float(carbon.truth[path].split()[0])
        low, high = each["68 % interval"]
        off = abs(each["Value"] - truth) / max((high - low) / 2, 1e-12)
        if off > MOST_OFF:
            told.append(f"{path} {each['Value']:.4g} for {truth:.4g}, {off:.1f} standard deviations off")
    return "; ".join(told)


def measured(folder: Path, carbon: Carbon, seed: int) -> None:
    """The problem with the first cycle of the truth, errors added."""
    from coreshell_model import simulate, summary

    solution = simulate(str(folder / f"{carbon.name}.toml"), PROTOCOL, carbon.truth)
    assert solution.completed, solution.explanation
    results, random = summary(solution), np.random.default_rng(seed)
    observations = [
        {
            "material": f"{carbon.name}.toml",
            "protocol": PROTOCOL,
            "observable": name,
            "value": float(results[name] + random.normal(0, sd)),
            "sd": sd,
            "unit": unit,
            "source": "measured: the first cycle of this carbon, made up",
        }
        for name, (unit, sd) in FIRST_CYCLE.items()
    ]
    parameters = [{**each, "shared": [carbon.name]} for each in carbon.fitted]
    text = tomli_w.dumps({"parameters": parameters, "observations": observations})
    (folder / "c1.toml").write_text(text, encoding="utf-8")


def journey(folder: Path, carbon: Carbon, seed: int, draws: int) -> Iterator[Step]:
    """Every step in order."""
    file = f"{carbon.name}.toml"
    yield run(folder, "materials", "new", carbon.name, "--from", carbon.made_from)
    sources = (folder / file).read_text(encoding="utf-8")
    assert sources.count("source = ") == sources.count(f'source = "from {carbon.made_from}: ')
    yield run(folder, "sorption", str(INPUTS / carbon.sorption), "--into", file)
    yield run(folder, "materials", "show", carbon.name)
    yield run(folder, "run", file, PROTOCOL, "--json")
    measured(folder, carbon, seed)
    yield run(folder, "fit", "c1.toml", "--out", "f1", "--starts", "1", "--json")
    yield run(folder, "posterior", "c1.toml", "--fit", "f1", "--out", "p1", "--draws", str(draws), "--json")
    fitted = f"f1/{carbon.name}_c1.toml"
    claimed = tomllib.loads((folder / fitted).read_text(encoding="utf-8"))
    assert str(claimed).count("'fitted: ") == len(carbon.fitted), "another fit's numbers claim to be of this"
    yield run(folder, "losses", "p1", "--material", file, "--workers", "1")
    yield run(folder, "predict", "p1", carbon.name, PROTOCOL, "--json", "--workers", "1")
    curves(folder, carbon, seed)
    mass = ("--mass", f"{1e6 * MASS:g} mg")
    yield run(folder, "data", "cycle_5.csv", *mass, "--json")
    after = ("--after", PROTOCOL, "--cycles", "4")
    yield run(folder, "replay", "cycle_5.csv", *mass, "--material", fitted, *after, "--json")
    yield run(folder, "fit", "curves.toml", "--out", "f2", "--starts", "2", "--json")
    if missed := misses(folder, carbon):
        yield Step(("truth",), 1, 0.0, 0, missed)
    yield run(
        folder, "posterior", "curves.toml", "--fit", "f2", "--out", "p2", "--draws", str(draws), "--json"
    )
    vary = [word for text in carbon.vary for word in ("--vary", text)]
    shared = (*vary, *carbon.design, "--trials", "0", "--draws", "4", "--workers", "1")
    yield run(folder, "design", fitted, "--posterior", "p1", *shared, "--out", "d1")
    about = ("--posterior", "p1/posterior.csv", "--draws", "16", "--refits", "0", "--workers", "1")
    yield run(folder, "next", file, *about, wanted=carbon.next_code)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--carbons", nargs="+", choices=CARBONS, default=list(CARBONS))
    parser.add_argument("--draws", type=int, default=50, help="Of the posterior.")
    parser.add_argument("--seed", type=int, default=0, help="Of the measured errors.")
    given = parser.parse_args()
    wrong = 0
    print(f"{'carbon':8}{'step':12}{'code':>5}{'time':>9}  verdict", flush=True)
    for name in given.carbons:
        with tempfile.TemporaryDirectory() as place:
            for step in journey(Path(place), CARBONS[name], given.seed, given.draws):
                print(
                    f"{name:8}{step.words[0]:12}{step.code:>5}{step.seconds:>8.1f}s  {step.verdict}",
                    flush=True,
                )
                if step.verdict != "as it should":
                    wrong += 1
                    print(step.said[-600:], file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
