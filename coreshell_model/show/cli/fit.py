"""``coreshell fit``: fit parameters to measurements, and say which of them the data determine."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.base.errors import InputError
from coreshell_model.base.paths import user_path
from coreshell_model.inputs.user_defaults import NO_DEFAULTS, UserDefaults, read_user_defaults
from coreshell_model.show.cli.data import Cell, Column, Gaps, Mass, Sign, Stated
from coreshell_model.show.cli.exports import Report, report_file, write_report
from coreshell_model.show.cli.options import (
    FAILED_SOLVE,
    Areas,
    AsJson,
    FirstCycle,
    Loading,
    Rate,
    Resume,
    Workers,
    folder_to_resume,
    parse_changes,
    print_json,
    print_warnings,
    status_line,
    stoppable,
    worker_count,
)


def fit(
    problem: Annotated[
        list[str],
        typer.Argument(
            help="The TOML file of the fit problem (docs/fitting.md); or, with --material, measured files of "
            "a cell, for which a problem is proposed."
        ),
    ],
    material: Annotated[
        str | None, typer.Option(help="Of measured files: the material whose numbers are fitted to them.")
    ] = None,
    areas: Areas = None,
    loading: Loading = None,
    mass: Mass = None,
    rate: Rate = None,
    first_cycle: FirstCycle = None,
    curve: Stated = None,
    current_sign: Sign = None,
    column: Column = None,
    allow_gaps: Gaps = False,
    cell: Cell = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help='Set a number of the material that is not fitted, as "cell.series_resistance=12 Ohm.cm2".',
        ),
    ] = None,
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
    resume: Resume = False,
    as_json: AsJson = False,
    starts: Annotated[
        int | None,
        typer.Option(help="Fits from different points between the bounds: 4, of a guided fit 1."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the random starts.")] = 0,
    discrepancy: Annotated[
        bool,
        typer.Option("--discrepancy", help="Let the model be off along the curves, by as much as they show."),
    ] = False,
    workers: Workers = None,
    report: Report = None,
) -> None:
    """Fit parameters to measurements; stop with Ctrl-C, go on with --resume.

    Either the TOML file of a fit problem (docs/fitting.md), or measured half-cycles from which a problem
    is proposed. Many starts are searched on all cores; for each parameter the result says whether the
    data fix it.
    """
    page = report_file(report)
    numbers = parse_changes(changes or [])
    if material is not None:
        from coreshell_model.show.cli.guided import OfFiles, guided_fit, stated_of_files

        stated = stated_of_files(curve, current_sign, column, allow_gaps, cell)
        files = OfFiles(problem, mass, rate, first_cycle, stated, loading, numbers)
        effort = (starts or 1, seed, workers, discrepancy)
        guided_fit(files, material, areas, out, into, resume, as_json, effort, page)
        return
    of_files = {"--areas": areas, "--mass": mass, "--rate": rate, "--first-cycle": first_cycle}
    of_files |= {"--curve": curve, "--current-sign": current_sign, "--column": column, "--cell": cell}
    of_files["--loading"] = loading
    path = _problem_alone(problem, of_files | {"--allow-gaps": allow_gaps})
    starts = 4 if starts is None else starts
    folder = folder_to_resume(out, resume, "fit")
    from coreshell_model.base.pool import LostWorkersError
    from coreshell_model.infer.reading import read_problem
    from coreshell_model.infer.written_back import check_files, write_back

    defaults = defaults_of_problem(path)
    with stoppable(folder, "what was finished", LostWorkersError):
        fit_problem = read_problem(path, defaults, discrepancy, numbers)
        materials = None if into is None else user_path(into)
        if materials is not None:
            check_files(fit_problem, materials)
        result = fit_with_status(fit_problem, workers, folder=folder, resume=resume, starts=starts, seed=seed)
        written: tuple[Path, ...] = ()
        if (
            materials is not None and result.completed
        ):  # no numbers of a fit whose best point has a failed run
            written = write_back(fit_problem, result.parameters, materials)
    if page is not None:
        from coreshell_model.show.reports.fit_page import fit_page

        write_report(lambda: fit_page(result), page)
    if as_json:
        from coreshell_model.infer.fit_report import record

        print_json(record(result) | {"User defaults": defaults.numbers, "Changes": numbers})
    else:
        print_result(result)
        if defaults.numbers:
            typer.echo(str(defaults))
    for path in written:
        typer.echo(f"wrote the fitted numbers into {path}", err=True)
    if folder is not None and result.completed:
        write_draws(fit_problem, result, folder)
    if folder is not None:
        typer.echo(f"wrote {folder / 'report.md'} and what it is made of", err=True)
    if not result.completed:
        raise typer.Exit(FAILED_SOLVE)


def _problem_alone(problem: list[str], of_files: Mapping[str, object]) -> str:
    """The path of the problem's file; what only measured files take is refused."""
    path = user_path(problem[0])
    if path.suffix.lower() != ".toml" and path.is_file():
        raise InputError(
            f"{problem[0]}: is no problem's file (TOML); to fit a measured file, say of which material, as "
            "--material core_shell"
        )
    if len(problem) > 1:
        raise InputError(
            f"{problem[1]}: one problem's file at a time; measured files go with --material NAME"
        )
    if option := next((name for name, value in of_files.items() if value), None):
        raise InputError(
            f"{option} goes with measured files, of a --material; write it into {problem[0]}, or leave it out"
        )
    return problem[0]


