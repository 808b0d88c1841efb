"""Alternatives to what materials are, with weights: draws of a posterior, or the ends of assumed ranges."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.units import parse_quantity, to_si
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.ranges import combinations, ranges_left

Changes = Mapping[str, str]
"""Numbers of a material by path, as ``simulate`` takes changes."""


@dataclass(frozen=True)
class Ensemble:
    """Alternatives to one material, or to several that change together.

    Attributes
    ----------
    said : what they are, in words
    members : of each alternative the changes of every material, in the order of the materials
    weights : of the alternatives; None where no probability belongs to them
    """

    said: str
    members: tuple[tuple[Changes, ...], ...]
    weights: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        """Alternatives."""
        return len(self.members)

    @property
    def changes(self) -> list[Changes]:
        """Those of the first material, an alternative each."""
        return [member[0] for member in self.members]

    @property
    def paths(self) -> tuple[str, ...]:
        """The numbers of the first material that differ."""
        return tuple(self.changes[0])

    @cached_property
    def units(self) -> tuple[str, ...]:
        """Theirs: those of the last alternative."""
        return tuple(parse_quantity(text)[1] for text in self.changes[-1].values())

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """The same as numbers in these units, a row an alternative, a column a path."""
        rows = [
            [_in_unit(member[path], unit) for path, unit in zip(self.paths, self.units, strict=True)]
            for member in self.changes
        ]
        return np.array(rows, dtype=float)


def _in_unit(text: str, unit: str) -> float:
    value, own = parse_quantity(text)
    return value if own == unit else to_si(value, own, unit) / to_si(1.0, unit, unit)


def assumed_ends(materials: Sequence[Material], known: Collection[str] = ()) -> Ensemble | None:
    """The ends of what the materials' files only assume, in all combinations; None where nothing is left.

    Parameters
    ----------
    materials : one that occurs twice changes alike
    known : paths of numbers that are no longer assumed, besides those that a run set
    """
    ranges = {material.name: ranges_left(material, known) for material in materials}
    if not any(ranges.values()):
        return None
    members = []
    for ends in product(*(combinations(each) for each in ranges.values())):
        together = dict(zip(ranges, ends, strict=True))
        members.append(tuple(together[material.name] for material in materials))
    return Ensemble("ends of the material's assumed ranges", tuple(members))
