"""Which number of a material or protocol each PyBaMM name is, and what decides those that are none."""

from coreshell_model import symbols as s
from coreshell_model.material import Material, OneCarbonMaterial

_CARBON = {
    "sloping potential [V]": "sloping.potential",
    "sloping interaction [V]": "sloping.interaction",
    "diffusivity [m2.s-1]": "sloping.diffusivity",
    "trap potential [V]": "trapping.potential",
    "trap width [V]": "trapping.width",
    "trap rate [s-1]": "trapping.rate",
}
_CARBON_FOLLOWS = {
    "site density [mol.m-3]": "sloping.capacity",
    "trap density [mol.m-3]": "trapping.capacity",
}
_STEP = {
    "potential [V]": "potential",
    "rate [s-1]": "rate",
    "charge [C.m-2]": "charge",
    "molar volume [m3.mol-1]": "molar_volume",
    "electrons": "electrons",
}
_STEPS = {
    f"{film} step {number} {ending}": f"{section}.steps.{number}.{field}"
    for film, section in (("SEI", "sei"), ("Pore SEI", "pores"))
    for number in s.SEI_STEPS
    for ending, field in _STEP.items()
}
_COMMON = _STEPS | {
    s.external_area.name: "particle.external_area",
    s.exchange_current_density.name: "surface.exchange_current_density",
    s.double_layer_capacitance.name: "surface.double_layer_capacitance",
    s.counter_exchange_current_density.name: "cell.counter_exchange_current_density",
    s.series_resistance.name: "cell.series_resistance",
    s.active_loading.name: "cell.active_loading",
    s.electrode_area.name: "cell.electrode_area",
    s.temperature.name: "cell.temperature",
    s.sei_transfer_coefficient.name: "sei.transfer_coefficient",
    s.sei_supply_time.name: "sei.supply_time",
    s.sei_initial_thickness.name: "sei.initial_thickness",
    s.sei_resistivity.name: "sei.resistivity",
    s.sei_growth_current.name: "sei.growth.exchange_current_density",
    s.sei_growth_potential.name: "sei.growth.potential",
    s.sei_growth_decay_length.name: "sei.growth.decay_length",
    s.sei_growth_molar_volume.name: "sei.growth.molar_volume",
    s.sei_growth_electrons.name: "sei.growth.electrons",
    s.open_fraction.name: "pores.open_fraction",
    s.pore_blocking.name: "pores.blocking",
    s.pore_burial.name: "pores.burial",
    s.pore_supply_time.name: "pores.supply_time",
    s.separator_thickness.name: "electrode.separator.thickness",
    s.separator_porosity.name: "electrode.separator.porosity",
    s.separator_bruggeman.name: "electrode.separator.bruggeman",
    s.electrode_thickness.name: "electrode.thickness",
    s.electrode_porosity.name: "electrode.porosity",
    s.electrode_bruggeman.name: "electrode.bruggeman",
    s.electrode_conductivity.name: "electrode.conductivity",
    s.contact_resistance.name: "electrode.contact_resistance",
    s.electrolyte_concentration.name: "electrode.electrolyte.concentration",
    s.transference_number.name: "electrode.electrolyte.transference_number",
    s.thermodynamic_factor.name: "electrode.electrolyte.thermodynamic_factor",
    s.lower_cut_off.name: "protocol.window.lower",
    s.upper_cut_off.name: "protocol.window.upper",
    s.initial_potential.name: "protocol.start.potential",
    s.nominal_capacity.name: "protocol.basis.one_c",
}
_FOLLOWS = {
    s.particle_density.name: "the carbons' skeletal densities and pore volume, and the shell",
    s.external_area.name: "the radius, or particle.roughness",
    s.additive_area.name: "electrode.carbon_black_area and electrode.carbon_black_fraction",
    s.wall_area.name: "pores.wall_area, per gram of core",
    s.accessible_volume.name: "pores.accessible_volume, per gram of core",
    s.initial_core_occupancy.name: "protocol.start.potential",
    s.initial_shell_occupancy.name: "protocol.start.potential",
    "Initial temperature [K]": "cell.temperature",
}
"""Numbers that others decide, and which those are."""


def paths_of(material: Material) -> dict[str, str]:
    """The path that ``simulate`` changes for each PyBaMM name that can be changed."""
    one_carbon = isinstance(material, OneCarbonMaterial)
    sections = {"Core": "carbon", "Shell": "carbon"} if one_carbon else {"Core": "core", "Shell": "shell"}
    found = dict(_COMMON)
    for region, section in sections.items():
        found |= {f"{region} {ending}": f"{section}.{path}" for ending, path in _CARBON.items()}
    clusters = f"{sections['Core']}.clusters"
    found |= {
        s.cluster_potential.name: f"{clusters}.potential",
        s.cluster_width.name: f"{clusters}.width",
        s.cluster_rate.name: f"{clusters}.rate",
        s.cluster_driving_potential.name: f"{clusters}.driving_potential",
    }
    if not one_carbon:
        found |= {
            s.core_radius.name: "particle.core_radius",
            s.shell_thickness.name: "shell.thickness",
        }
    return found


def deciding(material: Material, name: str) -> str:
    """The numbers that decide one that cannot be changed itself."""
    one_carbon = isinstance(material, OneCarbonMaterial)
    for region in ("Core", "Shell"):
        section = "carbon" if one_carbon else region.lower()
        for ending, path in _CARBON_FOLLOWS.items():
            if name == f"{region} {ending}":
                return f"{section}.{path}"
    if name == s.cluster_density.name:
        return ("carbon" if one_carbon else "core") + ".clusters.pore_fraction"
    if name in (s.core_radius.name, s.shell_thickness.name):
        return "particle.radius or particle.external_area: a particle of one carbon has no shell"
    return _FOLLOWS.get(name, "others")
