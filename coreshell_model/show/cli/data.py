"""``coreshell data``: what a cycler's file holds, and the same as Battery Data Format."""

import math
from typing import Annotated

import typer

from coreshell_model.base.errors import InputError
from coreshell_model.base.paths import user_path
from coreshell_model.show.cli.options import AsJson, print_json, print_written

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
Gaps = Annotated[bool, typer.Option("--allow-gaps", help="The current went on through gaps in the record.")]
Cell = Annotated[
    str | None,
    typer.Option("--cell", help="Where the voltage leaves it open: half-cell or full-cell."),
]
Stated = Annotated[
    list[str] | None,
    typer.Option(
        "--curve",
        help='What is stated of a table without time, as "rate=C/20"; again for direction and others.',
    ),
]
Worksheet = Annotated[str | None, typer.Option("--worksheet", help="Worksheet of an Excel file.")]


def data(
    files: Files,
    mass: Mass = None,
    current_sign: Sign = None,
    column: Column = None,
    decimal: Decimal = None,
    allow_gaps: Gaps = False,
    worksheet: Worksheet = None,
    cell: Cell = None,
    curve: Stated = None,
    as_json: AsJson = False,
    out: Annotated[
        str | None, typer.Option(metavar="FILE.csv", help="Write Battery Data Format CSV and its metadata.")
    ] = None,
) -> None:
    """Read a measurement: what was found, what was converted, its half-cycles and its spectra.

    Files of cyclers, curves without time and impedance spectra are recognised by what they hold. What
    cannot be told without guessing is asked for in one line; --out writes the Battery Data Format.
    """
    dataset = read_files(files, column, mass, current_sign, decimal, allow_gaps, worksheet, cell, curve)
    written = () if out is None else _write(dataset, out)
    record = _record(dataset, files)
    if as_json:
        print_json(record)
    else:
        _print(record)
    print_written(written)


def _write(dataset, out: str) -> tuple:
    from coreshell_model.data.bdf import to_bdf
    from coreshell_model.data.spectra import spectra_to_csv

    written = to_bdf(dataset, user_path(out))
    spectra = spectra_to_csv(dataset.spectra, user_path(out))
    return written if spectra is None else (*written, spectra)


def _record(dataset, files: list[str]) -> dict:
    from coreshell_model.data.record import cycles_held, left_out

    return {
        "File": ", ".join(files),
        "Files": files,
        "Format": dataset.format,
        "Statements": list(dataset.statements),
        "Points": len(dataset.table),
        "Duration [s]": float(dataset.time[-1] - dataset.time[0]),
        "Mass of active carbon [kg]": dataset.mass,
        "Without time": dataset.without_time,
        "Cycles": cycles_held(dataset),
        "Cycles left out": left_out(dataset),
        "Half-cycles": half_cycle_rows(dataset),
        "Spectra": spectrum_rows(dataset),
    }


def _print(record: dict) -> None:
    from coreshell_model.show.cli.tables import print_table, rows_table

    hours = record["Duration [s]"] / 3600
    over = "" if record["Without time"] else f" over {hours:.4g} h"
    typer.echo(f"{record['File']}: {record['Format']}, {record['Points']} points{over}")
    if cycles := record["Cycles"]:
        without = f", without {record['Cycles left out']}" if record["Cycles left out"] else ""
        first, last = cycles["First"], cycles["Last"]
        by_whom = "as stated" if record["Without time"] else "by its own counter, counted from 1"
        typer.echo(f"  cycles {first} to {last} {by_whom}{without}")
    for statement in record["Statements"]:
        typer.echo(f"  {statement}")
    for rows in (record["Half-cycles"], record["Spectra"]):
        if rows:
            print_table(rows_table(rows))


def read_files(
    files: list[str],
    column: list[str] | None,
    mass: str | None,
    current_sign: str | None,
    decimal: str | None,
    allow_gaps: bool,
    worksheet: str | None,
    cell: str | None,
    curve: list[str] | None,
):
    """Read the measurement in the files with the options of the command line."""
    from coreshell_model.data.joining import read_datasets

    paths = [user_path(file) for file in files]
    return read_datasets(
        paths,
        columns=parse_columns(column or []),
        mass=mass,
        current_sign=current_sign,
        decimal=decimal,
        allow_gaps=allow_gaps,
        worksheet=worksheet,
        cell=cell,
        curve=parse_curve(curve),
    )


def parse_curve(texts: list[str] | None) -> dict[str, str] | None:
    """Texts of ``--curve`` such as "rate=C/20" as what is stated of a table; None without any."""
    if texts is None:
        return None
    return _pairs(texts, "--curve", ("states nothing", "states"), "rate=C/20")


def parse_columns(texts: list[str]) -> dict[str, str]:
    """Texts of ``--column`` such as "current=I2 in mA" as a mapping from quantities to headings."""
    return _pairs(texts, "--column", ("names no column", "chooses"), "current=I2 in mA")


def _pairs(texts: list[str], option: str, words: tuple[str, str], example: str) -> dict[str, str]:
    """Texts "name=value" of an option, each name once; ``words`` say what a wrong or doubled text does."""
    nothing, twice = words
    pairs: dict[str, str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name or not value:
            raise InputError(f'{option} {text!r} {nothing}; write {option} "{example}"')
        if name in pairs:
            raise InputError(f"{option} {twice} the {name} twice; give it once")
        pairs[name] = value
    return pairs


def spectrum_rows(dataset) -> list[dict]:
    """A row for each impedance spectrum, in the table and in JSON."""
    return [
        {
            "Spectrum": spectrum.number,
            "Time [h]": spectrum.time / 3600,
            "Potential [V]": spectrum.potential if math.isfinite(spectrum.potential) else None,
            "Points": len(spectrum.frequencies),
            "Highest frequency [Hz]": float(spectrum.frequencies.max()),
            "Lowest frequency [Hz]": float(spectrum.frequencies.min()),
        }
        for spectrum in dataset.spectra
    ]


def half_cycle_rows(dataset) -> list[dict]:
    """A row for each half-cycle, in the table and in JSON."""
    from coreshell_model.data.record import numbered_half_cycles

    rows = []
    for half_cycle, cycle in numbered_half_cycles(dataset):
        points = half_cycle.points
        kinds = [piece.kind.value for piece in half_cycle.pieces]
        rows.append(
            {
                "Half-cycle": half_cycle.number,
                "Cycle": cycle,
                "Direction": half_cycle.direction.value,
                "Capacity [mA.h.g-1]": half_cycle.capacity,
                "Charge [mA.h]": half_cycle.charge / 3.6,
                "Duration [h]": float(dataset.time[points.stop - 1] - dataset.time[points.start]) / 3600,
                "Lowest voltage [V]": float(dataset.voltage[points].min()),
                "Highest voltage [V]": float(dataset.voltage[points].max()),
                "Holds": kinds.count("hold"),
                "Rests": kinds.count("rest"),
            }
        )
    return rows