def defaults_of_problem(problem: str) -> UserDefaults:
    """The user's own 1C, window and hold; none for a shipped problem, which keeps the paper's conditions."""
    from coreshell_model.infer.reading import is_shipped

    return NO_DEFAULTS if is_shipped(problem) else read_user_defaults()


def fit_with_status(problem, workers: int | None, **options):
    """Fit behind a status line on stderr."""
    from coreshell_model.infer.fitting import fit

    with status_line("building the model", (" done", " ended: ", "better fit")) as show_status:
        return fit(problem, workers=worker_count(workers), say=show_status, **options)


def write_draws(problem, result, folder: Path) -> tuple[Path, ...]:
    """Draws about the best fit, for ``predict``; none where the fit states no standard deviations."""
    from coreshell_model.infer.draws import TABLE, write_posterior
    from coreshell_model.infer.normal_draws import normal_draws

    try:
        return tuple(write_posterior(normal_draws(problem, result), folder / TABLE))
    except InputError as error:
        typer.echo(f"No draws were written: {error}", err=True)
        return ()


def print_result(result) -> None:
    """Print the tables of a fit, and its warnings on stderr."""
    from coreshell_model.base.intervals import WIDE, interval_name, shown_interval
    from coreshell_model.base.tables import shown_number
    from coreshell_model.infer.fit_report import SET_BY, ends_in_words
    from coreshell_model.show.cli.tables import print_table, rows_table

    typer.echo(result.headline)
    parameters = [
        {
            "parameter": parameter.name,
            "value": parameter.value,
            "unit": parameter.unit,
            interval_name(WIDE): shown_interval(parameter.interval_95),
            SET_BY: ends_in_words(parameter),
            "verdict": parameter.verdict,
        }
        for parameter in result.parameters
    ]
    print_table(rows_table(parameters))
    observations = [
        {
            "observation": scalar.name,
            "material, protocol": f"{scalar.material}, {scalar.protocol}",
            "measured": scalar.measured,
            "sd": scalar.sd,
            "fitted": scalar.simulated,
        }
        for scalar in result.scalars
    ]
    if observations:
        print_table(rows_table(observations))
    for curve in result.curves:
        typer.echo(f"{curve.name}: {curve.rmse_in_words}")
    for spectrum in result.spectra:
        typer.echo(f"{spectrum.name}: RMS {shown_number(spectrum.rms)} % of the modulus")
    reduced = result.reduced_chi_squared
    typer.echo(
        f"chi-squared {result.chi_squared:.4g}, "
        + ("no degree of freedom" if reduced is None else f"reduced {reduced:.3g}")
        + f"; {result.evaluations} evaluations in {result.seconds:.0f} s"
    )
    print_warnings(result.other_warnings)
