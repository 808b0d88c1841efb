"""The groups in which the results of a run are printed: each result belongs to one."""

from collections.abc import Mapping, Sequence
from typing import Any

from coreshell_model.observe.clusters import SHARE
from coreshell_model.observe.windows import FIRST_SODIATION_WINDOWS
from coreshell_model.run.solution import INVENTORY, POSITIVE_INVENTORY

OF_THE_RUN = "run"

GROUPS: dict[str, tuple[str, ...]] = {
    OF_THE_RUN: (
        "Material",
        "Protocol",
        "Level",
        "Ending",
        "Cycles",
        "Time [h]",
        "Changes",
        "User defaults",
        "Prediction",
        "Particle radius [nm]",
        "Shell thickness [nm]",
        "External area [m2.g-1]",
    ),
    "full cell": (
        "Positive electrode",
        "Stack",
        "N/P ratio",
        "Cell first-cycle efficiency",
        "Specific energy [W.h.kg-1]",
        "Energy density [W.h.L-1]",
        "Mean discharge voltage [V]",
        "Lowest carbon potential [V]",
        "Cycles to 80 %",
        "Charge limited by",
        "Discharge limited by",
        "Capacity of both active materials [mA.h.g-1]",
        "N/P ratio with added sodium",
        "Specific energy by cycle [W.h.kg-1]",
        "Stack masses [mg.cm-2]",
    ),
    "first cycle": (
        "Initial coulombic efficiency",
        "First sodiation capacity [mA.h.g-1]",
        "First desodiation capacity [mA.h.g-1]",
        "First-cycle loss [mA.h.g-1]",
        "Loss to SEI [mA.h.g-1]",
        "Loss to trapped sodium [mA.h.g-1]",
        "Sodium left in carbon [mA.h.g-1]",
        *FIRST_SODIATION_WINDOWS,
        SHARE,
        "Irreversible peaks",
    ),
    "reversible": (
        "Reversible capacity [mA.h.g-1]",
        "Sloping capacity [mA.h.g-1]",
        "Plateau capacity [mA.h.g-1]",
        "Capacity below 0.1 V [mA.h.g-1]",
        "Coulombic efficiency",
        "Capacity by cycle [mA.h.g-1]",
        "Rate retention",
        "Recovery",
        "Start of sodiation [V]",
        "End of desodiation [V]",
        "Peaks",
        "Hysteresis in the last cycle [V]",
    ),
    "where the sodium is": (
        "Clusters formed at constant current [mA.h.g-1]",
        "Clusters formed in holds [mA.h.g-1]",
        "Late growth of clusters in holds",
        "Film formed by cycle [mA.h.g-1]",
        "Film by cycle over that of the first",
        *INVENTORY,
        *POSITIVE_INVENTORY,
        "Sodium by cycle [mA.h.g-1]",
        "SEI thickness [nm]",
        "Pore filling",
        "Self-discharge",
        "Storage",
    ),
    "limits": (
        "Sodiation limited by",
        "Polarisation at the end of sodiation [mV]",
        "Voltage at the end of sodiation [V]",
        "Working electrode against a reference at the end of sodiation [V]",
        "Electrolyte concentration range [mol.m-3]",
        "Titration",
    ),
    "quality": ("Sodium balance error", "Solve time [s]", "Warnings"),
}
"""Names of results by group, in the order in which they are printed."""

OTHERS = "further results"
"""The group of results that no other group names."""

SILENT = (None, False, {}, [], "")
"""Values that say nothing: no such result, no prediction, no changes, no warnings."""

SAYS_NONE = ("Irreversible peaks",)
"""Results of which "none" is an answer."""

SAID_BY = {"Initial coulombic efficiency": "Cell first-cycle efficiency"}
"""Results that are the same number as another one wherever a run has both, and are then not printed."""


def group_of(name: str) -> str:
    """The group that a result belongs to."""
    return next((group for group, names in GROUPS.items() if name in names), OTHERS)


def grouped(results: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The results by group; left out are those that say nothing, or the same as another, and empty groups."""
    said = {name: value for name, value in results.items() if name in SAYS_NONE or not _is_silent(value)}
    said = {name: value for name, value in said.items() if SAID_BY.get(name) not in said}
    groups = {group: {name: said[name] for name in names if name in said} for group, names in GROUPS.items()}
    groups[OTHERS] = {name: value for name, value in said.items() if group_of(name) == OTHERS}
    return {group: entries for group, entries in groups.items() if entries}


def compared(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """Names of the results of several runs; left out is what says nothing, or the same as another, in all."""
    names = dict.fromkeys(name for each in results for name in each)
    return [
        name
        for name in names
        if any(
            (name in SAYS_NONE or not _is_silent(each[name])) and SAID_BY.get(name) not in each
            for each in results
            if name in each
        )
    ]


def _is_silent(value: Any) -> bool:
    """Whether a value is one of ``SILENT``; 0, which is equal to False, is not."""
    return any(value is silent or (type(value) is type(silent) and value == silent) for silent in SILENT)
