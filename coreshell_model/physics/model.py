"""The PyBaMM model of a core-shell particle in a sodium half-cell, assembled from its mechanisms."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import pybamm

from coreshell_model import __version__
from coreshell_model.base.errors import InputError
from coreshell_model.inputs.sections import STORES
from coreshell_model.physics import symbols as s
from coreshell_model.physics.levels import (
    BUILT,
    ElectrodeLevel,
    FullElectrodeLevel,
    FullParticleLevel,
    FullSizesLevel,
    ParticleLevel,
    SizesLevel,
)
from coreshell_model.physics.parameter_set import CheckedProcessor, ModelOptions, parameter_values
from coreshell_model.physics.storage.clusters import Clusters, ConditionedClusters
from coreshell_model.physics.storage.store import Store
from coreshell_model.physics.submodels.adsorption import StrongAndSlopingSites, TemkinFrumkinSites
from coreshell_model.physics.submodels.circuit import Circuit, FullCellCircuit, PositiveOverpotential
from coreshell_model.physics.submodels.double_layer import DoubleLayer
from coreshell_model.physics.submodels.geometry import ExternalAndWallArea, ExternalArea, Geometry
from coreshell_model.physics.submodels.interphase import (
    DissolvingInterphase,
    SteppedInterphase,
    WallInterphase,
)
from coreshell_model.physics.submodels.inventory import Inventory
from coreshell_model.physics.submodels.kinetics import (
    ChargeTransfer,
    SodiumMetal,
    UniformReaction,
    VaryingChargeTransfer,
)
from coreshell_model.physics.submodels.mechanism import Declared, Mechanisms
from coreshell_model.physics.submodels.polarisation import MixedPolarisation, Polarisation
from coreshell_model.physics.submodels.porous_electrode import PorousElectrode
from coreshell_model.physics.submodels.positive_current import PorousPositive, UniformPositive
from coreshell_model.physics.submodels.positive_particle import PositiveParticle
from coreshell_model.physics.submodels.positive_reaction import PositiveReaction
from coreshell_model.physics.submodels.presodiation import Presodiation
from coreshell_model.physics.submodels.sacrificial_sodium import SacrificialSodium
from coreshell_model.physics.submodels.salt_transport import FullCellSalt, SaltTransport
from coreshell_model.physics.submodels.stored_sodium import Stored
from coreshell_model.physics.submodels.transport import Diffusion, VaryingDiffusion
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
"""The works that every run of the model cites."""

RELATIVE_TOLERANCE = 1e-6
ABSOLUTE_TOLERANCE = 1e-6

PARTICLE = (Geometry, TemkinFrumkinSites, Diffusion)
"""The mechanisms inside the particle, without kinds of storage."""

SURFACE = (ChargeTransfer, SteppedInterphase, DoubleLayer)
"""The mechanisms at the surface of sealed particles, and the double layer of all wetted carbon."""

CELL = (Inventory, SodiumMetal, Circuit)
"""The mechanisms of the other parts of the half-cell, and the count of its sodium."""

SEALED_PARTICLES = (*PARTICLE, *SURFACE, ExternalArea, Polarisation, *CELL)
"""A half-cell of sealed particles, without kinds of storage and the distribution of the current."""

OPEN_PARTICLES = (
    *PARTICLE,
    *SURFACE,
    WallInterphase,
    WettedCarbon,
    ExternalAndWallArea,
    MixedPolarisation,
    *CELL,
)
"""The same for sealed and open particles in parallel."""

POSITIVE_ELECTRODE = (
    PositiveParticle,
    PositiveReaction,
    SacrificialSodium,
    Presodiation,
    PositiveOverpotential,
)
"""What a full cell has in place of the sodium metal, without the distribution of the current."""

VARIANTS = (
    (
        (s.core.strong_potential.name, s.shell.strong_potential.name),
        TemkinFrumkinSites,
        StrongAndSlopingSites,
    ),
    (tuple(s.DIFFUSIVITY_FACTORS.values()), Diffusion, VaryingDiffusion),
    ((s.EXCHANGE_CURRENT_FACTOR,), ChargeTransfer, VaryingChargeTransfer),
    ((s.sei_dissolution_rate.name,), SteppedInterphase, DissolvingInterphase),
)
"""Parameters, a mechanism, and its variant with more states or terms, which is needed if one of the
parameters is a table or a number above zero."""

DISTRIBUTION = {
    ParticleLevel: (UniformReaction,),
    SizesLevel: (UniformReaction,),
    ElectrodeLevel: (SaltTransport, PorousElectrode),
    FullParticleLevel: (UniformReaction, UniformPositive),
    FullSizesLevel: (UniformReaction, UniformPositive),
    FullElectrodeLevel: (FullCellSalt, PorousElectrode, PorousPositive),
}
"""The mechanisms that distribute the current over the electrode, by level."""


def mechanisms_for(parameters: Mapping[str, Any]) -> Mechanisms:
    """The mechanisms that a material needs by its parameters and tables, without any states that it lacks."""
    opened = parameters.get(s.open_fraction.name, 0.0) > 0
    chosen = OPEN_PARTICLES if opened else SEALED_PARTICLES
    if s.positive_radius.name in parameters:
        chosen = full_cell(chosen)
    for used_by, law, variant in VARIANTS:
        if any(_asks(parameters.get(name, 0.0)) for name in used_by):
            chosen = in_place_of(law, variant, chosen)
    storage = []
    for kind in STORES:
        filled = tuple(
            region for region in kind.regions if parameters[s.stored(kind.store, region).density.name] > 0
        )
        wetted = filled if opened and not kind.store.dry else ()
        variants = {kind.store.variant(_numbers(kind.store, region, parameters)) for region in filled}
        # The law with more states serves both carbons, since the other law is a limit of it.
        store = max(variants, key=lambda variant: len(variant.__mro__), default=kind.store)
        storage.append(Stored(store, kind.regions, filled, wetted))
    return (*chosen, *storage)


def full_cell(mechanisms: Mechanisms) -> Mechanisms:
    """A half-cell's mechanisms with a positive electrode in place of the sodium metal."""
    carbon = tuple(mechanism for mechanism in mechanisms if mechanism is not SodiumMetal)
    return (*in_place_of(Circuit, FullCellCircuit, carbon), *POSITIVE_ELECTRODE)


