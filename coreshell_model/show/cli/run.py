"""``coreshell run``: one material through one protocol."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import replace, room_for
from coreshell_model.base.written import Written, check_written
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.ranges import assumed_ranges
from coreshell_model.inputs.user_defaults import in_words, read_user_defaults
from coreshell_model.run.solution import PARTICLE
from coreshell_model.show.cli.options import (
    FAILED_SOLVE,
    LEVEL,
    TIME_LIMIT,
    AsJson,
    MaterialName,
    ProtocolName,
    folder_for,
    parse_changes,
    parse_time_limit,
    progress_line,
)

LONGEST_NAME = 120
BDF, BAND = "run.bdf.csv", "band.json"
OTHER_READING = "Other reading of the rates"


def run(
    material: MaterialName,
    protocol: ProtocolName,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help='Change a number, as "shell.thickness=12 nm" or "protocol.window.lower=10 mV".'
        ),
    ] = None,
    level: Annotated[str, LEVEL] = "particle",
    time_limit: Annotated[str | None, TIME_LIMIT] = None,
    as_json: AsJson = False,
    out: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Write curves, results, inputs, assumptions and a figure here."),
    ] = None,
    figure: Annotated[
        bool,
        typer.Option(
            "--figure",
            help="Write the figures that suit the protocol here, as PNG, PDF and CSV (always with --out).",
        ),
    ] = False,
    bdf: Annotated[
        bool,
        typer.Option("--bdf", help="With --out: also write run.bdf.csv, Battery Data Format."),
    ] = False,
    with_band: Annotated[
        bool,
        typer.Option("--band", help="Run the ends of what the material assumes too; give the results' band."),
    ] = False,
) -> None:
    """Simulate a material through a protocol and say where the charge went."""
    wanted, limit = parse_changes(changes or []), parse_time_limit(time_limit)
    folder = folder_for("results of a run", out)
    if bdf and folder is None:
        raise InputError("--bdf has no folder to write run.bdf.csv into; add --out FOLDER")
    inputs = _inputs(material, protocol, wanted, with_band)
    if folder is not None:
        _check_folder(folder, inputs, bdf, with_band)
    solution = _solve(inputs, level, limit)

    from coreshell_model.observe.quantities import summary

    results = summary(solution)
    band, whole = None, True
    if with_band:
        from coreshell_model.observe.band import is_whole, prediction_band

        band = prediction_band(solution)
        whole = is_whole(band)
    other = _rates_read_otherwise(solution)
    # Before anything is printed: a closed pipe must not cost the files.
    if folder is not None or figure:
        _write(solution, folder, band, bdf)
    if as_json:
        further = {"Prediction band": band, OTHER_READING: other}
        given = {name: value for name, value in further.items() if value is not None}
        typer.echo(json.dumps(results | given, allow_nan=False))
    else:
        from coreshell_model.show.cli.tables import band_table, print_table, results_table

        print_table(results_table(results))
        if other is not None:
            typer.echo(
                f"The same with the rates read in the other way, {other['Material']} (docs/staircase.md):"
            )
            print_table(results_table({name: value for name, value in other.items() if name != "Completed"}))
        if band is not None:
            print_table(band_table(band))
        _state_basis(solution)
    if not solution.completed or not whole or (other is not None and not other["Completed"]):
        raise typer.Exit(FAILED_SOLVE)


def _rates_read_otherwise(solution) -> dict | None:
    """What the other reading of the material's rates gives, where the protocol has several."""
    if not solution.completed:
        return None
    from coreshell_model.observe.readings import rates_read_otherwise

    return rates_read_otherwise(solution)


def _inputs(material: str, protocol: str, changes: dict[str, str], with_band: bool):
    """The material and the protocol, read and checked before anything is solved."""
    inputs = prepared(material, read_user_defaults().protocol(protocol), changes)
    if with_band:
        assumed_ranges(inputs[0])  # says at once where there are none
    return inputs


