"""``coreshell validate``: claims of the literature against the model."""

import json
from typing import Annotated

import typer

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import check_whole
from coreshell_model.show.cli.options import FAILED_SOLVE, AsJson, check_folder, status_line


def validate(
    claims: Annotated[
        list[str] | None,
        typer.Argument(help="Shipped claim files or paths of TOML files; without any, all that are shipped."),
    ] = None,
    out: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Write RESULTS.md and results.json here.")
    ] = None,
    draws: Annotated[
        int | None,
        typer.Option(help="Of the posterior, for the bands: 100 if not given; 0 for assumed ranges alone."),
    ] = None,
    posterior: Annotated[
        str | None,
        typer.Option(metavar="TABLE", help="A posterior.csv or its folder; the shipped one if not given."),
    ] = None,
    as_json: AsJson = False,
    workers: Annotated[
        int | None, typer.Option(help="Processes for the draws; as many as there are cores if not given.")
    ] = None,
) -> None:
    """Evaluate every claim and say what the model reproduces; half a minute, and some more for the draws.

    Exit code 0 once every claim was evaluated, whatever the verdicts; 1 where a run failed.
    """
    from coreshell_model.checks.claim import read_claims

    check_whole("--draws", 0 if draws is None else draws, 0, 100_000)
    check_whole("--workers", 1 if workers is None else workers, 1)
    folder = check_folder(out)
    files = [read_claims(name) for name in claims or library.names("validation")]
    taken = _draws(draws, posterior)

    from coreshell_model.checks import claims_report as report

    results = _evaluated(files, taken, workers)
    found = report.record(files, results, taken)
    if as_json:
        typer.echo(json.dumps(report.contract(found), allow_nan=False, ensure_ascii=False))
    else:
        from coreshell_model.show.cli.tables import claims_table, print_table

        print_table(claims_table(found))
        typer.echo(report.bands_from(found))
    for path in report.write(found, folder) if folder is not None else ():
        typer.echo(f"wrote {path}", err=True)
    failed = [result for result in results if not result.evaluated]
    for result in failed:
        typer.echo(f"not evaluated: {result.claim.name}: {result.failure}", err=True)
    if failed:
        raise typer.Exit(FAILED_SOLVE)


def _draws(draws: int | None, table: str | None):
    """Those of the table, or of the shipped one; None where there is none, or none were asked for.

    Raises
    ------
    InputError
        No such table, or draws asked for without any.
    """
    from coreshell_model.checks.posterior_draws import DRAWS, drawn, shipped_draws
    from coreshell_model.infer.draws import read_posterior

    if draws == 0:
        if table is not None:
            raise InputError("--draws 0 takes none of the --posterior; leave one of them out")
        return None
    wanted = DRAWS if draws is None else draws
    found = shipped_draws(wanted) if table is None else drawn(read_posterior(table), wanted)
    if found is None and draws is not None:
        raise InputError("--draws: no posterior is shipped; add --posterior TABLE")
    return found


def _evaluated(files, draws, workers: int | None):
    """Every claim; each run of the shipped materials is a line on stderr, then there is one for the draws."""
    from coreshell_model.base.pool import LostWorkersError, cores
    from coreshell_model.checks.claim_runs import Runs
    from coreshell_model.checks.evaluate import evaluate
    from coreshell_model.inputs.ensemble import assumed_ends

    spreads = (assumed_ends,) if draws is None else (draws.alternatives, assumed_ends)
    runs = Runs(lambda run: typer.echo(run, err=True))
    try:
        with status_line("the shipped materials") as say:
            count = 1 if draws is None else workers or cores()
            return evaluate(files, runs, spreads, count, say)
    except LostWorkersError as error:
        typer.echo(f"coreshell: {error}", err=True)
        raise typer.Exit(FAILED_SOLVE) from None
