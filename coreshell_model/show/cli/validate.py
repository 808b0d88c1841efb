"""``coreshell validate``: claims of the literature against the model."""

import json
from typing import Annotated

import typer

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import check_whole
from coreshell_model.show.cli.options import (
    FAILED_SOLVE,
    AsJson,
    check_folder,
    print_written,
    status_line,
    stoppable,
    worker_count,
)


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
        typer.Option(help="Draws of the posterior for bands: 100 if not given; 0 for assumed ranges alone."),
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
    posterior_draws = _draws(draws, posterior)

    from coreshell_model.checks import claims_report as report

    results = _evaluated(files, posterior_draws, workers)
    record = report.record(files, results, posterior_draws)
    if as_json:
        typer.echo(json.dumps(report.contract(record), allow_nan=False, ensure_ascii=False))
    else:
        from coreshell_model.show.cli.tables import claims_table, print_table

        print_table(claims_table(record))
        typer.echo(report.bands_from(record))
    if folder is not None:
        print_written(report.write(record, folder))
    failed = [result for result in results if not result.evaluated]
    for result in failed:
        typer.echo(f"not evaluated: {result.claim.name}: {result.failure}", err=True)
    if failed:
        raise typer.Exit(FAILED_SOLVE)


def _draws(draws: int | None, table: str | None):
    """Draws of the posterior in the table, or of the shipped one.

    None for 0 draws, and where no table is named and no posterior is shipped.
    """
    from coreshell_model.checks.posterior_draws import DRAWS, drawn, shipped_draws
    from coreshell_model.infer.draws import read_posterior

    if draws == 0:
        if table is not None:
            raise InputError("--draws 0 takes none of the --posterior; leave one of them out")
        return None
    count = DRAWS if draws is None else draws
    chosen = shipped_draws(count) if table is None else drawn(read_posterior(table), count)
    if chosen is None and draws is not None:
        raise InputError("--draws: no posterior is shipped; add --posterior TABLE")
    return chosen


def _evaluated(files, draws, workers: int | None):
    """Evaluate every claim, with a line on stderr for each run and a status line for the draws."""
    from coreshell_model.base.pool import LostWorkersError
    from coreshell_model.checks.claim_runs import Runs
    from coreshell_model.checks.evaluate import evaluate
    from coreshell_model.inputs.ensemble import assumed_ends

    spreads = (assumed_ends,) if draws is None else (draws.alternatives, assumed_ends)
    runs = Runs(lambda run: typer.echo(run, err=True))
    count = 1 if draws is None else worker_count(workers)
    with stoppable(None, failures=LostWorkersError), status_line("the shipped materials") as show_status:
        return evaluate(files, runs, spreads, count, show_status)
