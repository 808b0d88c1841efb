"""The parameters of the electrode level in SI, and all properties of a material that are tables."""

from dataclasses import replace

import pybamm

from coreshell_model.base.errors import InputError, one_of
from coreshell_model.base.quantity import brief
from coreshell_model.inputs.electrode import Electrode
from coreshell_model.inputs.material import Material, OneCarbonMaterial
from coreshell_model.inputs.particle import Shape
from coreshell_model.inputs.positive import Positive
from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.electrolyte import Tabulated
from coreshell_model.physics.laws.temperature import arrhenius
from coreshell_model.physics.levels import LEVELS, ParticleLevel

FLAT = Tabulated((0.0, 1.0), (1.0, 1.0))
"""The factor of a diffusivity that does not depend on the occupancy."""

LIKELY_POROSITY = 0.05, 0.95
"""Lowest and highest porosity that may follow from the thickness of a coating."""


def coating(material: Material, electrode: Electrode, shape: Shape) -> dict[pybamm.Parameter, float]:
    """Parameters of (27)-(29) without the electrolyte's tables.

    Raises
    ------
    InputError
        The porosity that follows from thickness and loading is unlikely.
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
    """Tables by PyBaMM name, which a material and a level need besides ``parameter_values``.

    Raises
    ------
    InputError
        There is no such level, or the material cannot be simulated at it.
    """
    if level not in LEVELS:
        raise InputError(f"level is {brief(level)}; {one_of(level, LEVELS)}")
    of_particles = diffusivities(material) | exchange_currents(material)
    of_particles |= of_positive(material.positive, material.cell.temperature.si)
    if level == ParticleLevel.name:
        return of_particles
    if material.particle.several_sizes:
        raise InputError(
            f"{material.name}: has particles of several sizes, which level {level!r} does not resolve at "
            "each place; run at level 'particle', or leave particle.size_spread and sizes out"
        )
    if material.electrode is None:
        raise InputError(
            f"{material.name}: has no electrode section, which level {level!r} needs; add it (see "
            "parameters/README.md), or run at level 'particle'"
        )
    conductivity, diffusivity = material.electrode.electrolyte.properties
    if material.activation is not None:
        factor = arrhenius(material.activation.electrolyte.si, material.cell.temperature.si)
        conductivity, diffusivity = (_times(factor, table) for table in (conductivity, diffusivity))
    return of_particles | {s.ELECTROLYTE_CONDUCTIVITY: conductivity, s.ELECTROLYTE_DIFFUSIVITY: diffusivity}


def of_positive(positive: Positive | None, temperature: float) -> dict[str, Tabulated]:
    """U, D and j_00 of a positive electrode by stoichiometry at a temperature [K]; none in a half-cell."""
    if positive is None:
        return {}
    diffusivity, exchange_current = positive.particle.diffusivities, positive.particle.exchange_currents
    if positive.activation is not None:
        energies = positive.activation
        diffusivity = _times(arrhenius(energies.diffusion.si, temperature), diffusivity)
        exchange_current = _times(arrhenius(energies.charge_transfer.si, temperature), exchange_current)
    return {
        s.POSITIVE_OPEN_CIRCUIT: positive.particle.potentials,
        s.POSITIVE_DIFFUSIVITY: diffusivity,
        s.POSITIVE_EXCHANGE_CURRENT: exchange_current,
    }


def _times(factor: float, table: Tabulated) -> Tabulated:
    return replace(table, values=tuple(factor * value for value in table.values))


def diffusivities(material: Material) -> dict[str, Tabulated]:
    """D(theta)/D of the carbons by PyBaMM name; if only one carbon has a table the other gets a flat one."""
    if isinstance(material, OneCarbonMaterial):
        tables = dict.fromkeys(s.DIFFUSIVITY_FACTORS, material.carbon.sloping.diffusivity_factor)
    else:
        tables = {
            "Core": material.core.sloping.diffusivity_factor,
            "Shell": material.shell.sloping.diffusivity_factor,
        }
    if not any(tables.values()):
        return {}
    return {
        s.DIFFUSIVITY_FACTORS[region]: Tabulated(table.occupancy, table.factor) if table else FLAT
        for region, table in tables.items()
    }


def exchange_currents(material: Material) -> dict[str, Tabulated]:
    """The factor of the exchange current density by PyBaMM name; nothing without a table."""
    table = material.surface.exchange_current_factor
    return {} if table is None else {s.EXCHANGE_CURRENT_FACTOR: Tabulated(table.occupancy, table.factor)}
