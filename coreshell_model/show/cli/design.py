"""``coreshell design``: trade-offs between designs, and what to make next."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.base.keeper import Keeper
from coreshell_model.inputs.full_cell import with_positive
from coreshell_model.inputs.material import CoreShellMaterial, read_material
from coreshell_model.inputs.protocol import Protocol
from coreshell_model.inputs.ranges import input_warnings
from coreshell_model.inputs.user_defaults import read_user_defaults
from coreshell_model.show.cli.design_full_cell import (
    is_full,
    refuse_of_half_cells,
    request_of,
    show_full_cells,
)
from coreshell_model.show.cli.exports import Report, report_file, write_report
from coreshell_model.show.cli.options import (
    CELL,
    FAILED_SOLVE,
    LEVEL,
    AsJson,
    MaterialName,
    Positive,
    Resume,
    folder_to_resume,
    parse_changes,
    print_json,
    print_warnings,
    print_written,
)
from coreshell_model.show.cli.sweep import CHANGES, SCHEDULER, WORKERS, behind_progress

READINGS = ("sei", "trapped")
"""Suffixes of the shipped materials that explain a material's loss in other ways."""

TRIALS, SAMPLER, SEED = 200, "tpe", 0
"""Of the search for the front, where no others are asked for."""

RATES = re.compile(r"Capacity at |Rate retention")
"""Quantities that depend on how the material explains its rates."""


