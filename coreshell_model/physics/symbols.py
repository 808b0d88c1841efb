"""All parameters of the model and the names of its domains, each written once.

Parameters are plain ``pybamm.Parameter`` objects, with the names in a ``pybamm.ParameterValues`` and of the
inputs of a built model. SI units throughout.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import pybamm

from coreshell_model.physics.laws.constants import thermal_voltage
from coreshell_model.physics.storage.store import Store

CORE = "positive core particle"
SHELL = "positive shell particle"
COUNTER = "counter electrode"
COUNTER_PARTICLE = "counter particle"
SEPARATOR = "separator"
ELECTRODE = "positive electrode"
SIZES = "particle sizes"
SIZE_COUNT = 5
"""Sizes by which a distribution is represented."""
SEI_STEPS = (1, 2, 3)
ELECTROLYTE_CONDUCTIVITY = "Electrolyte conductivity [S.m-1]"
DIFFUSIVITY_FACTORS = {region: f"{region} diffusivity factor" for region in ("Core", "Shell")}
EXCHANGE_CURRENT_FACTOR = "Exchange current factor"
ELECTROLYTE_DIFFUSIVITY = "Electrolyte diffusivity [m2.s-1]"


@cache
def _p(name):
    return pybamm.Parameter(name)


@dataclass(frozen=True)
class Family:
    """Parameters that exist several times, distinguished by the beginning of their names."""

    beginning: str
    endings: Mapping[str, str]

    def __getattr__(self, name):
        if name not in self.endings:
            raise AttributeError(name)
        return _p(f"{self.beginning} {self.endings[name]}")


_CARBON = {
    "site_density": "site density [mol.m-3]",
    "sloping_potential": "sloping potential [V]",
    "sloping_interaction": "sloping interaction [V]",
    "diffusivity": "diffusivity [m2.s-1]",
    "strong_potential": "strong-site potential [V]",
    "strong_share": "strong-site share",
}
_SEI_STEP = {
    "potential": "potential [V]",
    "rate": "rate [s-1]",
    "charge": "charge [C.m-2]",
    "molar_volume": "molar volume [m3.mol-1]",
    "electrons": "electrons",
}

core, shell = Family("Core", _CARBON), Family("Shell", _CARBON)
carbons = {"Core": core, "Shell": shell}
sei_steps = tuple(Family(f"SEI step {number}", _SEI_STEP) for number in SEI_STEPS)
pore_sei_steps = tuple(Family(f"Pore SEI step {number}", _SEI_STEP) for number in SEI_STEPS)


def stored(store: type[Store], region: str) -> Family:
    """Parameters of a kind of storage in a carbon, by the fields of its section, and its ``density``."""
    return Family(store.begins.format(region=region), {**store.numbers, "density": store.density_name})


core_radius = _p("Core radius [m]")
shell_thickness = _p("Shell thickness [m]")
particle_density = _p("Particle density [kg.m-3]")
relative_sizes = tuple(_p(f"Relative size {number}") for number in range(1, SIZE_COUNT + 1))
size_shares = tuple(_p(f"Mass share of size {number}") for number in range(1, SIZE_COUNT + 1))
external_area = _p("External area [m2.kg-1]")
additive_area = _p("Conductive additive area [m2.kg-1]")

open_fraction = _p("Open fraction")
wall_area = _p("Pore wall area [m2.kg-1]")
accessible_volume = _p("Accessible pore volume [m3.kg-1]")
pore_blocking = _p("Pore blocking exponent")
pore_burial = _p("Pore burial")
pore_supply_time = _p("Pore SEI supply time [s]")

exchange_current_density = _p("Exchange current density [A.m-2]")
double_layer_capacitance = _p("Double-layer capacitance [F.m-2]")

sei_transfer_coefficient = _p("SEI transfer coefficient")
sei_supply_time = _p("SEI supply time [s]")
sei_growth_current = _p("SEI growth exchange current density [A.m-2]")
sei_growth_potential = _p("SEI growth potential [V]")
sei_growth_decay_length = _p("SEI growth decay length [m]")
sei_growth_transfer_coefficient = _p("SEI growth transfer coefficient")
sei_dissolution_rate = _p("SEI dissolution rate [s-1]")
sei_saturation_charge = _p("SEI saturation charge [C.m-2]")
sei_growth_molar_volume = _p("SEI growth molar volume [m3.mol-1]")
sei_growth_electrons = _p("SEI growth electrons")
sei_initial_thickness = _p("SEI initial thickness [m]")
sei_resistivity = _p("SEI resistivity [Ohm.m]")

counter_exchange_current_density = _p("Counter electrode exchange current density [A.m-2]")
series_resistance = _p("Series resistance [Ohm.m2]")

separator_thickness = _p("Separator thickness [m]")
separator_porosity = _p("Separator porosity")
separator_bruggeman = _p("Separator Bruggeman exponent")
electrode_thickness = _p("Electrode thickness [m]")
electrode_porosity = _p("Electrode porosity")
electrode_bruggeman = _p("Electrode Bruggeman exponent")
electrode_conductivity = _p("Electrode conductivity [S.m-1]")
contact_resistance = _p("Contact resistance [Ohm.m2]")
electrolyte_concentration = _p("Initial electrolyte concentration [mol.m-3]")
transference_number = _p("Cation transference number")
thermodynamic_factor = _p("Thermodynamic factor")


positive_radius = _p("Positive particle radius [m]")
positive_maximum = _p("Positive maximum concentration [mol.m-3]")
positive_density = _p("Positive active density [kg.m-3]")
positive_loading = _p("Positive active loading [kg.m-2]")
positive_initial = _p("Positive initial stoichiometry")
positive_kept = _p("Positive share of sites kept")
positive_capacitance = _p("Positive double-layer capacitance [F.m-2]")
positive_thickness = _p("Positive electrode thickness [m]")
positive_porosity = _p("Positive electrode porosity")
positive_bruggeman = _p("Positive electrode Bruggeman exponent")
positive_conductivity = _p("Positive electrode conductivity [S.m-1]")
sacrificial_charge = _p("Sacrificial sodium [C.m-2]")
sacrificial_potential = _p("Sacrificial sodium potential [V]")
sacrificial_rate = _p("Sacrificial sodium rate [s-1]")
presodiation_charge = _p("Presodiation charge [C.kg-1]")
presodiation_time = _p("Presodiation time [s]")

POSITIVE_OPEN_CIRCUIT = "Positive open-circuit potential [V]"
POSITIVE_DIFFUSIVITY = "Positive diffusivity [m2.s-1]"
POSITIVE_EXCHANGE_CURRENT = "Positive exchange current density [A.m-2]"


def positive_property(name, stoichiometry):
    """A property of the positive electrode at a stoichiometry, a function of its table."""
    return pybamm.FunctionParameter(name, {"Positive stoichiometry": stoichiometry})


def diffusivity_factor(region, occupancy):
    """D(theta)/D [-] in a carbon, a function of the material's table."""
    return pybamm.FunctionParameter(DIFFUSIVITY_FACTORS[region], {"Sloping occupancy": occupancy})


