"""``coreshell sweep``: many designs, each kept as it completes."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from coreshell_model.base.errors import InputError, one_of
from coreshell_model.base.paths import user_path
from coreshell_model.inputs.full_cell import of_protocol_and, with_positive
from coreshell_model.inputs.material import active_carbon, material_from_dict
from coreshell_model.inputs.protocol import protocol_from_dict
from coreshell_model.inputs.user_defaults import defaults_of, in_words, read_user_defaults
from coreshell_model.show.cli.options import (
    CELL,
    FAILED_SOLVE,
    LEVEL,
    AsJson,
    Positive,
    Resume,
    folder_to_resume,
    parse_changes,
    print_json,
    print_warnings,
    print_written,
    progress_line,
    stoppable,
)

SAMPLES = ("grid", "random", "sobol")

VARY = typer.Option(
    "--vary",
    help='What varies: "thickness=2..20 nm, 40 points", "external_area=2..50 m2/g, 25 points, log", '
    '"rate=0.05, 0.2, 1" (of design and other protocols that name their rate), "cell.temperature=0, 25 °C"; '
    "a design variable or any path that --set takes.",
)
CHANGES = typer.Option("--set", help='Change a number of all points, as "thickness=12 nm".')
OBSERVE = typer.Option("--observe", metavar="NAME", help="A result to keep; the usual ones if none is named.")
SEAL = typer.Option(
    metavar="LAW",
    help="How the share of open particles falls as the shell grows: exponential, logistic or percolation; "
    "the share that the material's file states if not given.",
)
SCHEDULER = typer.Option(
    metavar="ADDRESS",
    help="A dask scheduler, tls://host:8786 or unprotected tcp://host:8786, or slurm; this machine if not "
    "given.",
)
WORKERS = typer.Option(help="Processes, or jobs of slurm; as many as cores if not given.")


def sweep(
    material: Annotated[
        str | None, typer.Argument(help="A shipped material or the path of a TOML file.")
    ] = None,
    protocol: Annotated[
        str | None, typer.Argument(help="A protocol, such as design or design_rates.")
    ] = None,
    vary: Annotated[list[str] | None, VARY] = None,
    sample: Annotated[str, typer.Option(metavar="|".join(SAMPLES), help="How points are chosen.")] = "grid",
    count: Annotated[int | None, typer.Option(help="Number of points of random and sobol.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of random and sobol.")] = 0,
    observe: Annotated[list[str] | None, OBSERVE] = None,
    changes: Annotated[list[str] | None, CHANGES] = None,
    seal: Annotated[str | None, SEAL] = None,
    level: Annotated[str, LEVEL] = "particle",
    cell: Annotated[str | None, CELL] = None,
    positive: Positive = None,
    out: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Keep each point here as it completes.")
    ] = None,
    resume: Resume = False,
    figure: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Draw the results over one axis, or two: PNG, PDF or SVG, and CSV."
        ),
    ] = None,
    scheduler: Annotated[str | None, SCHEDULER] = None,
    workers: Annotated[int | None, WORKERS] = None,
    as_json: AsJson = False,
) -> None:
    """Evaluate many designs on all cores or a cluster; stop with Ctrl-C, go on with --resume.

    Each --vary is a variable with its values; points are a grid, random or Sobol points. A point that
    fails does not stop the others. Results are a table, netCDF and a figure over one variable or two.
    """
    folder = folder_to_resume(out, resume, "sweep")
    if sample not in SAMPLES:
        raise InputError(f"--sample is {sample!r}; {one_of(sample, SAMPLES)}")
    if material is None and resume and folder is not None:
        if vary or changes or observe or seal or cell or positive:
            raise InputError("--resume without a material goes on as begun; leave the other options out")
        shared, points = _kept_problem(folder)
    else:
        shared = read_problem(material, protocol, changes, level, observe, seal, cell, positive)
        points = _points(vary or [], sample, count, seed)
        if observe is None:
            shared = shared.observing_others([axis.label for axis in points.axes])
    if figure is not None:
        _check_figure(points, figure)

    def work(progress):
        from coreshell_model.design.sweep import sweep

        return sweep(
            shared, points, folder, resume=resume, scheduler=scheduler, workers=workers, progress=progress
        )

    results = behind_progress(work, folder)
    if folder is not None:
        print_written([results.save(folder / "sweep.nc")])
    if figure is not None:
        _draw(results, user_path(figure))
    from coreshell_model.design.reference import deposits, followed, without_clusters, without_seal_law

    warnings = followed(shared, points.axes) + without_seal_law(shared, points.axes)
    warnings += deposits(results.lowest_potentials)
    warnings += without_clusters(results.unformed, results.count("solved"), shared.protocol.is_full)
    if as_json:
        print_json(_record(results) | {"Warnings": warnings})
    else:
        _print(results)
        print_warnings(warnings)
    if results.count("failed solve"):
        raise typer.Exit(FAILED_SOLVE)


def _kept_problem(folder: Path) -> tuple:
    """The problem and the points of the sweep that the folder holds."""
    from coreshell_model.base.keeper import Keeper
    from coreshell_model.design.problem import problem_from
    from coreshell_model.design.results import KIND, kept_points

    record, points = kept_points(Keeper(folder, KIND))
    return problem_from(record), points


def read_problem(material, protocol, changes, level, observe, seal, cell=None, positive=None) -> Any:
    """Read from the options of the command line what all points of a sweep share."""
    if material is None or protocol is None:
        raise InputError(
            "name a material and a protocol, as in: coreshell sweep core_shell design --vary ..."
        )
    numbers = with_positive(parse_changes(changes or []), positive)
    from coreshell_model.design.problem import problem
    from coreshell_model.observe.quantities import full_name

    observed = None if observe is None else [full_name(name) for name in observe]
    protocol = read_user_defaults().protocol(protocol)
    _ = of_protocol_and(protocol, cell)  # refuses a protocol of the other cell
    return problem(material, protocol, numbers, level=level, observables=observed, seal=seal)


def _points(vary: list[str], sample: str, count: int | None, seed: int):
    from coreshell_model.design.space import axis, check_axes, grid, random, sobol

    axes = [axis(text) for text in vary]
    check_axes(axes)
    if sample == "grid":
        if count is not None:
            raise InputError("--count is for random and sobol; a grid has the points of its axes")
        return grid(axes)
    if count is None:
        raise InputError(f"--sample {sample} needs a number of points; add --count 256")
    return (random if sample == "random" else sobol)(axes, count, seed)


def _check_figure(points, figure: str) -> None:
    """Refuse, before any solve, a sweep of too many axes to draw, or a file of an unknown format."""
    from coreshell_model.show.figures.picture import check_suffix
    from coreshell_model.show.figures.sweeps import MOST_AXES

    check_suffix(user_path(figure))
    if len(points.axes) > MOST_AXES:
        raise InputError(f"--figure draws one axis or two; this sweep has {len(points.axes)}")


def _draw(sweep, path: Path) -> None:
    """Draw the solved points, and write the picture with its numbers."""
    from coreshell_model.design.comparison import chosen
    from coreshell_model.design.variables import seal_of
    from coreshell_model.observe.quantities import rank_of
    from coreshell_model.show.figures.picture import save_picture
    from coreshell_model.show.figures.sweeps import sweep_picture

    observables = list(sweep.observables)
    if not any(sweep.solved[name].notna().any() for name in observables):
        typer.echo("no point gave a result to draw", err=True)
        return
    labels = [axis.label for axis in sweep.points.axes]
    usual = observables == [name for name in chosen(_protocol(sweep.record)) if name not in labels]
    if usual:
        observables.sort(key=rank_of)
    law = seal_of(material_from_dict(sweep.record["Material"], "the sweep"))
    title = f"{sweep.record['Material']['name']}, {sweep.record['Protocol']['name']}"
    title += f", {law} seal law" if law else ""
    picture = sweep_picture(sweep.solved, labels, observables, title, named=not usual)
    print_written(save_picture(picture, path))


def behind_progress(work: Callable[[Callable[[int, int, int], None]], Any], folder: Path | None) -> Any:
    """Call ``work`` with a function that shows its progress on stderr; return its result.

    Ctrl-C and lost workers end the command with one line, and the folder keeps the points done.
    """
    from coreshell_model.base.pool import LostWorkersError

    with (
        stoppable(folder, "the points done", LostWorkersError),
        progress_line("starting workers") as show_progress,
    ):

        def progress(finished: int, total: int, unsolved: int) -> None:
            show_progress(finished, total, f"points, {unsolved} not solved" if unsolved else "points")

        return work(progress)


def _record(sweep) -> dict:
    """The sweep in JSON: inputs, counts, reasons, and a list for each column."""
    table = sweep.table.astype(object).where(sweep.table.notna(), None)
    return {
        "Material": sweep.record["Material"]["name"],
        "Protocol": sweep.record["Protocol"]["name"],
        "Level": sweep.record["Level"],
        "User defaults": defaults_of(_protocol(sweep.record)),
        "Points": sweep.record["Points"],
        "Solved": sweep.count("solved"),
        "Impossible designs": sweep.count("impossible design"),
        "Failed solves": sweep.count("failed solve"),
        "Reasons": sweep.reasons(),
        "Example reasons": sweep.examples(),
        "Versions": sweep.record["Versions"],
        "Columns": {name: table[name].tolist() for name in table.columns},
    }


def _print(sweep) -> None:
    """Print the range of each observable, and how many points were not solved and why."""
    from coreshell_model.show.cli.tables import print_table, ranges_table

    protocol, material = _protocol(sweep.record), material_from_dict(sweep.record["Material"], "the sweep")
    print_table(ranges_table(sweep))
    solved, impossible, failed = map(sweep.count, ("solved", "impossible design", "failed solve"))
    typer.echo(
        f"{sweep.record['Points']}: {solved} solved, {impossible} impossible, {failed} failed. Per gram of "
        f"{active_carbon(material)}; 1C = {protocol.basis.one_c}; sodiation ends "
        f"{protocol.end_of_sodiation}.{in_words(protocol)}"
    )
    if sweep.unsolved():
        typer.echo(sweep.unsolved())


def _protocol(record):
    return protocol_from_dict(record["Protocol"], str(record["Protocol"].get("name")))
