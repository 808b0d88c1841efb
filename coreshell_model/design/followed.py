"""What follows from the numbers that a problem sets and its axes vary."""

from collections.abc import Sequence

from coreshell_model.design.axes import Axis
from coreshell_model.design.problem import Problem
from coreshell_model.errors import InputError
from coreshell_model.particle import consequences


def followed(problem: Problem, axes: Sequence[Axis] = ()) -> list[str]:
    """In sentences: what kept or moved other numbers, at either end of the axes; none where nothing did.

    An end that is no possible design says nothing.
    """
    found: dict[str, str] = {}
    ends = ("lowest", "highest") if axes else ("",)
    for end in ends:
        values = {axis.name: axis.text(_end(axis, end)) for axis in axes}
        try:
            material, _ = problem.point(values)
        except InputError:
            continue
        where = f", at {', '.join(f'{name} {text}' for name, text in _short(axes, end))}" if axes else ""
        for text in consequences(material):
            found[f"{text}{where}"] = end
    return list(found)


def _end(axis: Axis, end: str) -> float:
    if axis.values:
        return min(axis.values) if end == "lowest" else max(axis.values)
    return axis.low if end == "lowest" else axis.high


def _short(axes: Sequence[Axis], end: str) -> list[tuple[str, str]]:
    return [(axis.name, f"{_end(axis, end):.4g} {axis.unit}".removesuffix(" 1")) for axis in axes]
