"""Heavy trials are run by hand or as samples; each can at least be read with the package as it is."""

import subprocess
import sys
from pathlib import Path

IMPORT_ALL = """
import importlib, pathlib, sys
folder = pathlib.Path(sys.argv[1])
sys.path[:0] = [str(folder), str(folder.parent / "tests")]
for path in sorted(folder.glob("*.py")):
    try:
        importlib.import_module(path.stem)
    except Exception as error:
        print(f"{path.name}: {error}")
"""


def test_every_benchmark_can_be_imported():
    """One that names what the package no longer has fails when it is wanted, weeks later."""
    folder = Path(__file__).parents[1] / "benchmarks"
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL, folder], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("", 0)
