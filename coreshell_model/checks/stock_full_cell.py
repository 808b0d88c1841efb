"""The full cell against PyBaMM's sodium-ion DFN, in the limit where both describe the same cell."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pybamm

from coreshell_model.checks.check import Bound, Check
from coreshell_model.checks.half_cell import (
    DEFAULT_CELLS,
    QUIET,
    active_mass,
    at_occupancy,
    isotherm_of,
    one_carbon,
    solve,
)
from coreshell_model.checks.stock_spm import LEAST_DOUBLE_LAYER, ONE_C
from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.isotherm import equilibrium_potential
from coreshell_model.physics.laws.kinetics import exchange_current_density
from coreshell_model.physics.levels import (
    COUNTER_CELLS,
    COUNTER_PARTICLE_CELLS,
    ELECTRODE_CELLS,
    SEPARATOR_CELLS,
    ElectrodeLevel,
)
from coreshell_model.run.simulation import quiet, set_up

C_OVER_10 = 40.0
EMPTY, FULL = (0.02, 0.97), (0.9, 0.3)
"""Occupancy of the carbon's sites, and stoichiometry of the positive electrode, where a run starts."""
RUNS = {
    "charge at C/10": (C_OVER_10, EMPTY, 3.0),
    "discharge at C/10": (-C_OVER_10, FULL, 3.0),
    "charge at 1C": (ONE_C, EMPTY, 0.4),
    "discharge at 1C": (-ONE_C, FULL, 0.3),
}
"""Current per mass, fillings at the start and hours of each run; at 1C more than the cell lasts."""

CUT_OFFS = 2.0, 4.7
"""Voltages [V] at which the stock model ends. Without them its positive particles become full at the surface,
where its exchange current is zero, and IDA fails; ours is held above zero there (58)."""

LAST_FALL = 2
"""Points by which the cut-offs may be reached apart: ours falls last where its exchange current is held."""

HEAVY_HOURS = 0.1
"""Of the run in the heavy cell, which lasts 0.15 h: on the finer mesh the rest takes minutes."""

LIGHT, HEAVY = 3.0, 5.0
"""Carbon per area [mg.cm-2]; there is twice as much of the positive electrode's material."""

DISCHARGE, FINER = "discharge at 1C", 2
"""A run that is also compared in the heavy cell, with more cells through its layers: its voltage falls by
0.4 V within a hundredth of the stoichiometry, so that it shows the error of the mesh most."""

STOCK_CELLS = 60
"""Cells of the stock model along the radius of the carbon; its are uniform, ours closer at the surface."""
POINTS = 101
TOLERANCE = 1e-8
STOCK_RELATIVE_TOLERANCE, STOCK_ABSOLUTE_TOLERANCE = 1e-7, 1e-9

Parameters = dict[str, Any]


def limit(occupancy: float, stoichiometry: float, loading: float = LIGHT) -> Parameters:
    """``core_shell`` with core = shell, without clusters, traps and film, and next to no double layers."""
    loadings = {
        "cell.active_loading": f"{loading:g} mg/cm2",
        "positive.balance.active_loading": f"{2 * loading:g} mg/cm2",
    }
    run = set_up("core_shell", "full_cell_formation", loadings, level=ElectrodeLevel.name)
    parameters = one_carbon({**run.parameters, **QUIET})
    parameters |= {carbon.strong_potential.name: 0.0 for carbon in s.carbons.values()}
    parameters = at_occupancy(parameters, occupancy)
    return parameters | {
        s.double_layer_capacitance.name: LEAST_DOUBLE_LAYER,
        s.positive_capacitance.name: LEAST_DOUBLE_LAYER,
        s.positive_initial.name: stoichiometry,
        **dict(run.tables),
    }


