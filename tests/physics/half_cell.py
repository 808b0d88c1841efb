"""The model on its own, for tests that need a mesh, a current or a carbon that no material file has."""

import pybamm

from coreshell_model.material import read_material
from coreshell_model.model import CoreShellHalfCell
from coreshell_model.protocol import read_protocol
from coreshell_model.values import parameter_values

QUIET = {
    "Cluster site density [mol.m-3]": 0.0,
    "Core trap density [mol.m-3]": 0.0,
    "Shell trap density [mol.m-3]": 0.0,
    "SEI step 1 charge [C.m-2]": 0.0,
    "SEI step 2 charge [C.m-2]": 0.0,
    "SEI step 3 charge [C.m-2]": 0.0,
    "SEI growth exchange current density [A.m-2]": 0.0,
}
"""Nothing but sloping sites, charge transfer and double layer."""


def values(material="core_shell", **changes):
    """The parameters of a shipped material through formation."""
    return parameter_values(read_material(material), read_protocol("formation")) | changes


def solve(parameters, current, times, cells=(20, 8), tolerance=1e-9):
    """A constant current [A] from the initial state; the PyBaMM solution at ``times`` [s]."""
    model = CoreShellHalfCell()
    wide = {"Lower voltage cut-off [V]": -5.0, "Upper voltage cut-off [V]": 10.0}
    simulation = pybamm.Simulation(
        model,
        parameter_values=pybamm.ParameterValues({**parameters, **wide, "Current function [A]": current}),
        var_pts=dict(zip(model.default_var_pts, cells, strict=True)),
        solver=pybamm.IDAKLUSolver(rtol=tolerance, atol=1e-5 * tolerance),
    )
    return simulation.solve([times[0], times[-1]], t_interp=times)
