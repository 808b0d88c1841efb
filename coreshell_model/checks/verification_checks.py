"""All checks, in the order of the report."""

from coreshell_model.checks import (
    counter_limit,
    electrode_levels,
    electrode_mesh,
    full_cell_balance,
    impedance_limit,
    refinement,
    second_solver,
    stock_dfn,
    stock_full_cell,
    stock_spm,
    two_region_diffusion,
)

CHECKS = (
    stock_spm.CHECK,
    stock_dfn.CHECK,
    two_region_diffusion.CHECK,
    second_solver.CHECK,
    electrode_levels.CHECK,
    refinement.MESH,
    electrode_mesh.CHECK,
    refinement.TOLERANCES,
    impedance_limit.CHECK,
    stock_full_cell.CHECK,
    counter_limit.CHECK,
    full_cell_balance.CHECK,
)
