"""What a cell's stack has besides its active materials: foils, separator, electrolyte, packaging."""

from coreshell_model.base.quantity import Name, Section, Text
from coreshell_model.inputs.limits import (
    Excess,
    FoilThickness,
    Fraction,
    LiquidDensity,
    OxideDensity,
    SolidDensity,
)


class Foil(Section):
    """A current collector, coated on both sides: half of it belongs to each pair of coatings."""

    thickness: FoilThickness
    density: OxideDensity


class Stack(Section):
    """The repeating unit of a cell with coatings on both sides of each foil, as in ``parameters/stack/``.

    ``electrolyte_excess`` is electrolyte beside the pores over that in the pores, ``packaging_mass`` and
    ``packaging_volume`` what tabs and housing add, as shares of the stack.
    """

    name: Name
    title: Text
    description: Text
    negative_foil: Foil
    positive_foil: Foil
    separator_density: SolidDensity
    electrolyte_density: LiquidDensity
    electrolyte_excess: Excess
    packaging_mass: Fraction
    packaging_volume: Fraction
