"""``coreshell design``: maps, fronts and goals, and the tables that it prints."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from coreshell_model.base.errors import InputError
from coreshell_model.design.ensemble import PROBABILITY
from coreshell_model.design.tradeoffs_report import front_rows, recommended, results
from coreshell_model.inputs.user_defaults import in_words
from coreshell_model.show.cli.options import (
    FAILED_SOLVE,
    LEVEL,
    AsJson,
    MaterialName,
    folder_to_resume,
    parse_changes,
)
from coreshell_model.show.cli.sweep import SCHEDULER, WORKERS, swept
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
    protocol = found.wanted.problem.protocol
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
    labels = [axis.label for axis in found.wanted.axes]
    names = [each.name for each in (*found.wanted.objectives, *found.wanted.goals)]
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
    recipe = ", ".join(f"{axis.name} {best[axis.label]:.3g} {axis.unit}" for axis in found.wanted.axes)
    gain = best.get("CVD mass gain [%]")
    extra = f" (CVD mass gain {gain:.3g} %)" if gain is not None else ""
    return f"To meet {goals}: {recipe}{extra}{chance}."


def _chosen(row, names) -> dict:
    return {name: row[name] for name in dict.fromkeys(names) if name in row}


def _short(row) -> dict:
    """With the headings that a terminal has room for."""
    return {HEADINGS.get(name, name): value for name, value in row.items()}


DEFAULT_SEAL = "logistic"
READINGS = ("sei", "trapped")
"""Ends of the names of shipped materials that read a material's loss in other ways."""


def design(
    material: MaterialName,
    protocol: Annotated[
        str | None, typer.Argument(help="A protocol; design or, with rates, design_rates where not given.")
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            help='A variable with its range, as "thickness=2..20 nm, 19 points"; maps are over the first '
            "two. Shell thickness and external area where not given.",
        ),
    ] = None,
    maximise: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A quantity to raise; ICE and capacity where none is given."),
    ] = None,
    minimise: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A quantity to lower.")] = None,
    goals: Annotated[
        list[str] | None,
        typer.Option("--goal", help='A bound to meet, as "ICE >= 0.90" or "C/5 >= 350".'),
    ] = None,
    maps: Annotated[
        list[str] | None, typer.Option("--map", metavar="NAME", help="A further quantity to map.")
    ] = None,
    rates: Annotated[
        bool, typer.Option("--rates", help="Cycles at C/5, 1C and 2C too, with maps of their capacities.")
    ] = False,
    electrode: Annotated[
        bool, typer.Option("--electrode", help="A coarse map of areal capacity at the electrode level too.")
    ] = False,
    seal: Annotated[
        str | None,
        typer.Option(metavar="LAW", help="exponential, logistic or percolation; none for the file's."),
    ] = None,
    readings: Annotated[
        list[str] | None,
        typer.Option(
            "--reading", metavar="MATERIAL", help="Another reading of the loss; shipped ones where not given."
        ),
    ] = None,
    posterior: Annotated[
        str | None,
        typer.Option(metavar="TABLE", help="Draws of the parameters, posterior.csv."),
    ] = None,
    draws: Annotated[int, typer.Option(help="Draws to use at most.")] = 50,
    trials: Annotated[int, typer.Option(help="Designs tried for the front; 0 for none.")] = 200,
    sampler: Annotated[str, typer.Option(metavar="tpe|nsga2", help="How it chooses them.")] = "tpe",
    seed: Annotated[int, typer.Option(help="Of search and draws.")] = 0,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help='A number of all designs, as "pore_volume=0.9 cm3/g".')
    ] = None,
    level: Annotated[str, LEVEL] = "particle",
    out: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Keep every design; write figures and tables here.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what FOLDER holds.")] = False,
    scheduler: Annotated[str | None, SCHEDULER] = None,
    workers: Annotated[int | None, WORKERS] = None,
    as_json: AsJson = False,
) -> None:
    """Maps, seal laws, readings of the loss, a front of the best designs, and how likely they meet goals."""
    folder = folder_to_resume(out, resume, "designs")
    from coreshell_model.design.goals import goal, protocol_for
    from coreshell_model.design.problem import problem
    from coreshell_model.design.space import axis
    from coreshell_model.design.tradeoffs import DEFAULT_AXES, Wanted, checked
    from coreshell_model.inputs.material import CoreShellMaterial, read_material
    from coreshell_model.inputs.user_defaults import read_user_defaults

    axes = tuple(axis(text) for text in vary or []) or DEFAULT_AXES
    if not vary and posterior is None and not isinstance(read_material(material), CoreShellMaterial):
        raise InputError(
            f"{material} has no shell, whose thickness is varied where nothing else is said; say what "
            'varies, as --vary "external_area=2..6 m2/g"'
        )
    objectives = _objectives(maximise or [], minimise or [], rates)
    wishes = tuple(goal(text) for text in goals or [])
    further = _further(maps or [], rates, electrode)
    names = [*further, *(each.name for each in (*objectives, *wishes))]
    defaults = read_user_defaults()
    if protocol is not None:
        words = defaults.protocol(protocol)
    else:
        words = defaults.applied(protocol_for(names, rates))
    table, name = None, material
    if posterior is None:
        read = read_material(material)
    else:
        from coreshell_model.infer.draws import read_posterior

        table = read_posterior(posterior)
        name, read = table.material(material)
    law = _law(seal, read)
    fixed = parse_changes(changes or [])
    shared = problem(read, words, fixed, level=level, seal=law)
    others = _readings(readings, read, law)
    ensemble = _ensemble(table, name, draws, seed, read, shared, axes)
    search = (electrode, trials, sampler, seed)
    wanted = checked(Wanted(shared, law, axes, objectives, wishes, further, others, ensemble, *search))
    from coreshell_model.design.tradeoffs import NothingSolvedError
    from coreshell_model.design.tradeoffs_report import results, save

    try:
        found = swept(
            lambda options: _trade_offs(wanted, folder, resume, scheduler, workers, options["progress"]),
            {},
            folder,
        )
    except NothingSolvedError as error:
        typer.echo(f"coreshell: {error}", err=True)
        raise typer.Exit(FAILED_SOLVE) from None

    if folder is not None:
        for path in save(found, folder):
            typer.echo(f"wrote {path}", err=True)
    if as_json:
        typer.echo(json.dumps(results(found), allow_nan=False))
    else:
        pass

        print_trade_offs(found)
    if found.map.count("failed solve"):
        raise typer.Exit(FAILED_SOLVE)


