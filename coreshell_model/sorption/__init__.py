"""Isotherm results -> geometry of a core-shell particle, and back."""

from coreshell_model.sorption.checks import Check, checks
from coreshell_model.sorption.geometry import (
    THINNEST_SHELL,
    Geometry,
    geometry_from_design,
    geometry_from_sorption,
    with_external_area,
    with_radius,
    with_thickness,
)
from coreshell_model.sorption.sealing import (
    dec_area_per_uptake,
    mass_gain_to_fill_pores,
    open_fraction,
    pore_volume_if_filled,
    porosity_if_filled,
)
from coreshell_model.sorption.table import Measured, geometry_from_table, read_table
from coreshell_model.sorption.volumes import (
    core_radius,
    core_volume,
    external_area_from_radius,
    mass_gain_from_thickness,
    particle_density,
    porosity,
    radius_from_external_area,
    shell_thickness,
    shell_volume,
)

__all__ = [
    "THINNEST_SHELL",
    "Check",
    "Geometry",
    "Measured",
    "checks",
    "core_radius",
    "core_volume",
    "dec_area_per_uptake",
    "external_area_from_radius",
    "geometry_from_design",
    "geometry_from_sorption",
    "geometry_from_table",
    "mass_gain_from_thickness",
    "mass_gain_to_fill_pores",
    "open_fraction",
    "particle_density",
    "pore_volume_if_filled",
    "porosity",
    "porosity_if_filled",
    "radius_from_external_area",
    "read_table",
    "shell_thickness",
    "shell_volume",
    "with_external_area",
    "with_radius",
    "with_thickness",
]
