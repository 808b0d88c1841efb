"""Golden outputs: what every command and example gives on small inputs, kept and compared.

    python benchmarks/golden.py record before            # runs every case, keeps its outputs in `before`
    python benchmarks/golden.py record after --only run  # only the cases whose name begins so
    python benchmarks/golden.py compare before after     # exit code 1 where they differ

A change that is meant to move code and not numbers is checked by recording before and after it. Kept are
exit code, standard output and error, and each JSON, CSV, TOML and Markdown file that a command writes.
Versions, times, dates and paths are blanked; everything else is compared byte by byte. `--checkout` runs
another checkout of the project with the Python that runs this.
"""

import argparse
import difflib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
KEPT = {".json", ".csv", ".toml", ".md", ".txt"}
LONGEST_RUN = 900.0
"""Seconds that a case may take."""

SHOWN_LINES = 12
"""Lines of a difference that are printed."""

BLANKED = (
    (re.compile(r'("(?:Solve time|Time) \[s\]": )[-+.\de]+'), r"\1TIME"),
    (re.compile(r"(Solve time \[s\]\W+)[\d.]+"), r"\1TIME"),
    (re.compile(r"^.*\d+ of \d+ points.*\n", re.M), ""),
    (re.compile(r"(: within|: missed), \d+(?:\.\d+)? s$", re.M), r"\1, TIME"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^\s\",]*"), "DATE"),
    (re.compile(r'"[0-9a-f]{64}"'), '"CHECKSUM"'),
    (re.compile(r"(TIME|VERSION) +$", re.M), r"\1"),
    (re.compile(r"(?:; )?about \d+ (?:s|min) left"), ""),
    (
        re.compile(r'("(?:coreshell_model|pybamm|pybammsolvers|numpy|scipy|python)": )"[^"]+"'),
        r'\1"VERSION"',
    ),
)
"""Versions, times, dates, checksums of files that hold them, and lines of progress, which differ between two
runs of the same code; the files themselves are compared."""

TIMED_COLUMN = "Solve time [s]"


@dataclass(frozen=True)
class Case:
    """One or several command lines that run in a folder of their own, one after the other."""

    name: str
    lines: tuple[tuple[str, ...], ...]


def command(*words: str) -> tuple[str, ...]:
    """A line of the command line, run with the Python that runs this."""
    return ("-c", "from coreshell_model.show.cli import main; main()", *words)


def cases(root: Path) -> list[Case]:
    """Every command on a small input, and every example."""
    fit_problem = str(root / "examples" / "fit_core_shell.toml")
    curve = ("run", "core_shell", "formation_without_hold", "--out", "measured")
    small_map = ("--vary", "thickness=4..16 nm, 3 points", "--vary", "external_area=5..40 m2/g, 3 points")
    lines: dict[str, list[tuple[str, ...]]] = {
        "materials": [("materials",), ("materials", "show", "core_shell"), ("materials", "show", "core")],
        "materials_new": [("materials", "new", "mine"), ("run", "mine.toml", "formation", "--json")],
        "protocols": [("protocols",), ("protocols", "show", "rate_test")],
        "compare": [("compare", "core", "core_shell", "shell", "formation", "--json", "--figure")],
        "figure": [("run", "core_shell", "formation", "--out", "r"), ("figure", "r/solution.nc", "dqdv")],
        "run_set": [("run", "core_shell", "formation", "--set", "shell.thickness=12 nm", "--json")],
        "run_electrode": [("run", "core_shell", "formation", "--level", "electrode", "--json", "--out", "r")],
        "run_band": [("run", "cracked_core_shell", "formation", "--band", "--json")],
        "run_bdf": [
            ("run", "shell", "formation", "--bdf", "--out", "r"),
            ("data", "r/run.bdf.csv", "--json"),
        ],
        "cycle": [
            ("cycle", "core_shell", "long_cycling", "--set", "protocol.numbers.cycles=12", "--out", "c"),
        ],
        "eis": [
            ("eis", "core_shell", "--at", "0.1 V", "--json", "--figure"),
            ("eis", "core_shell", "--after", "formation", "--cycles", "1,3", "--json"),
        ],
        "replay": [
            curve,
            ("data", "measured/curves.csv", "--json", "--out", "data.csv"),
            ("replay", "measured/curves.csv", "--material", "core_shell", "--json", "--out", "replayed"),
        ],
        "sweep": [("sweep", "core_shell", "design", *small_map, "--workers", "1", "--out", "s", "--json")],
        "sensitivity": [
            ("sensitivity", "core_shell", "design", "--vary", "thickness", "--workers", "1", "--json"),
        ],
        "fit": [
            ("fit", fit_problem, "--starts", "1", "--workers", "1", "--out", "fitted", "--json"),
            (
                *("posterior", fit_problem, "--fit", "fitted", "--draws", "60", "--workers", "1"),
                *("--out", "drawn", "--json"),
            ),
            ("predict", "drawn", "core_shell", "formation", "--cycles", "2", "--workers", "1", "--json"),
            ("losses", "drawn", "--workers", "1", "--json"),
            (
                *("next", "core_shell", "--posterior", "drawn", "--draws", "12", "--refits", "0"),
                *("--workers", "1", "--json"),
            ),
        ],
        "design": [
            (
                *("design", "core_shell", *small_map, "--goal", "ICE >= 0.85", "--trials", "6"),
                *("--workers", "1", "--out", "d", "--json"),
            ),
        ],
        "sorption": [("sorption", str(root / "examples" / "sorption_core_shell.csv"), "--json")],
        "validate": [("validate", "--draws", "0", "--out", "v", "--json")],
        "verify": [("verify", "--out", "v", "--json")],
        "refused": [
            ("run", "core_shel", "formation"),
            ("run", "core_shell", "formation", "--set", "shell.thicknes=12 nm"),
            ("sweep", "core_shell", "design", "--vary", "thickness=2..20"),
        ],
    }
    for protocol in ("formation", "rate_test", "cyclic_voltammetry", "gitt", "hold_study", "self_discharge"):
        for material in ("core_shell", "core", "shell"):
            lines[f"run_{material}_{protocol}"] = [("run", material, protocol, "--json", "--out", "r")]
    every = [Case(name, tuple(command(*words) for words in each)) for name, each in lines.items()]
    examples = sorted((root / "examples").glob("*.py"))
    every += [Case(f"example_{path.stem}", ((str(path),),)) for path in examples]
    return sorted(every, key=lambda case: case.name)


