"""Results of designs of full cells as JSON, as a page of Markdown, and as pictures with their numbers."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coreshell_model.base.intervals import shown_interval
from coreshell_model.base.tables import document, markdown_table
from coreshell_model.base.written import write_files
from coreshell_model.design.advice import held_at
from coreshell_model.design.beside import DIFFERENCE, Advised, beside, known, numbers_of, present
from coreshell_model.design.full_cell import (
    DENSITY,
    EFFICIENCY,
    LIFE,
    OBJECTIVES,
    PRESODIATION,
    RATIO,
    SPECIFIC,
    FullCells,
    best,
)
from coreshell_model.design.problem import SOLVED
from coreshell_model.design.range_ends import at_ends
from coreshell_model.show.figures.designs import cuts_picture, map_picture
from coreshell_model.show.figures.picture import save_picture

RESULTS, TABLE, PAGE = "full_cell_design.json", "full_cell_map.csv", "full_cell_design.md"

RULE = (
    "The N/P ratio of each design is chosen so that the positive electrode gives, in its first charge, what "
    "the carbon takes up at C/20 before it comes to 0 V against sodium, less any presodiation."
)


def results(cells: FullCells) -> dict[str, Any]:
    """Everything as JSON."""
    request, solved = cells.request, cells.reference.solved
    material = request.problem.material
    positive, stack = material.positive, material.stack
    assert positive is not None and stack is not None
    rate = cells.exchange
    return {
        "Material": material.name,
        "Protocol": request.problem.protocol.name,
        "Seal law": request.law,
        "Positive electrode": positive.name,
        "Stack": stack.name,
        "Active loading": request.problem.changes.get(
            "cell.active_loading", str(material.cell.active_loading)
        ),
        "Balanced by": RULE if request.problem.balanced else "the N/P ratio as set",
        "Map": {
            "Designs": len(cells.map.points),
            "Solved": cells.map.count(SOLVED),
            "Solved in a half-cell": cells.half.count(SOLVED),
        },
        "Reference": {name: _number(solved[name].iloc[0]) for name in _names(cells)} if len(solved) else None,
        "Best designs": {name: best(cells, name) for name in OBJECTIVES},
        "Beside the material as it is": {
            design.why: beside(as_it_is(cells), design.numbers) for design in advised(cells)
        },
        "Ends of ranges": range_advice(cells),
        "Exchange rate": None
        if rate is None
        else {
            "One point of first-cycle efficiency [W.h.kg-1]": rate.energy,
            "Band [W.h.kg-1]": rate.band,
            "One point of first-cycle efficiency [% of the positive electrode]": rate.positive,
            "Band [% of the positive electrode]": rate.positive_band,
            "Over": rate.over,
        },
        "Presodiation": presodiation(cells),
    }


def as_it_is(cells: FullCells) -> dict[str, float]:
    """The full cell of the material as it is, its numbers named as those of a design."""
    return present(cells.request.problem, cells.request.axes, cells.reference)


def advised(cells: FullCells) -> list[Advised]:
    """The best design of the map for each objective."""
    found = ((name, best(cells, name)) for name in OBJECTIVES)
    return [Advised(name, name, numbers_of(design)) for name, design in found if design is not None]


def range_advice(cells: FullCells) -> list[str]:
    """A sentence for each end of a range at which a best design lies."""
    axes = cells.request.axes
    places = {
        f"the most {design.why}": {axis.name: design.numbers[axis.label] for axis in axes}
        for design in advised(cells)
    }
    return at_ends(axes, places)


def presodiation(cells: FullCells) -> dict[str, Any] | None:
    """What presodiation brings per mAh/g, and the amount beyond which the energy no longer rises."""
    rows = pd.DataFrame(cells.presodiation[cells.presodiation["Ending"] == SOLVED])
    if len(rows) < 2:
        return None
    amounts, energies = _amounts_of(rows), rows[SPECIFIC].to_numpy(float)
    top = int(np.argmax(energies))
    return {
        "First gain [W.h.kg-1 per mA.h.g-1]": float((energies[1] - energies[0]) / (amounts[1] - amounts[0])),
        "Most energy [W.h.kg-1]": float(energies[top]),
        "At [mA.h.g-1]": float(amounts[top]),
        "Still rising at the largest amount": top == len(rows) - 1,
        "Rows": [
            {"Presodiation [mA.h.g-1]": float(amount), **{name: _number(row[name]) for name in _PRICED}}
            for amount, (_, row) in zip(amounts, rows.iterrows(), strict=True)
        ],
    }


_PRICED = (SPECIFIC, DENSITY, EFFICIENCY, RATIO, LIFE)


def _amounts_of(rows: pd.DataFrame) -> np.ndarray:
    (column,) = [name for name in rows.columns if name.startswith(("Presodiation", PRESODIATION))]
    return rows[column].to_numpy(float)


def _names(cells: FullCells) -> list[str]:
    return [name for name in cells.request.problem.observables if name in cells.reference.solved]


def _number(value: Any) -> float | None:
    number = float(value)
    return number if np.isfinite(number) else None


def page(cells: FullCells) -> str:
    """The page: what was compared, the best designs side by side, the exchange rate, presodiation's price."""
    told = results(cells)
    labels = [axis.label for axis in cells.request.axes]
    shown, as_is = [*labels, SPECIFIC, DENSITY, LIFE, EFFICIENCY, RATIO], known(as_it_is(cells))
    rows = [("the material as it is", *(_shown(as_is.get(column)) for column in shown))]
    for design in advised(cells):
        numbers, change = known(design.numbers), beside(as_it_is(cells), design.numbers)
        rows.append((design.why, *(_shown(numbers.get(column)) for column in shown)))
        differences = (change.get(column, {}).get(DIFFERENCE) for column in shown)
        rows.append(("less the material as it is", *map(_signed, differences)))
    head = ("most of", *labels, SPECIFIC, DENSITY, LIFE, EFFICIENCY, RATIO)
    lines = [
        f"# Full cells of {told['Material']}",
        "",
        f"{told['Map']['Designs']} designs, {told['Map']['Solved']} solved; {told['Positive electrode']} as "
        f"positive electrode, stack {told['Stack']}, {told['Active loading']} of active carbon per area, "
        f"{_law_in_words(told['Seal law'])}. {told['Balanced by']}",
        "",
        "## Best designs",
        "",
        "Those of the half-cell stand beside them, with the numbers of their full cells; below each, its "
        "difference from the material as it is.",
        "",
        *markdown_table(head, rows),
        "",
        *(f"{sentence}\n" for sentence in told["Ends of ranges"]),
        "## What a point of efficiency is worth",
        "",
        *exchange_lines(cells),
        "",
        "## Presodiation",
        "",
        *presodiation_lines(cells),
    ]
    return document(lines)