def _numbers(store: type[Store], region: str, parameters: Mapping[str, Any]) -> dict[str, float]:
    """The numbers of a kind of storage in a carbon, by field; 0 for those that are no parameters."""
    symbols = s.stored(store, region)
    return {field: parameters.get(getattr(symbols, field).name, 0.0) for field in store.numbers}


def _missing_law(mechanisms: Mechanisms, values: Mapping[str, Any]) -> str | None:
    """A law that the values need and the model lacks, in words; None if it lacks none."""
    wetted = values.get(s.open_fraction.name, 0.0)
    if _asks(wetted) and Polarisation in mechanisms:
        return f"{s.open_fraction.name!r} is {wetted:g}: it has open particles"
    for used_by, law, variant in VARIANTS:
        asking = next((name for name in used_by if _asks(values.get(name, 0.0))), None)
        if asking is not None and law in mechanisms:
            return f"{asking!r} asks for {variant.__name__} in place of {law.__name__}"
    stored = [entry for entry in mechanisms if isinstance(entry, Stored)]
    for kind in STORES:
        for region in kind.regions:
            if not _asks(values.get(s.stored(kind.store, region).density.name, 0.0)):
                continue
            of_kind = [entry for entry in stored if issubclass(entry.store, kind.store)]
            if stored and not any(region in entry.sealed for entry in of_kind):
                return f"{region} holds sodium as {kind.store.__name__}"
            numbers = _numbers(kind.store, region, values)
            if not all(isinstance(value, int | float) for value in numbers.values()):
                continue
            variant = kind.store.variant(numbers)
            if variant is not kind.store and any(entry.store is kind.store for entry in of_kind):
                return f"{region} asks for {variant.__name__} in place of {kind.store.__name__}"
    return None


def _asks(value: Any) -> bool:
    """Whether a value is a number above zero or a table, which need a mechanism of their own."""
    return callable(value) or (isinstance(value, int | float) and value > 0)


