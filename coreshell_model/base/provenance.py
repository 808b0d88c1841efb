"""The origin of results: versions, and inputs as texts that are the same on every machine."""

import platform
from collections.abc import Mapping
from importlib.metadata import version

from coreshell_model import __version__

DIGITS = 10
"""Significant digits to which parameters have to agree to be the same inputs."""

PACKAGES = ("pybamm", "pybammsolvers", "numpy", "scipy")
OF_A_RUN = ("pybamm", "pybammsolvers", "casadi", "numpy", "scipy")


def rounded(parameters: Mapping[str, float]) -> dict[str, str]:
    """Parameters as texts that are the same on every machine."""
    return {name: f"{value:.{DIGITS}g}" for name, value in parameters.items()}


def versions() -> dict[str, str]:
    """Versions of this package and of those that it computes with."""
    return {"coreshell_model": __version__} | {name: version(name) for name in PACKAGES}


def versions_of_a_run() -> dict[str, str]:
    """Versions of this package, of those that it computes with (CasADi included), and of Python."""
    return {
        "coreshell_model": __version__,
        **{name: version(name) for name in OF_A_RUN},
        "python": platform.python_version(),
    }
