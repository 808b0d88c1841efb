"""Where the bands of the claims come from: materials that are as good as the shipped ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol

from coreshell_model.errors import InputError
from coreshell_model.material import Material
from coreshell_model.ranges import assumed_ranges, combinations

Changes = Mapping[str, str]
Found = float | str
"""A claim's number with an alternative, in SI units, or why there is none."""


@dataclass(frozen=True)
class Band:
    """Where a claim's number lies.

    Attributes
    ----------
    ends : lower and upper one in SI units; None where nothing varies, or too few alternatives give a number
    note : how many give none, and why
    """

    ends: tuple[float, float] | None
    note: str = ""


NO_BAND = Band(None)


class Spread(Protocol):
    """A set of alternatives to the shipped materials, each told as changes of all of them together."""

    def alternatives(self, materials: Sequence[Material]) -> list[tuple[Changes, ...]]:
        """Alternatives, each the changes of every material in their order; none where nothing varies.

        ``materials`` have their runs' changes, which an alternative leaves as they are.
        """
        ...

    def band(self, shipped: float, found: Sequence[Found]) -> Band:
        """The band of what the alternatives give, in their order; ``shipped`` is the model's number."""
        ...


class AssumedRanges:
    """The ends of what the materials only assume (``[[band]]``); from lowest to highest, shipped included."""

    def alternatives(self, materials: Sequence[Material]) -> list[tuple[Changes, ...]]:
        """All ends together; a material that occurs twice changes alike."""
        together = ends_together(materials)
        if not any(any(each.values()) for each in together):
            return []
        return [tuple(each[material.name] for material in materials) for each in together]

    def band(self, shipped: float, found: Sequence[Found]) -> Band:
        """Lowest and highest; none where an end gives no number."""
        if reasons := [one for one in found if isinstance(one, str)]:
            return Band(None, missing(len(reasons), len(found), "ends of assumed ranges", reasons[0]))
        values = [shipped, *(one for one in found if not isinstance(one, str))]
        return Band((min(values), max(values)))


def ends_together(materials: Sequence[Material]) -> list[dict[str, Changes]]:
    """Every combination of ends of the materials' assumed ranges, by the materials' names."""
    different = {material.name: material for material in materials}
    ends = {name: _ends(material) for name, material in different.items()}
    return [dict(zip(ends, each, strict=True)) for each in product(*ends.values())]


def missing(count: int, of: int, what: str, reason: str) -> str:
    """How many alternatives give no number, as a remark."""
    return f"{count} of {of} {what} give no number: {reason}"


def _ends(material: Material) -> list[Changes]:
    try:
        return list(combinations(assumed_ranges(material))) if material.band else [{}]
    except InputError:  # every number with a range was set
        return [{}]
