"""Refinement of mesh and tolerances in formation, and the errors of the defaults from it."""

import numpy as np

from coreshell_model.checks.check import NOISE, SAME, Bound, Check
from coreshell_model.checks.half_cell import DEFAULT_CELLS, Cells, formation
from coreshell_model.physics.model import RELATIVE_TOLERANCE

MATERIALS = ("core", "shell", "core_shell", "cracked_core_shell")
TIGHT = 1e-9
MESHES: tuple[Cells, ...] = ((20, 8), (40, 16), (80, 32))
LARGEST = {"ICE": 1e-4, "reversible capacity [mA.h.g-1]": 0.05, "first-cycle loss [mA.h.g-1]": 0.05}
"""Accepted errors: at most a hundredth of those of the measurements."""
WITHOUT_ORDER = ("core",)
"""Materials of open particles alone, which have no gradients, so that the mesh has no effect."""


def mesh_errors(material: str) -> dict[str, float]:
    """Error of the default mesh by Richardson extrapolation from the two finest, and the observed order."""
    by_mesh = [formation(material, cells, TIGHT) for cells in MESHES]
    errors: dict[str, float] = {}
    for name in LARGEST:
        default, fine, finest = (row[name] for row in by_mesh)
        limit = finest + (finest - fine) / 3  # for second order
        errors[f"{material}: {name}, error"] = abs(default - limit)
        if _has_order(material, name):
            errors[f"{material}: {name}, order"] = float(np.log2(abs((default - fine) / (fine - finest))))
    return errors


def tolerance_errors(material: str) -> dict[str, float]:
    """Differences between default and tight tolerances on the default mesh."""
    default, tight = (
        formation(material, DEFAULT_CELLS, tolerance) for tolerance in (RELATIVE_TOLERANCE, TIGHT)
    )
    return {f"{material}: {name}, error": abs(default[name] - tight[name]) for name in LARGEST}


def _has_order(material: str, name: str) -> bool:
    """True where the mesh changes a number enough for an order of convergence."""
    return material not in WITHOUT_ORDER and "loss" not in name


def _mesh_bounds(material: str):
    for name, largest in LARGEST.items():
        yield Bound(
            f"{material}: {name}, error",
            at_most=largest,
            band=NOISE if material in WITHOUT_ORDER or "loss" in name else SAME,
        )
        if _has_order(material, name):
            yield Bound(f"{material}: {name}, order", at_least=1.8, at_most=2.2)


MESH = Check(
    name="mesh_refinement",
    title="Refinement of the mesh",
    compared="ICE, reversible capacity and first-cycle loss of `formation` on the default mesh of 20 + 8 "
    "cells against their limit for vanishing cells, extrapolated from 40 + 16 and 80 + 32 cells; the order "
    "over the three meshes.",
    limit=f"All four materials as shipped, at tolerances of {TIGHT:g}. No order shows in `core`, whose "
    "particles are all open and without gradients along the radius, and none is asked of the loss, which "
    "the mesh hardly moves.",
    bounds=tuple(bound for material in MATERIALS for bound in _mesh_bounds(material)),
    measure=lambda: {name: value for material in MATERIALS for name, value in mesh_errors(material).items()},
)

TOLERANCES = Check(
    name="tolerance_refinement",
    title="Refinement of the solver's tolerances",
    compared=f"ICE, reversible capacity and first-cycle loss of `formation` at the default tolerances of "
    f"{RELATIVE_TOLERANCE:g} against those at {TIGHT:g}.",
    limit="All four materials as shipped, on the default mesh.",
    bounds=tuple(
        Bound(f"{material}: {name}, error", at_most=1e-5 if name == "ICE" else 0.01, band=NOISE)
        for material in MATERIALS
        for name in LARGEST
    ),
    measure=lambda: {
        name: value for material in MATERIALS for name, value in tolerance_errors(material).items()
    },
)
