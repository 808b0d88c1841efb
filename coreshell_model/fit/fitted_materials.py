"""The materials with their fitted values, each with its interval and verdict as its source."""

from typing import Any

from coreshell_model import library
from coreshell_model.fit.reading import Problem
from coreshell_model.fit.result import FittedParameter, shown
from coreshell_model.material import Material, material_from_dict
from coreshell_model.particle import changed
from coreshell_model.quantity import taken_from

FITTED = "fitted"
"""How the source of a fitted number begins."""


def fitted_materials(problem: Problem, parameters: tuple[FittedParameter, ...]) -> dict[str, Material]:
    """Each material that has a fitted number, under the name of the file to write, ready for another run."""
    found = {}
    for name, material in problem.materials.items():
        own = {
            path: one
            for free, one in zip(problem.parameters, parameters, strict=True)
            if name in free.materials
            for path in free.given.paths_in(name)
        }
        if not own:
            continue
        new = changed(material, {path: f"{one.value:.10g} {one.unit}" for path, one in own.items()})
        data = new.model_dump(exclude_none=True, mode="json")
        _say_whose(data, material.name)
        for path, one in own.items():
            _leaf(data, path)["source"] = source(problem.name, one)
        stem = f"{material.name}_{problem.name}"
        data |= {
            "name": stem,
            "title": f"{material.name}, fitted: {problem.name}",
            "description": f"{material.description} Fitted by {problem.name}: {', '.join(own)}.",
        }
        found[stem] = material_from_dict(data, stem)
    return found


def source(name: str, one: FittedParameter) -> str:
    """Where a fitted number comes from and how well it is known."""
    lower, upper = one.interval_95
    if lower is None:
        interval = "open on both sides" if upper is None else f"up to {shown(upper, one.unit)}"
    elif upper is None:
        interval = f"from {shown(lower, one.unit)}"
    else:
        interval = f"{lower:.4g} to {shown(upper, one.unit)}"
    return f"{FITTED}: {name}.toml; 95 % interval {interval}; {one.verdict}"


def _say_whose(data: Any, name: str) -> None:
    """Name the material of numbers of another fit, and of all numbers of a shipped material."""
    shipped = name in library.names("parameters")
    if isinstance(data, dict):
        said = data.get("source")
        if isinstance(said, str) and (shipped or said.startswith(FITTED)):
            data["source"] = taken_from(name, said)
        data = list(data.values())
    for inner in data if isinstance(data, list | tuple) else ():
        _say_whose(inner, name)


def _leaf(data: dict, path: str) -> dict:
    table = data
    for part in path.split("."):
        table = table[int(part) - 1] if part.isdigit() else table[part]
    return table
