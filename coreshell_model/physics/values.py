"""The parameters of the model in SI, from a material and the basis of a protocol."""

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.inputs.material import (
    CoreShellMaterial,
    Material,
    OneCarbonMaterial,
    read_material,
)
from coreshell_model.inputs.particle import Shape, open_fraction, shape_of
from coreshell_model.inputs.protocol import Protocol, read_protocol
from coreshell_model.inputs.sections import STORES, Pores, SEIStep, Sloping, StorageKind
from coreshell_model.physics import symbols as s
from coreshell_model.physics.coating import coating, tables
from coreshell_model.physics.full_cell_values import full_cell
from coreshell_model.physics.laws.constants import FARADAY, thermal_voltage
from coreshell_model.physics.laws.electrolyte import Tabulated
from coreshell_model.physics.laws.isotherm import occupancy_at
from coreshell_model.physics.laws.pores import clusters_left
from coreshell_model.physics.laws.sizes import binned_sizes, lognormal_sizes
from coreshell_model.physics.laws.temperature import REFERENCE, arrhenius
from coreshell_model.physics.laws.transport import through_grains
from coreshell_model.physics.levels import ElectrodeLevel
from coreshell_model.physics.storage.store import Store

SMALLEST_START = 1e-30
"""Least initial occupancy: empty carbon has this much, so that its potential is finite."""

FIXED = (
    "Lower voltage cut-off [V]",
    "Upper voltage cut-off [V]",
    s.temperature.name,
    "Initial temperature [K]",
)
"""Parameters that PyBaMM's own experiments do not allow to be inputs."""

REGISTERED = "Numbers belong together as in Appel_core_shell"
"""A name that marks copies of the registered set, whose numbers the model checks."""


def parameter_values(material: Material, protocol: Protocol) -> dict[str, float]:
    """Every parameter of the model except the current, by PyBaMM name.

    Site densities (25) follow from capacities per gram and the volumes of (1); the nominal capacity is the
    protocol's 1C current, per gram of active carbon, times one hour.

    Raises
    ------
    InputError
        Dimensions exclude each other, or the material cannot have its numbers together.
    """
    shape = shape_of(material)
    cell, temperature = material.cell, material.cell.temperature.si
    values = {
        s.core_radius: shape.core_radius,
        s.shell_thickness: shape.shell_thickness,
        s.particle_density: shape.density,
        s.external_area: shape.external_area,
        s.additive_area: material.electrode.additive_area if material.electrode else 0.0,
        s.exchange_current_density: material.surface.exchange_current_density.si,
        s.double_layer_capacitance: material.surface.double_layer_capacitance.si,
        s.counter_exchange_current_density: cell.counter_exchange_current_density.si,
        s.series_resistance: cell.series_resistance.si,
        s.active_loading: cell.active_loading.si,
        s.electrode_area: cell.electrode_area.si,
        s.nominal_capacity: protocol.basis.one_c.si * cell.active_loading.si * cell.electrode_area.si,
        s.lower_cut_off: protocol.window.lower.si,
        s.upper_cut_off: protocol.window.upper.si,
        s.temperature: temperature,
        s.initial_potential: protocol.start.potential.si,
    }
    values |= (
        _one_carbon(material, shape)
        if isinstance(material, OneCarbonMaterial)
        else _two_carbons(material, shape)
    )
    values |= _interphase(material) | _start(values)
    values |= _sizes(material)
    if material.electrode is not None:
        values |= coating(material, material.electrode, shape)
    if material.pores is not None:
        values |= _pores(material, material.pores, shape)
    if protocol.is_full:
        values |= full_cell(material, values)
    values = _at_temperature(values, material, temperature)
    return {symbol.name: value for symbol, value in values.items()} | {"Initial temperature [K]": temperature}


def _one_carbon(material: OneCarbonMaterial, shape: Shape) -> dict:
    """Two equal regions; storage that only a core can have is in the region called core."""
    carbon = material.carbon
    core_share = (shape.core_radius / shape.radius) ** 3
    sites = carbon.sloping.capacity.si * shape.density
    numbers = _sites(s.core, carbon.sloping, sites, shape.radius, "carbon.sloping")
    numbers |= _sites(s.shell, carbon.sloping, sites, shape.radius, "carbon.sloping")
    for kind in STORES:
        volume_share = 1.0 if "Shell" in kind.regions else core_share
        for region in kind.regions:
            density = (
                kind.charge(carbon) * shape.density / volume_share * _sealed_share(kind, material, shape)
            )
            numbers |= _stored(kind.store, region, kind.section_of(carbon), density)
    return numbers


