"""What ``coreshell design --cell full`` asks for, computes and prints."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from coreshell_model.base.errors import InputError
from coreshell_model.base.keeper import Keeper
from coreshell_model.inputs.changes import without_choices
from coreshell_model.inputs.full_cell import CHOICES, FULL, HALF, in_cell, of_protocol_and
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.particle import BALANCE
from coreshell_model.inputs.ranges import input_warnings
from coreshell_model.inputs.user_defaults import read_user_defaults
from coreshell_model.show.cli.options import FAILED_SOLVE, print_json, print_warnings, print_written
from coreshell_model.show.cli.sweep import behind_progress

PROTOCOL, OF_HALF = "full_cell_design", "design"
"""The protocols of full cells, and of the half-cells beside them."""

LOADING = ("cell.active_loading", "loading")
"""Names of the loading of active carbon."""


def is_full(protocol: str | None, cell: str | None) -> bool:
    """Whether full cells are asked for: by the option, or by the protocol."""
    if protocol is None:
        return (
            of_protocol_and(read_user_defaults().protocol(PROTOCOL if cell == FULL else OF_HALF), cell)
            == FULL
        )
    return of_protocol_and(read_user_defaults().protocol(protocol), cell) == FULL


def refuse_of_half_cells(options: Mapping[str, Any]) -> None:
    """Refuse options that ``design`` has for half-cells alone; those that are not given are None or empty."""
    given = next(
        (name for name, value in options.items() if not (value is None or value is False or value == [])),
        None,
    )
    if given is not None:
        raise InputError(
            f"{given} is of half-cells; with --cell full there are maps of Wh/kg, Wh/L and cycles alone, "
            "without a search: leave it out"
        )


def request_of(
    material: Material,
    protocol: str | None,
    changes: Mapping[str, str],
    level: str,
    law: str | None,
    axes: tuple,
    readings: tuple[Material, ...],
) -> Any:
    """The request; an N/P ratio or a loading of the positive electrode that is set holds for all designs."""
    from coreshell_model.design.full_cell import LOADING as USUAL_LOADING
    from coreshell_model.design.full_cell import FullCellRequest, checked
    from coreshell_model.design.problem import problem

    defaults, (numbers, choices) = read_user_defaults(), without_choices(changes)
    if not any(name in numbers for name in LOADING):
        numbers[LOADING[0]] = USUAL_LOADING
    of_cell = tuple(f"{name}." for name in (*CHOICES, "presodiation"))
    of_carbon = {
        path: text
        for path, text in numbers.items()
        if not path.startswith((*of_cell, "protocol.")) and path != "np_ratio"
    }
    full = problem(
        in_cell(material, FULL, **choices),
        defaults.protocol(protocol or PROTOCOL),
        numbers,
        level=level,
        seal=law,
    )
    half = problem(in_cell(material, HALF), defaults.protocol(OF_HALF), of_carbon, level=level, seal=law)
    varied = {axis.name for axis in axes}
    balanced = not ({"np_ratio", *BALANCE} & (set(numbers) | varied))
    others = tuple(in_cell(reading, FULL, **choices) for reading in readings)
    return checked(FullCellRequest(replace(full, balanced=balanced), half, law, axes, others))


def show_full_cells(
    request: Any, folder: Path | None, resume: bool, scheduler: str | None, workers: int | None, as_json: bool
) -> None:
    """Compute, write and print designs of full cells."""
    from coreshell_model.base.scheduler import pool_for
    from coreshell_model.design.full_cell import full_cells
    from coreshell_model.design.full_cell_report import page, results, save
    from coreshell_model.design.tradeoffs import NothingSolvedError

    def work(progress):
        with Keeper(folder, "set of designs").held(), pool_for(scheduler, workers) as pool:
            return full_cells(request, pool, folder, resume=resume, progress=progress)

    try:
        cells = behind_progress(work, folder)
    except NothingSolvedError as error:
        typer.echo(f"coreshell: {error}", err=True)
        raise typer.Exit(FAILED_SOLVE) from None
    if folder is not None:
        print_written(save(cells, folder))
    warnings = input_warnings(*request.problem.point({}))
    if as_json:
        print_json(results(cells) | {"Warnings": warnings})
    else:
        typer.echo(page(cells))
        print_warnings(warnings)
    if cells.map.count("failed solve"):
        raise typer.Exit(FAILED_SOLVE)
