"""Whether a material is the coated carbon of Appel et al., of which alone their numbers say anything."""

from coreshell_model import library
from coreshell_model.material import Material, read_material
from coreshell_model.material_names import differing

COATED = "core_shell"
"""The shipped material that is it."""

MAKE = ("particle.", "core.pore_volume", "core.skeletal_density", "shell.mass_gain", "shell.thickness")
"""How the paths of the numbers begin that make it this carbon; its electrochemistry may be read otherwise."""


def is_of_the_paper(material: Material) -> bool:
    """Whether this is a shipped reading of the paper's coated carbon, its particle as measured there."""
    if material.name not in library.names("parameters"):
        return False
    return not any(path.startswith(MAKE) for path in differing(material, read_material(COATED)))
