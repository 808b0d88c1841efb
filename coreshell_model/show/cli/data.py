"""``coreshell data``: what a cycler's file holds, and that as Battery Data Format."""

import json
import math
from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.base.errors import InputError
from coreshell_model.base.paths import user_path
from coreshell_model.show.cli.options import AsJson

Files = Annotated[
    list[str],
    typer.Argument(
        help="CSV, Excel, EC-Lab text, .mpr, .nda, .ndax or .res; several of one cell are joined in time."
    ),
]
Mass = Annotated[str | None, typer.Option("--mass", help='Active carbon (core + shell), as "1.1 mg".')]
Sign = Annotated[
    str | None,
    typer.Option(
        "--current-sign", help="What a positive current in the file does: sodiation or desodiation."
    ),
]
Column = Annotated[
    list[str] | None,
    typer.Option("--column", help='Which column is what, as "current=I2 in mA"; again for others.'),
]
Decimal = Annotated[
    str | None, typer.Option("--decimal", help='"." or ",", where the file leaves its decimal sign open.')
]
Gaps = Annotated[bool, typer.Option("--allow-gaps", help="Current went on through gaps in the record.")]
Cell = Annotated[
    str | None,
    typer.Option("--cell", help="What the voltage is of, where it makes one ask: half-cell or full-cell."),
]
Worksheet = Annotated[str | None, typer.Option("--worksheet", help="Of an Excel file with several.")]


def data(
    files: Files,
    mass: Mass = None,
    current_sign: Sign = None,
    column: Column = None,
    decimal: Decimal = None,
    allow_gaps: Gaps = False,
    worksheet: Worksheet = None,
    cell: Cell = None,
    as_json: AsJson = False,
    out: Annotated[
        str | None, typer.Option(metavar="FILE.csv", help="Write Battery Data Format CSV and its metadata.")
    ] = None,
) -> None:
    """Read a measurement: what was found, what was converted, its half-cycles and its spectra."""
    from coreshell_model.data.bdf import to_bdf
    from coreshell_model.data.record import cycles_held, left_out
    from coreshell_model.data.spectra import spectra_to_csv

    dataset = read_files(
        files,
        column,
        mass=mass,
        current_sign=current_sign,
        decimal=decimal,
        allow_gaps=allow_gaps,
        worksheet=worksheet,
        cell=cell,
    )
    written: tuple[Path, ...] = ()
    if out is not None:
        written = to_bdf(dataset, user_path(out))
        of_spectra = spectra_to_csv(dataset.spectra, user_path(out))
        written += (of_spectra,) if of_spectra is not None else ()
    rows, spectra = half_cycle_rows(dataset), spectrum_rows(dataset)
    name = ", ".join(files)
    if as_json:
        head = {
            "File": name,
            "Files": files,
            "Format": dataset.format,
            "Statements": list(dataset.statements),
            "Points": len(dataset.table),
            "Duration [s]": float(dataset.time[-1] - dataset.time[0]),
            "Mass of active carbon [kg]": dataset.mass,
            "Cycles": cycles_held(dataset),
            "Cycles left out": left_out(dataset),
        }
        typer.echo(json.dumps({**head, "Half-cycles": rows, "Spectra": spectra}, allow_nan=False))
    else:
        from coreshell_model.show.cli.tables import print_table, rows_table

        hours = (dataset.time[-1] - dataset.time[0]) / 3600
        typer.echo(f"{name}: {dataset.format}, {len(dataset.table)} points over {hours:.4g} h")
        if held := cycles_held(dataset):
            without = f", without {left_out(dataset)}" if left_out(dataset) else ""
            first, last = held["First"], held["Last"]
            typer.echo(f"  cycles {first} to {last} by its own counter, counted from 1{without}")
        for statement in dataset.statements:
            typer.echo(f"  {statement}")
        for table in (rows, spectra):
            if table:
                print_table(rows_table(table))
    for path in written:
        typer.echo(f"wrote {path}", err=True)


def read_files(files: list[str], column: list[str] | None, **options):
    """The measurement in the files that a command names, read as its options say."""
    from coreshell_model.data.joining import read_datasets

    paths = [user_path(file) for file in files]
    return read_datasets(paths, columns=parse_columns(column or []), **options)


def parse_columns(texts: list[str]) -> dict[str, str]:
    """``["current=I2 in mA"]`` as a mapping.

    Raises
    ------
    InputError
        No "=", nothing before or after it, or the same quantity twice.
    """
    columns: dict[str, str] = {}
    for text in texts:
        what, equals, header = (part.strip() for part in text.partition("="))
        if not equals or not what or not header:
            raise InputError(f'--column {text!r} names no column; write --column "current=I2 in mA"')
        if what in columns:
            raise InputError(f"--column chooses the {what} twice; give it once")
        columns[what] = header
    return columns


def spectrum_rows(dataset) -> list[dict]:
    """A row an impedance spectrum, as the table and the JSON show it."""
    return [
        {
            "Spectrum": each.number,
            "Time [h]": each.time / 3600,
            "Potential [V]": each.potential if math.isfinite(each.potential) else None,
            "Points": len(each.frequencies),
            "Highest frequency [Hz]": float(each.frequencies.max()),
            "Lowest frequency [Hz]": float(each.frequencies.min()),
        }
        for each in dataset.spectra
    ]


def half_cycle_rows(dataset) -> list[dict]:
    """A row a half-cycle, as the table and the JSON show it."""
    rows = []
    from coreshell_model.data.record import counted_cycles

    held = counted_cycles(dataset)
    first = held[0] if held else 1
    for half in dataset.half_cycles():
        start, last = half.points.start, half.points.stop - 1
        kinds = [piece.kind.value for piece in half.pieces]
        rows.append(
            {
                "Half-cycle": half.number,
                "Cycle": held[half.cycle - 1] if half.cycle <= len(held) else half.cycle + first - 1,
                "Direction": half.direction.value,
                "Capacity [mA.h.g-1]": half.capacity,
                "Charge [mA.h]": half.charge / 3.6,
                "Duration [h]": float(dataset.time[last] - dataset.time[start]) / 3600,
                "Lowest voltage [V]": float(dataset.voltage[half.points].min()),
                "Highest voltage [V]": float(dataset.voltage[half.points].max()),
                "Holds": kinds.count("hold"),
                "Rests": kinds.count("rest"),
            }
        )
    return rows
