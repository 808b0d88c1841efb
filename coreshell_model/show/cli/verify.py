"""``coreshell verify``: the model against other solvers, exact solutions and its own refinement."""

import time
from typing import Annotated

import typer

from coreshell_model.base.errors import InputError, one_of
from coreshell_model.show.cli.options import AsJson, check_folder, print_json, print_written

MISSED_BOUND = 1


def verify(
    out: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Write VERIFICATION.md and its numbers (JSON, CSV) here."),
    ] = None,
    as_json: AsJson = False,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="CHECK", help="Run this check alone; repeatable.")
    ] = None,
) -> None:
    """Verify the model; takes a minute or two. Exit code 1 where a number misses what is accepted.

    Every check compares the model with another solver, an exact solution or a finer mesh. --only runs
    some checks, --out writes the report that validation/ holds.
    """
    if only and out is not None:
        raise InputError("--only goes without --out: a report holds every check")
    folder = check_folder(out)

    from coreshell_model.checks import verification_report as report
    from coreshell_model.checks.verification_checks import CHECKS

    names = [check.name for check in CHECKS]
    for name in only or []:
        if name not in names:
            raise InputError(f"--only is {name!r}; {one_of(name, names)}")
    outcomes = []
    for check in CHECKS:
        if only and check.name not in only:
            continue
        started = time.perf_counter()
        outcomes.append(check.run())
        seconds = time.perf_counter() - started
        verdict = report.WITHIN if outcomes[-1].passed else report.MISSED
        typer.echo(f"{check.name}: {verdict}, {seconds:.1f} s", err=True)
    record = report.record(outcomes)
    if as_json:
        print_json(record)
    else:
        from coreshell_model.show.cli.tables import print_table, verification_table

        print_table(verification_table(record))
    if folder is not None:
        print_written(report.write(record, folder))
    if record["verdict"] == report.MISSED:
        raise typer.Exit(MISSED_BOUND)
