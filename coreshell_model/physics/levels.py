"""Where a mechanism's variables live: in one particle that stands for all, or all through a porous electrode.

Mechanisms are written once, for the particle at one place of the electrode. A level gives them their
variables and says what an average over the electrode is; it knows no mechanism.
"""

from typing import Any

import pybamm

from coreshell_model.physics.symbols import CORE, ELECTRODE, SEPARATOR, SHELL

CORE_CELLS, SHELL_CELLS = 20, 8
SEPARATOR_CELLS, ELECTRODE_CELLS = 12, 24
CORE_STRETCH = 2.0
"""Logarithm of how many times wider the core's innermost cells are than its outermost, for many cells
(docs/decisions/mesh.md)."""


class ParticleLevel:
    """One particle stands for all: nothing varies through the electrode."""

    name = "particle"
    around: tuple[str, ...] = ()
    """The domain that particles are spread over."""

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
        """Z from 0 to 1 in the core and from 1 to 2 in the shell."""
        return {CORE: {self.z_core: {"min": 0, "max": 1}}, SHELL: {self.z_shell: {"min": 1, "max": 2}}}

    @property
    def cells(self) -> dict:
        """Cells of the mesh in each direction."""
        return {self.z_core: CORE_CELLS, self.z_shell: SHELL_CELLS}

    @property
    def submeshes(self) -> dict:
        """How the cells of each domain are spaced: in the core ever closer towards the shell, else alike."""
        graded = {"side": "right", "stretch": CORE_STRETCH}
        uniform = dict.fromkeys(self.geometry, pybamm.MeshGenerator(pybamm.Uniform1DSubMesh))
        return uniform | {CORE: pybamm.MeshGenerator(pybamm.Exponential1DSubMesh, graded)}

    def half_cell(self, domain: str, side: str) -> pybamm.Symbol:
        """From a carbon's face to the centre of the cell there, in z.

        Not half of PyBaMM's ``BoundaryMeshSize``, which is the distance between the last two centres.
        """
        z, ends = {CORE: (self.z_core, (0, 1)), SHELL: (self.z_shell, (1, 2))}[domain]
        centre = pybamm.boundary_value(z, side, order="constant")
        return centre - ends[0] if side == "left" else ends[1] - centre

    def local(self, name: str) -> pybamm.Variable:
        """A state of one place: of a surface, a film, a double layer."""
        return pybamm.Variable(name, domain=list(self.around))

    def field(self, name: str, domain: str) -> pybamm.Variable:
        """A state that varies along the radius of the particle."""
        through: Any = {"secondary": list(self.around)} if self.around else {}
        return pybamm.Variable(name, domain=[domain], auxiliary_domains=through)

    def everywhere(self, value) -> pybamm.Symbol:
        """The same value at each place, as an initial condition of a ``local`` state."""
        return pybamm.convert_to_symbol(value)

    def along_radius(self, value, domain: str) -> pybamm.Symbol:
        """The same value all along a carbon's radius; what varies along it already stays as it is."""
        symbol = pybamm.convert_to_symbol(value)
        if symbol.domain == [domain]:
            return symbol
        return pybamm.PrimaryBroadcast(self.everywhere(symbol), [domain])

    def core_and_shell(self, in_core, in_shell) -> pybamm.Symbol:
        """One field over both carbons from a value, or a field, in each."""
        return pybamm.concatenation(self.along_radius(in_core, CORE), self.along_radius(in_shell, SHELL))

    def on_faces(self, value) -> pybamm.Symbol:
        """A value of one place at all faces of the particle's mesh there."""
        return pybamm.PrimaryBroadcastToEdges(self.everywhere(value), [CORE, SHELL])

    def mean(self, local) -> pybamm.Symbol:
        """Average over the electrode of what every gram of active carbon has."""
        return pybamm.convert_to_symbol(local)


class ElectrodeLevel(ParticleLevel):
    """A particle at every place of a porous electrode, behind a separator.

    Scaled, as along the radius, so that thicknesses are inputs: x from 0 to 1 in the separator, from the
    sodium metal on, and from 1 to 2 in the electrode, up to the current collector.
    """

    name = "electrode"
    around = (ELECTRODE,)

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
        """That of the particle, and x."""
        return super().geometry | {
            SEPARATOR: {self.x_separator: {"min": 0, "max": 1}},
            ELECTRODE: {self.x: {"min": 1, "max": 2}},
        }

    @property
    def cells(self) -> dict:
        """Those of the particle, at each place, and those of separator and electrode."""
        return super().cells | {self.x_separator: SEPARATOR_CELLS, self.x: ELECTRODE_CELLS}

    def everywhere(self, value) -> pybamm.Symbol:
        """The same value at each place; what varies over the electrode already stays as it is."""
        symbol = pybamm.convert_to_symbol(value)
        return symbol if symbol.domain == [ELECTRODE] else pybamm.PrimaryBroadcast(symbol, [ELECTRODE])

    def mean(self, local) -> pybamm.Symbol:
        """Average over the thickness, which is that over the mass: the coating is uniform."""
        symbol = pybamm.convert_to_symbol(local)
        return pybamm.Integral(symbol, self.x) if symbol.domain == [ELECTRODE] else symbol


LEVELS = {level.name: level for level in (ParticleLevel, ElectrodeLevel)}
"""The levels by the name under which users ask for them."""
