"""The electrode level's parameters, SI: what coating, separator and electrolyte of a material come to."""

from dataclasses import replace

import pybamm

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import brief
from coreshell_model.inputs.electrode import Electrode
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.particle import Shape
from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.electrolyte import Tabulated
from coreshell_model.physics.laws.temperature import arrhenius
from coreshell_model.physics.levels import LEVELS, ParticleLevel

LIKELY_POROSITY = 0.05, 0.95
"""What the porosity of a coating of given thickness may come to."""


def coating(material: Material, electrode: Electrode, shape: Shape) -> dict[pybamm.Parameter, float]:
    """Parameters of (27)-(29) but for the electrolyte's tables.

    Raises
    ------
    InputError
        A thickness that the loading does not leave a likely porosity.
    """
    loading = material.cell.active_loading.si
    solids = loading * electrode.solid_volume(shape.density)
    separator, electrolyte = electrode.separator, electrode.electrolyte
    if electrode.thickness is None:
        assert electrode.porosity is not None
        porosity = electrode.porosity.si
        thickness = solids / (1 - porosity)
    else:
        thickness = electrode.thickness.si
        porosity = 1 - solids / thickness
        low, high = LIKELY_POROSITY
        if not low <= porosity <= high:
            raise InputError(
                f"{material.name}: electrode.thickness is {electrode.thickness}, which at a loading of "
                f"{material.cell.active_loading} leaves a porosity of {porosity:.3g}; give a thickness from "
                f"{solids / (1 - low) * 1e6:.4g} to {solids / (1 - high) * 1e6:.4g} um"
            )
    return {
        s.separator_thickness: separator.thickness.si,
        s.separator_porosity: separator.porosity.si,
        s.separator_bruggeman: separator.bruggeman.si,
        s.electrode_thickness: thickness,
        s.electrode_porosity: porosity,
        s.electrode_bruggeman: electrode.bruggeman.si,
        s.electrode_conductivity: electrode.conductivity.si,
        s.contact_resistance: electrode.contact_resistance.si,
        s.electrolyte_concentration: electrolyte.concentration.si,
        s.transference_number: electrolyte.transference_number.si,
        s.thermodynamic_factor: electrolyte.thermodynamic_factor.si,
    }


def tables(material: Material, level: str) -> dict[str, Tabulated]:
    """The electrolyte's properties by PyBaMM name: what a level needs besides ``parameter_values``.

    Raises
    ------
    InputError
        No such level, or a material without the section that it needs.
    """
    if level not in LEVELS:
        raise InputError(f"level is {brief(level)}; it is one of {', '.join(LEVELS)}")
    if level == ParticleLevel.name:
        return {}
    if material.electrode is None:
        raise InputError(
            f"{material.name}: has no electrode section, which level {level!r} needs; add it (see "
            "parameters/README.md), or run at level 'particle'"
        )
    conductivity, diffusivity = material.electrode.electrolyte.properties
    if material.activation is not None:
        factor = arrhenius(material.activation.electrolyte.si, material.cell.temperature.si)
        conductivity, diffusivity = (
            replace(table, values=tuple(factor * value for value in table.values))
            for table in (conductivity, diffusivity)
        )
    return {s.ELECTROLYTE_CONDUCTIVITY: conductivity, s.ELECTROLYTE_DIFFUSIVITY: diffusivity}
