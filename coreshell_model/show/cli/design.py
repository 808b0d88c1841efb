"""``coreshell design``: trade-offs between designs, and what to make next."""

import json
import re
from pathlib import Path
from typing import Annotated, Any

import typer

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.base.keeper import Keeper
from coreshell_model.inputs.material import CoreShellMaterial, read_material
from coreshell_model.inputs.user_defaults import read_user_defaults
from coreshell_model.show.cli.options import (
    FAILED_SOLVE,
    LEVEL,
    AsJson,
    MaterialName,
    folder_to_resume,
    parse_changes,
)
from coreshell_model.show.cli.sweep import SCHEDULER, WORKERS, swept

DEFAULT_SEAL = "logistic"
READINGS = ("sei", "trapped")
"""Ends of the names of shipped materials that read a material's loss in other ways."""

RATES = re.compile(r"Capacity at |Rate retention")
"""Quantities that rest on how rates are read."""


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
    from coreshell_model.design.tradeoffs import DEFAULT_AXES, TradeOffRequest, checked

    axes = tuple(axis(text) for text in vary or []) or DEFAULT_AXES
    table, name = None, material
    if posterior is None:
        read = read_material(material)
    else:
        from coreshell_model.infer.draws import read_posterior

        table = read_posterior(posterior)
        name, read = table.material(material)
    if not vary and not isinstance(read, CoreShellMaterial):
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
    law = _law(seal, read)
    fixed = parse_changes(changes or [])
    shared = problem(read, words, fixed, level=level, seal=law)
    others = _readings(readings, read, law, any(RATES.match(each) for each in names))
    ensemble = _ensemble(table, name, draws, seed, read, shared, axes)
    search = (electrode, trials, sampler, seed)
    parts = (shared, law, axes, objectives, wishes, further, others, ensemble, *search)
    wanted = checked(TradeOffRequest(*parts))
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
        from coreshell_model.show.cli.design_tables import print_trade_offs

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


def _readings(names: list[str] | None, material, law: str | None, of_rates: bool) -> tuple:
    """Materials that read the loss, and the rates where they matter, in other ways, under the law chosen."""
    from coreshell_model.design.variables import with_seal
    from coreshell_model.observe.readings import reading_of_rates

    if names is None:
        shipped = library.names("parameters")
        own = [f"{material.name}_{end}" for end in READINGS] if material.pores is not None else []
        names = [name for name in own if name in shipped]
        if of_rates and (other := reading_of_rates(material)) is not None:
            names.append(other)
    found = tuple(read_material(name) for name in names)
    return tuple(with_seal(each, law) for each in found) if law is not None else found


def _ensemble(table, name: str, draws: int, seed: int, read, shared, axes) -> Any:
    """Draws of the posterior; without one the ends of what the material's file assumes, if any."""
    from coreshell_model.design.bands import assumed

    if table is None:
        return assumed(shared, axes)
    found = table.ensemble(name, draws, seed)
    if others := table.differing(read, name):
        shown = ", ".join(others[:3]) + (", ..." if len(others) > 3 else "")
        typer.echo(
            f"coreshell: {read.name} differs from the posterior's in {len(others)} numbers that "
            f"are not drawn ({shown})",
            err=True,
        )
    return found


def _trade_offs(wanted, folder: Path | None, resume: bool, scheduler, workers, progress) -> Any:
    from coreshell_model.base.scheduler import pool_for
    from coreshell_model.design.tradeoffs import trade_offs

    with Keeper(folder, "set of designs").held(), pool_for(scheduler, workers) as pool:
        return trade_offs(wanted, pool, folder, resume=resume, progress=progress)