def _sealed_share(kind: StorageKind, material: Material, shape: Shape) -> float:
    """The share of a kind of storage that leaks leave in sealed particles (50)."""
    pores = material.pores
    if pores is None or pores.wetting_exponent is None or not kind.store.dry:
        return 1.0
    return clusters_left(open_fraction(material, shape), pores.wetting_exponent.si)


def _two_carbons(material: CoreShellMaterial, shape: Shape) -> dict:
    """Core and shell; CVD carbon inside the pores adds its sites and its storage to those of the core."""
    core, shell, geometry = material.core, material.shell, material.geometry
    inside = geometry.fraction_inside * geometry.mass_gain
    pores_left = (
        geometry.porosity * geometry.core_volume / core.pore_volume.si if core.pore_volume.si > 0 else 0.0
    )
    sites = core.sloping.capacity.si + inside * shell.sloping.capacity.si
    in_shell = shell.sloping.capacity.si * shell.skeletal_density.si
    numbers = _sites(s.core, core.sloping, sites / geometry.core_volume, shape.core_radius, "core.sloping")
    numbers |= _sites(s.shell, shell.sloping, in_shell, shape.shell_thickness, "shell.sloping")
    for kind in STORES:
        section, of_shell = kind.section_of(core), kind.section_of(shell)
        in_core = (
            kind.charge(core)
            * (pores_left if kind.store.in_pores else 1.0)
            * _sealed_share(kind, material, shape)
        )
        charge = in_core + inside * kind.charge(shell)
        if section is None:
            section = of_shell
        elif inside > 0 and of_shell is not None:
            raise InputError(
                f"{material.name}: shell.fraction_inside is above 0 while the core has {kind.name} of its "
                f"own; leave out core.{kind.name} or the fraction inside"
            )
        numbers |= _stored(kind.store, "Core", section, charge / geometry.core_volume)
        if "Shell" in kind.regions:
            density = kind.charge(shell) * shell.skeletal_density.si
            numbers |= _stored(kind.store, "Shell", of_shell, density)
    return numbers


REACHED = 0.0
"""Potential [V] at which the sites hold the capacity in a file, at equilibrium and 25 degC."""

LEAST_REACHED = 0.01
"""Least share of the sites that is filled at this potential; all others would never be used."""


def _reached(sloping: Sloping, where: str) -> float:
    """The share of the sites that is filled at equilibrium at 0 V and 25 degC; refused if next to none is."""
    strong = (sloping.strong_potential, sloping.strong_share)
    share = occupancy_at(
        REACHED,
        sloping.potential.si,
        sloping.interaction.si,
        thermal_voltage(REFERENCE),
        *(number.si for number in strong if number is not None),
    )
    if share < LEAST_REACHED:
        raise InputError(
            f"{where}.potential is {sloping.potential}: of such sites {share:.2g} are filled at 0 V, where "
            f"they hold {where}.capacity, so that nearly all of them would never be used; raise it"
        )
    return share


def _sites(symbols: s.Family, sloping: Sloping, charge_density: float, radius: float, where: str) -> dict:
    """Parameters of (4)-(6), (45), (49) from the charge [C.m-3] that the sites of a carbon hold at 0 V."""
    diffusivity = sloping.diffusivity.si
    if sloping.diffusion_length is not None:
        diffusivity = through_grains(diffusivity, radius, sloping.diffusion_length.si)
    return {
        symbols.site_density: charge_density / _reached(sloping, where) / FARADAY,
        symbols.sloping_potential: sloping.potential.si,
        symbols.sloping_interaction: sloping.interaction.si,
        symbols.diffusivity: diffusivity,
        symbols.strong_potential: sloping.strong_potential.si if sloping.strong_potential else 0.0,
        symbols.strong_share: sloping.strong_share.si if sloping.strong_share else 1.0,
    }


def _stored(store: type[Store], region: str, section: Store | None, charge_density: float) -> dict:
    """Parameters of a kind of storage in a carbon; a carbon without it has a density of zero."""
    symbols = s.stored(store, region)
    numbers = {getattr(symbols, field): value for field, value in store.values(section).items()}
    return {symbols.density: charge_density / FARADAY} | numbers


