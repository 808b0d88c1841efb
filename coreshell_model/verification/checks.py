"""All checks, in the order of the report."""

from coreshell_model.verification import (
    impedance_limit,
    refinement,
    second_solver,
    stock_spm,
    two_region_diffusion,
)

CHECKS = (
    stock_spm.CHECK,
    two_region_diffusion.CHECK,
    second_solver.CHECK,
    refinement.MESH,
    refinement.TOLERANCES,
    impedance_limit.CHECK,
)
