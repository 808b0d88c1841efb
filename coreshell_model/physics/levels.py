"""The levels of the model: one particle that represents all, or a particle at each place of an electrode.

Mechanisms are written once, for the particle at a place of the electrode. A level gives them their variables
and the average over the electrode; it knows no mechanism.
"""

from collections.abc import Mapping
from typing import Any

import pybamm

from coreshell_model.physics.symbols import (
    CORE,
    COUNTER,
    COUNTER_PARTICLE,
    ELECTRODE,
    SEPARATOR,
    SHELL,
    SIZES,
    positive_radius,
    relative_sizes,
    size_shares,
)

CORE_CELLS, SHELL_CELLS = 20, 8
SEPARATOR_CELLS, ELECTRODE_CELLS = 12, 24
COUNTER_CELLS, COUNTER_PARTICLE_CELLS = 16, 20
CORE_STRETCH = 2.0
"""Logarithm of the width of the core's innermost cells over that of its outermost, in the limit of many cells
(docs/decisions/mesh.md)."""


class ParticleLevel:
    """One particle represents all: nothing varies through the electrode."""

    name = "particle"
    around: tuple[str, ...] = ()
    """The domain over which particles are spread."""
    places: tuple[str, ...] = ()
    """The domain of places in the electrode, each with a film, a double layer and a potential."""
    relative_size: pybamm.Symbol = pybamm.Scalar(1)
    """Radius of a particle over that of the single size of equal area."""

    def __init__(self):
        through: Any = {"secondary": list(self.around)} if self.around else {}

        def along(name, domain, kind=pybamm.SpatialVariable):
            return kind(name, domain=domain, auxiliary_domains=through, coord_sys="cartesian")

        self.z = along("r_scaled", [CORE, SHELL])
        self.z_edge = along("r_scaled", [CORE, SHELL], pybamm.SpatialVariableEdge)
        self.z_core = along("r_core_scaled", [CORE])
        self.z_shell = along("r_shell_scaled", [SHELL])

    @property
    def geometry(self) -> dict:
        """Coordinate z, from 0 to 1 in the core and from 1 to 2 in the shell."""
        return {CORE: {self.z_core: {"min": 0, "max": 1}}, SHELL: {self.z_shell: {"min": 1, "max": 2}}}

    @property
    def cells(self) -> dict:
        """Cells of the mesh in each direction."""
        return {self.z_core: CORE_CELLS, self.z_shell: SHELL_CELLS}

    @property
    def submeshes(self) -> dict:
        """Spacing of the cells: in the core ever closer towards the shell, uniform in other domains."""
        graded = {"side": "right", "stretch": CORE_STRETCH}
        uniform = dict.fromkeys(self.geometry, pybamm.MeshGenerator(pybamm.Uniform1DSubMesh))
        return uniform | {CORE: pybamm.MeshGenerator(pybamm.Exponential1DSubMesh, graded)}

    def half_cell(self, domain: str, side: str) -> pybamm.Symbol:
        """Distance in z from a carbon's face to the centre of the cell next to it.

        It is not half of PyBaMM's ``BoundaryMeshSize``, which is the distance between the last two centres.
        """
        z, ends = {CORE: (self.z_core, (0, 1)), SHELL: (self.z_shell, (1, 2))}[domain]
        centre = pybamm.boundary_value(z, side, order="constant")
        return centre - ends[0] if side == "left" else ends[1] - centre

    def local(self, name: str) -> pybamm.Variable:
        """A state of a place: of a surface, a film or a double layer."""
        return pybamm.Variable(name, domain=list(self.places))

    def field(self, name: str, domain: str) -> pybamm.Variable:
        """A state that varies along the radius of the particle."""
        through: Any = {"secondary": list(self.around)} if self.around else {}
        return pybamm.Variable(name, domain=[domain], auxiliary_domains=through)

    def everywhere(self, value) -> pybamm.Symbol:
        """The same value at each place, as an initial condition of a ``local`` state."""
        return pybamm.convert_to_symbol(value)

    def of_each(self, value) -> pybamm.Symbol:
        """The same value for each particle at a place, to be used with fields inside the particles."""
        return self.everywhere(value)

    def along_radius(self, value, domain: str) -> pybamm.Symbol:
        """A value broadcast along a carbon's radius; a field along the radius stays as it is."""
        symbol = pybamm.convert_to_symbol(value)
        if symbol.domain == [domain]:
            return symbol
        return pybamm.PrimaryBroadcast(self.of_each(symbol), [domain])

    def core_and_shell(self, in_core, in_shell) -> pybamm.Symbol:
        """A field over both carbons from a value, or a field, in each."""
        return pybamm.concatenation(self.along_radius(in_core, CORE), self.along_radius(in_shell, SHELL))

    def on_faces(self, value) -> pybamm.Symbol:
        """A value of a place, at all faces of the mesh of its particle."""
        return pybamm.PrimaryBroadcastToEdges(self.of_each(value), [CORE, SHELL])

    def over_sizes(self, of_each) -> pybamm.Symbol:
        """Average over the mass of particles of all sizes at a place."""
        return pybamm.convert_to_symbol(of_each)

    def by_size(self, field) -> pybamm.Symbol:
        """A field divided by the square of the relative size of each particle."""
        return field

    def mean(self, local) -> pybamm.Symbol:
        """Average over the electrode of a value per gram of active carbon."""
        return pybamm.convert_to_symbol(local)


