"""The curves of a run as CSV for Origin: rows of long names, units and comments above the numbers."""

import csv
import io
from pathlib import Path

from coreshell_model.base.files import replace, room_for
from coreshell_model.base.library import shown
from coreshell_model.base.tables import unit_of, without_unit
from coreshell_model.base.written import new_file
from coreshell_model.observe.capacity import OF_THE_CYCLE, capacity_of_the_cycle
from coreshell_model.observe.quantities import changes
from coreshell_model.run.solution import Solution, curves

HEAD = 3
"""Rows above the numbers, in the order of the label rows of Origin's worksheets: long name, units, comments.
"""


def to_origin(solution: Solution, path: str | Path) -> Path:
    """Write the curves as CSV with Origin's three label rows; return the path.

    The comment of every column is the run (material, protocol, changed numbers), as Origin's legends show it.
    A value that does not exist is an empty cell. Numbers are written with all their digits.

    Raises
    ------
    InputError
        The path does not end in .csv, its folder is not there, the file is there already, or it cannot be
        written.
    """
    path = new_file(path, ".csv")
    with room_for(shown(path)):
        replace(path, origin_text(solution))
    return path


def origin_text(solution: Solution) -> str:
    """The content of the file."""
    table = curves(solution)
    table.insert(2, OF_THE_CYCLE, capacity_of_the_cycle(solution))
    names = [str(name) for name in table.columns]
    text = io.StringIO()
    head = csv.writer(text, lineterminator="\n")
    head.writerow(map(without_unit, names))
    head.writerow([unit_of(name) if name.endswith("]") else "" for name in names])
    head.writerow([_comment(solution)] * len(names))
    table.to_csv(text, index=False, header=False, lineterminator="\n")
    return text.getvalue()


def _comment(solution: Solution) -> str:
    """What was run, on one line."""
    changed = (f"{path} = {value}" for path, value in changes(solution).items())
    return "; ".join((f"{solution.material.name} through {solution.protocol.name}", *changed))
