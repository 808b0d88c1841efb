"""A run as an Excel workbook: results, inputs with their sources, steps, and a sheet for each cycle."""

import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import replace, room_for
from coreshell_model.base.library import shown
from coreshell_model.base.provenance import versions_of_a_run
from coreshell_model.base.quantity import Quantity
from coreshell_model.base.written import new_file
from coreshell_model.inputs.material import active_carbon, entries
from coreshell_model.observe.capacity import OF_THE_CYCLE, capacity_of_the_cycle
from coreshell_model.observe.quantities import summary
from coreshell_model.observe.result_tables import result_tables
from coreshell_model.run.solution import Solution, curves

MOST_SHEETS = 100
"""Cycles that have a sheet each; those of a longer run stand together on one, with a column for the cycle."""

MOST_POINTS = 200_000
"""Points whose curves a workbook holds: some seven million cells, which take minutes to write and to open. A
sheet of Excel ends at 1,048,576 rows."""

LONGEST_TEXT = 32_767
"""Characters of a cell, as Excel limits them."""

WIDTH, WIDE = 16, 48
"""Widths of columns of numbers, and of texts [characters]."""

_FORBIDDEN, LONGEST_TITLE = re.compile(r"[\[\]:*?/\\]"), 31
"""Characters that the name of a sheet cannot have, and its longest."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Characters that a workbook cannot hold."""

Rows = Iterable[Sequence[Any]]


def check_openpyxl(what: str) -> None:
    """Raise an InputError that says which extra to install where openpyxl is missing."""
    try:
        import openpyxl  # noqa: F401
    except ImportError:
        raise InputError(f'{what} needs openpyxl; pip install "coreshell_model[excel]"') from None


def to_excel(solution: Solution, path: str | Path) -> Path:
    """Write a run as an Excel workbook; return the path.

    Its sheets are Results, Results by cycle, further results that are tables, Inputs, Steps, and one for each
    cycle with every series. A value that does not exist is an empty cell; numbers have all their digits.

    Raises
    ------
    InputError
        The path does not end in .xlsx, its folder is not there, the file is there already or cannot be
        written, or openpyxl is missing.
    """
    path = new_file(path, ".xlsx")
    check_openpyxl(f"{shown(path)}: an Excel file")
    with room_for(shown(path)):
        replace(path, workbook(solution))
    return path


def workbook(solution: Solution) -> bytes:
    """The content of the file."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    results = result_tables(summary(solution))
    values = [(value.name, value.value, value.unit, value.scope) for value in results.values]
    note = curves_left_out(solution)
    if note is not None:
        values.append(("Curves", note, "", ""))
    _sheet(book, "Results", ("Quantity", "Value", "Unit", "Of"), values, (WIDE, WIDTH, WIDTH, WIDE))
    if results.by_cycle:
        rows = zip_longest(*results.by_cycle.values())
        _sheet(
            book,
            "Results by cycle",
            ("Cycle", *results.by_cycle),
            ((number, *row) for number, row in enumerate(rows, start=1)),
        )
    for name, columns in results.tables.items():
        _sheet(book, name, tuple(columns), zip(*columns.values(), strict=True))
    _sheet(
        book, "Inputs", ("Number", "Value", "Unit", "Source"), _inputs(solution), (WIDE, WIDTH, WIDTH, WIDE)
    )
    _sheet(book, "Steps", STEP_COLUMNS, _steps(solution), (WIDTH, WIDTH, WIDE, WIDE))
    if note is None:
        for name, table in _sheets_of_cycles(solution):
            _sheet(book, name, [str(column) for column in table.columns], _rows(table))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def curves_left_out(solution: Solution) -> str | None:
    """The line that says why a workbook has no curves; None where it has them."""
    points = len(solution["Time [s]"])
    if points <= MOST_POINTS:
        return None
    return (
        f"left out: {points} points are more than the {MOST_POINTS} of a workbook; they are in curves.csv "
        "and in the netCDF file (--format netcdf)"
    )


def _sheets_of_cycles(solution: Solution) -> Iterator[tuple[str, pd.DataFrame]]:
    """A table for each cycle with points; of many cycles, one for all."""
    table = curves(solution)
    table.insert(2, OF_THE_CYCLE, capacity_of_the_cycle(solution))
    cycles = table["Cycle"].unique()
    if len(cycles) > MOST_SHEETS:
        yield "Cycles", table
        return
    for cycle in cycles:
        yield f"Cycle {cycle}", table.loc[table["Cycle"] == cycle, :]


def _rows(table: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Rows as plain numbers."""
    return zip(*(table[name].tolist() for name in table.columns), strict=True)


STEP_COLUMNS = ("Cycle", "Step", "Asked", "Ending", "Points", "Start [s]", "End [s]")


def _steps(solution: Solution) -> Iterator[tuple[Any, ...]]:
    """Every step that was taken, skipped ones included."""
    times = solution["Time [s]"]
    for step in solution.steps:
        points = range(step.points.start, step.points.stop)
        ends = (times[points[0]], times[points[-1]]) if points else (None, None)
        yield step.cycle, step.number, step.asked.text, step.ending.value, len(points), *ends


def _inputs(solution: Solution) -> Iterator[tuple[Any, ...]]:
    """What was simulated, every number of material and protocol with its source, and the versions."""
    material, protocol = solution.material, solution.protocol
    yield "Material", material.name, "", material.title
    yield "Protocol", protocol.name, "", protocol.source
    yield "Level", solution.level, "", ""
    yield "Capacities", f"per gram of {active_carbon(material)}", "", ""
    yield "End of sodiation", protocol.end_of_sodiation, "", ""
    numbers = chain(
        entries(material).items(), ((f"protocol.{path}", each) for path, each in entries(protocol).items())
    )
    for path, number in numbers:
        if isinstance(number, Quantity):
            yield path, number.value, number.unit, number.source
        else:
            yield path, str(number), "", number.source
    for name, version in versions_of_a_run().items():
        yield f"Version of {name}", version, "", ""


def _sheet(book: Any, name: str, head: Sequence[str], rows: Rows, widths: Sequence[int] = ()) -> None:
    """Add a sheet with a bold heading that stays in sight."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(_FORBIDDEN.sub(" ", name).strip()[:LONGEST_TITLE])
    sheet.freeze_panes = "A2"
    for place in range(len(head)):
        letter = get_column_letter(place + 1)
        sheet.column_dimensions[letter].width = widths[place] if place < len(widths) else WIDTH

    def text(value: str, bold: bool = False) -> Any:
        cell = WriteOnlyCell(sheet, _CONTROL.sub("\ufffd", value)[:LONGEST_TEXT])
        cell.data_type = "s"  # also where it begins with "=", which else would make it a formula
        if bold:
            cell.font = Font(bold=True)
        return cell

    def cell(value: Any) -> Any:
        if isinstance(value, str):
            return text(value)
        return number(float(value)) if isinstance(value, float) else value

    def number(value: float) -> Any:
        """A cell with all digits, of which openpyxl writes 16; None where there is no finite value."""
        if not math.isfinite(value):
            return None
        if float(f"{value:.16g}") == value:
            return value
        exact = WriteOnlyCell(sheet, repr(float(value)))
        exact.data_type = "n"
        return exact

    sheet.append([text(heading, bold=True) for heading in head])
    for row in rows:
        sheet.append([cell(value) for value in row])
