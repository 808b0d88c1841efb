"""A material and a protocol's basis as the parameters of the model, SI."""

from coreshell_model.base.errors import InputError
from coreshell_model.inputs.material import (
    CoreShellMaterial,
    Material,
    OneCarbonMaterial,
    read_material,
)
from coreshell_model.inputs.particle import Shape, open_fraction, shape_of
from coreshell_model.inputs.protocol import Protocol, read_protocol
from coreshell_model.inputs.sections import Clusters, Pores, SEIStep, Sloping, Trapping
from coreshell_model.physics import symbols as s
from coreshell_model.physics.coating import coating, tables
from coreshell_model.physics.laws.constants import FARADAY, thermal_voltage
from coreshell_model.physics.laws.electrolyte import Tabulated
from coreshell_model.physics.laws.isotherm import occupancy_at
from coreshell_model.physics.levels import ElectrodeLevel

SMALLEST_START = 1e-30
"""Empty carbon still holds this much, so that its potential is finite."""

NO_DRIVE = 1e9
"""U_ref [V] of clusters without a driving potential: (8) in its limit U_ref -> infinity."""

FIXED = (
    "Lower voltage cut-off [V]",
    "Upper voltage cut-off [V]",
    s.temperature.name,
    "Initial temperature [K]",
)
"""Parameters that PyBaMM's experiments do not allow to be inputs."""


REGISTERED = "Numbers belong together as in Appel_core_shell"
"""A name that says as which set a plain ``pybamm.ParameterValues`` began; the model checks its numbers."""


def parameter_values(material: Material, protocol: Protocol) -> dict[str, float]:
    """Every parameter of the model but the current, by PyBaMM name.

    Site densities follow from capacities per gram and the volumes of (1); the nominal capacity is the
    protocol's 1C current times one hour, per gram of active carbon.

    Raises
    ------
    InputError
        Dimensions that exclude each other.
    """
    shape = shape_of(material)
    cell = material.cell
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
        s.temperature: cell.temperature.si,
        s.initial_potential: protocol.start.potential.si,
    }
    values |= (
        _one_carbon(material, shape) if isinstance(material, OneCarbonMaterial) else _two_carbons(material)
    )
    values |= _interphase(material) | _start(values)
    if material.electrode is not None:
        values |= coating(material, material.electrode, shape)
    if material.pores is not None:
        values |= _pores(material, material.pores, shape)
    return {symbol.name: value for symbol, value in values.items()} | {
        "Initial temperature [K]": cell.temperature.si
    }


def _one_carbon(material, shape: Shape) -> dict:
    """Two equal regions; the clusters' charge, all of it, in the one called core."""
    carbon = material.carbon
    core_share = (shape.core_radius / shape.radius) ** 3
    return (
        _sites(s.core, carbon.sloping, carbon.sloping.capacity.si * shape.density)
        | _sites(s.shell, carbon.sloping, carbon.sloping.capacity.si * shape.density)
        | _traps(s.core, carbon.trapping, _capacity(carbon.trapping) * shape.density)
        | _traps(s.shell, carbon.trapping, _capacity(carbon.trapping) * shape.density)
        | _clusters(carbon.clusters, carbon.cluster_capacity * shape.density / core_share)
    )


def _two_carbons(material) -> dict:
    """Core and shell; CVD carbon inside the pores adds its sites and traps to the core's."""
    core, shell, geometry = material.core, material.shell, material.geometry
    inside = geometry.fraction_inside * geometry.mass_gain
    core_traps = core.trapping
    if core.trapping is None:
        core_traps = shell.trapping
    elif inside > 0:
        raise InputError(
            f"{material.name}: shell.fraction_inside is above 0 while the core has traps of its own; "
            "leave out core.trapping or the fraction inside"
        )
    sites = core.sloping.capacity.si + inside * shell.sloping.capacity.si
    traps = _capacity(core.trapping) + inside * _capacity(shell.trapping)
    left = geometry.porosity * geometry.core_volume / core.pore_volume.si if core.pore_volume.si > 0 else 0.0
    return (
        _sites(s.core, core.sloping, sites / geometry.core_volume)
        | _sites(s.shell, shell.sloping, shell.sloping.capacity.si * shell.skeletal_density.si)
        | _traps(s.core, core_traps, traps / geometry.core_volume)
        | _traps(s.shell, shell.trapping, _capacity(shell.trapping) * shell.skeletal_density.si)
        | _clusters(core.clusters, core.cluster_capacity * left / geometry.core_volume)
    )


def _capacity(trapping: Trapping | None) -> float:
    return trapping.capacity.si if trapping is not None else 0.0


def _sites(symbols: s.Family, sloping: Sloping, charge_density: float) -> dict:
    """Parameters of (4)-(6) from the charge that the sites hold [C.m-3]."""
    return {
        symbols.site_density: charge_density / FARADAY,
        symbols.sloping_potential: sloping.potential.si,
        symbols.sloping_interaction: sloping.interaction.si,
        symbols.diffusivity: sloping.diffusivity.si,
    }


def _traps(symbols: s.Family, trapping: Trapping | None, charge_density: float) -> dict:
    """Parameters of (9); a carbon without traps has a density of zero."""
    return {
        symbols.trap_density: charge_density / FARADAY,
        symbols.trap_potential: trapping.potential.si if trapping else 0.0,
        symbols.trap_width: trapping.width.si if trapping else 1.0,
        symbols.trap_rate: trapping.rate.si if trapping else 0.0,
    }


def _clusters(clusters: Clusters | None, charge_density: float) -> dict:
    """Parameters of (8); a carbon without clusters has a density of zero."""
    driving = clusters.driving_potential if clusters else None
    return {
        s.cluster_density: charge_density / FARADAY,
        s.cluster_potential: clusters.potential.si if clusters else 0.0,
        s.cluster_width: clusters.width.si if clusters else 1.0,
        s.cluster_rate: clusters.rate.si if clusters else 0.0,
        s.cluster_driving_potential: driving.si if driving else NO_DRIVE,
    }


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
    """Parameters of (21)-(23); what is given per gram of core becomes per gram of active carbon."""
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


def _start(values: dict) -> dict:
    """Occupancies in equilibrium with the starting potential: next to nothing."""
    scale = thermal_voltage(values[s.temperature])
    start = values[s.initial_potential]
    return {
        initial: max(
            occupancy_at(
                start, values[symbols.sloping_potential], values[symbols.sloping_interaction], scale
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
    # A lone simulation runs at C/20, the formation's rate.
    current = {"Current function [A]": values[s.nominal_capacity.name] / 20}
    return values | current | {REGISTERED: 1.0} | tables(material, ElectrodeLevel.name)
