"""The words of one step of a protocol: what a user may write, and what the program makes of it.

The grammar is narrower than PyBaMM's reader, which takes "Charge at 5 V" for a hold at -5 V, "Restaurant"
for a rest, and lets "Rest until 1 V" end never. Two things it adds: limits in mA.h.g-1 and voltage sweeps.
"""

from coreshell_model.steps.read import OPEN_CIRCUIT, in_pybamm_words
from coreshell_model.steps.tokens import LONGEST, MOST_POINTS, Terms
from coreshell_model.steps.written import (
    Kind,
    by_default,
    capacity_limit,
    held,
    kind,
    prescribes_power,
    rate,
    rate_label,
    sweep,
    told,
    without_remarks,
)

__all__ = [
    "LONGEST",
    "MOST_POINTS",
    "OPEN_CIRCUIT",
    "Kind",
    "Terms",
    "by_default",
    "capacity_limit",
    "held",
    "in_pybamm_words",
    "kind",
    "prescribes_power",
    "rate",
    "rate_label",
    "sweep",
    "told",
    "without_remarks",
]
