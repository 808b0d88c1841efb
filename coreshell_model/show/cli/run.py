"""``coreshell run``: one material through one protocol."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.base.files import replace, room_for
from coreshell_model.base.written import Written, check_written
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.full_cell import with_positive
from coreshell_model.inputs.material import active_carbon
from coreshell_model.inputs.ranges import assumed_ranges
from coreshell_model.inputs.user_defaults import in_words, read_user_defaults
from coreshell_model.run.solution import PARTICLE
from coreshell_model.show.cli.exports import (
    Formats,
    Report,
    exports_for,
    report_file,
    write_exports,
    write_report,
)
from coreshell_model.show.cli.first_run import say_what_next
from coreshell_model.show.cli.options import (
    CELL,
    FAILED_SOLVE,
    LEVEL,
    TIME_LIMIT,
    AsJson,
    Changes,
    MaterialName,
    Positive,
    ProtocolName,
    folder_for,
    parse_changes,
    parse_time_limit,
    print_json,
    print_warnings,
    print_written,
    progress_line,
)

LONGEST_NAME = 120
"""Characters of a figure's file name without its suffix."""

BAND = "band.json"


def run(
    material: MaterialName,
    protocol: ProtocolName,
    changes: Changes = None,
    level: Annotated[str, LEVEL] = "particle",
    cell: Annotated[str | None, CELL] = None,
    positive: Positive = None,
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
        typer.Option(
            "--bdf", help="With --out: also write run.bdf.csv, Battery Data Format; as --format bdf."
        ),
    ] = False,
    formats: Formats = None,
    report: Report = None,
    with_band: Annotated[
        bool,
        typer.Option("--band", help="Run the ends of what the material assumes too; give the results' band."),
    ] = False,
) -> None:
    """Simulate a material through a protocol and say where the charge went.

    The results are capacities, efficiencies and the parts of the first-cycle loss, each with the
    half-cycle that it is of. --set changes a number for this run, --out keeps curves, inputs, assumptions
    and figures.
    """
    numbers_to_change, limit = parse_changes(changes or []), parse_time_limit(time_limit)
    folder = folder_for("results of a run", out)
    exports = exports_for([*(formats or []), *(["bdf"] if bdf else [])], folder)
    page = report_file(report)
    numbers_to_change = with_positive(numbers_to_change, positive)
    inputs = prepared(material, read_user_defaults().protocol(protocol), numbers_to_change, cell)
    if with_band:
        assumed_ranges(inputs[0])  # refuses a material without assumed ranges before anything is solved
    if folder is not None:
        _check_folder(folder, inputs, exports, with_band)
    solution = _solve(inputs, level, limit)

    from coreshell_model.observe.band import is_whole, prediction_band
    from coreshell_model.observe.quantities import summary
    from coreshell_model.observe.readings import rates_read_otherwise

    results = summary(solution)
    band = prediction_band(solution) if with_band else None
    other_reading = rates_read_otherwise(solution) if solution.completed else None
    # Files before any output, which a closed pipe ends.
    if page is not None:
        from coreshell_model.show.reports.run_page import run_page

        write_report(lambda: run_page(solution, results, band), page)
    if folder is not None:
        _write_results(solution, folder, band, exports)
    elif figure:
        _write_figures(solution)
    if as_json:
        further = {"Prediction band": band, "Other reading of the rates": other_reading}
        print_json(results | {name: record for name, record in further.items() if record is not None})
    else:
        _print(solution, results, band, other_reading)
        if solution.completed and folder is None:
            say_what_next(material, protocol, _same_options(changes, level, cell, positive))
    whole = band is None or is_whole(band)
    if not solution.completed or not whole or (other_reading is not None and not other_reading["Completed"]):
        raise typer.Exit(FAILED_SOLVE)


def _same_options(changes: list[str] | None, level: str, cell: str | None, positive: str | None) -> list[str]:
    """The options of a run that decide what is simulated, as they were typed."""
    options = [word for change in changes or [] for word in ("--set", change)]
    options += [] if level == PARTICLE else ["--level", level]
    return options + [
        word
        for option, value in (("--cell", cell), ("--positive", positive))
        if value is not None
        for word in (option, value)
    ]


def _check_folder(folder: Path, inputs, exports, with_band: bool) -> None:
    """Refuse a folder with other results, or with files of a user that have the names of results."""
    from coreshell_model.data.archive import SAVED

    names = [*(name for each in exports for name in each.files), *((BAND,) if with_band else ())]
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
    with progress_line("building the model", plain=False) as show_progress:
        from coreshell_model.run.simulation import simulate

        return simulate(
            *inputs,
            level=level,
            progress=lambda steps, total: show_progress(steps, total, "simulating steps"),
            **limit,
        )


