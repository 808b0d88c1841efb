"""Installs the oldest version of every dependency that pyproject.toml allows, and runs tests with them.

    python benchmarks/oldest_versions.py                  # the selection of CI
    python benchmarks/oldest_versions.py tests/test_sweep.py tests/test_figures.py

Each lower bound becomes the version that is installed, in an environment of its own; what these packages
need in turn is as new as they allow. Exit code 1 where a test fails, or where versions exclude each other.
"""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXTRAS = ("excel", "biologic", "arbin", "web", "posterior", "design", "cluster", "slurm")
"""Without `neware`, whose fastnda needs a newer numpy and typer than the others."""

TOOLS = ("pytest>=8.4", "pytest-xdist>=3.6", "hypothesis>=6.130")
SELECTION = (
    "tests/test_units.py",
    "tests/test_library.py",
    "tests/test_protocol.py",
    "tests/test_archive.py",
    "tests/test_quantities.py",
    "tests/test_explain.py",
    "tests/test_completion.py",
    "tests/test_suggestions.py",
    "tests/physics/test_conservation.py",
)
"""Tests that use every dependency of all installations, and take a minute or two."""

_LOWEST = re.compile(r"([\w.-]+)(?:\[[\w,-]+\])?>=([\w.]+)")


def main(tests: tuple[str, ...]) -> int:
    """Install and test; the exit code of the tests."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        pins = place / "oldest.txt"
        pins.write_text("".join(f"{name}=={lowest}\n" for name, lowest in oldest().items()))
        venv.create(place / "oldest", with_pip=True)
        programs = place / "oldest" / "bin"
        package = f"{ROOT}[{','.join(EXTRAS)}]"
        words = (programs / "pip", "install", "--quiet", "--constraint", pins, package, *TOOLS)
        subprocess.run(words, check=True)
        subprocess.run((programs / "pip", "uninstall", "--quiet", "--yes", "coreshell_model"), check=True)
        print(pins.read_text(), end="", flush=True)
        words = (programs / "python", "-m", "pytest", "-q", "--basetemp", place / "tests", *tests)
        return subprocess.run(words, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}).returncode


def oldest() -> dict[str, str]:
    """The lowest version of every dependency, those of extras included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = [*project["dependencies"]]
    texts += [text for extra in EXTRAS for text in project["optional-dependencies"][extra]]
    stated = (_LOWEST.match(text) for text in texts if not text.startswith("coreshell_model["))
    return {match[1]: match[2] for match in stated if match}


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:]) or SELECTION))
