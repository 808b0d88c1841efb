"""``coreshell sensitivity``: which variables of a design move what is observed."""

import json
from typing import Annotated

import typer

from coreshell_model.base.errors import InputError
from coreshell_model.inputs.user_defaults import defaults_of, in_words
from coreshell_model.show.cli.options import FAILED_SOLVE, LEVEL, AsJson, MaterialName, folder_to_resume
from coreshell_model.show.cli.sweep import OBSERVE, SCHEDULER, SEAL, WORKERS, read_problem, swept

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
        str, typer.Option(metavar="|".join(METHODS), help="At the reference, or over the space.")
    ] = "local",
    count: Annotated[
        int | None, typer.Option(help="Trajectories of morris (20), base sample of sobol (64).")
    ] = None,
    step: Annotated[float, typer.Option(help="Of local, as a share of the reference.")] = 0.01,
    seed: Annotated[int, typer.Option(help="Of morris and sobol.")] = 0,
    observe: Annotated[list[str] | None, OBSERVE] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help='A number at all points, as "thickness=12 nm".')
    ] = None,
    seal: Annotated[str | None, SEAL] = None,
    level: Annotated[str, LEVEL] = "particle",
    out: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Keep each point here, and write the indices.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the one that FOLDER holds.")] = False,
    scheduler: Annotated[str | None, SCHEDULER] = None,
    workers: Annotated[int | None, WORKERS] = None,
    as_json: AsJson = False,
) -> None:
    """Derivatives at the reference, Morris' elementary effects or Sobol indices over the space."""
    folder = folder_to_resume(out, resume, "sweep")
    shared = read_problem(material, protocol, changes, level, observe, seal)
    chosen, axes = _method(method, shared, vary or [], count, step, seed)

    def work(options):
        from coreshell_model.design.sensitivity import sensitivity

        return sensitivity(shared, axes, chosen, folder=folder, resume=resume, **options)

    found = swept(work, {"scheduler": scheduler, "workers": workers}, folder)
    if folder is not None:
        for path in (found.sweep.save(folder / "sweep.nc"), *found.save(folder)):
            typer.echo(f"wrote {path}", err=True)
    from coreshell_model.design.reference import followed

    warnings = followed(shared)
    if as_json:
        told = {"User defaults": defaults_of(shared.protocol), "Warnings": warnings}
        typer.echo(json.dumps(found.results() | told, allow_nan=False))
    else:
        _print(found)
        if own := in_words(shared.protocol):
            typer.echo(own.strip())
        for text in warnings:
            typer.echo(f"warning: {text}")
    if found.sweep.count("failed solve"):
        raise typer.Exit(FAILED_SOLVE)


def _method(name: str, shared, vary: list[str], count: int | None, step: float, seed: int):
    """The method asked for and its axes."""
    if name not in METHODS:
        raise InputError(f"--method {name!r} is none of {', '.join(METHODS)}")
    if not vary:
        raise InputError('nothing varies; name a variable, as --vary "thickness"')
    from coreshell_model.design.sensitivity import Local, Morris, Sobol
    from coreshell_model.design.space import axis

    if name == "local":
        if count is not None:
            raise InputError("--count is for morris and sobol; local takes two points a variable")
        if ranged := [text for text in vary if "=" in text]:
            raise InputError(
                f"{ranged[0]!r}: local steps about the reference; name the variable alone, or take morris"
            )
        local = Local(step)
        return local, local.axes(shared, [text.strip() for text in vary])
    axes = [axis(text) for text in vary]
    return (Morris(count or 20, seed) if name == "morris" else Sobol(count or 64, seed)), axes


def _print(found) -> None:
    """A table an observable, the strongest variable first."""
    from coreshell_model.show.cli.tables import print_table, rows_of_table

    strength = next(name for name in ("Elasticity", "mu*", "Total") if name in found.table)
    for name, table in found.table.groupby("Observable", sort=False):
        ordered = table.sort_values(strength, key=abs, ascending=False)
        print_table(rows_of_table(ordered.drop(columns="Observable").rename(columns={"Variable": name})))
    sweep = found.sweep
    typer.echo(
        f"{sweep.points.made}: {sweep.count('solved')} of {len(sweep.points)} solved. "
        + ", ".join(
            f"{axis.name} {axis.low:.4g} to {axis.high:.4g} {axis.unit}".removesuffix(" 1")
            for axis in sweep.points.axes
        )
    )
    if sweep.unsolved():
        typer.echo(sweep.unsolved())
