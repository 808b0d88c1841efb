"""``coreshell predict`` and ``coreshell losses``: what the draws of a posterior say of a run."""

import json
from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.base.files import refuse_kept
from coreshell_model.base.keeper import Keeper, check_same
from coreshell_model.base.provenance import versions_of_a_run
from coreshell_model.inputs.changes import by_path
from coreshell_model.inputs.particle import changed, consequences
from coreshell_model.inputs.user_defaults import defaults_of, in_words, read_user_defaults
from coreshell_model.show.cli.options import (
    FAILED_SOLVE,
    LEVEL,
    AsJson,
    ProtocolName,
    check_folder,
    parse_changes,
    say_warnings,
    status_line,
)

DRAWS = typer.Argument(help="The folder of a `coreshell posterior`, or its posterior.csv.")
WORKERS = typer.Option(help="Processes; as many as there are cores where not given.")

KIND, MADE_BY = "prediction", "prediction.json"


def predict(
    draws: Annotated[str, DRAWS],
    material: Annotated[str, typer.Argument(help="One of the posterior's materials.")],
    protocol: ProtocolName,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help='Change a number that is not drawn, as "shell.thickness=12 nm".'),
    ] = None,
    observable: Annotated[
        list[str] | None, typer.Option(help="A result by its name; all numbers where none is named.")
    ] = None,
    cycles: Annotated[
        int | None, typer.Option(help="The first cycles of the protocol; all if not given.")
    ] = None,
    level: Annotated[str, LEVEL] = "particle",
    out: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Write bands, curve bands, every draw's results and a figure."),
    ] = None,
    as_json: AsJson = False,
    workers: Annotated[int | None, WORKERS] = None,
) -> None:
    """Run a protocol with every draw of a posterior; print medians with 68 and 95 % intervals."""
    folder = check_folder(out)
    wanted = parse_changes(changes or [])
    from coreshell_model.infer.draws import read_posterior
    from coreshell_model.infer.prediction import predict as predicted

    posterior = read_posterior(draws)
    material = posterior.name_of(material)
    words = read_user_defaults().protocol(protocol)
    keeper = Keeper(folder, KIND)
    made_by = _made_by(posterior, material, words, wanted, cycles, level)
    if folder is not None:
        refuse_kept(folder, "predictions", allowed_kind=KIND)
        if kept := keeper.piece(MADE_BY):
            check_same(kept, made_by, folder / MADE_BY, KIND)
    options = {"changes": wanted, "cycles": cycles, "level": level, "observables": observable or ()}
    found = _behind_a_line(predicted, posterior, material, words, workers=workers, **options)
    if len(found.failures) == len(found.runs):
        typer.echo(f"coreshell: every draw failed: {found.failures[0]}", err=True)
        raise typer.Exit(FAILED_SOLVE)
    if folder is not None:
        from coreshell_model.infer.prediction_files import write_prediction

        with keeper.held():
            write_prediction(found, folder)
            keeper.keep(MADE_BY, made_by)

    base = posterior.materials[material]
    own = {path: text for path, text in by_path(wanted, base).items() if not path.startswith("protocol.")}
    warnings = consequences(changed(base, own))
    bands = found.bands(observable or ())
    if as_json:
        record = {
            "Material": found.material,
            "Protocol": found.protocol,
            "Changes": dict(found.changes),
            "User defaults": defaults_of(words),
            "Warnings": warnings,
            "Draws": len(found.runs),
            "Failed draws": len(found.failures),
            "Bands": bands,
        }
        typer.echo(json.dumps(record, allow_nan=False))
    else:
        _print_bands(bands)
        if told := in_words(words):
            typer.echo(told.strip())
        say_warnings(warnings)
    if folder is not None:
        typer.echo(f"wrote {folder / 'bands.csv'}, curve_bands.csv, draws.csv and a figure", err=True)
    _say_failures(found.failures, len(found.runs))