def _check_folder(folder: Path, inputs, bdf: bool, with_band: bool) -> None:
    """Refuse a folder with other results, or with a user's own files of their names."""
    from coreshell_model.data.archive import SAVED

    names = [*((BDF, f"{BDF}.metadata.json") if bdf else ()), *((BAND,) if with_band else ())]
    results = Written(folder, _subject(*inputs))
    if results.is_listed:
        names += SAVED
    else:  # results of Python's ``save``, or none
        check_written(folder, SAVED, "inputs.json", "Versions")
    results.check(names)


def _subject(material, protocol) -> str:
    return f"{material.name} through {protocol.name}"


def _solve(inputs, level: str, limit: dict[str, float]):
    """Solve behind a progress bar on stderr."""
    with progress_line("building the model", plain=False) as tell:
        from coreshell_model.run.simulation import simulate

        return simulate(
            *inputs,
            level=level,
            progress=lambda done, total: tell(done, total, "simulating steps"),
            **limit,
        )


def _state_basis(solution) -> None:
    """What the numbers rest on, in one line on stdout."""
    protocol = solution.protocol
    typer.echo(
        f"Per gram of active carbon (core + shell); 1C = {protocol.basis.one_c}; sodiation ends "
        f"{protocol.end_of_sodiation}.{in_words(protocol)}"
    )


def _write(solution, out: Path | None, band: dict | None, bdf: bool) -> None:
    """Everything into ``out``, or without it the figure into the working directory."""
    from coreshell_model.data.archive import save
    from coreshell_model.show.figures.kinds import picture
    from coreshell_model.show.figures.picture import check_own, save_picture

    drawn = {} if all(step.skipped for step in solution.steps) else _figure_paths(solution, out or Path())
    if not drawn:
        typer.echo("no figure: no step was simulated", err=True)
    subject = _subject(solution.material, solution.protocol)
    results = Written(out or Path(), subject)
    for path in drawn.values():
        figures, numbers = [path, path.with_suffix(".pdf")], path.with_suffix(".csv")
        if out is not None and results.is_listed:
            results.check([each.name for each in (*figures, numbers)])
        else:
            check_own(figures, numbers)
    written: list[Path] = []
    with room_for(out or Path.cwd()):
        if out is not None:
            if results.remove():  # a figure of other numbers would stay beside these results
                typer.echo(f"coreshell: replaces the earlier results of {subject} in {out}", err=True)
            written += save(solution, out)
        if out is not None and bdf:
            from coreshell_model.data.bdf import to_bdf

            written += to_bdf(solution, out / BDF)
        if out is not None and band is not None:
            replace(out / BAND, json.dumps(band, indent=2))
            written.append(out / BAND)
        for kind, path in drawn.items():
            written += save_picture(picture(solution, kind), path, [".pdf"])
        if out is not None:
            written.append(results.keep_list(written))
    for path in written:
        typer.echo(f"wrote {path}", err=True)


def _figure_paths(solution, folder: Path) -> dict[str, Path]:
    """Where each kind of picture that suits a solution goes."""
    from coreshell_model.observe.quantities import changes
    from coreshell_model.show.figures.kinds import OVERVIEW, suited

    paths = {}
    for kind in suited(solution):
        parts = [solution.material.name, solution.protocol.name, *([] if kind == OVERVIEW else [kind])]
        paths[kind] = folder / figure_name(parts, solution.level, changes(solution))
    return paths


def figure_name(parts: list[str], level: str, changed: Mapping[str, str]) -> str:
    """A figure's file: what was run, so that no other run overwrites it; the same run does."""
    further = [level] if level != PARTICLE else []
    further += [f"{path}={value}" for path, value in changed.items()]
    stem = re.sub(r"[^\w.=-]", "", "_".join([*parts, *further]))
    return f"{stem[:LONGEST_NAME]}.png"