class ElectrodeLevel(ParticleLevel):
    """A particle at every place of a porous electrode, behind a separator.

    The coordinate x is scaled like z, so that thicknesses are inputs: from 0 at the sodium metal to 1 in the
    separator, and from 1 to 2 at the current collector in the electrode.
    """

    name = "electrode"
    around = places = (ELECTRODE,)

    def __init__(self):
        super().__init__()
        self.x_separator = pybamm.SpatialVariable(
            "x_separator_scaled", domain=[SEPARATOR], coord_sys="cartesian"
        )
        self.x = pybamm.SpatialVariable("x_electrode_scaled", domain=[ELECTRODE], coord_sys="cartesian")
        self.x_edge = pybamm.SpatialVariableEdge(
            "x_electrode_scaled", domain=[ELECTRODE], coord_sys="cartesian"
        )

    @property
    def geometry(self) -> dict:
        """The coordinates of the particle, and x."""
        return super().geometry | {
            SEPARATOR: {self.x_separator: {"min": 0, "max": 1}},
            ELECTRODE: {self.x: {"min": 1, "max": 2}},
        }

    @property
    def cells(self) -> dict:
        """Cells of the particle at each place, and of separator and electrode."""
        return super().cells | {self.x_separator: SEPARATOR_CELLS, self.x: ELECTRODE_CELLS}

    def everywhere(self, value) -> pybamm.Symbol:
        """A value broadcast over the electrode; a field over the electrode stays as it is."""
        symbol = pybamm.convert_to_symbol(value)
        return symbol if symbol.domain == [ELECTRODE] else pybamm.PrimaryBroadcast(symbol, [ELECTRODE])

    def mean(self, local) -> pybamm.Symbol:
        """Average over the thickness, which equals that over the mass because the coating is uniform."""
        symbol = pybamm.convert_to_symbol(local)
        return pybamm.Integral(symbol, self.x) if symbol.domain == [ELECTRODE] else symbol


class SizesLevel(ParticleLevel):
    """Particles of several sizes at one potential (53), whose size scales core and shell alike.

    They share a film and a double layer; the fields inside a particle depend on its size.
    """

    name = "sizes"
    around = (SIZES,)

    def __init__(self):
        super().__init__()
        self.size = pybamm.SpatialVariable("particle_size", domain=[SIZES], coord_sys="cartesian")
        self.relative_size = self._by_number(relative_sizes)
        self._share = self._by_number(size_shares)

    def _by_number(self, numbers) -> pybamm.Symbol:
        """A field over the sizes that has the first number for the first size, and so on."""
        size: Any = self.size  # its comparisons are symbols
        steps = [number * (size > place) * (size < place + 1) for place, number in enumerate(numbers)]
        return sum(steps, start=pybamm.Scalar(0))

    @property
    def geometry(self) -> dict:
        """The coordinates of the particle, and a step for each size."""
        return super().geometry | {SIZES: {self.size: {"min": 0, "max": len(relative_sizes)}}}

    @property
    def cells(self) -> dict:
        """Cells of the particle of each size, and one for each size."""
        return super().cells | {self.size: len(relative_sizes)}

    def of_each(self, value) -> pybamm.Symbol:
        """A value broadcast over the sizes; a field over the sizes stays as it is."""
        symbol = pybamm.convert_to_symbol(value)
        return symbol if symbol.domain == [SIZES] else pybamm.PrimaryBroadcast(symbol, [SIZES])

    def over_sizes(self, of_each) -> pybamm.Symbol:
        """Average over the mass of particles of all sizes."""
        return pybamm.Integral(self.of_each(of_each) * self._share, self.size)

    def by_size(self, field) -> pybamm.Symbol:
        """A field divided by the square of the relative size of each particle."""
        inverse = 1 / self.relative_size**2
        return field * self.core_and_shell(inverse, inverse)

    def mean(self, local) -> pybamm.Symbol:
        """Average over the sizes of a value that varies with them."""
        symbol = pybamm.convert_to_symbol(local)
        return self.over_sizes(symbol) if symbol.domain == [SIZES] else symbol


