"""Tables of trade-offs between designs on a terminal."""

import typer

from coreshell_model.design.bands import PROBABILITY
from coreshell_model.design.beside import known
from coreshell_model.design.tradeoffs_report import (
    PRESENT,
    as_it_is,
    distinct,
    front_rows,
    recommended,
    results,
)
from coreshell_model.inputs.material import active_carbon
from coreshell_model.inputs.user_defaults import in_words
from coreshell_model.show.cli.tables import comparison_table, print_table, rows_table

SHOWN = (
    "Initial coulombic efficiency",
    "Reversible capacity [mA.h.g-1]",
    "CVD mass gain [%]",
    "Particle radius [nm]",
)
MOST_ROWS = 15
HEADINGS = {
    "Initial coulombic efficiency": "ICE",
    "Reversible capacity [mA.h.g-1]": "Reversible",
    "First-cycle loss [mA.h.g-1]": "Loss",
    "Loss to SEI [mA.h.g-1]": "SEI",
    "Loss to trapped sodium [mA.h.g-1]": "Trapped",
}


def print_trade_offs(trade_offs) -> None:
    """Print tables of the map, seal laws, external areas, readings and the front, with what they advise."""
    report = results(trade_offs)
    shared = trade_offs.request.problem
    protocol = shared.protocol
    of_all = ", also of the material as it is" if report["Seal law"] else ""
    typer.echo(
        f"{report['Material']}, protocol {report['Protocol']}, seal law {report['Seal law']}{of_all}. "
        f"Capacities in mAh per gram of {active_carbon(shared.material)}; sodiation ends "
        f"{protocol.end_of_sodiation}.{in_words(protocol)}"
    )
    _print_map(trade_offs, report)
    for rows, advice in (("Seal laws", "Seal advice"), ("External areas", "External area advice")):
        if report[rows]:
            _print_rows(report[rows])
            typer.echo(report[advice] + "\n")
    if report["Readings"]:
        _print_rows(report["Readings"]["Changes"])
        for name, advice in report["Readings"]["Advice"].items():
            typer.echo(f"{name}: {advice}")
        typer.echo("")
    _print_front(trade_offs, report)
    _print_beside(trade_offs)
    for sentence in (*report["Ends of ranges"], *report["Notes"]):
        typer.echo(sentence)


def _print_beside(trade_offs) -> None:
    """Print the material as it is beside each advised design, with the difference."""
    wanted, as_is = trade_offs.request, as_it_is(trade_offs)
    objectives = (quantity.name for quantity in (*wanted.objectives, *wanted.goals))
    names = [*(axis.label for axis in wanted.axes), *SHOWN, *objectives]
    for design in distinct(trade_offs):
        columns = [_columns_of(known(numbers), names) for numbers in (as_is, design.numbers)]
        print_table(comparison_table(columns, [PRESENT, design.why]))


def _print_map(trade_offs, report: dict) -> None:
    counts = report["Map"]
    typer.echo(
        f"Map of {counts['Points']} designs: {counts['Solved']} solved, {counts['Impossible designs']} "
        f"impossible, {counts['Failed solves']} failed."
    )
    if trade_offs.map.unsolved():
        typer.echo(f"{trade_offs.map.unsolved()}.")
    rows = []
    for objective, best in counts["Best"].items():
        labels = [
            label
            for variable in report["Variables"]
            for label in best
            if label.endswith(f"[{variable['Unit']}]") and label not in SHOWN and not label.startswith("Loss")
        ]
        first_two = list(dict.fromkeys(labels))[:2]
        rows.append({"Best in the map": objective} | _columns_of(best, (*first_two, *SHOWN)))
    if rows:
        _print_rows(rows)


def _print_front(trade_offs, report: dict) -> None:
    front = front_rows(trade_offs)
    if not front:
        return
    has_bands = bool(trade_offs.bands)
    step = max(1, -(-len(front) // MOST_ROWS))
    shown = [
        _front_row(row, trade_offs)
        for number, row in enumerate(front)
        if (number in trade_offs.bands if has_bands else number % step == 0)
    ]
    search = report["Front"]
    typer.echo(
        f"Front of {len(front)} designs from {search['Trials']} tried ({search['Sampler']}, "
        f"seed {search['Seed']}), {len(shown)} shown; {', '.join(report['Objectives'])}."
        + (f" Bands: {report['Bands from']}." if has_bands else "")
    )
    _print_rows(shown)
    if report["Goals"]:
        typer.echo(_recommendation(trade_offs, report["Goals"]))


def _front_row(design: dict, trade_offs) -> dict:
    """A design of the front: variables, results, objectives and goals, with its band where there is one."""
    wanted = trade_offs.request
    names = [quantity.name for quantity in (*wanted.objectives, *wanted.goals)]
    row = _columns_of(design, [*(axis.label for axis in wanted.axes), *SHOWN, *names])
    if design["Band"]:
        row |= {f"{HEADINGS.get(name, name)} band": design["Band"]["Ranges"][name] for name in names}
    if wanted.goals:
        row |= {"Meets goals": "yes" if design["Meets goals"] else "no"}
        row |= {"Probability": design[PROBABILITY]} if design[PROBABILITY] is not None else {}
    return row


def _recommendation(trade_offs, goals: list[str]) -> str:
    best = recommended(trade_offs)
    all_goals = " and ".join(goals)
    if best is None:
        return f"No design of the front meets {all_goals}."
    probability = f", probability {best[PROBABILITY]:.2f}" if best[PROBABILITY] is not None else ""
    axes = trade_offs.request.axes
    recipe = ", ".join(f"{axis.name} {best[axis.label]:.3g} {axis.unit}" for axis in axes)
    gain = best.get("CVD mass gain [%]")
    with_gain = f" (CVD mass gain {gain:.3g} %)" if gain is not None else ""
    return f"To meet {all_goals}: {recipe}{with_gain}{probability}."


def _columns_of(row: dict, names) -> dict:
    return {name: row[name] for name in dict.fromkeys(names) if name in row}


def _print_rows(rows: list[dict]) -> None:
    """Print a table with headings that are short enough for a terminal."""
    short = [{HEADINGS.get(name, name): value for name, value in row.items()} for row in rows]
    print_table(rows_table(short))
