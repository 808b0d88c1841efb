"""Which particle to make next: design variables, what designs are compared by, sweeps over them.

>>> from coreshell_model.design import Evaluator, designed
>>> from coreshell_model.material import read_material
>>> thicker = designed(read_material("core_shell"), {"thickness": "12 nm", "external_area": "8 m2/g"})
>>> Evaluator("design").evaluate(thicker)["Initial coulombic efficiency"]
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "VARIABLES": ".design_names",
    "axis": "axes",
    "Axis": "axes",
    "Points": "points",
    "grid": "points",
    "random": "points",
    "sobol": "points",
    "Problem": "problem",
    "Sweep": "results",
    "read_sweep": "results",
    "resume_sweep": "sweep",
    "Local": "sensitivity",
    "Morris": "sensitivity",
    "Sobol": "sensitivity",
    "Variable": ".design_names",
    "as_changes": "variables",
    "check_design": "variables",
    "designed": "variables",
    "SEALS": "seals",
    "with_seal": "seals",
    "chosen": "comparison",
    "pore_volume_bound": "comparison",
    "quantities": "comparison",
    "Evaluator": "evaluator",
    "FailedSolveError": "evaluator",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: the evaluator needs PyBaMM, the rest does not."""
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module 'coreshell_model.design' has no attribute {name!r}")
