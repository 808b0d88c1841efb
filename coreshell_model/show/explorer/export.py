"""Downloads of the page: figure, curves, and the input files that reproduce the numbers."""

from collections.abc import Mapping

import pandas as pd

from coreshell_model.data.archive import toml_text
from coreshell_model.inputs.changes import PROTOCOL_PREFIX
from coreshell_model.inputs.material import Material
from coreshell_model.observe.capacity import initial_coulombic_efficiency, reversible_capacity
from coreshell_model.run.solution import Solution, curves
from coreshell_model.show.explorer.notebook import notebook_bytes
from coreshell_model.show.explorer.subject import NO_HOLD, PROTOCOL
from coreshell_model.show.explorer.tasks import Outcome
from coreshell_model.show.figures.kinds import OVERVIEW, picture
from coreshell_model.show.figures.picture import picture_bytes
from coreshell_model.show.figures.voltage import comparison_picture

EXPORTS = {
    "svg": "Figure, SVG",
    "png": "Figure, PNG",
    "csv": "Curves, CSV",
    "material": "Material, TOML",
    "protocol": "Protocol, TOML",
    "notebook": "Notebook",
}
"""The kinds of downloads with the labels of their buttons."""

LONGEST_STEM = 40
"""Characters of the material's name that begin the name of a design."""


def exported(kind: str, solutions: Mapping[str, Solution]) -> tuple[str, bytes]:
    """Name and content of a download: figure and curves are of all designs, material and protocol of B.

    Parameters
    ----------
    kind : one of ``EXPORTS``
    solutions : by the name of their design, with B
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
    if kind == "notebook":
        return f"{named(b).name}.ipynb", notebook_bytes(named(b), b.protocol)
    return f"{named(b).name}.toml", toml_text(named(b)).encode()


def named(solution: Solution) -> Material:
    """The material of a design under a name with its shell thickness and external area."""
    base, parameters = solution.material, solution.parameters
    thickness, area = parameters["Shell thickness [m]"] * 1e9, parameters["External area [m2.kg-1]"] / 1e3
    tail = f"_{thickness:.4g}nm_{area:.4g}m2"
    title = f"{base.name} with a shell of {thickness:.4g} nm and {area:.4g} m2/g"
    return base.model_copy(update={"name": f"{base.name[:LONGEST_STEM]}{tail}", "title": title})


def _drawn(solutions: Mapping[str, Solution], kind: str) -> bytes:
    if len(solutions) == 1:
        return picture_bytes(picture(solutions["B"], OVERVIEW), kind)
    titles = [f"{name}: {_panel_title(solution)}" for name, solution in solutions.items()]
    return picture_bytes(comparison_picture(list(solutions.values()), titles), kind)


def _panel_title(solution: Solution) -> str:
    """Shell thickness, external area and the two main results of a design."""
    thickness = solution.parameters["Shell thickness [m]"] * 1e9
    area = solution.parameters["External area [m2.kg-1]"] / 1e3
    efficiency, capacity = initial_coulombic_efficiency(solution), reversible_capacity(solution)
    design = f"{thickness:.4g} nm, {area:.4g} m$^2$ g$^{{-1}}$"
    if efficiency is None or capacity is None:
        return design
    return f"{design}\nICE {100 * efficiency:.1f} %, {capacity:.0f} mAh g$^{{-1}}$"


def command(outcome: Outcome) -> str:
    """The command that reproduces the numbers of a design from its downloaded material file."""
    choice = outcome.choice
    assert choice is not None and outcome.solution is not None
    hold = NO_HOLD if choice.hold is None else f"{choice.hold:g} h"
    changes = {"protocol.numbers.rate": f"{choice.rate:g}", "protocol.numbers.longest_hold": hold}
    changes |= {path: text for path, text in choice.changes if path.startswith(PROTOCOL_PREFIX)}
    words = [f'--set "{path}={text}"' for path, text in changes.items()]
    return " ".join([f"coreshell run {named(outcome.solution).name}.toml {PROTOCOL}", *words])
