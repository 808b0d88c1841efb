"""``coreshell sensitivity``: which variables of a design change the observables most."""

from typing import Annotated

import typer

from coreshell_model.base.errors import InputError, one_of
from coreshell_model.inputs.user_defaults import defaults_of, in_words
from coreshell_model.show.cli.options import (
    CELL,
    FAILED_SOLVE,
    LEVEL,
    AsJson,
    MaterialName,
    Positive,
    Resume,
    folder_to_resume,
    print_json,
    print_warnings,
    print_written,
)
from coreshell_model.show.cli.sweep import (
    CHANGES,
    OBSERVE,
    SCHEDULER,
    SEAL,
    WORKERS,
    behind_progress,
    read_problem,
)

METHODS = ("local", "morris", "sobol")


def sensitivity(
    material: MaterialName,
    protocol: Annotated[str, typer.Argument(help="A protocol, such as design or design_rates.")],
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary", help='A variable: "thickness" for local, "thickness=5..15 nm" for the others.'
        ),
    ] = None,
    method: Annotated[
        str, typer.Option(metavar="|".join(METHODS), help="Derivatives at the reference, or over the space.")
    ] = "local",
    count: Annotated[
        int | None, typer.Option(help="Trajectories of morris (20), or base sample of sobol (64).")
    ] = None,
    step: Annotated[float, typer.Option(help="Step of local as a share of the reference.")] = 0.01,
    seed: Annotated[int, typer.Option(help="Seed of morris and sobol.")] = 0,
    observe: Annotated[list[str] | None, OBSERVE] = None,
    changes: Annotated[list[str] | None, CHANGES] = None,
    seal: Annotated[str | None, SEAL] = None,
    level: Annotated[str, LEVEL] = "particle",
    cell: Annotated[str | None, CELL] = None,
    positive: Positive = None,
    out: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Keep each point here, and write the indices.")
    ] = None,
    resume: Resume = False,
    scheduler: Annotated[str | None, SCHEDULER] = None,
    workers: Annotated[int | None, WORKERS] = None,
    as_json: AsJson = False,
) -> None:
    """Derivatives at the reference, Morris' elementary effects or Sobol indices over the space.

    Local derivatives take two runs for a variable; morris and sobol sample the whole space of all
    variables. The table orders variables by their effect on each result.
    """
    folder = folder_to_resume(out, resume, "sweep")
    shared = read_problem(material, protocol, changes, level, observe, seal, cell, positive)
    measure, axes = _method(method, shared, vary or [], count, step, seed)
    if observe is None:
        shared = shared.observing_others([axis.label for axis in axes])

    def work(progress):
        from coreshell_model.design.sensitivity import sensitivity

        options = {"resume": resume, "scheduler": scheduler, "workers": workers, "progress": progress}
        return sensitivity(shared, axes, measure, folder=folder, **options)

    results = behind_progress(work, folder)
    if folder is not None:
        print_written((results.sweep.save(folder / "sweep.nc"), *results.save(folder)))
    from coreshell_model.design.reference import followed, without_seal_law

    warnings = followed(shared) + without_seal_law(shared, axes)
    if as_json:
        print_json(results.results() | {"User defaults": defaults_of(shared.protocol), "Warnings": warnings})
    else:
        _print(results)
        if user_defaults := in_words(shared.protocol):
            typer.echo(user_defaults.strip())
        print_warnings(warnings)
    if results.sweep.count("failed solve"):
        raise typer.Exit(FAILED_SOLVE)


def _method(name: str, shared, vary: list[str], count: int | None, step: float, seed: int):
    """The method of that name with its options, and the axes that it takes."""
    if name not in METHODS:
        raise InputError(f"--method is {name!r}; {one_of(name, METHODS)}")
    if not vary:
        raise InputError('nothing varies; name a variable, as --vary "thickness"')
    from coreshell_model.design.sensitivity import Local, Morris, Sobol
    from coreshell_model.design.space import axis

    if name == "local":
        if count is not None:
            raise InputError("--count is for morris and sobol; local takes two points a variable")
        if with_range := [text for text in vary if "=" in text]:
            raise InputError(
                f"{with_range[0]!r}: local steps about the reference; name the variable alone, or take morris"
            )
        local = Local(step)
        return local, local.axes(shared, [text.strip() for text in vary])
    axes = [axis(text) for text in vary]
    return (Morris(count or 20, seed) if name == "morris" else Sobol(count or 64, seed)), axes


def _print(results) -> None:
    """Print a table for each observable, the variable with the strongest effect first."""
    from coreshell_model.show.cli.tables import data_frame_table, print_table

    strength = next(name for name in ("Elasticity", "mu*", "Total") if name in results.table)
    for name, table in results.table.groupby("Observable", sort=False):
        ordered = table.sort_values(strength, key=abs, ascending=False)
        print_table(data_frame_table(ordered.drop(columns="Observable").rename(columns={"Variable": name})))
    sweep = results.sweep
    typer.echo(
        f"{sweep.points.made}: {sweep.count('solved')} of {len(sweep.points)} solved. "
        + ", ".join(
            f"{axis.name} {axis.low:.4g} to {axis.high:.4g} {axis.unit}".removesuffix(" 1")
            for axis in sweep.points.axes
        )
    )
    if sweep.unsolved():
        typer.echo(sweep.unsolved())
