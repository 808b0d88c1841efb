"""``coreshell analyse``: from cyclers' files to the numbers of a paper, without a model."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from coreshell_model.base.errors import InputError, at
from coreshell_model.base.extras import lacks
from coreshell_model.base.files import replace, room_for
from coreshell_model.base.paths import user_path
from coreshell_model.base.written import Written
from coreshell_model.show.cli.data import (
    Cell,
    Column,
    Decimal,
    Gaps,
    Sign,
    Stated,
    Worksheet,
    read_files,
)
from coreshell_model.show.cli.options import AsJson, folder_for, print_json, print_warnings, print_written

MOST_COLUMNS = 6
"""Cells that the printed table shows beside mean and standard deviation."""

MOST_NAMED = 3
"""Numbers that a line names which says why there are none; further ones are counted."""

FEW_CYCLES = 12
"""Cycles that the printed table shows all; of more it shows half as many at each end."""


def analyse(
    files: Annotated[
        list[str],
        typer.Argument(
            help="CSV, Excel, EC-Lab text, .mpr, .nda, .ndax or .res; each a cell of the same carbon."
        ),
    ],
    mass: Annotated[
        list[str] | None,
        typer.Option(
            "--mass",
            help='Active carbon (core + shell), as "1.1 mg"; once for all files, or once for each in order.',
        ),
    ] = None,
    join: Annotated[
        bool,
        typer.Option("--join", help="The files are of one cell and follow one another, as in `data`."),
    ] = False,
    plateau: Annotated[
        str, typer.Option(metavar="VOLTAGE", help="Charge below it counts as the plateau's.")
    ] = "0.1 V",
    last_cycle: Annotated[
        int | None,
        typer.Option(help="Cycle to take capacities, split and hysteresis from; else the last whole one."),
    ] = None,
    base_cycle: Annotated[
        int | None,
        typer.Option(help="Cycle that retention refers to; else the first whole one after cycle 1."),
    ] = None,
    first_cycle: Annotated[
        int | None,
        typer.Option(help="Cycle that each file begins with; else by the file's counter, else 1."),
    ] = None,
    last_is_whole: Annotated[
        bool, typer.Option("--last-is-whole", help="The last half-cycle is finished, wherever it ends.")
    ] = False,
    current_sign: Sign = None,
    column: Column = None,
    decimal: Decimal = None,
    allow_gaps: Gaps = False,
    worksheet: Worksheet = None,
    cell: Cell = None,
    curve: Stated = None,
    as_json: AsJson = False,
    out: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER", help="Write CSV tables, one Excel workbook, JSON and the figure here."
        ),
    ] = None,
    figure: Annotated[
        bool, typer.Option("--figure", help="Write FILE_analysis.png and .pdf here (with --out, there).")
    ] = False,
) -> None:
    """Analyse measured cells, without a model: capacities, efficiencies, slope and plateau, replicates.

    Files are replicates of one test, or with --join parts of one cell. The tables have means with
    standard deviations, as a paper reports them; --out also writes an Excel workbook.
    """
    folder = folder_for("results of an analysis", out)
    threshold = _voltage(plateau)
    groups = [files] if join else [[file] for file in files]
    _check_distinct(groups)
    datasets = [
        read_files(group, column, of_group, current_sign, decimal, allow_gaps, worksheet, cell, curve)
        for group, of_group in zip(groups, _masses(mass or [], len(groups)), strict=True)
    ]

    from coreshell_model.data.analysis import analyse as analysed
    from coreshell_model.data.analysis_record import record

    analysis = analysed(
        datasets,
        plateau=threshold,
        last_cycle=last_cycle,
        base_cycle=base_cycle,
        first_cycle=first_cycle,
        last_is_whole=last_is_whole,
    )
    # Files before any output, which a closed pipe ends.
    if folder is not None:
        _write(analysis, folder)
    elif figure:
        _write_figure(analysis)
    if as_json:
        print_json(record(analysis))
    else:
        _print(analysis)


def _voltage(text: str) -> float:
    from coreshell_model.base.units import parse_quantity, to_si

    with at("--plateau"):
        value, unit = parse_quantity(text)
        if unit == "1":
            raise InputError(f"{text!r} has no unit; is it '{value:g} V'?")
        return to_si(value, unit, "V")


def _masses(masses: list[str], count: int) -> Sequence[str | None]:
    """The mass for each cell, None where none is stated."""
    if len(masses) not in (0, 1, count):
        raise InputError(
            f"--mass is there {len(masses)} times for {count} cells; give it once for all, or once for each, "
            "in the order of the files"
        )
    if not masses:
        return [None] * count
    return masses * count if len(masses) == 1 else masses


def _check_distinct(groups: list[list[str]]) -> None:
    """Refuse a file that is there twice: it would count as two replicates."""
    seen: set[Path] = set()
    for group in groups:
        for file in group:
            path = user_path(file).resolve()
            if path in seen:
                raise InputError(f"{file}: is there twice; name each file once")
            seen.add(path)


def _print(analysis) -> None:
    """Print the numbers, the cycles, the rules and what was read; warnings go to stderr."""
    from coreshell_model.data.analysis_record import mass_in_mg, rules
    from coreshell_model.show.cli.tables import print_table, text_table

    for cell in analysis.cells:
        dataset = cell.dataset
        typer.echo(
            f"{cell.name}: {', '.join(map(str, dataset.sources))}; {dataset.format}, "
            f"{len(dataset.table)} points, {mass_in_mg(cell):.6g} mg of active carbon"
        )
        for statement in dataset.statements:
            typer.echo(f"  {statement}")
    print_table(_numbers_table(analysis))
    print_table(text_table(*_cycles_rows(analysis)))
    for name, text in rules(analysis).items():
        typer.echo(f"{name}: {text}.")
    for line in _missing(analysis):
        typer.echo(line)
    print_warnings(analysis.warnings)


def _missing(analysis) -> list[str]:
    """A line for each reason why a cell has no number, with the numbers that lack."""
    from coreshell_model.base.tables import DASH

    reasons: dict[str, list[str]] = {}
    for cell, values in zip(analysis.cells, analysis.by_cell, strict=True):
        for name, (value, why) in values.items():
            if value is None:
                reasons.setdefault(f"{cell.name}: {why}", []).append(name.partition(" [")[0])

    def some(names: list[str]) -> str:
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        return f"{', '.join(names[:MOST_NAMED])}{more}"

    return [f"{DASH} {reason} ({some(names)})" for reason, names in reasons.items()]


def _numbers_table(analysis):
    """A row for each number: each cell, unless there are many, mean, standard deviation, count and scope."""
    from coreshell_model.base.tables import unit_of
    from coreshell_model.data.cell_results import scopes
    from coreshell_model.show.cli.tables import shown, text_table

    several = len(analysis.cells) > 1
    cells = analysis.cells if len(analysis.cells) <= MOST_COLUMNS else ()
    names = [cell.name for cell in cells] if several else ["value"]
    head = ["quantity", *names, *(("mean", "standard deviation", "n") if several else ()), "of"]
    of = scopes(analysis.plateau)
    rows = []
    for name, of_cells in analysis.spreads.items():
        numbers = [values[name][0] for values in analysis.by_cell[: len(cells)]]
        numbers += [of_cells.mean, of_cells.sd] if several else []
        counts = [of_cells.count] if several else []
        rows.append((name, *(shown(number, unit_of(name)) for number in numbers), *counts, of[name]))
    return text_table(head, rows, whole=("quantity",), folded=names)


def _cycles_rows(analysis) -> tuple[list[str], list[list[Any]]]:
    """Head and rows of the main numbers by cycle, means with standard deviations for several cells."""
    from coreshell_model.base.tables import shown_number
    from coreshell_model.data.cycle_results import (
        CYCLE,
        DESODIATION,
        EFFICIENCY,
        HYSTERESIS_AT_EQUAL_CAPACITY,
        KNEE,
        RETENTION,
        SODIATION,
        split_names,
    )

    split = split_names(analysis.plateau, sodiates=True)
    names = (SODIATION, DESODIATION, EFFICIENCY, split.plateau, split.plateau_below_knee, KNEE,
             HYSTERESIS_AT_EQUAL_CAPACITY, RETENTION)  # fmt: skip

    def text(of_cells) -> str:
        deviation = "" if of_cells.sd is None else f" ± {shown_number(of_cells.sd, 2)}"
        return f"{shown_number(of_cells.mean)}{deviation}"

    by_cycle = list(analysis.spreads_by_cycle.items())
    rows = [[number, *(text(of_cycle[name]) for name in names)] for number, of_cycle in by_cycle]
    if len(rows) > FEW_CYCLES:
        half = FEW_CYCLES // 2
        between = [f"... {len(rows) - 2 * half} more", *[""] * len(names)]
        rows = [*rows[:half], between, *rows[-half:]]
    return [CYCLE, *names], rows


def _figure_path(analysis, place: Path) -> Path:
    stem = analysis.cells[0].dataset.source.name.split(".")[0]
    return place / (re.sub(r"[^\w=-]", "", f"{stem}_analysis") + ".png")


def _write_figure(analysis) -> None:
    from coreshell_model.show.figures.measured import analysis_picture
    from coreshell_model.show.figures.picture import save_picture

    print_written(save_picture(analysis_picture(analysis), _figure_path(analysis, Path()), [".pdf"]))


def _write(analysis, folder: Path) -> None:
    """Write the tables, the workbook, the record and the figure, in place of those of the same files."""
    from coreshell_model.data.analysis_files import WORKBOOK, contents, workbook
    from coreshell_model.show.figures.measured import analysis_picture
    from coreshell_model.show.figures.picture import save_picture

    names = ", ".join(path.name for cell in analysis.cells for path in cell.dataset.sources)
    results = Written(folder, f"an analysis of {names}")
    picture_path = _figure_path(analysis, folder)
    texts: dict[str, str | bytes] = dict(contents(analysis))
    book = workbook(analysis)
    if book is None:
        print_warnings([lacks("excel", f"no workbook {WORKBOOK}: it needs")])
    else:
        texts[WORKBOOK] = book
    results.check([*texts, *(picture_path.with_suffix(suffix).name for suffix in (".png", ".pdf", ".csv"))])
    with room_for(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if results.remove():
            typer.echo(f"coreshell: replaces the earlier results of the same files in {folder}", err=True)
        for name, content in texts.items():
            replace(folder / name, content)
        written = [folder / name for name in texts]
        written += save_picture(analysis_picture(analysis), picture_path, [".pdf"])
        written.append(results.keep_list(written))
    print_written(written)
