"""What can be taken away from the page: figure, curves, and the files that give the same numbers again."""

from collections.abc import Mapping

import pandas as pd

from coreshell_model.data.archive import toml_text
from coreshell_model.inputs.material import Material
from coreshell_model.observe.capacity import initial_coulombic_efficiency, reversible_capacity
from coreshell_model.run.solution import Solution, curves
from coreshell_model.show.explorer.outcome import Outcome
from coreshell_model.show.explorer.subject import NO_HOLD, PROTOCOL
from coreshell_model.show.figures.kinds import OVERVIEW, picture
from coreshell_model.show.figures.picture import picture_bytes
from coreshell_model.show.figures.voltage import comparison_picture

EXPORTS = {
    "svg": "Figure, SVG",
    "png": "Figure, PNG",
    "csv": "Curves, CSV",
    "material": "Material, TOML",
    "protocol": "Protocol, TOML",
}
"""What there is, by the name of its button."""

LONGEST_STEM = 40
"""Characters that a design's name keeps of the material's."""


def exported(kind: str, solutions: Mapping[str, Solution]) -> tuple[str, bytes]:
    """Name and content of a file: figure and curves of all designs, material and protocol of B.

    Parameters
    ----------
    kind : one of ``EXPORTS``
    solutions : by the name of their design, B among them
    """
    b = solutions["B"]
    stem = f"{b.material.name}_designs" if len(solutions) > 1 else f"{b.material.name}_design"
    if kind in ("svg", "png"):
        return f"{stem}.{kind}", _drawn(solutions, kind)
    if kind == "csv":
        tables = {name: curves(solution) for name, solution in solutions.items()}
        together = pd.concat(tables, names=["Design"]).reset_index(level=0)
        return f"{stem}_curves.csv", together.to_csv(index=False).encode()
    if kind == "protocol":
        return f"{b.protocol.name}_protocol.toml", toml_text(b.protocol).encode()
    return f"{named(b).name}.toml", toml_text(named(b)).encode()


def named(solution: Solution) -> Material:
    """The material under a name that tells it from the one it started as."""
    base, parameters = solution.material, solution.parameters
    thickness, area = parameters["Shell thickness [m]"] * 1e9, parameters["External area [m2.kg-1]"] / 1e3
    tail = f"_{thickness:.4g}nm_{area:.4g}m2"
    title = f"{base.name} with a shell of {thickness:.4g} nm and {area:.4g} m2/g"
    return base.model_copy(update={"name": f"{base.name[:LONGEST_STEM]}{tail}", "title": title})


def _drawn(solutions: Mapping[str, Solution], kind: str) -> bytes:
    if len(solutions) == 1:
        return picture_bytes(picture(solutions["B"], OVERVIEW), kind)
    titles = [f"{name}: {_told(solution)}" for name, solution in solutions.items()]
    return picture_bytes(comparison_picture(list(solutions.values()), titles), kind)


def _told(solution: Solution) -> str:
    """A design and its two numbers, short enough for a column of a figure."""
    thickness = solution.parameters["Shell thickness [m]"] * 1e9
    area = solution.parameters["External area [m2.kg-1]"] / 1e3
    efficiency, capacity = initial_coulombic_efficiency(solution), reversible_capacity(solution)
    design = f"{thickness:.4g} nm, {area:.4g} m$^2$ g$^{{-1}}$"
    if efficiency is None or capacity is None:
        return design
    return f"{design}\nICE {100 * efficiency:.1f} %, {capacity:.0f} mAh g$^{{-1}}$"


def command(outcome: Outcome) -> str:
    """The command that gives the numbers of a design again, from the material file taken away."""
    choice = outcome.choice
    assert choice is not None and outcome.solution is not None
    hold = NO_HOLD if choice.hold is None else f"{choice.hold:g} h"
    return (
        f"coreshell run {named(outcome.solution).name}.toml {PROTOCOL} "
        f'--set "protocol.numbers.rate={choice.rate:g}" --set "protocol.numbers.longest_hold={hold}"'
    )
