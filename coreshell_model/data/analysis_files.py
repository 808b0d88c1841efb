"""An analysis as files: CSV tables, the record as JSON, and one Excel workbook."""

import io
import json
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from coreshell_model.base.extras import EXTRAS
from coreshell_model.data.analysis import Analysis
from coreshell_model.data.analysis_record import mass_in_mg, record, rules
from coreshell_model.data.cell_results import Cell, scopes
from coreshell_model.data.cycle_results import CYCLE
from coreshell_model.data.knee import differential

RECORD, WORKBOOK = "analysis.json", "analysis.xlsx"
TABLES = ("replicates.csv", "replicates_by_cycle.csv", "cycles.csv", "half_cycles.csv", "dqdv.csv")
"""Names of the CSV tables."""

MOST_ROWS = 50_000
"""Rows of curves in a worksheet, since large workbooks open slowly; ``half_cycles.csv`` has every point."""

LEAST_POINTS = 20
"""Points of each half-cycle that stay in a worksheet all the same."""

LONGEST_TITLE = 31
"""Characters of a worksheet's name in Excel."""

NOT_IN_TITLES = re.compile(r"[^\w .=()-]")
"""Signs that are replaced in a worksheet's name."""

FURTHEST = 1_048_000
"""Rows that a worksheet can have, its head left out."""


def tables(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """The CSV tables by file name, units in the names of the columns."""
    contents = (replicates, replicates_by_cycle, cycles, half_cycles, derivatives)
    return {name: of(analysis) for name, of in zip(TABLES, contents, strict=True)}


def replicates(analysis: Analysis) -> pd.DataFrame:
    """A row for each number: mean, standard deviation and count over the cells, then each cell."""
    of = scopes(analysis.plateau)
    rows = [
        {
            "Quantity": name,
            "Of": of[name],
            "Mean": of_cells.mean,
            "Standard deviation": of_cells.sd,
            "n": of_cells.count,
            **{
                f"Cell {cell.name}": values[name][0]
                for cell, values in zip(analysis.cells, analysis.by_cell, strict=True)
            },
        }
        for name, of_cells in analysis.spreads.items()
    ]
    masses = {f"Cell {cell.name}": mass_in_mg(cell) for cell in analysis.cells}
    return pd.DataFrame([*rows, {"Quantity": "Mass of active carbon [mg]", **masses}])


def replicates_by_cycle(analysis: Analysis) -> pd.DataFrame:
    """A row for each cycle: mean, standard deviation and count of each number over the cells."""
    rows = []
    for number, of_cycle in analysis.spreads_by_cycle.items():
        row: dict[str, Any] = {CYCLE: number}
        for name, of_cells in of_cycle.items():
            row |= {name: of_cells.mean, f"SD of {name}": of_cells.sd, f"n of {name}": of_cells.count}
        rows.append(row)
    return pd.DataFrame(rows)


def cycles(analysis: Analysis) -> pd.DataFrame:
    """A row for each cycle of each cell, with the reasons for numbers that are missing."""
    rows = [
        {
            "Cell": cell.name,
            CYCLE: results.cycle.number,
            **analysis.of_cycle(cell, results.cycle.number),
            "Missing because": "; ".join(dict.fromkeys(results.reasons.values())),
        }
        for cell in analysis.cells
        for results in cell.results
    ]
    return pd.DataFrame(rows)


def half_cycles(analysis: Analysis) -> pd.DataFrame:
    """Every point of every half-cycle of every cell."""
    parts = {cell.name: _points(cell) for cell in analysis.cells}
    return pd.concat(parts, names=["Cell"]).reset_index(level=0)


def _points(cell: Cell, most: int | None = None) -> pd.DataFrame:
    """The points of a cell's half-cycles, of each at most so many, evenly spaced in their order."""
    parts = []
    for number, half in cell.curves:
        count = len(half.capacity)
        kept = np.arange(count)
        if most is not None and count > most:
            kept = np.unique(np.linspace(0, count - 1, most).round().astype(int))
        parts.append(
            pd.DataFrame(
                {
                    CYCLE: number,
                    "Direction": half.direction.value,
                    "Capacity [mA.h.g-1]": half.capacity[kept],
                    "Voltage [V]": half.voltage[kept],
                    "Time [s]": np.nan if half.time is None else half.time[kept],
                    "Current [mA.g-1]": np.nan if half.current is None else half.current[kept],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def derivatives(analysis: Analysis) -> pd.DataFrame:
    """dQ/dV of every half-cycle of every cell: above 0 in desodiation, below 0 in sodiation."""
    parts = []
    for cell in analysis.cells:
        for number, half in cell.curves:
            curve = differential(half)
            sign = -1.0 if half.sodiates else 1.0
            parts.append(
                pd.DataFrame(
                    {
                        "Cell": cell.name,
                        CYCLE: number,
                        "Direction": half.direction.value,
                        "Voltage [V]": curve.voltage,
                        "dQ/dV [mA.h.g-1.V-1]": sign * curve.capacity,
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def contents(analysis: Analysis) -> dict[str, str]:
    """The texts of the CSV tables and of the record, by file name."""
    texts = {name: table.to_csv(index=False) for name, table in tables(analysis).items()}
    return {RECORD: json.dumps(record(analysis), indent=2), **texts}


def workbook(analysis: Analysis) -> bytes | None:
    """One Excel workbook: replicates, cycles, means by cycle, rules, and a worksheet for each cell.

    None where openpyxl is not installed.
    """
    if EXTRAS["excel"].missing:
        return None
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _fill(book, "Replicates", replicates(analysis))
    _fill(book, "Cycles", cycles(analysis))
    _fill(book, "Mean by cycle", replicates_by_cycle(analysis))
    notes = [*rules(analysis).items(), *(("Warning", text) for text in analysis.warnings)]
    notes += [(cell.name, text) for cell in analysis.cells for text in cell.dataset.statements]
    _fill(book, "Rules and statements", pd.DataFrame(notes, columns=["What", "How"]))
    for number, cell in enumerate(analysis.cells, start=1):
        most = max(MOST_ROWS // len(cell.curves), LEAST_POINTS)
        table = _points(cell, most).head(FURTHEST)
        _fill(book, _title(number, cell.name), table)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _title(number: int, name: str) -> str:
    """The name of a cell's worksheet: Excel allows few signs in it, and 31 characters."""
    return f"{number} {NOT_IN_TITLES.sub('_', name)}"[:LONGEST_TITLE].strip()


def _fill(book: Any, title: str, table: pd.DataFrame) -> None:
    """Write a table as a worksheet whose head stays in sight; a text that begins with = stays a text."""
    from openpyxl.cell import WriteOnlyCell

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, name in enumerate(table.columns):
        letter = chr(ord("A") + place) if place < 26 else None
        if letter is not None:
            sheet.column_dimensions[letter].width = min(max(len(str(name)), 10), 60)

    def cell(value: Any) -> Any:
        if isinstance(value, str):
            printable = "".join(c if c.isprintable() else " " for c in value)
            written = WriteOnlyCell(sheet, printable)
            written.data_type = "s"
            return written
        return None if value is None or value != value else value

    def rows() -> Iterable[Iterable[Any]]:
        yield table.columns
        yield from table.itertuples(index=False)

    for row in rows():
        sheet.append([cell(value) for value in row])
