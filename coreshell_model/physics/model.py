"""The PyBaMM model of a core-shell particle in a sodium half-cell: its mechanisms put together."""

from collections.abc import Mapping
from types import SimpleNamespace

import pybamm

from coreshell_model import __version__
from coreshell_model.physics import symbols as s
from coreshell_model.physics.levels import LEVELS, ElectrodeLevel, ParticleLevel
from coreshell_model.physics.parameter_set import CheckedProcessor, parameter_values
from coreshell_model.physics.submodels.adsorption import TemkinFrumkinSites
from coreshell_model.physics.submodels.circuit import Circuit, MixedCurrents, SealedCurrents
from coreshell_model.physics.submodels.clusters import DrivenClusters, NoClusters
from coreshell_model.physics.submodels.double_layer import DoubleLayer
from coreshell_model.physics.submodels.geometry import ExternalAndWallArea, ExternalArea, Geometry
from coreshell_model.physics.submodels.interphase import SteppedInterphase, WallInterphase
from coreshell_model.physics.submodels.inventory import MixedInventory, SealedInventory
from coreshell_model.physics.submodels.kinetics import ChargeTransfer, SodiumMetal, UniformReaction
from coreshell_model.physics.submodels.polarisation import MixedPolarisation, Polarisation
from coreshell_model.physics.submodels.porous_electrode import PorousElectrode
from coreshell_model.physics.submodels.salt_transport import SaltTransport
from coreshell_model.physics.submodels.transport import Diffusion
from coreshell_model.physics.submodels.trapping import ShellTrapping, Trapping
from coreshell_model.physics.submodels.wetted_carbon import WettedCarbon

SOFTWARE = """@misc{coreshell_model,
  title = {{coreshell_model: Physics-based simulation of core-shell hard-carbon particles in sodium cells}},
  author = {{The coreshell_model developers}},
  year = {2026},
  note = {Version VERSION}
}""".replace("VERSION", __version__)

CORE_SHELL = """@unpublished{AppelCoreShell,
  title = {{Core-Shell: Resolving the Dilemma of Hard Carbon Anodes by Sealing Nanoporous Particles With
    Semi-Permeable Coatings}},
  author = {Appel, Paul Alexander and Prinz, Carsten and Low, Jian Liang and Asres, Nahom Enkubahri and
    Wu, Shu-Han and Freytag, Annica and {Krug von Nidda}, Jonas and {de Sousa}, Nader Amadeu and
    Fellinger, Tim-Patrick},
  note = {Core-shell hard carbon, the measurements that the shipped materials rest on}
}"""

CITED = (SOFTWARE, CORE_SHELL)
"""What every run of the model rests on."""


RELATIVE_TOLERANCE = 1e-6
ABSOLUTE_TOLERANCE = 1e-6

PARTICLE = (Geometry, TemkinFrumkinSites, Diffusion, DrivenClusters, Trapping)
"""The mechanisms inside the particle."""

SURFACE = (ChargeTransfer, SteppedInterphase, DoubleLayer)
"""The mechanisms where electrolyte touches a sealed particle, and the double layer of all it touches."""

CELL = (SodiumMetal, Circuit)
"""The rest of the half-cell."""

SEALED = PARTICLE + SURFACE + (ExternalArea, SealedCurrents, SealedInventory, Polarisation) + CELL
"""A half-cell of sealed particles, but for how the current divides over the electrode."""

PORES = (WallInterphase, WettedCarbon)
"""The mechanisms inside open particles."""

MIXED = (
    PARTICLE
    + SURFACE
    + PORES
    + (ExternalAndWallArea, MixedCurrents, MixedInventory, MixedPolarisation)
    + CELL
)
"""The same of sealed and open particles in parallel."""

DISTRIBUTION = {ParticleLevel: (UniformReaction,), ElectrodeLevel: (SaltTransport, PorousElectrode)}
"""How the current divides over the electrode, by level."""


IDLE = (
    (s.cluster_density, DrivenClusters, NoClusters),
    (s.core.trap_density, Trapping, ShellTrapping),
)
"""Densities that, where they are zero, let a mechanism be another without states for it."""


def mechanisms_for(parameters: Mapping[str, float]) -> tuple[type, ...]:
    """The list that a material needs, without states for what it has not."""
    chosen = MIXED if parameters.get(s.open_fraction.name, 0.0) > 0 else SEALED
    for density, mechanism, without in IDLE:
        if parameters[density.name] == 0:
            chosen = tuple(without if each is mechanism else each for each in chosen)
    return chosen


class CoreShellHalfCell(pybamm.BaseModel):
    """Core-shell carbon particles against sodium metal (docs/physics.md).

    Runs with ``pybamm.Simulation`` and ``pybamm.Experiment`` like a stock model. Another material or design
    is another set of parameter values, ``coreshell_model.parameter_values(material, changes)``; a variant of
    a mechanism is another class in the list of them.
    """

    def __init__(
        self,
        mechanisms=SEALED,
        level=ParticleLevel.name,
        name="Core-shell half-cell",
    ):
        """Put the mechanisms together; all numbers stay parameters.

        Parameters
        ----------
        mechanisms : tuple of classes, optional
            One submodel of each kind. ``SEALED`` unless given; ``mechanisms_for(values)`` chooses the list
            that a material needs, with wetted pores where it has open particles.
        level : str, optional
            "particle", one particle for all, or "electrode", a porous electrode behind a separator.
        name : str, optional
            The model's name in PyBaMM's messages.

        Examples
        --------
        >>> values = parameter_values("core_shell", {"shell.thickness": "12 nm"})
        >>> pybamm.Simulation(CoreShellHalfCell(), parameter_values=values).solve([0, 80 * 3600])
        """
        super().__init__(name)
        self._symbol_processor = CheckedProcessor()
        for citation in CITED:
            pybamm.citations.register(citation)
        # PyBaMM's experiments and spectra ask a model for these; the double layer is a differential state.
        self.options = {"surface form": "differential"}
        self.summary_variables = []
        self.param = SimpleNamespace(Q=s.nominal_capacity, A_cc=s.electrode_area)
        self.level = LEVELS[level]()
        chosen = (*mechanisms, *DISTRIBUTION[type(self.level)])
        self.submodels = {mechanism.__name__: mechanism(self.level) for mechanism in chosen}
        self.build_model()

    @property
    def default_parameter_values(self):
        """Those of the shipped material ``core_shell`` at C/20; what is changed takes along what follows."""
        return parameter_values()

    @property
    def default_geometry(self):
        """The scaled coordinates of the level."""
        return self.level.geometry

    @property
    def default_submesh_types(self):
        """The spacing of the cells in each domain."""
        return self.level.submeshes

    @property
    def default_var_pts(self):
        """Cells in each direction."""
        return self.level.cells

    @property
    def default_spatial_methods(self):
        """Finite volumes, which conserve sodium exactly."""
        return {domain: pybamm.FiniteVolume() for domain in self.level.geometry}

    @property
    def default_solver(self):
        """IDAKLU at the tolerances whose error docs/physics.md states ("On the mesh")."""
        return pybamm.IDAKLUSolver(rtol=RELATIVE_TOLERANCE, atol=ABSOLUTE_TOLERANCE)

    @property
    def default_quick_plot_variables(self):
        """Voltage, current and where the sodium is."""
        places = [name for name in self.variables if name.startswith(("Sodium in ", "Trapped sodium"))]
        return ["Voltage [V]", "Current [A]", places]