def check_laws(mechanisms: Mechanisms, values: Mapping[str, Any]) -> None:
    """Refuse parameter values of a material with laws that the model lacks, and would ignore silently."""
    # PyBaMM's parameter values look for similar names each time that one is not there.
    if missing := _missing_law(mechanisms, dict(values.items())):
        raise InputError(
            f"the model lacks a law of this material: {missing}; build it as "
            "CoreShellHalfCell(mechanisms_for(values))"
        )


def in_place_of(shipped: type, variant: type, mechanisms: Mechanisms) -> Mechanisms:
    """A list of mechanisms with a variant, a mechanism or a kind of storage, in place of a shipped one.

    A variant that is already in the place of the shipped one is replaced as well.

    Raises
    ------
    ValueError
        The list has no such mechanism.
    """

    def is_shipped(mechanism: Any) -> bool:
        return issubclass(mechanism.store if isinstance(mechanism, Stored) else mechanism, shipped)

    if not any(map(is_shipped, mechanisms)):
        raise ValueError(f"{shipped.__name__} is not in the list of mechanisms")

    def replaced(mechanism: Any) -> Any:
        return replace(mechanism, store=variant) if isinstance(mechanism, Stored) else variant

    return tuple(replaced(mechanism) if is_shipped(mechanism) else mechanism for mechanism in mechanisms)


ALL_STORAGE = tuple(Stored(kind.store, kind.regions, kind.regions) for kind in STORES)
"""Every kind of storage, in each carbon that can have it."""

SEALED: Mechanisms = in_place_of(
    TemkinFrumkinSites,
    StrongAndSlopingSites,
    in_place_of(Clusters, ConditionedClusters, SEALED_PARTICLES + ALL_STORAGE),
)
"""A half-cell of sealed particles with every kind of storage, as the shipped materials need it."""


class CoreShellHalfCell(pybamm.BaseModel):
    """Core-shell carbon particles against sodium metal (docs/physics.md).

    It runs with ``pybamm.Simulation`` and ``pybamm.Experiment`` like a stock model. Another material or
    design is another set of parameter values, ``coreshell_model.parameter_values(material, changes)``; a
    variant of a mechanism is another class in the list of mechanisms.
    """

    def __init__(
        self,
        mechanisms=None,
        level=ParticleLevel.name,
        name="Core-shell half-cell",
    ):
        """Assemble the mechanisms; all numbers stay parameters.

        Parameters
        ----------
        mechanisms : tuple of classes, optional
            A submodel of each kind. The default is ``SEALED``, for sealed particles with every kind of
            storage; ``mechanisms_for(values)`` chooses the list that a material needs, with wetted pores if
            it has open particles. Parameter values that need laws outside the list are refused.
        level : str, optional
            "particle", one particle that represents all, or "electrode", a porous electrode behind a
            separator.
        name : str, optional
            The model's name in PyBaMM's messages.

        Examples
        --------
        >>> values = parameter_values("core_shell", {"shell.thickness": "12 nm"})
        >>> pybamm.Simulation(CoreShellHalfCell(), parameter_values=values).solve([0, 80 * 3600])
        """
        super().__init__(name)
        mechanisms = SEALED if mechanisms is None else tuple(mechanisms)
        self._symbol_processor = CheckedProcessor(partial(check_laws, mechanisms))
        for citation in CITED:
            pybamm.citations.register(citation)
        # PyBaMM's experiments and spectra need these attributes; the double layer is a differential state.
        self.options = ModelOptions({"surface form": "differential"})
        self.summary_variables = []
        self.param = SimpleNamespace(Q=s.nominal_capacity, A_cc=s.electrode_area)
        self.level = BUILT[level]()
        chosen = (*mechanisms, *DISTRIBUTION[type(self.level)])
        self.submodels = {mechanism.__name__: mechanism(self.level) for mechanism in chosen}
        declared = Declared(self.submodels.values())
        for submodel in self.submodels.values():
            submodel.declared = declared
        self.build_model()

    @property
    def default_parameter_values(self):
        """Those of the shipped material ``core_shell`` at C/20; dependent numbers follow changes."""
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
        """Voltage, current and the places of the sodium."""
        places = [name for name in self.variables if name.startswith(("Sodium in ", "Trapped sodium"))]
        return ["Voltage [V]", "Current [A]", places]