def design(
    material: MaterialName,
    protocol: Annotated[
        str | None, typer.Argument(help="A protocol; if not given, design or, with rates, design_rates.")
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            help='A variable with its range, as "thickness=2..20 nm, 19 points"; maps are over the first '
            "two. Shell thickness and external area if not given.",
        ),
    ] = None,
    maximise: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Half-cells: a quantity to raise; ICE and capacity if none."),
    ] = None,
    minimise: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Half-cells: a quantity to lower.")
    ] = None,
    goals: Annotated[
        list[str] | None,
        typer.Option("--goal", help='Half-cells: a bound to meet, as "ICE >= 0.90" or "C/5 >= 350".'),
    ] = None,
    maps: Annotated[
        list[str] | None, typer.Option("--map", metavar="NAME", help="Half-cells: a further quantity to map.")
    ] = None,
    rates: Annotated[
        bool,
        typer.Option("--rates", help="Half-cells: also cycle at C/5, 1C and 2C, and map the capacities."),
    ] = False,
    electrode: Annotated[
        bool,
        typer.Option(
            "--electrode", help="Half-cells: also map areal capacity coarsely at the electrode level."
        ),
    ] = False,
    seal: Annotated[
        str | None,
        typer.Option(metavar="LAW", help="Law: exponential, logistic, percolation; none for the file's."),
    ] = None,
    readings: Annotated[
        list[str] | None,
        typer.Option(
            "--reading", metavar="MATERIAL", help="Another reading of the loss; shipped ones if not given."
        ),
    ] = None,
    posterior: Annotated[
        str | None,
        typer.Option(metavar="TABLE", help="Draws of the parameters, posterior.csv."),
    ] = None,
    draws: Annotated[int, typer.Option(help="Draws to use at most.")] = 50,
    trials: Annotated[
        int | None,
        typer.Option(help=f"Half-cells: designs tried for the front, {TRIALS} if not given; 0 for none."),
    ] = None,
    sampler: Annotated[
        str | None,
        typer.Option(
            metavar="tpe|nsga2", help=f"Half-cells: how it chooses designs; {SAMPLER} if not given."
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help=f"Seed of the search and of the draws; {SEED} if not given.")
    ] = None,
    changes: Annotated[list[str] | None, CHANGES] = None,
    level: Annotated[str, LEVEL] = "particle",
    cell: Annotated[str | None, CELL] = None,
    positive: Positive = None,
    out: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Keep every design; write figures and tables here.")
    ] = None,
    resume: Resume = False,
    scheduler: Annotated[str | None, SCHEDULER] = None,
    workers: Annotated[int | None, WORKERS] = None,
    as_json: AsJson = False,
    report: Report = None,
) -> None:
    """Maps, seal laws, readings of the loss, a front of the best designs, and how likely they meet goals.

    Over shell thickness and external area, unless --vary names others; with --cell full in Wh/kg, Wh/L
    and cycles, with the N/P ratio of each design and the price of a lost point of efficiency. With a goal
    it says how thick the shell has to be under each seal law, and how much of that depends on what is not
    known.
    """
    folder, page = folder_to_resume(out, resume, "designs"), report_file(report)
    if is_full(protocol, cell):
        half_cells_alone = {
            "--maximise": maximise,
            "--minimise": minimise,
            "--goal": goals,
            "--map": maps,
            "--rates": rates,
            "--electrode": electrode,
            "--report": report,
            "--trials": trials,
            "--sampler": sampler,
            "--seed": seed if posterior is None else None,
        }
        refuse_of_half_cells(half_cells_alone)
        table, name, base = _posterior_and_material(posterior, material)
        law = _law(seal, base)
        axes, other_readings = _axes(vary), _readings(readings, base, law, False)
        numbers = with_positive(parse_changes(changes or []), positive)
        request = request_of(base, protocol, numbers, level, law, axes, other_readings)
        if table is not None:
            request = replace(
                request,
                ensemble=_ensemble(
                    table, name, draws, SEED if seed is None else seed, base, request.problem, axes
                ),
            )
        show_full_cells(request, folder, resume, scheduler, workers, as_json)
        return
    from coreshell_model.design.goals import goal
    from coreshell_model.design.problem import problem
    from coreshell_model.design.tradeoffs import TradeOffRequest, checked
    from coreshell_model.design.tradeoffs_report import results, save

    trials, sampler = TRIALS if trials is None else trials, SAMPLER if sampler is None else sampler
    seed, axes = SEED if seed is None else seed, _axes(vary)
    table, name, base = _posterior_and_material(posterior, material)
    if not vary and not isinstance(base, CoreShellMaterial):
        raise InputError(
            f"{material} has no shell, whose thickness is varied where nothing else is said; say what "
            'varies, as --vary "external_area=2..6 m2/g"'
        )
    objectives = _objectives(maximise or [], minimise or [], rates)
    bounds = tuple(goal(text) for text in goals or [])
    mapped = _mapped(maps or [], rates, electrode)
    names = [*mapped, *(objective.name for objective in objectives), *(bound.name for bound in bounds)]
    law = _law(seal, base)
    numbers = parse_changes(changes or [])
    shared = problem(base, _protocol(protocol, names, rates), numbers, level=level, seal=law)
    other_readings = _readings(readings, base, law, any(RATES.match(name) for name in names))
    ensemble = _ensemble(table, name, draws, seed, base, shared, axes)
    search = (electrode, trials, sampler, seed)
    request = checked(
        TradeOffRequest(shared, law, axes, objectives, bounds, mapped, other_readings, ensemble, *search)
    )
    trade_offs = _trade_offs(request, folder, resume, scheduler, workers)

    if folder is not None:
        print_written(save(trade_offs, folder))
    warnings = input_warnings(*shared.point({}))
    if page is not None:
        from coreshell_model.show.reports.design_page import design_page

        write_report(lambda: design_page(trade_offs, warnings), page)
    if as_json:
        print_json(results(trade_offs) | {"Warnings": warnings})
    else:
        from coreshell_model.show.cli.design_tables import print_trade_offs

        print_trade_offs(trade_offs)
        print_warnings(warnings)
    if trade_offs.map.count("failed solve"):
        raise typer.Exit(FAILED_SOLVE)


def _axes(vary: list[str] | None) -> tuple:
    from coreshell_model.design.space import axis
    from coreshell_model.design.tradeoffs import DEFAULT_AXES

    return tuple(axis(text) for text in vary or []) or DEFAULT_AXES


