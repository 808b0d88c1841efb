"""The pictures of a solution by name, and the choice of those that suit its protocol."""

from collections.abc import Callable

from coreshell_model.base.errors import InputError, did_you_mean
from coreshell_model.inputs.steps import Kind
from coreshell_model.observe.rates import rate_blocks
from coreshell_model.observe.storage import rests
from coreshell_model.observe.titration import titration
from coreshell_model.run.solution import Solution
from coreshell_model.show.figures.curves import curves_picture
from coreshell_model.show.figures.full_cell import electrodes_picture
from coreshell_model.show.figures.inventory import inventory_picture, overview_picture
from coreshell_model.show.figures.life import life_picture, rate_picture
from coreshell_model.show.figures.picture import Picture
from coreshell_model.show.figures.profiles import drops_picture, electrode_picture, profiles_picture
from coreshell_model.show.figures.techniques import storage_picture, titration_picture, voltammogram_picture
from coreshell_model.show.figures.voltage import differential_picture, voltage_picture

OVERVIEW = "overview"

KINDS: dict[str, Callable[[Solution], Picture]] = {
    OVERVIEW: overview_picture,
    "curves": curves_picture,
    "voltage": voltage_picture,
    "rate": rate_picture,
    "life": life_picture,
    "dqdv": differential_picture,
    "voltammogram": voltammogram_picture,
    "titration": titration_picture,
    "storage": storage_picture,
    "inventory": inventory_picture,
    "profiles": profiles_picture,
    "drops": drops_picture,
    "electrode": electrode_picture,
    "electrodes": electrodes_picture,
}
"""Every picture of a solution."""

FEW_CYCLES = 10
"""Cycles that an overview can show; a longer run has capacities by cycle."""


def picture(solution: Solution, name: str) -> Picture:
    """Draw the picture of that name.

    Raises
    ------
    InputError
        There is none of that name, or nothing in the run to draw.
    """
    if name not in KINDS:
        raise InputError(f"no picture {name[:50]!r}: {did_you_mean(name, KINDS)}there are {', '.join(KINDS)}")
    if all(step.skipped for step in solution.steps):
        raise InputError(f"{solution.protocol.name}: no step was simulated, so there is nothing to draw")
    if name == "voltammogram" and not _sweeps(solution):
        raise InputError(f"{solution.protocol.name} has no sweep to draw; run one such as cyclic_voltammetry")
    return KINDS[name](solution)


def suited(solution: Solution) -> list[str]:
    """Names of the pictures that suit a solution, the most informative first."""
    kinds = _suited(solution)
    return [*kinds, "electrodes"] if solution.is_full and solution.cycles else kinds


def _suited(solution: Solution) -> list[str]:
    rates = {block.label for block in rate_blocks(solution.protocol)}
    if _sweeps(solution):
        return ["voltammogram"]
    if titration(solution) is not None:
        return ["titration"]
    if not solution.cycles:
        return [OVERVIEW]
    if rests(solution):
        return [OVERVIEW, "storage"]
    if len(rates) > 2:
        return ["rate", "voltage"]
    if len(rates) == 2 or len(solution.cycles) > FEW_CYCLES:
        return ["life", "voltage"]
    return [OVERVIEW]


def _sweeps(solution: Solution) -> bool:
    return any(step.asked.kind is Kind.SWEEP and not step.skipped for step in solution.steps)
