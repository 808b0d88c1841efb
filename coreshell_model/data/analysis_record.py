"""An analysis as one record, and the rules by which its numbers are counted."""

from dataclasses import asdict
from typing import Any

from coreshell_model.base.units import from_si
from coreshell_model.data.analysis import Analysis, Spread
from coreshell_model.data.cell_results import Cell, Valued
from coreshell_model.data.cycle_results import CYCLE, DESODIATION, EFFICIENCY, Number
from coreshell_model.data.knee import LEAST_RATIO, PLATEAU, SLOPE
from coreshell_model.observe.by_voltage import SMOOTHING


def rules(analysis: Analysis) -> dict[str, str]:
    """How the numbers are counted, in sentences."""
    last = (
        "none: no cycle is whole in every cell"
        if analysis.last is None
        else f"{analysis.last}; capacities, split and hysteresis are of it"
    )
    base = (
        "none: no cycle after cycle 1 is whole in every cell"
        if analysis.base is None
        else f"{analysis.base}; cycle 1 forms the film and is no base unless it is chosen"
    )
    return {
        "Capacity": "charge of a half-cycle, holds included, per gram of active carbon (core + shell)",
        CYCLE: "a sodiation and the desodiation after it",
        "Whole half-cycle": (
            "one that another follows; the last of a file has to end as those before it did, or with a rest; "
            "those of a table without time are whole as they are stated"
        ),
        "Last cycle": last,
        "Base of retention": base,
        "Plateau by voltage": f"charge below {analysis.plateau:g} V, holds included; the rest is sloping",
        "Knee": (
            f"above the peak of dQ/dV below {PLATEAU:g} V, the voltage at which dQ/dV is the geometric mean "
            f"of that peak and of the slope, its median from {SLOPE[0]:g} to {SLOPE[1]:g} V; none where the "
            f"peak is below {LEAST_RATIO:g} times the slope"
        ),
        "Hysteresis": (
            "mean voltage of the desodiation less that of the sodiation, each over all of its charge; in a "
            "full cell the other way round"
        ),
        "Hysteresis at equal capacity": (
            "the same over the smaller of both charges, counted from the turn between the half-cycles"
        ),
        "Energy efficiency": (
            "energy that the cell gives over energy that it takes in a cycle; a half-cell gives it in "
            "sodiation, so that charge lost there raises it, above 1 in a first cycle"
        ),
        "dQ/dV": f"charge in windows of {1e3 * SMOOTHING:g} mV over that width, holds left out",
        "Spread": "standard deviation over cells, with n - 1; cells without a number do not count",
    }


def record(analysis: Analysis) -> dict[str, Any]:
    """Everything but curves, for JSON: the numbers are means over the cells, under the names of a run's."""
    means = {name: of_cells.mean for name, of_cells in analysis.spreads.items()}
    by_cycle = analysis.spreads_by_cycle
    return {
        "Files": [str(path) for cell in analysis.cells for path in cell.dataset.sources],
        "Number of cells": len(analysis.cells),
        "Last cycle": analysis.last,
        "Base cycle of retention": analysis.base,
        **means,
        "Reasons": _reasons(analysis),
        "Cycles": list(analysis.cycle_numbers),
        "Capacity by cycle [mA.h.g-1]": [of_cycle[DESODIATION].mean for of_cycle in by_cycle.values()],
        EFFICIENCY: [of_cycle[EFFICIENCY].mean for of_cycle in by_cycle.values()],
        "Replicates": {name: _spread(of_cells) for name, of_cells in analysis.spreads.items()},
        "Replicates by cycle": [
            {CYCLE: number, **{name: _spread(of_cells) for name, of_cells in of_cycle.items()}}
            for number, of_cycle in by_cycle.items()
        ],
        "Cells": [
            _cell(analysis, cell, values)
            for cell, values in zip(analysis.cells, analysis.by_cell, strict=True)
        ],
        "Rules": rules(analysis),
        "Warnings": analysis.warnings,
    }


def _spread(of_cells: Spread) -> dict[str, Number]:
    names = {"mean": "Mean", "sd": "Standard deviation", "count": "n"}
    return {names[field]: value for field, value in asdict(of_cells).items()}


def _reasons(analysis: Analysis) -> dict[str, str]:
    """For each number that some cell lacks, why, cell by cell."""
    reasons: dict[str, str] = {}
    for name in analysis.spreads:
        each = {
            cell.name: values[name][1]
            for cell, values in zip(analysis.cells, analysis.by_cell, strict=True)
            if values[name][0] is None
        }
        if each and len(analysis.cells) == 1:
            reasons[name] = next(iter(each.values()))
        elif each:
            reasons[name] = "; ".join(f"{cell}: {why}" for cell, why in each.items())
    return reasons


def _cell(analysis: Analysis, cell: Cell, values: Valued) -> dict[str, Any]:
    dataset = cell.dataset
    return {
        "Cell": cell.name,
        "Files": [str(path) for path in dataset.sources],
        "Format": dataset.format,
        "Kind of cell": dataset.cell,
        "Mass of active carbon [kg]": dataset.mass,
        "Statements": list(dataset.statements),
        **{name: value for name, (value, _) in values.items()},
        "Cycles": [
            {CYCLE: results.cycle.number, **analysis.of_cycle(cell, results.cycle.number)}
            for results in cell.results
        ],
        "Unfinished half-cycles": [
            {
                "Half-cycle": half.number,
                CYCLE: number,
                "Direction": half.direction.value,
                "Capacity so far [mA.h.g-1]": half.total,
                "Reason": half.unfinished,
            }
            for number, half in cell.curves
            if half.unfinished
        ],
    }


def mass_in_mg(cell: Cell) -> float:
    """Mass of active carbon of a cell [mg]."""
    return from_si(cell.dataset.known_mass, "mg")
