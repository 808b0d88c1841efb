"""``coreshell validate``: claims of the literature against the model."""

import json
from typing import Annotated

import typer

from coreshell_model.cli.options import FAILED_SOLVE, AsJson, check_folder


def validate(
    claims: Annotated[
        list[str] | None,
        typer.Argument(help="Shipped claim files or paths of TOML files; without any, all that are shipped."),
    ] = None,
    out: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Write RESULTS.md and results.json here.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Evaluate every claim and say what the model reproduces; takes about a minute.

    Exit code 0 once every claim was evaluated, whatever the verdicts; 1 where a run failed.
    """
    from coreshell_model import library
    from coreshell_model.validate.claim import read_claims

    folder = check_folder(out)
    files = [read_claims(name) for name in claims or library.names("validation")]

    from coreshell_model.validate import report
    from coreshell_model.validate.evaluate import Runs, evaluate

    results = evaluate(files, Runs(lambda run: typer.echo(run, err=True)))
    found = report.record(files, results)
    if as_json:
        typer.echo(json.dumps(report.contract(found), allow_nan=False, ensure_ascii=False))
    else:
        from coreshell_model.cli.tables import claims_table, print_table

        print_table(claims_table(found))
    for path in report.write(found, folder) if folder is not None else ():
        typer.echo(f"wrote {path}", err=True)
    failed = [result for result in results if not result.evaluated]
    for result in failed:
        typer.echo(f"not evaluated: {result.claim.name}: {result.failure}", err=True)
    if failed:
        raise typer.Exit(FAILED_SOLVE)