def _print(solution, results: dict, band: dict | None, other_reading: dict | None) -> None:
    """Print tables of the results and, below them, the basis of the capacities and what ends a sodiation."""
    from coreshell_model.observe.full_cell import reading_of_full_cell
    from coreshell_model.observe.windows import two_plateaus
    from coreshell_model.show.cli.tables import (
        STORAGE,
        band_table,
        grouped_table,
        print_table,
        results_table,
        storage_table,
    )

    print_table(grouped_table({name: value for name, value in results.items() if name != STORAGE}))
    for sentence in filter(None, (two_plateaus(solution), reading_of_full_cell(solution))):
        typer.echo(sentence)
    if STORAGE in results:
        print_table(storage_table(results[STORAGE]))
    print_warnings(results["Warnings"])
    if other_reading is not None:
        typer.echo(
            f"The same with the rates read in the other way, {other_reading['Material']} (docs/staircase.md):"
        )
        other_results = {name: value for name, value in other_reading.items() if name != "Completed"}
        print_table(results_table(other_results))
    if band is not None:
        print_table(band_table(band))
    protocol = solution.protocol
    typer.echo(
        f"Per gram of {active_carbon(solution.material)}; 1C = {protocol.basis.one_c}; sodiation ends "
        f"{protocol.end_of_sodiation}.{in_words(protocol)}"
    )


def _write_results(solution, folder: Path, band: dict | None, exports) -> None:
    """Write curves, results, inputs and figures into the folder, in place of an earlier run's."""
    from coreshell_model.data.archive import save
    from coreshell_model.show.figures.picture import check_own

    paths = _figure_paths(solution, folder)
    subject = _subject(solution.material, solution.protocol)
    results = Written(folder, subject)
    for path in paths.values():
        figures, numbers = [path, path.with_suffix(".pdf")], path.with_suffix(".csv")
        if results.is_listed:
            results.check([file.name for file in (*figures, numbers)])
        else:
            check_own(figures, numbers)
    with room_for(folder):
        if results.remove():  # also the figures, which the new ones need not replace
            typer.echo(f"coreshell: replaces the earlier results of {subject} in {folder}", err=True)
        written = [*save(solution, folder)]
        written += write_exports(solution, exports, folder)
        if band is not None:
            replace(folder / BAND, json.dumps(band, indent=2))
            written.append(folder / BAND)
        written += _save_figures(solution, paths)
        written.append(results.keep_list(written))
    print_written(written)


def _write_figures(solution) -> None:
    """Write the figures into the working directory."""
    from coreshell_model.show.figures.picture import check_own

    paths = _figure_paths(solution, Path())
    for path in paths.values():
        check_own([path, path.with_suffix(".pdf")], path.with_suffix(".csv"))
    with room_for(Path.cwd()):
        written = _save_figures(solution, paths)
    print_written(written)


def _save_figures(solution, paths: dict[str, Path]) -> list[Path]:
    from coreshell_model.show.figures.kinds import picture
    from coreshell_model.show.figures.picture import save_picture

    pictures = ((picture(solution, kind), path) for kind, path in paths.items())
    return [file for drawing, path in pictures for file in save_picture(drawing, path, [".pdf"])]


def _figure_paths(solution, folder: Path) -> dict[str, Path]:
    """The path of each picture that suits a solution, by its kind; none where no step was simulated."""
    from coreshell_model.observe.quantities import changes
    from coreshell_model.show.figures.kinds import OVERVIEW, suited

    if all(step.skipped for step in solution.steps):
        typer.echo("no figure: no step was simulated", err=True)
        return {}
    paths = {}
    for kind in suited(solution):
        parts = [solution.material.name, solution.protocol.name, *([] if kind == OVERVIEW else [kind])]
        paths[kind] = folder / figure_name(parts, solution.level, changes(solution))
    return paths


def figure_name(parts: list[str], level: str, changed: Mapping[str, str]) -> str:
    """The file name of a figure; only the same run with the same changes has the same name."""
    further = [level] if level != PARTICLE else []
    further += [f"{path}={value}" for path, value in changed.items()]
    stem = re.sub(r"[^\w.=-]", "", "_".join([*parts, *further]))
    if len(stem) > LONGEST_NAME:
        digest = hashlib.sha256(stem.encode()).hexdigest()[:8]
        stem = f"{stem[: LONGEST_NAME - len(digest) - 1]}_{digest}"
    return f"{stem}.png"
