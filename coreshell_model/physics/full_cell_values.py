"""The parameters of a full cell's positive electrode and further sodium in SI (57)-(62)."""

from collections.abc import Mapping

import pybamm

from coreshell_model.base.errors import InputError
from coreshell_model.inputs.limits import LARGEST_LOADING, LARGEST_NP_RATIO, LEAST_NP_RATIO
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.positive import Presodiation
from coreshell_model.inputs.sections import STORES
from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.constants import FARADAY, thermal_voltage
from coreshell_model.physics.laws.insertion import balanced_loading
from coreshell_model.physics.laws.isotherm import occupancy_at
from coreshell_model.physics.laws.temperature import REFERENCE


def full_cell(material: Material, values: Mapping[pybamm.Parameter, float]) -> dict[pybamm.Parameter, float]:
    """The parameters of the positive electrode, its sacrificial salt and the carbon's presodiation.

    Parameters
    ----------
    material : with the sections of a full cell
    values : the parameters of the carbon electrode
    """
    positive, presodiation = material.positive, material.presodiation
    assert positive is not None and presodiation is not None  # by ``inputs.full_cell.in_cell``
    particle, coating, salt = positive.particle, positive.coating, positive.sacrificial_salt
    loading = positive_loading(material, values)
    _check_presodiation(presodiation, values)
    lost = particle.first_charge_loss.si * particle.capacity
    if lost and salt.charge:
        raise InputError(
            f"{positive.name}: has first_charge_loss and a sacrificial salt; the model has one source of "
            "sodium that is given once: add the loss to the salt's mass share and set first_charge_loss=0"
        )
    # Sites that close after the first charge give their sodium at the potential of the middle of that charge.
    middle = (particle.as_made.si + particle.charged.si) / 2
    potential = particle.potentials(middle) if lost else salt.potential.si
    solids = loading * coating.solid_volume(particle.density.si)
    if salt.charge:
        solids += loading * salt.mass_share.si / coating.additive_density.si
    return {
        s.positive_radius: particle.radius.si,
        s.positive_maximum: particle.maximum_concentration.si,
        s.positive_density: particle.density.si,
        s.positive_loading: loading,
        s.positive_initial: particle.as_made.si,
        s.positive_kept: 1 - particle.first_charge_loss.si,
        s.positive_capacitance: particle.double_layer_capacitance.si,
        s.positive_thickness: solids / (1 - coating.porosity.si),
        s.positive_porosity: coating.porosity.si,
        s.positive_bruggeman: coating.bruggeman.si,
        s.positive_conductivity: coating.conductivity.si,
        s.sacrificial_charge: loading * (lost + salt.charge),
        s.sacrificial_potential: float(potential),
        s.sacrificial_rate: salt.rate.si,
        s.presodiation_charge: presodiation.capacity.si,
        s.presodiation_time: presodiation.time.si,
    }


def positive_loading(material: Material, values: Mapping[pybamm.Parameter, float]) -> float:
    """Active material of the positive electrode per area [kg.m-2], as given or by the N/P ratio (60)."""
    positive = material.positive
    assert positive is not None
    negative, capacity = material.cell.active_loading.si, carbon_capacity(values)
    given = positive.balance.active_loading
    if given is None:
        assert positive.balance.np_ratio is not None  # by the validation of the balance
        asked = positive.balance.np_ratio
        loading = balanced_loading(negative, capacity, positive.particle.capacity, asked.si)
        if loading > LARGEST_LOADING:
            raise InputError(
                f"positive.balance.np_ratio is {asked}: with {positive.particle.capacity / 3600:.3g} mAh/g "
                f"of {positive.name}, from as_made to charged, that is {100 * loading:.3g} mg/cm2, and no "
                f"coating has more than {100 * LARGEST_LOADING:g}; give a higher ratio, or as_made and "
                "charged further apart"
            )
        return loading
    ratio = negative * capacity / (given.si * positive.particle.capacity)
    if not LEAST_NP_RATIO <= ratio <= LARGEST_NP_RATIO:
        most, least = (
            100 * balanced_loading(negative, capacity, positive.particle.capacity, limit)
            for limit in (LEAST_NP_RATIO, LARGEST_NP_RATIO)
        )
        raise InputError(
            f"positive.balance.active_loading is {given}, an N/P ratio of {ratio:.3g}: most sodium would be "
            f"metal, or find no use; give from {least:.3g} to {most:.3g} mg/cm2 for {material.name} at "
            f"{material.cell.active_loading}"
        )
    return given.si


def _check_presodiation(presodiation: Presodiation, values: Mapping[pybamm.Parameter, float]) -> None:
    """Refuse more sodium on the carbon than its sites, pores and traps take; the rest would be metal."""
    most = carbon_capacity(values, with_traps=True)
    if presodiation.capacity.si > most:
        raise InputError(
            f"presodiation.capacity is {presodiation.capacity}, more than the carbon holds at 0 V, "
            f"{most / 3600:.4g} mAh/g with what it traps; give less"
        )


def np_ratio(material: Material, parameters: Mapping[str, float], with_added: bool = False) -> float:
    """N/P ratio of a full cell, from the parameters of its model (60).

    It is the carbon over the positive electrode alone; only ``with_added`` counts the sodium of a
    sacrificial salt and of a presodiation with that of the positive electrode.
    """
    positive = material.positive
    assert positive is not None
    carbon, loading = parameters[s.active_loading.name], parameters[s.positive_loading.name]
    given = loading * positive.particle.capacity
    if with_added:
        given += loading * positive.sacrificial_salt.charge + carbon * parameters[s.presodiation_charge.name]
    return carbon * carbon_capacity_of(parameters) / given


def carbon_capacity_of(parameters: Mapping[str, float]) -> float:
    """``carbon_capacity`` from the parameters of a model by PyBaMM name."""
    return carbon_capacity({pybamm.Parameter(name): value for name, value in parameters.items()})


def carbon_capacity(values: Mapping[pybamm.Parameter, float], with_traps: bool = False) -> float:
    """What the carbon holds at 0 V and equilibrium at 25 degC and gives back [C.kg-1].

    Sodium that is trapped for good counts only ``with_traps``, that in the film never.
    """
    radius = values[s.core_radius] + values[s.shell_thickness]
    core_share = (values[s.core_radius] / radius) ** 3
    volumes = {"Core": core_share, "Shell": 1 - core_share}
    held = 0.0
    for region, carbon in s.carbons.items():
        filled = occupancy_at(
            0.0,
            values[carbon.sloping_potential],
            values[carbon.sloping_interaction],
            thermal_voltage(REFERENCE),
            values[carbon.strong_potential],
            values[carbon.strong_share],
        )
        density = filled * values[carbon.site_density]
        for kind in STORES:
            if (with_traps or kind.store.gives_back) and region in kind.regions:
                density += values[s.stored(kind.store, region).density]
        held += volumes[region] * density
    return FARADAY * held / values[s.particle_density]
