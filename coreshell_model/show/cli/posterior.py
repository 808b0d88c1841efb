"""``coreshell posterior``: draws of the parameters that a fit problem's data allow."""

import json
from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.base.files import GO_ON, room_for
from coreshell_model.base.paths import user_path
from coreshell_model.show.cli.fit import defaults_of_problem
from coreshell_model.show.cli.options import AsJson, folder_to_resume, status_line, stoppable


def posterior(
    problem: Annotated[str, typer.Argument(help="The TOML file of the fit problem (docs/fitting.md).")],
    out: Annotated[
        str, typer.Option(metavar="FOLDER", help="Keep every evaluation here, and write the draws.")
    ],
    fit: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="A finished `coreshell fit --out` of the problem to begin at."),
    ] = None,
    draws: Annotated[int, typer.Option(help="Independent draws that the table is to be worth.")] = 400,
    evaluations: Annotated[int, typer.Option(help="Of the model at most, fits apart.")] = 8000,
    starts: Annotated[int, typer.Option(help="Fits from different places, where no fit is given.")] = 4,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what FOLDER holds.")] = False,
    as_json: AsJson = False,
    workers: Annotated[
        int | None, typer.Option(help="Processes; as many as there are cores where not given.")
    ] = None,
) -> None:
    """Draw from the posterior of a fit problem; stop with Ctrl-C, go on with --resume."""
    folder = folder_to_resume(out, resume, "posterior")
    assert folder is not None  # --out is required
    from coreshell_model.base.pool import LostWorkersError, cores
    from coreshell_model.infer.sampling import StalledError

    defaults = defaults_of_problem(problem)
    given = {"draws": draws, "evaluations": evaluations, "starts": starts, "seed": seed, "resume": resume}
    given |= {"workers": cores() if workers is None else workers}
    with stoppable(folder, "what was finished", lost=(LostWorkersError, StalledError)):
        found = _drawn(problem, defaults, folder, None if fit is None else user_path(fit), given)
    if as_json:
        record = {**found.record, "Parameters": found.summary(), "User defaults": defaults.numbers}
        typer.echo(json.dumps(record, allow_nan=False))
    else:
        _print(found)
        if told := str(defaults):
            typer.echo(told)
    typer.echo(f"wrote {folder / 'posterior.csv'}, {folder / 'report.md'} and figures", err=True)


def _drawn(problem: str, defaults, folder: Path, fit: Path | None, given: dict):
    """Read first, which is quick, then sample behind a line on stderr that says how far it is."""
    from coreshell_model.infer.posterior_run import sample_posterior
    from coreshell_model.infer.reading import read_problem

    read = read_problem(problem, defaults)
    status = status_line("building the model", (" done: ", " ended: ", "walkers"))
    with room_for(folder, GO_ON), status as say:
        return sample_posterior(read, folder=folder, fit_folder=fit, say=say, **given)


def _print(found) -> None:
    from coreshell_model.base.intervals import MEDIAN, USUAL, interval_name, shown_interval
    from coreshell_model.show.cli.tables import print_table, rows_table

    print_table(
        rows_table(
            [
                {
                    "parameter": one["Name"],
                    "median": one[MEDIAN],
                    "unit": one["Unit"],
                    **{interval_name(width): shown_interval(one[interval_name(width)]) for width in USUAL},
                }
                for one in found.summary()
            ]
        )
    )
    record = found.record
    typer.echo(
        f"{len(found)} draws, worth {found.effective:.0f} independent ones; "
        f"{record['Evaluations']} evaluations, {record['Failed evaluations']} with a failed run"
    )
    for text in record["Warnings"]:
        typer.echo(f"warning: {text}")
