"""What reports that are kept in ``validation/`` share: the inputs' fingerprint, the versions, the files."""

import hashlib
import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from coreshell_model import __version__
from coreshell_model.errors import InputError
from coreshell_model.keeping import replace

DIGITS = 10
"""Significant digits of the parameters that count as the same inputs."""

PACKAGES = ("pybamm", "pybammsolvers", "numpy", "scipy")
OF_A_RUN = ("pybamm", "pybammsolvers", "casadi", "numpy", "scipy")


def rounded(parameters: Mapping[str, float]) -> dict[str, str]:
    """Parameters as texts that another machine writes alike."""
    return {name: f"{value:.{DIGITS}g}" for name, value in parameters.items()}


def fingerprint(inputs: Any) -> str:
    """SHA-256 of numbers, texts, lists and dictionaries."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def versions() -> dict[str, str]:
    """Version of this package and of those that its numbers come from."""
    return {"coreshell_model": __version__} | {name: version(name) for name in PACKAGES}


def versions_of_a_run() -> dict[str, str]:
    """Of this package, of what it computes with, and of Python."""
    return {
        "coreshell_model": __version__,
        **{name: version(name) for name in OF_A_RUN},
        "python": platform.python_version(),
    }


def write_files(contents: Mapping[str, str], folder: Path) -> list[Path]:
    """Texts by file name into a folder, which is made where it is not there.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            replace(folder / name, content)
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror or error}") from None
    return [folder / name for name in contents]
