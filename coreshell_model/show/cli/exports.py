"""What commands share that write results for other programs, or a report of one page."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from coreshell_model.base.errors import InputError, at
from coreshell_model.base.paths import user_path
from coreshell_model.show.cli.options import print_written

Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="xlsx|netcdf|origin|bdf",
        help="With --out: also write run.xlsx (Excel), run.nc (netCDF), run.origin.csv (CSV for Origin) or "
        "run.bdf.csv; can be given several times.",
    ),
]
Report = Annotated[
    str | None,
    typer.Option(
        metavar="FILE.pdf", help="Write a report of one page (A4): figure, results, inputs, warnings."
    ),
]


def exports_for(names: list[str], folder: Path | None) -> list[Any]:
    """The formats of ``--format``, refused before any work where they cannot be written."""
    if not names:
        return []
    from coreshell_model.data.exports import checked_formats

    formats = checked_formats(names)
    if folder is None:
        option = "--bdf" if names == ["bdf"] else f"--format {names[0]}"
        raise InputError(f"{option} has no folder to write {formats[0].file} into; add --out FOLDER")
    return formats


def write_exports(solution, formats: list[Any], folder: Path) -> list[Path]:
    """Write a run in other formats, and say what they could not hold; return the paths."""
    if not formats:
        return []
    from coreshell_model.data.exports import write_formats

    written, notes = write_formats(solution, formats, folder)
    for note in notes:
        typer.echo(f"coreshell: {note}", err=True)
    return written


def report_file(report: str | None) -> Path | None:
    """The file of ``--report``; one that cannot be written is refused before any work begins."""
    if report is None:
        return None
    from coreshell_model.show.reports.page_file import check_page

    with at("--report ", between=""):
        path = user_path(report)
        check_page(path)
    return path


def write_report(page: Callable[[], Any], path: Path) -> None:
    """Make the page and write it."""
    from coreshell_model.show.reports.page_file import save_page

    save_page(page(), path)
    print_written([path])
