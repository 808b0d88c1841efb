"""``coreshell posterior``: draws from the posterior of the parameters of a fit problem."""

from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.base.extras import require
from coreshell_model.base.files import GO_ON, room_for
from coreshell_model.base.paths import user_path
from coreshell_model.show.cli.fit import defaults_of_problem
from coreshell_model.show.cli.options import (
    AsJson,
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


def posterior(
    problem: Annotated[str, typer.Argument(help="The TOML file of the fit problem (docs/fitting.md).")],
    out: Annotated[
        str, typer.Option(metavar="FOLDER", help="Keep every evaluation here, and write the draws.")
    ],
    fit: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Begin at the result of this finished `coreshell fit --out`."),
    ] = None,
    draws: Annotated[int, typer.Option(help="Independent draws that the table has to be worth.")] = 400,
    evaluations: Annotated[int, typer.Option(help="Evaluations at most, without those of fits.")] = 8000,
    starts: Annotated[int, typer.Option(help="Fits from different points, if --fit is not given.")] = 4,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    resume: Resume = False,
    as_json: AsJson = False,
    discrepancy: Annotated[
        bool,
        typer.Option("--discrepancy", help="Let the model be off along the curves, by as much as they show."),
    ] = False,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="Set a number of the material that is not drawn, as in `coreshell fit`."),
    ] = None,
    workers: Workers = None,
) -> None:
    """Draw from the posterior of a fit problem; stop with Ctrl-C, go on with --resume.

    The draws are sets of parameters, as likely as the data make them. They are drawn over a surrogate
    that the true model corrects, and serve `coreshell predict`, `losses`, `design`, `next` and
    `validate`.
    """
    require("posterior", "posteriors need")
    folder = folder_to_resume(out, resume, "posterior")
    assert folder is not None  # --out is required
    from coreshell_model.base.pool import LostWorkersError
    from coreshell_model.infer.sampling import StalledError

    defaults, numbers = defaults_of_problem(problem), parse_changes(changes or [])
    options = {"draws": draws, "evaluations": evaluations, "starts": starts, "seed": seed, "resume": resume}
    options |= {"workers": worker_count(workers), "fit_folder": None if fit is None else user_path(fit)}
    with stoppable(folder, "what was finished", (LostWorkersError, StalledError)):
        sample = _sample(problem, defaults, discrepancy, numbers, folder, **options)
    if as_json:
        of_user = {"User defaults": defaults.numbers, "Changes": numbers}
        print_json({**sample.record, "Parameters": sample.summary(), **of_user})
    else:
        _print(sample)
        if defaults.numbers:
            typer.echo(str(defaults))
    typer.echo(f"wrote {folder / 'posterior.csv'}, {folder / 'report.md'} and figures", err=True)


def _sample(problem: str, defaults, discrepancy: bool, numbers: dict[str, str], folder: Path, **options):
    """Read the fit problem, then sample its posterior behind a status line on stderr."""
    from coreshell_model.infer.posterior_run import sample_posterior
    from coreshell_model.infer.reading import read_problem

    fit_problem = read_problem(problem, defaults, discrepancy, numbers)
    status = status_line("building the model", (" done: ", " ended: ", "walkers"))
    with room_for(folder, GO_ON), status as show_status:
        return sample_posterior(fit_problem, folder=folder, say=show_status, **options)


def _print(sample) -> None:
    from coreshell_model.base.intervals import MEDIAN, USUAL, interval_name, shown_interval
    from coreshell_model.show.cli.tables import print_table, rows_table

    rows = [
        {
            "parameter": parameter["Name"],
            "median": parameter[MEDIAN],
            "unit": parameter["Unit"],
            **{interval_name(width): shown_interval(parameter[interval_name(width)]) for width in USUAL},
        }
        for parameter in sample.summary()
    ]
    print_table(rows_table(rows))
    record = sample.record
    typer.echo(
        f"{len(sample)} draws, worth {sample.effective:.0f} independent ones; "
        f"{record['Evaluations']} evaluations, {record['Failed evaluations']} with a failed run"
    )
    print_warnings(record["Warnings"])