def _interphase(material: Material) -> dict:
    """Parameters of (12)-(14)."""
    sei = material.sei
    values = {
        s.sei_transfer_coefficient: sei.transfer_coefficient.si,
        s.sei_supply_time: sei.supply_time.si,
        s.sei_initial_thickness: sei.initial_thickness.si,
        s.sei_resistivity: sei.resistivity.si,
        s.sei_growth_current: sei.growth.exchange_current_density.si,
        s.sei_growth_potential: sei.growth.potential.si,
        s.sei_growth_decay_length: sei.growth.decay_length.si,
        s.sei_growth_molar_volume: sei.growth.molar_volume.si,
        s.sei_growth_electrons: sei.growth.electrons.si,
        s.sei_growth_transfer_coefficient: (sei.growth.transfer_coefficient or sei.transfer_coefficient).si,
        s.sei_dissolution_rate: sei.growth.dissolution_rate.si if sei.growth.dissolution_rate else 0.0,
        s.sei_saturation_charge: sei.growth.saturation_charge.si if sei.growth.saturation_charge else 1.0,
    }
    for symbols, step in zip(s.sei_steps, sei.steps, strict=True):
        values |= _sei_step(symbols, step)
    return values


def _sei_step(symbols: s.Family, step: SEIStep) -> dict:
    return {
        symbols.potential: step.potential.si,
        symbols.rate: step.rate.si,
        symbols.charge: step.charge.si,
        symbols.molar_volume: step.molar_volume.si,
        symbols.electrons: step.electrons.si,
    }


def _pores(material: Material, pores: Pores, shape: Shape) -> dict:
    """Parameters of (21)-(23), converted from per gram of core to per gram of active carbon."""
    core_share = 1 / (1 + material.geometry.mass_gain) if isinstance(material, CoreShellMaterial) else 1.0
    values = {
        s.open_fraction: open_fraction(material, shape),
        s.wall_area: pores.wall_area.si * core_share,
        s.accessible_volume: pores.accessible_volume.si * core_share,
        s.pore_blocking: pores.blocking.si,
        s.pore_burial: pores.burial.si,
        s.pore_supply_time: pores.supply_time.si,
    }
    for symbols, step in zip(s.pore_sei_steps, pores.steps, strict=True):
        values |= _sei_step(symbols, step)
    return values


def _at_temperature(values: dict, material: Material, temperature: float) -> dict:
    """The values with those that depend on temperature at that of the cell (51)."""
    if material.activation is None:
        return values
    energies = material.activation
    follow = (
        (energies.diffusion, [carbon.diffusivity for carbon in s.carbons.values()]),
        (
            energies.clusters,
            [
                s.stored(kind.store, "Core").rate
                for kind in STORES
                if kind.store.in_pores and "rate" in kind.store.numbers
            ],
        ),
        (energies.charge_transfer, [s.exchange_current_density]),
        (energies.counter_electrode, [s.counter_exchange_current_density]),
        (energies.interphase, [s.sei_growth_current, s.sei_dissolution_rate]),
        (energies.interphase, [step.rate for step in (*s.sei_steps, *s.pore_sei_steps)]),
    )
    return values | {
        symbol: values[symbol] * arrhenius(energy.si, temperature)
        for energy, symbols in follow
        for symbol in symbols
        if symbol in values
    }


def _sizes(material: Material) -> dict:
    """Relative sizes and mass shares (53), where a material has a distribution."""
    spread, table = material.particle.size_spread, material.particle.sizes
    if not material.particle.several_sizes:
        return {}
    if table is not None:
        sizes, shares = binned_sizes(np.array(table.radius), np.array(table.share), s.SIZE_COUNT)
    else:
        assert spread is not None  # several sizes need a spread or a table
        sizes, shares = lognormal_sizes(spread.si, s.SIZE_COUNT)
    numbers = zip((*s.relative_sizes, *s.size_shares), (*sizes, *shares), strict=True)
    return {symbol: float(number) for symbol, number in numbers}


def _start(values: dict) -> dict:
    """Initial occupancies, in equilibrium with the starting potential: next to zero."""
    scale = thermal_voltage(values[s.temperature])
    start = values[s.initial_potential]
    return {
        initial: max(
            occupancy_at(
                start,
                values[symbols.sloping_potential],
                values[symbols.sloping_interaction],
                scale,
                values[symbols.strong_potential],
                values[symbols.strong_share],
            ),
            SMALLEST_START,
        )
        for initial, symbols in (
            (s.initial_core_occupancy, s.core),
            (s.initial_shell_occupancy, s.shell),
        )
    }


def appel_core_shell() -> dict[str, float | Tabulated]:
    """The shipped ``core_shell`` with the basis of ``formation``: PyBaMM's parameter set Appel_core_shell."""
    material = read_material("core_shell")
    values = parameter_values(material, read_protocol("formation"))
    # Without an experiment a simulation runs at C/20, the rate of the formation.
    current = {"Current function [A]": values[s.nominal_capacity.name] / 20}
    return values | current | {REGISTERED: 1.0} | tables(material, ElectrodeLevel.name)
