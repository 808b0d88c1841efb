"""The half-cell: a list of mechanisms that PyBaMM builds into one model."""

from collections.abc import Mapping
from types import SimpleNamespace

import pybamm

from coreshell_model import symbols as s
from coreshell_model.submodels.adsorption import TemkinFrumkinSites
from coreshell_model.submodels.areas import ExternalAndWallArea, ExternalArea
from coreshell_model.submodels.circuit import Circuit
from coreshell_model.submodels.clusters import DrivenClusters
from coreshell_model.submodels.counter_electrode import SodiumMetal
from coreshell_model.submodels.currents import MixedCurrents, SealedCurrents
from coreshell_model.submodels.double_layer import DoubleLayer
from coreshell_model.submodels.geometry import Geometry
from coreshell_model.submodels.interphase import SteppedInterphase
from coreshell_model.submodels.inventory import MixedInventory, SealedInventory
from coreshell_model.submodels.kinetics import ChargeTransfer
from coreshell_model.submodels.transport import Diffusion
from coreshell_model.submodels.trapping import Trapping
from coreshell_model.submodels.wall_interphase import WallInterphase
from coreshell_model.submodels.wetted_carbon import WettedCarbon

CORE_CELLS = 20
SHELL_CELLS = 8
RELATIVE_TOLERANCE = 1e-6
ABSOLUTE_TOLERANCE = 1e-6

PARTICLE = (Geometry, TemkinFrumkinSites, Diffusion, DrivenClusters, Trapping)
"""The mechanisms inside the particle."""

SURFACE = (ChargeTransfer, SteppedInterphase, DoubleLayer)
"""The mechanisms where electrolyte touches a sealed particle, and the double layer of all it touches."""

CELL = (SodiumMetal, Circuit)
"""The rest of the half-cell."""

SEALED = PARTICLE + SURFACE + (ExternalArea, SealedCurrents, SealedInventory) + CELL
"""A half-cell of sealed particles."""

PORES = (WallInterphase, WettedCarbon)
"""The mechanisms inside open particles."""

MIXED = PARTICLE + SURFACE + PORES + (ExternalAndWallArea, MixedCurrents, MixedInventory) + CELL
"""A half-cell of sealed and open particles in parallel."""


def mechanisms_for(parameters: Mapping[str, float]) -> tuple[type, ...]:
    """The list that a material needs: open particles cost states, so only where there are any."""
    return MIXED if parameters.get(s.open_fraction.name, 0.0) > 0 else SEALED


class CoreShellHalfCell(pybamm.BaseModel):
    """A core-shell carbon particle against sodium metal, particle level (docs/physics.md).

    Runs with ``pybamm.Simulation`` and ``pybamm.Experiment`` like a stock model.

    Parameters
    ----------
    mechanisms : classes of submodels, one of each kind; a variant is another class in the list
    name : the model's name
    """

    def __init__(self, mechanisms=SEALED, name="Core-shell half-cell"):
        super().__init__(name)
        # PyBaMM's experiments and spectra ask a model for these; the double layer is a differential state.
        self.options = {"surface form": "differential"}
        self.summary_variables = []
        self.param = SimpleNamespace(Q=s.nominal_capacity, A_cc=s.electrode_area)
        self.submodels = {mechanism.__name__: mechanism() for mechanism in mechanisms}
        self.build_model()

    @property
    def default_parameter_values(self):
        """Those of the shipped material ``core_shell``."""
        from coreshell_model.values import appel_core_shell

        return pybamm.ParameterValues(appel_core_shell())

    @property
    def default_geometry(self):
        """Z from 0 to 1 in the core and from 1 to 2 in the shell."""
        return {s.CORE: {s.z_core: {"min": 0, "max": 1}}, s.SHELL: {s.z_shell: {"min": 1, "max": 2}}}

    @property
    def default_submesh_types(self):
        """Uniform in each carbon."""
        return {s.CORE: pybamm.Uniform1DSubMesh, s.SHELL: pybamm.Uniform1DSubMesh}

    @property
    def default_var_pts(self):
        """Cells in core and shell."""
        return {s.z_core: CORE_CELLS, s.z_shell: SHELL_CELLS}

    @property
    def default_spatial_methods(self):
        """Finite volumes, which conserve sodium exactly."""
        return {s.CORE: pybamm.FiniteVolume(), s.SHELL: pybamm.FiniteVolume()}

    @property
    def default_solver(self):
        """IDAKLU at the tolerances whose error docs/physics.md states ("On the mesh")."""
        return pybamm.IDAKLUSolver(rtol=RELATIVE_TOLERANCE, atol=ABSOLUTE_TOLERANCE)

    @property
    def default_quick_plot_variables(self):
        """Voltage, current and where the sodium is."""
        places = [name for name in self.variables if name.startswith(("Sodium in ", "Trapped sodium"))]
        return ["Voltage [V]", "Current [A]", places]
