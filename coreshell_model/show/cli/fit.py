"""``coreshell fit``: parameters to measurements, and what the data settle of them."""

import json
from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.base.paths import user_path
from coreshell_model.inputs.user_defaults import NO_DEFAULTS, UserDefaults, read_user_defaults
from coreshell_model.show.cli.options import (
    FAILED_SOLVE,
    AsJson,
    folder_to_resume,
    status_line,
    stoppable,
)


def fit(
    problem: Annotated[str, typer.Argument(help="The TOML file of the fit problem (docs/fitting.md).")],
    out: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Keep each start and profile here, and write the results."),
    ] = None,
    into: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER", help="Write the fitted numbers into the files of their materials there."
        ),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the fit that FOLDER holds.")] = False,
    as_json: AsJson = False,
    starts: Annotated[int, typer.Option(help="Fits from different places between the bounds.")] = 4,
    seed: Annotated[int, typer.Option(help="Of the random starts.")] = 0,
    workers: Annotated[
        int | None, typer.Option(help="Processes; as many as there are cores where not given.")
    ] = None,
) -> None:
    """Fit parameters to measurements; stop with Ctrl-C, go on with --resume."""
    folder = folder_to_resume(out, resume, "fit")
    from coreshell_model.base.pool import LostWorkersError
    from coreshell_model.infer.reading import read_problem
    from coreshell_model.infer.written_back import check_files, write_back

    defaults = defaults_of_problem(problem)
    with stoppable(folder, "what was finished", lost=LostWorkersError):
        read = read_problem(problem, defaults)
        materials = None if into is None else user_path(into)
        if materials is not None:
            check_files(read, materials)
        result = _fit(read, folder, resume, starts, seed, workers)
        written: tuple[Path, ...] = ()
        if materials is not None and result.completed:  # nothing of a best fit that has a failed run
            written = write_back(read, result.parameters, materials)
    if as_json:
        from coreshell_model.infer.fit_report import record

        typer.echo(json.dumps(record(result) | {"User defaults": defaults.numbers}, allow_nan=False))
    else:
        _print(result)
        if told := str(defaults):
            typer.echo(told)
    for path in written:
        typer.echo(f"wrote the fitted numbers into {path}", err=True)
    if folder is not None:
        typer.echo(f"wrote {folder / 'report.md'} and what it is made of", err=True)
    if not result.completed:
        raise typer.Exit(FAILED_SOLVE)


def defaults_of_problem(problem: str) -> UserDefaults:
    """A user's own numbers for a fit problem; a shipped one stays under the paper's conditions."""
    from coreshell_model.infer.reading import is_shipped

    return NO_DEFAULTS if is_shipped(problem) else read_user_defaults()


def _fit(read, folder: Path | None, resume: bool, starts: int, seed: int, workers: int | None):
    """Fit behind a line on stderr that says how far it is."""
    from coreshell_model.base.pool import cores
    from coreshell_model.infer.fitting import fit

    with status_line("building the model", (" done", " ended: ", "better fit")) as say:
        given = {"starts": starts, "seed": seed, "workers": cores() if workers is None else workers}
        return fit(read, folder=folder, resume=resume, say=say, **given)


def _print(result) -> None:
    from coreshell_model.base.intervals import WIDE, interval_name, shown_interval
    from coreshell_model.base.tables import shown_number
    from coreshell_model.show.cli.tables import print_table, rows_table

    if result.misfit:
        typer.echo(result.misfit)
    print_table(
        rows_table(
            [
                {
                    "parameter": one.name,
                    "value": one.value,
                    "unit": one.unit,
                    interval_name(WIDE): shown_interval(one.interval_95),
                    "verdict": one.verdict,
                }
                for one in result.parameters
            ]
        )
    )
    rows = [
        {
            "observation": one.name,
            "material, protocol": f"{one.material}, {one.protocol}",
            "measured": one.measured,
            "sd": one.sd,
            "fitted": one.simulated,
        }
        for one in result.scalars
    ]
    if rows:
        print_table(rows_table(rows))
    for one in result.curves:
        typer.echo(f"{one.name}: RMSE {shown_number(one.rmse)} {one.unit}")
    for one in result.spectra:
        typer.echo(f"{one.name}: RMS {shown_number(one.rms)} % of the modulus")
    reduced = result.reduced_chi_squared
    typer.echo(
        f"chi-squared {result.chi_squared:.4g}, "
        + ("no degree of freedom" if reduced is None else f"reduced {reduced:.3g}")
        + f"; {result.evaluations} evaluations in {result.seconds:.0f} s"
    )
    for text in result.other_warnings:
        typer.echo(f"warning: {text}")
