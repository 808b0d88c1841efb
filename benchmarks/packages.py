"""Builds source archive and wheel, looks at what is in them, and runs the quick start from the wheel alone.

    python benchmarks/packages.py

Both have to hold every file of the project that belongs in them, and nothing else, and stay small. The wheel
is installed without extras into an environment of its own, in an unrelated folder. Exit code 1 where
something is missing, too large, or does not run.
"""

import json
import subprocess
import sys
import tarfile
import tempfile
import time
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
LARGEST = {"wheel": 1.6e6, "source archive": 3e6}
"""Bytes that each has at most."""

LIBRARY = "coreshell_model/_library"
CARRIED = ("parameters/", "experiments/", "validation/", "docs/physics.md", "README.md")
"""Beginnings of the files beside the package that a wheel carries within it."""

EFFICIENCY = 0.80, 0.84


def main() -> int:
    """Build, look and run; what is wrong is printed."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        packages = built(place)
        problems = looked_at(packages)
        problems += tried(packages["wheel"], place)
    for problem in problems:
        print(f"WRONG: {problem}")
    return 1 if problems else 0


def built(place: Path) -> dict[str, Path]:
    """Source archive and wheel of this checkout."""
    words = (sys.executable, "-m", "build", "--outdir", str(place / "dist"), str(ROOT))
    subprocess.run(words, check=True, capture_output=True)
    (wheel,), (archive,) = (place / "dist").glob("*.whl"), (place / "dist").glob("*.tar.gz")
    return {"wheel": wheel, "source archive": archive}


def looked_at(packages: dict[str, Path]) -> list[str]:
    """What is missing from a package, what should not be in it, and whether it is too large."""
    tracked = _tracked()
    in_wheel = {name for name in tracked if name.startswith("coreshell_model/")}
    in_wheel |= {f"{LIBRARY}/{name}" for name in tracked if name.startswith(CARRIED)}
    in_archive = {name for name in tracked if not name.startswith(".ci/")} | {"PKG-INFO"}
    expected = {"wheel": in_wheel, "source archive": in_archive}
    with zipfile.ZipFile(packages["wheel"]) as wheel, tarfile.open(packages["source archive"]) as archive:
        held = {
            "wheel": {name for name in wheel.namelist() if ".dist-info/" not in name},
            "source archive": {name.partition("/")[2] for name in archive.getnames()},
        }
    problems = []
    for kind, path in packages.items():
        size, names = path.stat().st_size, held[kind]
        print(f"{kind}: {size / 1e6:.2f} MB, {len(names)} files")
        problems += [f"{kind} lacks {name}" for name in sorted(expected[kind] - names)]
        problems += [f"{kind} holds {name}" for name in sorted(names - expected[kind])]
        if size > LARGEST[kind]:
            problems.append(f"{kind} has {size} bytes, more than {LARGEST[kind]:.0f}")
    return problems


def _tracked() -> set[str]:
    done = subprocess.run(("git", "ls-files", "-z"), cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in done.stdout.split("\0") if name}


def tried(wheel: Path, place: Path) -> list[str]:
    """What fails of the quick start, installed from the wheel alone, without extras."""
    venv.create(place / "clean", with_pip=True)
    programs = place / "clean" / "bin"
    subprocess.run((programs / "pip", "install", "--quiet", wheel), check=True)
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()

    def coreshell(*words: str) -> subprocess.CompletedProcess:
        begun = time.perf_counter()
        done = subprocess.run(
            (programs / "coreshell", *words), cwd=elsewhere, capture_output=True, text=True, check=False
        )
        print(
            f"coreshell {' '.join(words)}: exit code {done.returncode}, {time.perf_counter() - begun:.1f} s"
        )
        return done

    problems = []
    run = coreshell("run", "core_shell", "formation", "--json", "--out", "results")
    result = json.loads(run.stdout) if run.returncode == 0 else {}
    efficiency = result.get("Initial coulombic efficiency", 0.0)
    if not EFFICIENCY[0] <= efficiency <= EFFICIENCY[1] or not result["Sodium balance error"] < 1e-8:
        problems.append(f"the quick start gives {efficiency}: {run.stderr}")
    written = {path.name for path in (elsewhere / "results").glob("*")}
    needed = {"curves.csv", "solution.nc", "result.json", "core_shell_formation.png"}
    problems += [f"the quick start wrote no {name}" for name in sorted(needed - written)]
    for words, code, told in (
        (("doctor",), 0, "This installation works."),
        (("explain", "core.clusters.rate"), 0, "Equation (8)"),
        (("explain", "run"), 0, "Example"),
        (("posterior", "problem.toml", "--out", "drawn"), 2, 'pip install "coreshell_model[posterior]"'),
        (("explore", "--no-browser"), 2, 'pip install "coreshell_model[web]"'),
        (("design", "core_shell"), 2, 'pip install "coreshell_model[design]"'),
    ):
        done = coreshell(*words)
        if done.returncode != code or told not in done.stdout + done.stderr:
            problems.append(f"coreshell {' '.join(words)}: {done.stdout}{done.stderr}")
    return problems


if __name__ == "__main__":
    sys.exit(main())