class WithPositive(ParticleLevel):
    """A level with the particles of a positive electrode, all alike where nothing varies through it.

    Their coordinate y is the radius over that of the particle, from 0 to 1.
    """

    through_positive: tuple[str, ...] = ()
    """The domain over which the particles of the positive electrode are spread."""

    def __init__(self):
        super().__init__()
        through: Any = {"secondary": list(self.through_positive)} if self.through_positive else {}
        self.y, self.y_edge = (
            kind(
                "r_positive_scaled",
                domain=[COUNTER_PARTICLE],
                auxiliary_domains=through,
                coord_sys="cartesian",
            )
            for kind in (pybamm.SpatialVariable, pybamm.SpatialVariableEdge)
        )

    @property
    def geometry(self) -> dict:
        """The coordinates of the carbon's level, and that of the positive particles."""
        return super().geometry | {COUNTER_PARTICLE: {self.y: {"min": 0, "max": 1}}}

    @property
    def cells(self) -> dict:
        """Cells in each direction."""
        return super().cells | {self.y: COUNTER_PARTICLE_CELLS}

    def positive_field(self, name: str) -> pybamm.Variable:
        """A state that varies along the radius of the positive particles."""
        through: Any = {"secondary": list(self.through_positive)} if self.through_positive else {}
        return pybamm.Variable(name, domain=[COUNTER_PARTICLE], auxiliary_domains=through)

    def positive_local(self, name: str) -> pybamm.Variable:
        """A state of a place of the positive electrode."""
        return pybamm.Variable(name, domain=list(self.through_positive))

    def positive_everywhere(self, value) -> pybamm.Symbol:
        """The same value at each place of the positive electrode."""
        symbol = pybamm.convert_to_symbol(value)
        if not self.through_positive or symbol.domain == [COUNTER]:
            return symbol
        return pybamm.PrimaryBroadcast(symbol, [COUNTER])

    def along_positive_radius(self, value) -> pybamm.Symbol:
        """A value broadcast along the radius of the positive particles, at each place."""
        return pybamm.PrimaryBroadcast(self.positive_everywhere(value), [COUNTER_PARTICLE])

    def on_positive_faces(self, value) -> pybamm.Symbol:
        """A value of a place, at all faces of the mesh of its positive particle."""
        return pybamm.PrimaryBroadcastToEdges(self.positive_everywhere(value), [COUNTER_PARTICLE])

    def positive_mean(self, local) -> pybamm.Symbol:
        """Average over the positive electrode."""
        return pybamm.convert_to_symbol(local)


class FullParticleLevel(WithPositive):
    """One particle of each electrode represents all."""

    name = "particle, full cell"


class FullSizesLevel(WithPositive, SizesLevel):
    """Carbon particles of several sizes, and one particle of the positive electrode."""

    name = "sizes, full cell"


class FullElectrodeLevel(WithPositive, ElectrodeLevel):
    """Two porous electrodes: x runs from -1 at the positive current collector to 0 at the separator."""

    name = "electrode, full cell"
    through_positive = (COUNTER,)

    def __init__(self):
        super().__init__()
        self.x_positive, self.x_positive_edge = (
            kind("x_positive_scaled", domain=[COUNTER], coord_sys="cartesian")
            for kind in (pybamm.SpatialVariable, pybamm.SpatialVariableEdge)
        )

    @property
    def geometry(self) -> dict:
        """All coordinates of the carbon's level, and those of the positive electrode."""
        return super().geometry | {COUNTER: {self.x_positive: {"min": -1, "max": 0}}}

    @property
    def cells(self) -> dict:
        """Cells in each direction."""
        return super().cells | {self.x_positive: COUNTER_CELLS}

    def positive_mean(self, local) -> pybamm.Symbol:
        """Average over the thickness of the positive electrode."""
        symbol = pybamm.convert_to_symbol(local)
        return pybamm.Integral(symbol, self.x_positive) if symbol.domain == [COUNTER] else symbol


LEVELS = {level.name: level for level in (ParticleLevel, ElectrodeLevel)}
"""The levels that users choose from, by name."""


def level_named(name: str, parameters: Mapping[str, Any]) -> str:
    """The level of this name that suits the parameters: of several sizes, of a full cell."""
    if name == ParticleLevel.name and relative_sizes[0].name in parameters:
        name = SizesLevel.name
    return WITH_POSITIVE[name].name if name in WITH_POSITIVE and positive_radius.name in parameters else name


WITH_POSITIVE: dict[str, type[WithPositive]] = {
    ParticleLevel.name: FullParticleLevel,
    SizesLevel.name: FullSizesLevel,
    ElectrodeLevel.name: FullElectrodeLevel,
}
"""The level of a full cell for each level of its carbon."""

BUILT = {**LEVELS, SizesLevel.name: SizesLevel} | {level.name: level for level in WITH_POSITIVE.values()}
"""All levels at which a model can be built."""
