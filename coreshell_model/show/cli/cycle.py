"""``coreshell cycle``: a long run, kept cycle by cycle, that can be stopped and resumed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.base.errors import InputError
from coreshell_model.inputs.changes import PROTOCOL_PREFIX, prepared
from coreshell_model.inputs.full_cell import with_positive
from coreshell_model.inputs.protocol import LONGEST, Protocol, changeable
from coreshell_model.inputs.ranges import input_warnings
from coreshell_model.inputs.user_defaults import defaults_of, read_user_defaults
from coreshell_model.show.cli.options import (
    CELL,
    FAILED_SOLVE,
    LEVEL,
    AsJson,
    Changes,
    MaterialName,
    Positive,
    ProtocolName,
    Resume,
    folder_to_resume,
    parse_changes,
    parse_time_limit,
    print_json,
    print_warnings,
    print_written,
    progress_line,
    stoppable,
)


def cycle(
    material: MaterialName,
    protocol: ProtocolName,
    out: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Keep each cycle here as it completes.")
    ] = None,
    resume: Resume = False,
    cycles: Annotated[
        int | None,
        typer.Option(
            help="The protocol's number of cycles (after any formation; of a rate test: at each rate), as "
            "--set protocol.numbers.cycles=N; with --resume also more than before."
        ),
    ] = None,
    keep_curves: Annotated[
        bool, typer.Option("--keep-curves", help="Also keep the curves of each cycle, in FOLDER/curves.")
    ] = False,
    changes: Changes = None,
    level: Annotated[str, LEVEL] = "particle",
    cell: Annotated[str | None, CELL] = None,
    positive: Positive = None,
    time_limit: Annotated[
        str | None,
        typer.Option("--time-limit", help='Wall time of each cycle, as "2 h"; 10 min if not given.'),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take a material through many cycles; stop with Ctrl-C, go on with --resume. Memory does not grow.

    Each cycle is kept as it completes, with the state of the cell, so that a run of hundreds of cycles
    can be stopped, resumed and prolonged.
    """
    folder = folder_to_resume(out, resume, "run")
    if folder is None and keep_curves:
        raise InputError("--keep-curves needs the folder of the run; add --out FOLDER")
    numbers_to_change = with_positive(parse_changes(changes or []), positive)
    limit = parse_time_limit(time_limit)
    with stoppable(folder, "the cycles done"):
        of_user = read_user_defaults().protocol(protocol)
        numbers_to_change |= _cycles(cycles, of_user, numbers_to_change)
        inputs = prepared(material, of_user, numbers_to_change, cell)
        run = _cycle(inputs, level=level, folder=folder, resume=resume, keep_curves=keep_curves, **limit)
    if folder is not None and len(run.table):
        _draw(run, folder)
    results = _results(run)
    if as_json:
        print_json(results)
    else:
        from coreshell_model.show.cli.tables import grouped_table, print_table

        print_table(grouped_table(results))
        print_warnings(results["Warnings"])
    if not run.completed:
        raise typer.Exit(FAILED_SOLVE)


CYCLES = "numbers.cycles"
"""The number of a protocol that ``--cycles`` changes."""


def _cycles(cycles: int | None, protocol: Protocol, changes: Mapping[str, str]) -> dict[str, str]:
    """The change that ``--cycles`` stands for; empty where it is not given."""
    if cycles is None:
        return {}
    path, option = f"{PROTOCOL_PREFIX}{CYCLES}", f"--cycles {cycles}"
    if CYCLES not in changeable(protocol):
        raise InputError(f"{option}: {protocol.name} has no {path}; leave --cycles out, or take long_cycling")
    if path in changes:
        raise InputError(f"{option}: {path} is set too; give one of the two")
    if not 1 <= cycles <= LONGEST:
        raise InputError(f"{option}: give a whole number from 1 to {LONGEST}")
    return {path: str(cycles)}


def _cycle(inputs, **options):
    """Cycle behind a progress bar on stderr."""
    with progress_line("building the model", plain=False) as show_progress:
        from coreshell_model.observe.long_run import cycle

        return cycle(
            *inputs, progress=lambda cycles, total: show_progress(cycles, total, "cycles"), **options
        )


def _draw(run, folder: Path) -> None:
    """Draw capacity and efficiency by cycle, for screen and print, and write their numbers."""
    from coreshell_model.show.figures.life import life_of_cycles
    from coreshell_model.show.figures.picture import save_picture

    heading = f"{run.material.name}, {run.protocol.name}"
    picture = life_of_cycles(run.table, run.protocol, heading)
    print_written(save_picture(picture, folder / "life.png", (".pdf",)))


def _results(run) -> dict:
    """The results of the run, named as those of ``coreshell run``."""
    from coreshell_model.observe.full_cell import LIFE, LOWEST
    from coreshell_model.run.solution import INVENTORY, POSITIVE_INVENTORY

    table = run.table
    last = table.iloc[-1].to_dict() if len(table) else {}

    def column(name):
        return [None if value != value else value for value in table[name]] if len(table) else []

    return {
        "Material": run.material.name,
        "Protocol": run.protocol.name,
        "Level": run.level,
        "User defaults": defaults_of(run.protocol),
        "Ending": run.explanation,
        "Cycles": len(table),
        "Capacity by cycle [mA.h.g-1]": column("Desodiation capacity [mA.h.g-1]"),
        "Coulombic efficiency": column("Coulombic efficiency"),
        **{name: last.get(name) for name in (*INVENTORY, "SEI thickness [nm]", "Time [h]")},
        **({} if run.np_ratio is None else {"N/P ratio": run.np_ratio}),
        **{
            name: last.get(name)
            for name in (*POSITIVE_INVENTORY, "Specific energy [W.h.kg-1]")
            if name in last
        },
        **({} if run.np_ratio is None else {LIFE: _life(table)}),
        **({LOWEST: float(table[LOWEST].min())} if LOWEST in last else {}),
        "Sodium balance error": float(table["Sodium balance error"].max()) if len(table) else None,
        "Prediction": run.material.prediction,
        "Warnings": [*input_warnings(run.material, run.protocol), *run.warnings],
        "Solve time [s]": float(table["Solve time [s]"].sum()) if len(table) else 0.0,
    }


def _life(table) -> float | None:
    """The life of a full cell by the table of its cycles; None for few cycles or without a loss."""
    from coreshell_model.observe.full_cell import LOST, cycles_to_80

    if not len(table):
        return None
    return cycles_to_80(
        table["Desodiation capacity [mA.h.g-1]"].to_numpy(float), table[list(LOST)].sum(axis=1).to_numpy()
    )
