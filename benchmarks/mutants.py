"""Whether the tests notice mistakes: each of ``mutants.toml`` is made in a copy and has to be caught.

    python benchmarks/mutants.py                     # all of them, half an hour on one busy core
    python benchmarks/mutants.py --count 3 --seed 1  # a sample
    python benchmarks/mutants.py --check             # only that each can still be made

A mistake is a text of a file and what stands in its place, what is wrong with that, and the tests that should
see it. Those tests alone run, on the changed copy of the tree; they have to pass on the unchanged one. Exit
code 0 where every mistake was caught.
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[1]
NEEDED = (
    "coreshell_model",
    "tests",
    "parameters",
    "experiments",
    "validation",
    "benchmarks",
    "examples",
    "docs",
)
"""Folders that the tests read."""

FILES = ("pyproject.toml", "README.md", "CITATION.cff", "CHANGELOG.md")
CAUGHT, PASSED = 1, 0
"""Exit codes of pytest: a test failed, all passed."""

VERDICTS = {CAUGHT: "caught", PASSED: "SURVIVED"}


@dataclass(frozen=True)
class Mutant:
    """One mistake: ``new`` in place of ``old`` in ``file``."""

    name: str
    file: str
    old: str
    new: str
    wrong: str
    tests: str


def mutants() -> list[Mutant]:
    """All of the list."""
    text = (ROOT / "benchmarks" / "mutants.toml").read_text(encoding="utf-8")
    return [Mutant(**entry) for entry in tomllib.loads(text)["mutant"]]


def complaint(mutant: Mutant) -> str:
    """Why a mistake cannot be made as it is written; "" where it can."""
    path = ROOT / mutant.file
    if not path.is_file():
        return f"{mutant.name}: {mutant.file} is not there"
    found = path.read_text(encoding="utf-8").count(mutant.old)
    if found != 1:
        return f"{mutant.name}: {mutant.old!r} is {found} times in {mutant.file}, not once"
    if not (ROOT / shlex.split(mutant.tests)[0].partition("::")[0]).is_file():
        return f"{mutant.name}: {mutant.tests} are not there"
    return ""


def copied(folder: Path) -> None:
    """What the tests need, without what earlier runs left."""
    ignore = shutil.ignore_patterns("__pycache__", ".hypothesis", ".pytest_cache")
    for name in NEEDED:
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)


def ran(folder: Path, tests: str) -> tuple[int, str]:
    """Pytest's exit code and last line for some tests in a copy."""
    options = ("-q", "-x", "-n0", "-p", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", *options, *shlex.split(tests)]
    environment = os.environ | {
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYBAMM_DISABLE_TELEMETRY": "true",
    }
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900)
    lines = run.stdout.strip().splitlines() or run.stderr.strip().splitlines() or [""]
    return run.returncode, lines[-1]


def trial(chosen: list[Mutant]) -> list[str]:
    """Make each mistake in turn; returns what went wrong, a line each."""
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "tree"
        folder.mkdir()
        copied(folder)
        for mutant in chosen:
            started = time.perf_counter()
            path = folder / mutant.file
            right = path.read_text(encoding="utf-8")
            path.write_text(right.replace(mutant.old, mutant.new), encoding="utf-8")
            code, line = ran(folder, mutant.tests)
            path.write_text(right, encoding="utf-8")
            verdict = VERDICTS.get(code, f"no verdict ({line})")
            seconds = time.perf_counter() - started
            print(f"{verdict:10}{seconds:6.1f} s  {mutant.name}: {mutant.wrong}", flush=True)
            if code != CAUGHT:
                wrong.append(f"{mutant.name}: {verdict}")
        print(f"{len(chosen) - len(wrong)} of {len(chosen)} caught")
        for tests in dict.fromkeys(mutant.tests for mutant in chosen):
            code, line = ran(folder, tests)
            if code != PASSED:
                wrong.append(f"{tests}: fail without a mistake ({line})")
    return wrong


def main() -> int:
    """Run the trial, or check that it can be run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, help="a sample of so many; all unless given")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--only", help="the name of one")
    parser.add_argument("--check", action="store_true", help="only that each mistake can still be made")
    arguments = parser.parse_args()
    chosen = [mutant for mutant in mutants() if arguments.only in (None, mutant.name)]
    if not chosen:
        parser.error(f"no mutant is called {arguments.only!r}")
    wrong = [text for mutant in chosen if (text := complaint(mutant))]
    if not wrong and not arguments.check:
        if arguments.count is not None:
            chosen = Random(arguments.seed).sample(chosen, min(arguments.count, len(chosen)))
        wrong = trial(chosen)
    for text in wrong:
        print(text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