def record(case: Case, checkout: Path, folder: Path) -> None:
    """Run a case in a folder of its own and keep what it said and wrote."""
    place = folder / case.name
    if place.exists():
        shutil.rmtree(place)
    work = place / "work"
    work.mkdir(parents=True)
    environment = os.environ | {
        "PYTHONPATH": str(checkout),
        "OMP_NUM_THREADS": "1",
        "PYBAMM_DISABLE_TELEMETRY": "true",
        "COLUMNS": "120",
    }
    for number, words in enumerate(case.lines, start=1):
        ended = subprocess.run(
            [sys.executable, *words],
            cwd=work,
            env=environment,
            capture_output=True,
            text=True,
            timeout=LONGEST_RUN,
            check=False,
        )
        said = {"out": ended.stdout, "err": ended.stderr, "code": f"{ended.returncode}\n"}
        for kind, text in said.items():
            (place / f"{number}.{kind}.txt").write_text(text, encoding="utf-8")
    for path in sorted(work.rglob("*")):
        if path.is_file() and path.suffix not in KEPT:
            path.unlink()
    for path in place.rglob("*.*"):
        if path.is_file():
            path.write_text(blanked(path.read_text(encoding="utf-8"), work, checkout), encoding="utf-8")


def blanked(text: str, work: Path, checkout: Path) -> str:
    """A text without what differs between two runs of the same code."""
    text = text.replace(str(work.resolve()), "FOLDER").replace(str(checkout.resolve()), "CHECKOUT")
    for pattern, instead in BLANKED:
        text = pattern.sub(instead, text)
    return text if TIMED_COLUMN not in text.partition("\n")[0].split(",") else untimed(text)


def untimed(table: str) -> str:
    """A CSV table whose column of solve times is blanked."""
    header, *rows = [line.split(",") for line in table.splitlines()]
    place = header.index(TIMED_COLUMN)
    for row in rows:
        row[place] = "TIME"
    return "".join(f"{','.join(row)}\n" for row in (header, *rows))


def differences(before: Path, after: Path) -> list[str]:
    """Each file that differs or is on one side alone, with the first lines of the difference."""
    sides = [
        {path.relative_to(side) for path in side.rglob("*") if path.is_file()} for side in (before, after)
    ]
    cases_of_both = {path.parts[0] for path in sides[0]} & {path.parts[0] for path in sides[1]}
    said = []
    for path in sorted(sides[0] | sides[1]):
        if path.parts[0] not in cases_of_both:
            continue
        if path not in sides[1]:
            said.append(f"{path}: no longer written")
        elif path not in sides[0]:
            said.append(f"{path}: not written before")
        else:
            texts = [(side / path).read_text(encoding="utf-8").splitlines() for side in (before, after)]
            if texts[0] != texts[1]:
                lines = list(difflib.unified_diff(*texts, lineterm="", n=0))[2:]
                shown = [line if len(line) < 400 else shortened(line, lines) for line in lines[:SHOWN_LINES]]
                said.append("\n    ".join([f"{path}: differs", *shown]))
    return said


def shortened(line: str, lines: list[str]) -> str:
    """The part of a very long line in which it differs from the one that replaces it."""
    other = next((each for each in lines if each[0] != line[0] and each[0] in "+-" and len(each) > 400), None)
    if other is None:
        return f"{line[:200]} ..."
    same = next((i for i, (a, b) in enumerate(zip(line[1:], other[1:], strict=False)) if a != b), len(line))
    return f"{line[0]} ... {line[max(1, same - 80) : same + 200]} ..."


def main() -> int:
    """Record or compare; 1 where outputs differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    what = parser.add_subparsers(dest="what", required=True)
    recorder = what.add_parser("record", help="run every case and keep its outputs")
    recorder.add_argument("folder", type=Path)
    recorder.add_argument("--only", default="", help="cases whose name begins so")
    recorder.add_argument("--checkout", type=Path, default=ROOT)
    comparer = what.add_parser("compare", help="print what differs")
    comparer.add_argument("before", type=Path)
    comparer.add_argument("after", type=Path)
    asked = parser.parse_args()
    if asked.what == "compare":
        said = differences(asked.before, asked.after)
        print("\n".join(said) if said else "no difference")
        return 1 if said else 0
    wanted = [case for case in cases(asked.checkout.resolve()) if case.name.startswith(asked.only)]
    if not wanted:
        parser.error(f"no case begins with {asked.only!r}")
    for place, case in enumerate(wanted, start=1):
        print(f"{place}/{len(wanted)} {case.name}", flush=True)
        record(case, asked.checkout.resolve(), asked.folder.resolve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
