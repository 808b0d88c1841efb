"""Alternatives to materials, with weights: draws of a posterior, or the ends of assumed ranges."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.units import from_si, parse_quantity, to_si
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.ranges import combinations, ranges_left

Changes = Mapping[str, str]
"""Changed numbers of a material by path, as ``simulate`` takes them."""


@dataclass(frozen=True)
class Ensemble:
    """Alternatives to one material, or to several that change together.

    Attributes
    ----------
    description : what the alternatives are, in words
    members : for each alternative the changes of every material, in the order of the materials
    weights : of the alternatives; None if they have no probabilities
    """

    description: str
    members: tuple[tuple[Changes, ...], ...]
    weights: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.members)

    @property
    def changes(self) -> list[Changes]:
        """The changes of the first material in each alternative."""
        return [member[0] for member in self.members]

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the numbers of the first material that differ."""
        return tuple(self.changes[0])

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The units of these numbers in the last alternative."""
        return tuple(parse_quantity(text)[1] for text in self.changes[-1].values())

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """The values of these numbers in these units, with a row for each alternative."""
        rows = [
            [_in_unit(member[path], unit) for path, unit in zip(self.paths, self.units, strict=True)]
            for member in self.changes
        ]
        return np.array(rows, dtype=float)


def _in_unit(text: str, unit: str) -> float:
    value, written_unit = parse_quantity(text)
    return value if written_unit == unit else from_si(to_si(value, written_unit, unit), unit)


def assumed_ends(materials: Sequence[Material], no_longer_assumed: Collection[str] = ()) -> Ensemble | None:
    """All combinations of the ends of the materials' assumed ranges; None where no range is left.

    Parameters
    ----------
    materials : a material that occurs twice has the same changes in both places
    no_longer_assumed : paths of numbers whose range does not count, besides those that a run set
    """
    ranges = {material.name: ranges_left(material, no_longer_assumed) for material in materials}
    if not any(ranges.values()):
        return None
    members = []
    for ends in product(*(combinations(ranges_of_material) for ranges_of_material in ranges.values())):
        together = dict(zip(ranges, ends, strict=True))
        members.append(tuple(together[material.name] for material in materials))
    return Ensemble("ends of the material's assumed ranges", tuple(members))
