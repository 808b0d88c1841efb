"""Where the bands of the claims come from: materials that are as good as the shipped ones."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Protocol

from coreshell_model.errors import InputError
from coreshell_model.material import Material
from coreshell_model.ranges import assumed_ranges, combinations

Changes = Mapping[str, str]


class Spread(Protocol):
    """A set of alternatives to the shipped materials, each told as changes of all of them together."""

    def alternatives(self, materials: Sequence[Material]) -> list[tuple[Changes, ...]]:
        """Alternatives, each the changes of every material in their order; none where nothing varies."""
        ...

    def band(self, values: Sequence[float]) -> list[float]:
        """Lower and upper end of what the alternatives, and the shipped materials first, give."""
        ...


class AssumedRanges:
    """The ends of what the materials only assume (``[[band]]``); the band is from lowest to highest.

    A posterior sample is another class with the same two methods: its draws are the alternatives, its
    quantiles the band.
    """

    def alternatives(self, materials: Sequence[Material]) -> list[tuple[Changes, ...]]:
        """All ends together; a material that occurs twice changes alike."""
        different = {material.name: material for material in materials}
        ends = {name: _ends(material) for name, material in different.items()}
        if all(len(each) == 1 for each in ends.values()):
            return []
        together = (dict(zip(ends, each, strict=True)) for each in product(*ends.values()))
        return [tuple(each[material.name] for material in materials) for each in together]

    def band(self, values: Sequence[float]) -> list[float]:
        """Lowest and highest."""
        return [min(values), max(values)]


def _ends(material: Material) -> list[Changes]:
    try:
        return list(combinations(assumed_ranges(material))) if material.band else [{}]
    except InputError:  # every number with a range was set
        return [{}]
