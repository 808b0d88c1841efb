"""The model against PyBaMM's stock half-cell SPM, in the limit where both describe the same particle."""

from collections.abc import Mapping

import numpy as np
import pybamm

from coreshell_model.checks.check import Bound, Check
from coreshell_model.checks.half_cell import (
    MESHES,
    QUIET,
    Cells,
    active_mass,
    at_occupancy,
    by_mesh,
    isotherm_of,
    one_carbon,
    solve,
    values,
    within,
)
from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.isotherm import equilibrium_potential
from coreshell_model.physics.laws.kinetics import exchange_current_density

C_OVER_20, ONE_C = 20.0, 400.0  # A per kg of active carbon
EMPTY, FULL = 0.02, 0.90  # PyBaMM bends the stock isotherm by 1e-6 V/theta towards its ends: 0.05 mV at 0.02
RUNS = {
    "sodiation at C/20": (C_OVER_20, EMPTY, 6.0),
    "desodiation at C/20": (-C_OVER_20, FULL, 6.0),
    "sodiation at 1C": (ONE_C, EMPTY, 0.2),
    "desodiation at 1C": (-ONE_C, FULL, 0.15),
}
"""Current per mass, occupancy at the start and hours of each run."""
STOCK_CELLS = 300
LEAST_DOUBLE_LAYER = 1e-9  # F m-2
POINTS = 201


STRONG = "sodiation at 1C with strong sites"
"""A run whose differences are stated without a limit: its largest error is that of the mesh in the first
seconds, when the strong sites of an empty carbon fill and the voltage falls by tens of mV a second."""


def limit(
    occupancy: float, design: Mapping[str, str] | None = None, strong: bool = False
) -> dict[str, float]:
    """Core = shell at rest, no clusters, traps or film, a negligible double layer; strong sites if asked."""
    parameters = one_carbon(values(design=design) | QUIET)
    if not strong:
        parameters |= {carbon.strong_potential.name: 0.0 for carbon in s.carbons.values()}
    return at_occupancy(parameters, occupancy) | {"Double-layer capacitance [F.m-2]": LEAST_DOUBLE_LAYER}


def stock_parameters(parameters: dict[str, float], current: float) -> dict:
    """The parameters of the same particle and cell in PyBaMM's half-cells.

    The thickness of the coating is arbitrary in an SPM: only the amount of active material counts, and its
    area 3 eps/R per volume, which is a_ext for smooth spheres. Our (10) is PyBaMM's j = 2 j0 sinh(eta/2V_T)
    with j0 as in (10); the metal's law is (16).
    """
    shape = isotherm_of(parameters, "Core")
    sites, area = parameters["Core site density [mol.m-3]"], parameters["Electrode area [m2]"]
    thickness = 1e-5
    carbon = parameters["Active loading [kg.m-2]"] / parameters["Particle density [kg.m-3]"] / thickness
    metal = parameters["Counter electrode exchange current density [A.m-2]"]
    carbon_j00 = parameters["Exchange current density [A.m-2]"]
    return {
        "Electrode height [m]": 1.0,
        "Electrode width [m]": area,
        "Positive electrode thickness [m]": thickness,
        "Positive electrode active material volume fraction": carbon,
        "Positive particle radius [m]": parameters["Core radius [m]"] + parameters["Shell thickness [m]"],
        "Positive particle diffusivity [m2.s-1]": parameters["Core diffusivity [m2.s-1]"],
        "Maximum concentration in positive electrode [mol.m-3]": sites,
        "Initial concentration in positive electrode [mol.m-3]": parameters["Initial core occupancy"] * sites,
        "Positive electrode OCP [V]": lambda theta: equilibrium_potential(theta, *shape),
        "Positive electrode OCP entropic change [V.K-1]": 0.0,
        "Positive electrode exchange-current density [A.m-2]": lambda c_e, c, c_max, T: (
            exchange_current_density(c / c_max, carbon_j00)
        ),
        "Exchange-current density for lithium metal electrode [A.m-2]": lambda c_e, c, T: pybamm.Scalar(
            metal
        ),
        "Contact resistance [Ohm]": parameters["Series resistance [Ohm.m2]"] / area,
        "Nominal cell capacity [A.h]": parameters["Nominal cell capacity [A.h]"],
        "Lower voltage cut-off [V]": -5.0,
        "Upper voltage cut-off [V]": 10.0,
        "Current function [A]": current,
        **dict.fromkeys(
            ("Ambient temperature [K]", "Reference temperature [K]", "Initial temperature [K]"),
            parameters["Ambient temperature [K]"],
        ),
    }


def stock_voltage(parameters: dict[str, float], current: float, times: np.ndarray) -> np.ndarray:
    """Voltage [V] of the stock SPM; parameters that it needs beyond ours have no effect."""
    model = pybamm.lithium_ion.SPM({"working electrode": "positive", "contact resistance": "true"})
    unused = dict(pybamm.ParameterValues("Xu2019"))
    simulation = pybamm.Simulation(
        model,
        parameter_values=pybamm.ParameterValues({**unused, **stock_parameters(parameters, current)}),
        var_pts={**model.default_var_pts, "r_p": STOCK_CELLS},
        solver=pybamm.IDAKLUSolver(rtol=1e-9, atol=1e-12),
    )
    return simulation.solve([times[0], times[-1]], t_interp=times)["Voltage [V]"].entries


def differences(run: str, *meshes: Cells) -> list[float]:
    """Largest difference of voltage [mV] in a run, on each of our meshes.

    The first point is left out, because our double layer is not charged yet.
    """
    rate, occupancy, hours = RUNS[run.removesuffix(" with strong sites")]
    parameters = limit(occupancy, strong=run == STRONG)
    times = np.linspace(0, hours * 3600, POINTS)
    current = rate * active_mass(parameters)
    stock = stock_voltage(parameters, current, times)
    largest = []
    for cells in meshes:
        ours = solve(parameters, current, times, cells)["Voltage [V]"].entries
        largest.append(1e3 * float(np.abs(ours - stock)[1:].max()))
    return largest


def measure() -> dict[str, float]:
    """Largest differences of voltage [mV] by run and mesh."""
    return by_mesh((*RUNS, STRONG), differences)


CHECK = Check(
    name="stock_spm",
    title="PyBaMM's stock half-cell SPM",
    compared="Largest difference of voltage from `pybamm.lithium_ion.SPM` with a metal counter electrode, on "
    f"{STOCK_CELLS} cells, at constant current.",
    limit="Core = shell in isotherm, density and diffusivity; no strong sites unless it says so, no "
    "clusters, traps or film; a double layer of "
    f"{LEAST_DOUBLE_LAYER:g} F/m2; the same isotherm, exchange current density, metal and series resistance. "
    f"Each run starts at rest with {EMPTY:g} or {FULL:g} of the sites filled; its first 0.5 %, in which our "
    "double layer takes its charge, are left out.",
    bounds=(*within(RUNS, at_most=1.0), *(Bound(f"{STRONG}, {mesh} [mV]") for mesh in MESHES)),
    measure=measure,
)