def _objectives(maximise: list[str], minimise: list[str], rates: bool) -> tuple:
    """What is raised or lowered; ICE and a capacity where nothing is named."""
    from coreshell_model.design.goals import Objective, full_name

    found = [Objective(full_name(name)) for name in maximise]
    found += [Objective(full_name(name), raised=False) for name in minimise]
    usual = ("ICE", "1C" if rates else "capacity")
    return tuple(found or [Objective(full_name(name)) for name in usual])


def _further(maps: list[str], rates: bool, electrode: bool) -> tuple[str, ...]:
    """Full names of what is mapped besides objectives and goals."""
    from coreshell_model.design.goals import full_name

    names = [*maps, *(("C/5", "1C", "2C") if rates else ()), *(("areal",) if electrode else ())]
    return tuple(full_name(name) for name in names)


def _law(seal: str | None, material) -> str | None:
    """The seal law of the maps: as asked for; else the file's own, else the logistic one where it can be."""
    if seal == "none":
        return None
    if seal is not None or material.pores is None:
        return seal
    own = (material.pores.exponential_seal, material.pores.logistic_seal, material.pores.percolation_seal)
    return None if any(law is not None for law in own) else DEFAULT_SEAL


def _readings(names: list[str] | None, material, law: str | None) -> tuple:
    """The materials that read the loss in other ways, under the law chosen."""
    from coreshell_model.base import library
    from coreshell_model.design.variables import with_seal
    from coreshell_model.inputs.material import read_material

    if names is None:
        shipped = library.names("parameters")
        own = [f"{material.name}_{end}" for end in READINGS] if material.pores is not None else []
        names = [name for name in own if name in shipped]
    found = tuple(read_material(name) for name in names)
    return tuple(with_seal(each, law) for each in found) if law is not None else found


def _ensemble(table, name: str, draws: int, seed: int, read, shared, axes) -> Any:
    """Draws of the posterior; without one the ends of what the material's file assumes, if any."""
    from coreshell_model.design.ensemble import assumed, drawn, other_numbers

    if table is None:
        return assumed(shared, axes)
    found = drawn(table, name, draws, seed)
    if others := other_numbers(read, table, name):
        shown = ", ".join(others[:3]) + (", ..." if len(others) > 3 else "")
        typer.echo(
            f"coreshell: {read.name} differs from the posterior's in {len(others)} numbers that "
            f"are not drawn ({shown})",
            err=True,
        )
    return found


def _trade_offs(wanted, folder: Path | None, resume: bool, scheduler, workers, progress) -> Any:
    from coreshell_model.base.files import alone
    from coreshell_model.design.tasks import workers as started
    from coreshell_model.design.tradeoffs import trade_offs

    with alone(folder, "set of designs"), started(scheduler, workers) as at_work:
        return trade_offs(wanted, at_work, folder, resume=resume, progress=progress)
