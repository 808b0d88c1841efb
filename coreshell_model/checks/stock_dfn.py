"""The model against PyBaMM's stock half-cell DFN, in the limit where both describe the same electrode."""

import numpy as np
import pybamm

from coreshell_model.checks import stock_spm
from coreshell_model.checks.check import Check
from coreshell_model.checks.half_cell import Cells, active_mass, by_mesh, solve, within
from coreshell_model.inputs.material import read_material
from coreshell_model.physics.coating import tables
from coreshell_model.physics.laws.kinetics import exchange_current_density
from coreshell_model.physics.levels import ELECTRODE_CELLS, SEPARATOR_CELLS, ElectrodeLevel

THIN, THICK = "1.1 mg/cm2", "10 mg/cm2"
C_OVER_20, ONE_C = stock_spm.C_OVER_20, stock_spm.ONE_C
EMPTY, FULL = stock_spm.EMPTY, stock_spm.FULL
RUNS = {
    "1.1 mg/cm2, sodiation at C/20": (THIN, C_OVER_20, EMPTY, 6.0),
    "10 mg/cm2, sodiation at C/20": (THICK, C_OVER_20, EMPTY, 6.0),
    "1.1 mg/cm2, sodiation at 1C": (THIN, ONE_C, EMPTY, 0.1),
    "10 mg/cm2, sodiation at 1C": (THICK, ONE_C, EMPTY, 0.1),
    "10 mg/cm2, desodiation at 1C": (THICK, -ONE_C, FULL, 0.03),
}
"""Loading, current per mass, occupancy at the start and hours of each run."""
RADIAL_STOCK_CELLS = 300
POINTS = 101
TOLERANCE = 1e-8


def stock_parameters(parameters: dict[str, float], current: float) -> dict:
    """The parameters of the same cell in PyBaMM, with the electrolyte tables of the material.

    The Bruggeman exponent of the electronic conductivity is 0, because ours is that of the whole coating. The
    conductivity of the metal is so high that no potential drops in it.
    """
    p, thickness = parameters, parameters["Electrode thickness [m]"]
    salt = p["Initial electrolyte concentration [mol.m-3]"]
    j00 = p["Exchange current density [A.m-2]"]
    electrolyte = electrolyte_tables()
    return stock_spm.stock_parameters(parameters, current) | {
        "Positive electrode thickness [m]": thickness,
        "Positive electrode active material volume fraction": p["Active loading [kg.m-2]"]
        / p["Particle density [kg.m-3]"]
        / thickness,
        "Positive electrode porosity": p["Electrode porosity"],
        "Positive electrode Bruggeman coefficient (electrolyte)": p["Electrode Bruggeman exponent"],
        "Positive electrode Bruggeman coefficient (electrode)": 0.0,
        "Positive electrode conductivity [S.m-1]": p["Electrode conductivity [S.m-1]"],
        "Positive electrode exchange-current density [A.m-2]": lambda c_e, c, c_max, T: (
            exchange_current_density(c / c_max, j00) * pybamm.sqrt(c_e / salt)
        ),
        "Negative electrode conductivity [S.m-1]": 1e12,
        "Separator thickness [m]": p["Separator thickness [m]"],
        "Separator porosity": p["Separator porosity"],
        "Separator Bruggeman coefficient (electrolyte)": p["Separator Bruggeman exponent"],
        "Initial concentration in electrolyte [mol.m-3]": salt,
        "Cation transference number": p["Cation transference number"],
        "Thermodynamic factor": p["Thermodynamic factor"],
        "Electrolyte diffusivity [m2.s-1]": lambda c_e, T: electrolyte["Electrolyte diffusivity [m2.s-1]"](
            c_e
        ),
        "Electrolyte conductivity [S.m-1]": lambda c_e, T: electrolyte["Electrolyte conductivity [S.m-1]"](
            c_e
        ),
        "Contact resistance [Ohm]": p["Contact resistance [Ohm.m2]"] / p["Electrode area [m2]"],
    }


def electrolyte_tables() -> dict:
    """Conductivity and diffusivity by concentration, of the shipped ``core_shell``."""
    return dict(tables(read_material("core_shell"), ElectrodeLevel.name))


def stock_voltage(parameters: dict[str, float], current: float, times: np.ndarray) -> np.ndarray:
    """Voltage [V] of the stock DFN, on our cells through separator and coating."""
    cells = {"r_p": RADIAL_STOCK_CELLS, "x_s": SEPARATOR_CELLS, "x_p": ELECTRODE_CELLS}
    model = pybamm.lithium_ion.DFN({"working electrode": "positive", "contact resistance": "true"})
    unused = dict(pybamm.ParameterValues("Xu2019"))
    simulation = pybamm.Simulation(
        model,
        parameter_values=pybamm.ParameterValues({**unused, **stock_parameters(parameters, current)}),
        var_pts={**model.default_var_pts, **cells},
        solver=pybamm.IDAKLUSolver(rtol=1e-7, atol=1e-9),
    )
    return simulation.solve([times[0], times[-1]], t_interp=times)["Voltage [V]"].entries


def differences(run: str, *meshes: Cells) -> list[float]:
    """Largest difference of voltage [mV] in a run, without its first point, on each of our meshes."""
    loading, rate, occupancy, hours = RUNS[run]
    parameters = stock_spm.limit(occupancy, {"cell.active_loading": loading})
    current, times = rate * active_mass(parameters), np.linspace(0, hours * 3600, POINTS)
    stock = stock_voltage(parameters, current, times)
    largest = []
    for cells in meshes:
        ours = solve(
            parameters | electrolyte_tables(), current, times, cells, TOLERANCE, level=ElectrodeLevel.name
        )
        largest.append(1e3 * float(np.abs(ours["Voltage [V]"].entries - stock)[1:].max()))
    return largest


def measure() -> dict[str, float]:
    """Largest differences of voltage [mV] by run and mesh."""
    return by_mesh(RUNS, differences)


CHECK = Check(
    name="stock_dfn",
    title="PyBaMM's stock half-cell DFN",
    compared="Largest difference of voltage from `pybamm.lithium_ion.DFN` with a metal counter electrode, "
    "on 300 cells along the radius, at constant current. Both have "
    f"{SEPARATOR_CELLS} cells in the separator and {ELECTRODE_CELLS} in the coating.",
    limit="As for the SPM, and the same coating, separator and electrolyte (NaPF6 in EC:PC, the tables of "
    "Chayambuka2022). In the 10 mg/cm2 coating 1C takes the salt down to half in 6 min.",
    bounds=within(RUNS, at_most=1.0),
    measure=measure,
)
