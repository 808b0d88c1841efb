"""Executes the recipes: ``python docs/recipes/execute.py`` stores their outputs in them anew."""

import os
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent
LONGEST = 120
"""Seconds that one cell may take."""

QUIET = {"PYTHONWARNINGS": "ignore:IProgress not found", "PYBAMM_DISABLE_TELEMETRY": "true"}
"""Environment of the kernel: where there are no widgets, tqdm warns with a path of the machine."""


def executed(path: Path) -> Any:
    """A notebook with the outputs of its cells, computed in its folder; a cell that fails raises."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=LONGEST,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
    )
    client.execute(env={**os.environ, **QUIET})
    return notebook


def main() -> None:
    """All recipes in this folder, with metadata that name the language alone."""
    for path in sorted(HERE.glob("*.ipynb")):
        notebook = executed(path)
        notebook.metadata = {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
        nbformat.write(notebook, path)
        print(path.name)


if __name__ == "__main__":
    main()