def stock_parameters(parameters: Mapping[str, Any], current: float) -> Parameters:
    """The parameters of the same cell for PyBaMM, whose current is above zero in a discharge.

    The Bruggeman exponents of the electronic conductivities are 0, because ours are those of whole coatings.
    Our (10) and (58) are PyBaMM's j = 2 j0 sinh(eta/2V_T) with j0 = 2 j00 sqrt(theta (1 - theta)).
    """
    p = parameters
    shape = isotherm_of(p, "Core")
    sites, most = p["Core site density [mol.m-3]"], p[s.positive_maximum.name]
    salt, j00 = p[s.electrolyte_concentration.name], p[s.exchange_current_density.name]
    return {
        "Electrode height [m]": 1.0,
        "Electrode width [m]": p[s.electrode_area.name],
        "Current function [A]": -current,
        "Negative electrode thickness [m]": p[s.electrode_thickness.name],
        "Negative electrode porosity": p[s.electrode_porosity.name],
        "Negative electrode active material volume fraction": p[s.active_loading.name]
        / p[s.particle_density.name]
        / p[s.electrode_thickness.name],
        "Negative electrode Bruggeman coefficient (electrolyte)": p[s.electrode_bruggeman.name],
        "Negative electrode Bruggeman coefficient (electrode)": 0.0,
        "Negative electrode conductivity [S.m-1]": p[s.electrode_conductivity.name],
        "Negative particle radius [m]": p[s.core_radius.name] + p[s.shell_thickness.name],
        "Negative particle diffusivity [m2.s-1]": lambda sto, T: pybamm.Scalar(
            p["Core diffusivity [m2.s-1]"]
        ),
        "Negative electrode OCP [V]": lambda theta: equilibrium_potential(theta, *shape),
        "Negative electrode exchange-current density [A.m-2]": lambda c_e, c, c_max, T: (
            exchange_current_density(c / c_max, j00) * pybamm.sqrt(c_e / salt)
        ),
        "Maximum concentration in negative electrode [mol.m-3]": sites,
        "Initial concentration in negative electrode [mol.m-3]": p["Initial core occupancy"] * sites,
        "Separator thickness [m]": p[s.separator_thickness.name],
        "Separator porosity": p[s.separator_porosity.name],
        "Separator Bruggeman coefficient (electrolyte)": p[s.separator_bruggeman.name],
        "Positive electrode thickness [m]": p[s.positive_thickness.name],
        "Positive electrode porosity": p[s.positive_porosity.name],
        "Positive electrode active material volume fraction": p[s.positive_loading.name]
        / p[s.positive_density.name]
        / p[s.positive_thickness.name],
        "Positive electrode Bruggeman coefficient (electrolyte)": p[s.positive_bruggeman.name],
        "Positive electrode Bruggeman coefficient (electrode)": 0.0,
        "Positive electrode conductivity [S.m-1]": p[s.positive_conductivity.name],
        "Positive particle radius [m]": p[s.positive_radius.name],
        "Positive particle diffusivity [m2.s-1]": lambda sto, T: p[s.POSITIVE_DIFFUSIVITY](sto),
        "Positive electrode OCP [V]": p[s.POSITIVE_OPEN_CIRCUIT],
        "Positive electrode exchange-current density [A.m-2]": lambda c_e, c, c_max, T: (
            exchange_current_density(c / c_max, p[s.POSITIVE_EXCHANGE_CURRENT](c / c_max))
            * pybamm.sqrt(c_e / salt)
        ),
        "Maximum concentration in positive electrode [mol.m-3]": most,
        "Initial concentration in positive electrode [mol.m-3]": p[s.positive_initial.name] * most,
        "Initial concentration in electrolyte [mol.m-3]": salt,
        "Cation transference number": p[s.transference_number.name],
        "Thermodynamic factor": p[s.thermodynamic_factor.name],
        "Electrolyte diffusivity [m2.s-1]": lambda c_e, T: p[s.ELECTROLYTE_DIFFUSIVITY](c_e),
        "Electrolyte conductivity [S.m-1]": lambda c_e, T: p[s.ELECTROLYTE_CONDUCTIVITY](c_e),
        "Lower voltage cut-off [V]": CUT_OFFS[0],
        "Upper voltage cut-off [V]": CUT_OFFS[1],
        **dict.fromkeys(
            ("Ambient temperature [K]", "Reference temperature [K]", "Initial temperature [K]"),
            p[s.temperature.name],
        ),
    }


def through_layers(finer: int) -> tuple[int, int, int]:
    """Cells in separator, carbon coating and positive coating."""
    return finer * SEPARATOR_CELLS, finer * ELECTRODE_CELLS, finer * COUNTER_CELLS


