"""Physics-based simulation of core-shell hard-carbon particles in sodium cells, on PyBaMM.

>>> from coreshell_model import simulate, summary
>>> solution = simulate("core_shell", "formation", {"shell.thickness": "12 nm"})
>>> summary(solution)["Initial coulombic efficiency"]
"""

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

try:
    __version__ = version("coreshell_model")
except PackageNotFoundError:
    __version__ = "0+unknown"

_HOMES = {
    "simulate": "simulation",
    "Solution": "solution",
    "Ending": "solution",
    "summary": "observables",
    "read_material": "material",
    "read_protocol": "protocol",
    "CoreShellHalfCell": "model",
    "mechanisms_for": "model",
    "parameter_values": "parameter_set",
    "read_dataset": "dataset",
    "read_datasets": "dataset",
    "read_spectra": "dataset",
    "to_bdf": "dataset",
    "InputError": "errors",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: PyBaMM takes seconds to import."""
    if name in _HOMES:
        return getattr(import_module(f"coreshell_model.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'coreshell_model' has no attribute {name!r}")


def __dir__() -> list[str]:
    """What is offered, whether imported already or not."""
    return [*__all__, "__version__"]
