"""The experimenter's names of what a designer can change, and the dotted paths that they stand for."""

from collections.abc import Mapping
from dataclasses import dataclass

from coreshell_model.errors import InputError, did_you_mean
from coreshell_model.material import CoreShellMaterial, Material
from coreshell_model.quantity import brief


@dataclass(frozen=True)
class Variable:
    """A number of the design: its short name, what it is called, the unit it is shown in, its path."""

    name: str
    title: str
    unit: str
    path: str

    @property
    def label(self) -> str:
        """Title and unit, as axes and columns have them."""
        return self.title if self.unit == "1" else f"{self.title} [{self.unit}]"


VARIABLES = {
    variable.name: variable
    for variable in (
        Variable("thickness", "Shell thickness", "nm", "shell.thickness"),
        Variable("mass_gain", "CVD mass gain", "%", "shell.mass_gain"),
        Variable("radius", "Particle radius", "nm", "particle.radius"),
        Variable("external_area", "External area", "m2/g", "particle.external_area"),
        Variable("roughness", "Roughness", "1", "particle.roughness"),
        Variable("pore_volume", "Core pore volume", "cm3/g", "core.pore_volume"),
        Variable("core_density", "Core skeletal density", "g/cm3", "core.skeletal_density"),
        Variable("shell_density", "Shell skeletal density", "g/cm3", "shell.skeletal_density"),
        Variable("loading", "Active loading", "mg/cm2", "cell.active_loading"),
        Variable("rate", "C-rate", "1", "protocol.numbers.rate"),
        Variable("hold", "Longest hold", "h", "protocol.numbers.longest_hold"),
    )
}
"""The design variables by short name; every dotted path that ``--set`` takes is a variable too."""


def path_of(name: str, material: Material) -> str:
    """The dotted path of a design variable; what is a path already stays one.

    Raises
    ------
    InputError
        Neither a path nor a variable.
    """
    if "." in name:
        return name
    if name not in VARIABLES:
        raise InputError(
            f"{brief(name)} is no design variable; {did_you_mean(name, VARIABLES)}they are "
            f"{', '.join(VARIABLES)}, and every path that --set takes"
        )
    path = VARIABLES[name].path
    if not isinstance(material, CoreShellMaterial) and path.startswith("core."):
        return path.replace("core.", "carbon.", 1)  # the one carbon that it has
    return path


def by_path(changes: Mapping[str, str], material: Material) -> dict[str, str]:
    """Changes under dotted paths, where a design variable may stand for one; other names stay as they are.

    Raises
    ------
    InputError
        One number under both its names.
    """
    found: dict[str, str] = {}
    for name, text in changes.items():
        path = path_of(name, material) if name in VARIABLES else name
        if path in found:
            raise InputError(f"{brief(name)}: {path} is given twice; give it once")
        found[path] = text
    return found