def stock_voltage(
    parameters: Mapping[str, Any], current: float, times: np.ndarray, finer: int = 1
) -> np.ndarray:
    """Voltage [V] of the stock DFN on our cells through the layers and along the positive radius.

    The contact resistance, which this model does not have, is added.
    """
    separator, negative, positive = through_layers(finer)
    cells = {
        "r_n": STOCK_CELLS,
        "r_p": COUNTER_PARTICLE_CELLS,
        "x_n": negative,
        "x_s": separator,
        "x_p": positive,
    }
    model = pybamm.sodium_ion.BasicDFN()
    unused = dict(pybamm.ParameterValues("Chayambuka2022"))
    simulation = pybamm.Simulation(
        model,
        parameter_values=pybamm.ParameterValues({**unused, **stock_parameters(parameters, current)}),
        var_pts={**model.default_var_pts, **cells},
        solver=pybamm.IDAKLUSolver(rtol=STOCK_RELATIVE_TOLERANCE, atol=STOCK_ABSOLUTE_TOLERANCE),
    )
    voltage = simulation.solve([times[0], times[-1]], t_interp=times)["Voltage [V]"].entries
    drop = parameters[s.contact_resistance.name] * current / parameters[s.electrode_area.name]
    return voltage + drop


def difference(run: str, loading: float = LIGHT, finer: int = 1, longest: float = 3.0) -> float:
    """Largest difference of voltage [mV] in a run; at its first point our double layers are not charged.

    A run that reaches a cut-off is compared up to the last point before it; ``longest`` is in hours.

    Raises
    ------
    ArithmeticError
        One of the two ended before the run did, or they come to a cut-off at different points.
    """
    rate, fillings, hours = RUNS[run]
    parameters = limit(*fillings, loading)
    current, times = rate * active_mass(parameters), np.linspace(0, min(hours, longest) * 3600, POINTS)
    separator, negative, positive = through_layers(finer)
    cells = (*DEFAULT_CELLS, separator, negative, COUNTER_PARTICLE_CELLS, positive)
    with quiet():
        stock = stock_voltage(parameters, current, times, finer)
        solution = solve(parameters, current, times, cells, TOLERANCE, level=ElectrodeLevel.name)
    ours, ends = solution["Voltage [V]"].entries, []
    for model, voltage in (("ours", ours), ("the stock model", stock)):
        within = (voltage > CUT_OFFS[0]) & (voltage < CUT_OFFS[1])
        ends.append(POINTS if within.all() else int(np.argmin(within)))
        if within.all() and voltage.size < POINTS:
            raise ArithmeticError(f"{run}: {voltage.size} of {POINTS} points were solved by {model}")
    if abs(ends[0] - ends[1]) > LAST_FALL:
        raise ArithmeticError(f"{run}: the cut-off is reached at points {ends[0]} and {ends[1]}")
    return 1e3 * float(np.abs(ours[: min(ends)] - stock[: min(ends)])[1:].max())


def measure() -> dict[str, float]:
    """Largest differences of voltage [mV] by run."""
    return {f"{run} [mV]": difference(run) for run in RUNS} | {
        HEAVY_RUN: difference(DISCHARGE, HEAVY, FINER, HEAVY_HOURS)
    }


HEAVY_RUN = f"{DISCHARGE}, {HEAVY:g} mg/cm2, twice the cells through the layers [mV]"

CHECK = Check(
    name="stock_full_cell",
    title="PyBaMM's sodium-ion DFN",
    compared="Largest difference of voltage of a full cell from `pybamm.sodium_ion.BasicDFN` at constant "
    f"current, at the electrode level. Both have {ELECTRODE_CELLS} cells in the carbon's coating, "
    f"{SEPARATOR_CELLS} in the separator, {COUNTER_CELLS} in the positive coating and "
    f"{COUNTER_PARTICLE_CELLS} along the radius of its particles; along that of the carbon's particles ours "
    f"has 28 graded cells and the other {STOCK_CELLS}.",
    limit="Core and shell of `core_shell` are one carbon without clusters, traps, film and strong sites; "
    "both double layers are negligible. The tables of the positive electrode `nvpf` and of the electrolyte "
    f"are the same. {LIGHT:g} mg/cm2 of carbon, twice that of NVPF, unless stated otherwise. Runs at 1C "
    f"go to the cut-offs, {CUT_OFFS[0]:g} and {CUT_OFFS[1]:g} V, at C/10 for 3 h, if heavy for 6 min.",
    bounds=tuple(Bound(name, at_most=2.0) for name in (*(f"{run} [mV]" for run in RUNS), HEAVY_RUN)),
    measure=measure,
)
