"""What numbers were made from: versions, and inputs as texts that another machine writes alike."""

import platform
from collections.abc import Mapping
from importlib.metadata import version

from coreshell_model import __version__

DIGITS = 10
"""Significant digits of the parameters that count as the same inputs."""

PACKAGES = ("pybamm", "pybammsolvers", "numpy", "scipy")
OF_A_RUN = ("pybamm", "pybammsolvers", "casadi", "numpy", "scipy")


def rounded(parameters: Mapping[str, float]) -> dict[str, str]:
    """Parameters as texts that another machine writes alike."""
    return {name: f"{value:.{DIGITS}g}" for name, value in parameters.items()}


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
