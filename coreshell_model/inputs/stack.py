"""What a cell's stack has besides its active materials: foils, separator, electrolyte, packaging."""

from coreshell_model.base.quantity import Name, Section, Text
from coreshell_model.inputs.limits import (
    Excess,
    FoilThickness,
    LiquidDensity,
    OxideDensity,
    PackagingShare,
    SolidDensity,
)


class Foil(Section):
    """A current collector, coated on both sides: half of it belongs to each pair of coatings."""

    thickness: FoilThickness
    density: OxideDensity


class Stack(Section):
    """The repeating unit of a cell with coatings on both sides of each foil, as in ``parameters/stack/``.

    ``electrolyte_excess`` is electrolyte beside the pores over that in the pores, ``packaging_mass`` and
    ``packaging_volume`` the shares of tabs and housing in the cell.
    """

    name: Name
    title: Text
    description: Text
    negative_foil: Foil
    positive_foil: Foil
    separator_density: SolidDensity
    electrolyte_density: LiquidDensity
    electrolyte_excess: Excess
    packaging_mass: PackagingShare
    packaging_volume: PackagingShare