def _posterior_and_material(posterior: str | None, material: str) -> tuple:
    """The table of draws (None without one), the material's name in it, and the material."""
    if posterior is None:
        return None, material, read_material(material)
    from coreshell_model.infer.draws import read_posterior

    table = read_posterior(posterior)
    return table, *table.material(material)


def _protocol(protocol: str | None, names: list[str], rates: bool) -> Protocol:
    """The protocol that is named, else the shipped one that measures these quantities."""
    from coreshell_model.design.goals import protocol_for

    defaults = read_user_defaults()
    if protocol is not None:
        return defaults.protocol(protocol)
    return defaults.applied(protocol_for(names, rates))


def _objectives(maximise: list[str], minimise: list[str], rates: bool) -> tuple:
    """The quantities to raise or lower; ICE and a capacity where none is named."""
    from coreshell_model.design.goals import Objective, full_name

    objectives = [Objective(full_name(name)) for name in maximise]
    objectives += [Objective(full_name(name), raised=False) for name in minimise]
    usual = ("ICE", "1C" if rates else "capacity")
    return tuple(objectives or [Objective(full_name(name)) for name in usual])


def _mapped(maps: list[str], rates: bool, electrode: bool) -> tuple[str, ...]:
    """Full names of the quantities that are mapped besides objectives and goals."""
    from coreshell_model.design.goals import full_name

    names = [*maps, *(("C/5", "1C", "2C") if rates else ()), *(("areal",) if electrode else ())]
    return tuple(full_name(name) for name in names)


def _law(seal: str | None, material) -> str | None:
    """The seal law of the maps; None for the one that the material's file states.

    Where ``--seal`` is not given, a material with pores but without a law in its file gets the default one.
    """
    from coreshell_model.design.variables import DEFAULT_SEAL, states_a_seal

    if seal == "none":
        return None
    if seal is not None or material.pores is None:
        return seal
    return None if states_a_seal(material) else DEFAULT_SEAL


def _readings(names: list[str] | None, material, law: str | None, of_rates: bool) -> tuple:
    """Materials that explain the loss otherwise, and with ``of_rates`` the rates, under the seal law."""
    from coreshell_model.design.variables import with_seal
    from coreshell_model.observe.readings import reading_of_rates

    if names is None:
        shipped = library.names("parameters")
        variants = [f"{material.name}_{end}" for end in READINGS] if material.pores is not None else []
        names = [name for name in variants if name in shipped]
        if of_rates and (other := reading_of_rates(material)) is not None:
            names.append(other)
    materials = tuple(read_material(name) for name in names)
    return tuple(with_seal(reading, law) for reading in materials) if law is not None else materials


def _ensemble(table, name: str, draws: int, seed: int, material, shared, axes) -> Any:
    """Draws of the posterior; without one the ends of the ranges that the material's file assumes, if any."""
    from coreshell_model.design.bands import assumed

    if table is None:
        return assumed(shared, axes)
    ensemble = table.ensemble(name, draws, seed)
    if differing := table.differing(material, name):
        shown = ", ".join(differing[:3]) + (", ..." if len(differing) > 3 else "")
        typer.echo(
            f"coreshell: {material.name} differs from the posterior's in {len(differing)} numbers that "
            f"are not drawn ({shown})",
            err=True,
        )
    return ensemble


def _trade_offs(request, folder: Path | None, resume: bool, scheduler, workers) -> Any:
    """Compute the trade-offs behind progress on stderr; end the command where no design was solved."""
    from coreshell_model.base.scheduler import pool_for
    from coreshell_model.design.tradeoffs import NothingSolvedError, trade_offs

    def work(progress):
        with Keeper(folder, "set of designs").held(), pool_for(scheduler, workers) as pool:
            return trade_offs(request, pool, folder, resume=resume, progress=progress)

    try:
        return behind_progress(work, folder)
    except NothingSolvedError as error:
        typer.echo(f"coreshell: {error}", err=True)
        raise typer.Exit(FAILED_SOLVE) from None
