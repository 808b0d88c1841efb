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
    "simulate": "run.simulation",
    "Solution": "run.solution",
    "Ending": "run.solution",
    "summary": "observe.quantities",
    "cycle": "observe.long_run",
    "read_material": "inputs.material",
    "read_protocol": "inputs.protocol",
    "CoreShellHalfCell": "physics.model",
    "mechanisms_for": "physics.model",
    "parameter_values": "physics.parameter_set",
    "read_dataset": "data.reading",
    "read_datasets": "data.joining",
    "read_open_circuit": "data.open_circuit_table",
    "read_spectra": "data.spectra",
    "to_bdf": "data.bdf",
    "to_excel": "data.workbook",
    "to_netcdf": "data.exports",
    "to_origin": "data.origin",
    "analyse": "data.analysis",
    "fit": "infer.fitting",
    "read_problem": "infer.reading",
    "sample_posterior": "infer.posterior_run",
    "read_posterior": "infer.draws",
    "predict": "infer.prediction",
    "InputError": "base.errors",
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
