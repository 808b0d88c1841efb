"""The numbers that a material only assumes to lie in a range, and the ends of those ranges together."""

from itertools import product

from coreshell_model.errors import InputError
from coreshell_model.material import Material, sources
from coreshell_model.particle import AMOUNTS, COATING, SIZES
from coreshell_model.quantity import SET_BY_USER
from coreshell_model.sections import AssumedRange


def assumed_ranges(material: Material) -> list[AssumedRange]:
    """The material's ranges, but for numbers that were set, or replaced by others that say the same.

    Raises
    ------
    InputError
        None are left.
    """
    if not material.band:
        raise InputError(
            f"{material.name}: has no assumed ranges for a band; add [[band]] entries to its file, as in "
            "cracked_core_shell"
        )
    known = settled(material)
    left = [each for each in material.band if each.path not in known]
    if not left:
        raise InputError(
            f"{material.name}: every number with an assumed range was set; without one there is no band"
        )
    return left


def settled(material: Material) -> set[str]:
    """Paths of the numbers that were set, and of those that others say in another way."""
    known = {path for path, number in sources(material).items() if number.source == SET_BY_USER}
    for alternatives in (SIZES, AMOUNTS, COATING):
        if known.intersection(alternatives):
            known.update(alternatives)
    return known


def combinations(ranges: list[AssumedRange]) -> list[dict[str, str]]:
    """The changes of each run: every low end with every high one."""
    paths = [each.path for each in ranges]
    ends = product(*((str(each.low), str(each.high)) for each in ranges))
    return [dict(zip(paths, values, strict=True)) for values in ends]