def losses(
    draws: Annotated[str, DRAWS],
    material: Annotated[
        str | None,
        typer.Option(help="One of the posterior's materials; its only one, or core_shell, where not given."),
    ] = None,
    protocol: Annotated[
        str | None,
        typer.Option(
            help="Whose first cycle is run; the posterior's own where its data have one, else formation."
        ),
    ] = None,
    as_json: AsJson = False,
    workers: Annotated[int | None, WORKERS] = None,
) -> None:
    """Say what the first-cycle loss is made of over the draws, beside the arithmetic from two losses."""
    from coreshell_model.infer.draws import read_posterior
    from coreshell_model.infer.loss_shares import loss_shares

    posterior = read_posterior(draws)
    material = material if material is not None else _usual(posterior)
    words = read_user_defaults().protocol(protocol or _usual_protocol(posterior))
    shares = _behind_a_line(loss_shares, posterior, material, words, workers=workers)
    _say_failures(shares.failures, len(posterior))
    for text in shares.warnings:
        typer.echo(f"warning: {text}", err=True)
    found = shares.record() | {"User defaults": defaults_of(words)}
    if as_json:
        typer.echo(json.dumps(found, allow_nan=False))
        return
    from coreshell_model.base.intervals import CLAIMED, MEDIAN, interval_name, shown_interval
    from coreshell_model.show.cli.tables import print_table, rows_table

    rows = [_share(f"{name}, of the draws", one) for name, one in found["Shares of the loss"].items()]
    arithmetic = found["SEI's share by arithmetic"]
    rows += [_share(f"SEI, arithmetic of Appel et al., {name}", one) for name, one in arithmetic.items()]
    print_table(rows_table(rows))
    if not arithmetic:
        typer.echo(
            "No arithmetic from two losses: it takes the loss and area of this carbon's coating alone "
            "(coreshell_model.infer.loss_shares computes it from them)."
        )
    loss = found["First-cycle loss [mA.h.g-1]"]
    typer.echo(
        f"first-cycle loss of {found['Material']}, {found['Protocol']}: {loss[MEDIAN]:.4g} mAh/g, "
        f"{CLAIMED} % {shown_interval(loss[interval_name(CLAIMED)])}; {found['Draws']} draws, "
        f"worth {found['Effective draws']:.0f}.{in_words(words)}"
    )


def _usual_protocol(posterior) -> str:
    """That of all the posterior's data, where it is a shipped one; a file may lie elsewhere by now."""
    usual = posterior.usual_protocol
    return usual if usual in library.names("experiments") else "formation"


def _usual(posterior) -> str:
    """The material that is meant where none is named."""
    return next(iter(posterior.materials)) if len(posterior.materials) == 1 else "core_shell"


def _made_by(posterior, material: str, protocol, changes: dict, cycles: int | None, level: str) -> dict:
    """What a prediction is of: another one does not go into its folder."""
    return {
        "Posterior": posterior.fingerprint,
        "Problem": posterior.name,
        "Material": material,
        "Protocol": protocol.model_dump(exclude_none=True, mode="json"),
        "Changes": changes,
        "Cycles": cycles,
        "Level": level,
        "Versions": versions_of_a_run(),
    }


def _say_failures(failures: tuple[str, ...], draws: int) -> None:
    """Each reason once, with how many draws it ended."""
    for text in dict.fromkeys(failures):
        typer.echo(f"{failures.count(text)} of {draws} draws failed: {text}", err=True)


def _behind_a_line(work, posterior, *words, workers: int | None, **options):
    """The work behind a line on stderr that says how far it is."""
    from coreshell_model.base.pool import LostWorkersError, cores

    try:
        with status_line("building the model") as say:
            count = cores() if workers is None else workers
            return work(posterior, *words, workers=count, say=say, **options)
    except LostWorkersError as error:
        typer.echo(f"coreshell: {error}", err=True)
        raise typer.Exit(FAILED_SOLVE) from None
    except OSError as error:
        raise InputError(f"{error.filename or Path()}: {error.strerror or error}") from None


def _print_bands(bands: list[dict]) -> None:
    from coreshell_model.base.intervals import MEDIAN, USUAL, interval_name, shown_interval
    from coreshell_model.show.cli.tables import print_table, rows_table

    print_table(
        rows_table(
            [
                {
                    "result": one["Observable"],
                    "median": one[MEDIAN],
                    **{interval_name(width): shown_interval(one[interval_name(width)]) for width in USUAL},
                    "draws": one["Draws"],
                }
                for one in bands
            ]
        )
    )


def _share(name: str, one: dict) -> dict:
    from coreshell_model.base.intervals import CLAIMED, MEDIAN, interval_name, shown_interval

    ends = [100 * end for end in one[interval_name(CLAIMED)]]
    return {
        "share of the loss": name,
        "median, %": 100 * one[MEDIAN],
        f"{interval_name(CLAIMED)}, %": shown_interval(ends, 3),
    }
