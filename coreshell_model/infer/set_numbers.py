"""Numbers of the materials of a fit that are set for it, and not fitted."""

from collections.abc import Mapping, Sequence

from coreshell_model.base.errors import InputError, at
from coreshell_model.infer.problem_file import FreeParameter
from coreshell_model.inputs.changes import PROTOCOL_PREFIX, by_path
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.particle import changed, known_paths


def with_set_numbers(
    materials: Mapping[str, Material], free: Sequence[FreeParameter], numbers: Mapping[str, str]
) -> dict[str, Material]:
    """The materials with these numbers; a number is set in each material that has it.

    Parameters
    ----------
    materials : by their names in the problem
    free : the numbers that are fitted, or drawn from their priors
    numbers : as text, by path or by a design variable's name

    Raises
    ------
    InputError
        A number is of a protocol, is fitted or drawn, or no material has it or can have its value.
    """
    with at("--set"):
        chosen = {material: by_path(numbers, materials[material]) for material in materials}
        stated: dict[str, dict[str, str]] = {material: {} for material in materials}
        for place, (name, text) in enumerate(numbers.items()):
            if name.startswith(PROTOCOL_PREFIX):
                raise InputError(
                    f"{name} is a number of a protocol; write it into the changes of the observations that "
                    "go through it (docs/fitting.md)"
                )
            paths = {material: list(chosen[material])[place] for material in materials}
            having = [
                material for material in materials if paths[material] in known_paths(materials[material])
            ]
            for material in having or list(materials)[:1]:  # one that lacks it says which numbers there are
                _check_not_free(free, material, paths[material])
                stated[material][paths[material]] = text
        return {name: changed(material, stated[name]) for name, material in materials.items()}


def _check_not_free(free: Sequence[FreeParameter], material: str, path: str) -> None:
    """Refuse a number that is fitted, or that draws have by its prior."""
    for each in free:
        if material in (*each.shared, *each.separate) and path in each.paths_in(material):
            raise InputError(
                f"{path} is fitted, or drawn from its prior; leave it out here, or take it out of the problem"
            )