def _law_in_words(law: str | None) -> str:
    return f"seal law {law}, also of the material as it is" if law else "open share as in the file"


def exchange_lines(cells: FullCells) -> list[str]:
    """The exchange rate in words."""
    rate = cells.exchange
    if rate is None:
        return [
            "No exchange rate: the material as it is was not solved, or presodiation raises no efficiency."
        ]
    energy = f" ({shown_interval(rate.band, 3)} over {rate.over})" if rate.band else ""
    share = f" ({shown_interval(rate.positive_band, 3)})" if rate.positive_band else ""
    return [
        f"One point of first-cycle efficiency = {rate.energy:.3g} Wh/kg of the stack{energy} = "
        f"{rate.positive:.3g} % of the positive electrode{share}, with "
        + (
            "an N/P ratio that is chosen anew for the sodium that a point adds; at a fixed ratio that sodium "
            "also fills spare carbon, so that a point seems worth more until the carbon comes to 0 V."
            if cells.request.problem.balanced
            else "the N/P ratio as set."
        ),
    ]


def presodiation_lines(cells: FullCells) -> list[str]:
    """The price of presodiation in words."""
    told = presodiation(cells)
    if told is None:
        return ["No price of presodiation: fewer than two amounts were solved."]
    end = (
        "and it still rises there"
        if told["Still rising at the largest amount"]
        else "and more of it lowers it"
    )
    amounts = [row["Presodiation [mA.h.g-1]"] for row in told["Rows"]]
    return [
        f"From {amounts[0]:.3g} to {amounts[1]:.3g} mAh/g, each mAh/g of presodiation brings "
        f"{told['First gain [W.h.kg-1 per mA.h.g-1]']:.3g} Wh/kg. Of the {len(amounts)} amounts that were "
        f"computed, {told['At [mA.h.g-1]']:.3g} mAh/g has the highest energy, "
        f"{told['Most energy [W.h.kg-1]']:.3g} Wh/kg, {end}.",
    ]


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.3g}"


def save(cells: FullCells, folder: Path) -> list[Path]:
    """Write JSON, page, table and pictures; return the paths."""
    told = json.dumps(results(cells), indent=2, allow_nan=False)
    paths = write_files({RESULTS: told, PAGE: page(cells), TABLE: cells.table.to_csv(index=False)}, folder)
    request = cells.request
    axes = [(axis.label, axis.log) for axis in request.axes]
    labels = [axis.label for axis in request.axes]
    heading = f"{request.problem.material.name}, seal {request.law or 'as given'}"
    x, y = request.axes
    marks = {"as it is": (held_at(request.problem, x), held_at(request.problem, y))}
    for text, name in (("most Wh/kg", SPECIFIC), ("half-cell: most efficient", OBJECTIVES[3])):
        design = best(cells, name)
        if design is not None:
            marks[text] = (design[labels[0]], design[labels[1]])
    for stem, name in (
        ("specific_energy", SPECIFIC),
        ("energy_density", DENSITY),
        ("cycles", LIFE),
        ("np_ratio", RATIO),
    ):
        if name in cells.table and int(np.isfinite(cells.table[name].to_numpy(float)).sum()) > 3:
            paths += save_picture(
                map_picture({heading: cells.table}, axes, name, marks), folder / f"map_{stem}.png", (".pdf",)
            )
    rows = pd.DataFrame(cells.presodiation[cells.presodiation["Ending"] == SOLVED])
    if len(rows) > 1:
        shown = rows.assign(**{"Presodiation [mA.h.g-1]": _amounts_of(rows), "Cell": heading})
        drawn = cuts_picture(
            shown, "Cell", "Presodiation [mA.h.g-1]", False, [SPECIFIC, EFFICIENCY, RATIO], "Presodiation"
        )
        paths += save_picture(drawn, folder / "presodiation.png", (".pdf",))
    return paths
