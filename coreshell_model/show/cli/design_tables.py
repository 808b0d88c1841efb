"""Trade-offs between designs for people on a terminal."""

import typer

from coreshell_model.design.bands import PROBABILITY
from coreshell_model.design.tradeoffs_report import front_rows, recommended, results
from coreshell_model.inputs.user_defaults import in_words
from coreshell_model.show.cli.tables import print_table, rows_table

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


def print_trade_offs(found) -> None:
    """What was found, the advice last."""
    told = results(found)
    protocol = found.request.problem.protocol
    typer.echo(
        f"{told['Material']}, protocol {told['Protocol']}, seal law {told['Seal law']}. Capacities in mAh "
        f"per gram of active carbon (core + shell); sodiation ends {protocol.end_of_sodiation}."
        f"{in_words(protocol)}"
    )
    _map(found, told)
    if told["Seal laws"]:
        print_table(rows_table([_short(row) for row in told["Seal laws"]]))
        typer.echo(told["Seal advice"] + "\n")
    if told["External areas"]:
        print_table(rows_table([_short(row) for row in told["External areas"]]))
        typer.echo(told["External area advice"] + "\n")
    if told["Readings"]:
        print_table(rows_table([_short(row) for row in told["Readings"]["Changes"]]))
        for name, advice in told["Readings"]["Advice"].items():
            typer.echo(f"{name}: {advice}")
        typer.echo("")
    _front(found, told)
    for note in told["Notes"]:
        typer.echo(note)


def _map(found, told) -> None:
    counts = told["Map"]
    typer.echo(
        f"Map of {counts['Points']} designs: {counts['Solved']} solved, {counts['Impossible designs']} "
        f"impossible, {counts['Failed solves']} failed."
    )
    if found.map.unsolved():
        typer.echo(f"{found.map.unsolved()}.")
    rows = []
    for objective, best in counts["Best"].items():
        variables = {
            label: best[label]
            for each in told["Variables"]
            for label in best
            if label.endswith(f"[{each['Unit']}]") and label not in SHOWN and not label.startswith("Loss")
        }
        rows.append({"Best in the map": objective} | dict(list(variables.items())[:2]) | _chosen(best, SHOWN))
    if rows:
        print_table(rows_table([_short(row) for row in rows]))


def _front(found, told) -> None:
    rows = front_rows(found)
    if not rows:
        return
    labels = [axis.label for axis in found.request.axes]
    names = [each.name for each in (*found.request.objectives, *found.request.goals)]
    goals, bands = bool(told["Goals"]), bool(found.bands)
    step = max(1, -(-len(rows) // MOST_ROWS))
    picked = [row for place, row in enumerate(rows) if (place in found.bands if bands else place % step == 0)]
    shown = []
    for row in picked:
        line = _chosen(row, [*labels, *SHOWN, *names])
        if row["Band"]:
            line |= {f"{HEADINGS.get(name, name)} band": row["Band"]["Ranges"][name] for name in names}
        if goals:
            line |= {"Meets goals": "yes" if row["Meets goals"] else "no"}
            line |= {"Probability": row[PROBABILITY]} if row[PROBABILITY] is not None else {}
        shown.append(_short(line))
    typer.echo(
        f"Front of {len(rows)} designs from {told['Front']['Trials']} tried ({told['Front']['Sampler']}, "
        f"seed {told['Front']['Seed']}), {len(shown)} shown; "
        + ", ".join(told["Objectives"])
        + "."
        + (f" Bands: {told['Bands from']}." if bands else "")
    )
    print_table(rows_table(shown))
    if goals:
        typer.echo(_recommendation(found, told))


def _recommendation(found, told) -> str:
    best = recommended(found)
    goals = " and ".join(told["Goals"])
    if best is None:
        return f"No design of the front meets {goals}."
    chance = f", probability {best[PROBABILITY]:.2f}" if best[PROBABILITY] is not None else ""
    recipe = ", ".join(f"{axis.name} {best[axis.label]:.3g} {axis.unit}" for axis in found.request.axes)
    gain = best.get("CVD mass gain [%]")
    extra = f" (CVD mass gain {gain:.3g} %)" if gain is not None else ""
    return f"To meet {goals}: {recipe}{extra}{chance}."


def _chosen(row, names) -> dict:
    return {name: row[name] for name in dict.fromkeys(names) if name in row}


def _short(row) -> dict:
    """With the headings that a terminal has room for."""
    return {HEADINGS.get(name, name): value for name, value in row.items()}