def exchange_current_factor(occupancy):
    """Factor f_j(theta) [-] of the exchange current density, a function of the material's table."""
    return pybamm.FunctionParameter(EXCHANGE_CURRENT_FACTOR, {"Sloping occupancy": occupancy})


def electrolyte_conductivity(concentration):
    """Conductivity kappa [S.m-1] at a concentration [mol.m-3], a function of the material's table."""
    return pybamm.FunctionParameter(
        ELECTROLYTE_CONDUCTIVITY, {"Electrolyte concentration [mol.m-3]": concentration}
    )


def electrolyte_diffusivity(concentration):
    """Diffusivity D_e [m2.s-1] at a concentration [mol.m-3], a function of the material's table."""
    return pybamm.FunctionParameter(
        ELECTROLYTE_DIFFUSIVITY, {"Electrolyte concentration [mol.m-3]": concentration}
    )


active_loading = _p("Active loading [kg.m-2]")
electrode_area = _p("Electrode area [m2]")
nominal_capacity = _p("Nominal cell capacity [A.h]")
lower_cut_off = _p("Lower voltage cut-off [V]")
upper_cut_off = _p("Upper voltage cut-off [V]")
temperature = _p("Ambient temperature [K]")

initial_core_occupancy = _p("Initial core occupancy")
initial_shell_occupancy = _p("Initial shell occupancy")
initial_potential = _p("Initial potential [V]")

V_T = thermal_voltage(temperature)
"""RT/F [V]."""

current = pybamm.electrical_parameters.current_with_time
"""Current I [A], a function of time or an unknown of the circuit; I > 0 sodiates."""
