"""``coreshell replay``: a simulation driven by a measurement, both overlaid."""

import json
import re
from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.base.errors import InputError, at, one_of
from coreshell_model.base.files import replace, room_for
from coreshell_model.data.half_cell import FULL_CELL
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.full_cell import FULL, HALF, USUAL_PROTOCOL, of_full_cell, with_positive
from coreshell_model.inputs.protocol import beginning
from coreshell_model.inputs.user_defaults import UserDefaults, defaults_of, read_user_defaults
from coreshell_model.show.cli.data import (
    Cell,
    Column,
    Decimal,
    Files,
    Gaps,
    Mass,
    Sign,
    Stated,
    Worksheet,
    read_files,
)
from coreshell_model.show.cli.options import (
    FAILED_SOLVE,
    LEVEL,
    AsJson,
    Changes,
    Positive,
    folder_for,
    parse_changes,
    print_json,
    print_warnings,
    print_written,
)

CONTROLS = ("current", "voltage")


def replay(
    files: Files,
    material: Annotated[str, typer.Option(help="A shipped material or the path of a TOML file.")],
    control: Annotated[
        str, typer.Option(help="The measured series that drives the simulation: current or voltage.")
    ] = "current",
    begin_at: Annotated[
        str | None,
        typer.Option("--from", metavar="POTENTIAL", help='Begin with a cell at rest at it, as "1.2 V".'),
    ] = None,
    after: Annotated[
        str | None, typer.Option(metavar="PROTOCOL", help="Begin with a cell that went through it.")
    ] = None,
    cycles: Annotated[int | None, typer.Option(help="First cycles of that protocol to take.")] = None,
    changes: Changes = None,
    level: Annotated[str, LEVEL] = "particle",
    mass: Mass = None,
    current_sign: Sign = None,
    column: Column = None,
    decimal: Decimal = None,
    allow_gaps: Gaps = False,
    worksheet: Worksheet = None,
    cell: Cell = None,
    positive: Positive = None,
    curve: Stated = None,
    as_json: AsJson = False,
    out: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Write the overlay as CSV, results and the figure here."),
    ] = None,
    figure: Annotated[
        bool,
        typer.Option("--figure", help="Write DATA_MATERIAL_replay.png and .pdf here (with --out, there)."),
    ] = False,
) -> None:
    """Simulate what a measurement went through, and lay both over each other.

    The measured current, or voltage, drives the model; the results are the deviations along the curve,
    and the capacities of each half-cycle beside the measured ones. A file of a full cell drives the carbon
    against a positive electrode.
    """
    if control not in CONTROLS:
        raise InputError(f"--control is {control!r}; {one_of(control, CONTROLS)}")
    numbers = with_positive(parse_changes(changes or []), positive)
    folder, defaults = folder_for("results of a replay", out), read_user_defaults()
    is_full = cell == FULL_CELL or any(map(of_full_cell, numbers))
    usual = USUAL_PROTOCOL[FULL if is_full else HALF]
    prepared(material, usual, numbers)  # refuses a bad material or change before any file is read
    history = _history(material, after, cycles, numbers, defaults)
    dataset = read_files(files, column, mass, current_sign, decimal, allow_gaps, worksheet, cell, curve)

    if not dataset.is_full and (of_full := [name for name in numbers if of_full_cell(name)]):
        raise InputError(
            f"{dataset.source}: is of carbon against sodium, which has no {of_full[0]}; add --cell full-cell "
            "where the voltage is a full cell's"
        )

    from coreshell_model.data import replay as replaying
    from coreshell_model.data.replay_start import Beginning, as_potential

    with at("--from"):
        begin = Beginning(as_potential(begin_at), history)
    replayed = replaying.replay(dataset, material, numbers, replaying.CONTROLS[control], level, begin)
    results = replaying.results(replayed)
    results["User defaults"] = defaults_of(history) if history is not None else {}
    # Files before any output, which a closed pipe ends.
    if (folder is not None or figure) and replayed.overlay is not None:
        _write(replayed, results, folder)
    if as_json:
        print_json(results)
    else:
        _print(results)
    if not replayed.completed:
        raise typer.Exit(FAILED_SOLVE)


def _history(material: str, after: str | None, cycles: int | None, numbers: dict, defaults: UserDefaults):
    """The protocol that the cell goes through first, or so many cycles of it; None for a fresh cell."""
    if after is None:
        if cycles is not None:
            raise InputError("--cycles counts in the protocol of --after; give both")
        return None
    history = prepared(material, defaults.protocol(after), numbers)[1]
    return history if cycles is None else beginning(history, cycles)


def _print(results: dict) -> None:
    from coreshell_model.show.cli.tables import print_table, results_table, rows_table

    differences = "Capacity differences by half-cycle"
    apart = ("Statements", differences, "Warnings")
    print_table(results_table({name: value for name, value in results.items() if name not in apart}))
    for statement in results["Statements"]:
        typer.echo(f"  {statement}")
    print_table(rows_table(results[differences]))
    print_warnings(results["Warnings"])


def _write(replayed, results: dict, folder: Path | None) -> None:
    """Write the figure for screen and print with its numbers, and with a folder the results."""
    from coreshell_model.show.figures.picture import check_own, save_picture
    from coreshell_model.show.figures.voltage import overlay_picture

    place = folder or Path()
    name = f"{replayed.dataset.source.stem.removesuffix('.bdf')}_{replayed.material.name}_replay"
    name = re.sub(r"[^\w.=-]", "", name)
    title = f"{replayed.simulated} through {replayed.dataset.source.name}"
    check_own([], place / f"{name}.json")
    with room_for(place):
        place.mkdir(parents=True, exist_ok=True)
        if folder is not None:
            replace(place / f"{name}.json", json.dumps(results, indent=2))
            print_written([place / f"{name}.json"])
    picture = overlay_picture(replayed.overlay, title, replayed.dataset.is_full)
    print_written(save_picture(picture, place / f"{name}.png", [".pdf"]))
