"""``coreshell predict`` and ``coreshell losses``: a run with every draw of a posterior."""

import re
import shlex
from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.base import library
from coreshell_model.base.errors import InputError, at
from coreshell_model.base.files import refuse_kept
from coreshell_model.base.keeper import Keeper, check_same
from coreshell_model.base.paths import user_path
from coreshell_model.base.provenance import versions_of_a_run
from coreshell_model.base.tables import unit_of
from coreshell_model.inputs.changes import PROTOCOL_PREFIX, by_path
from coreshell_model.inputs.particle import changed
from coreshell_model.inputs.ranges import input_warnings
from coreshell_model.inputs.rates import read_rates, with_rates
from coreshell_model.inputs.user_defaults import defaults_of, in_words, read_user_defaults
from coreshell_model.show.cli.options import (
    FAILED_SOLVE,
    LEVEL,
    AsJson,
    ProtocolName,
    Workers,
    check_folder,
    parse_changes,
    print_json,
    print_warnings,
    status_line,
    stoppable,
    worker_count,
)

DRAWS = typer.Argument(help="The folder of a `coreshell posterior` or of a guided fit, or its posterior.csv.")

NEWS = 20.0
"""Seconds after which a line says how far it is, where stderr is no terminal."""

OF_A_CYCLE = re.compile(r", \d+$")
"""How the name of a result of a single cycle, or of a single peak, ends."""

KIND, IDENTITY = "prediction", "prediction.json"
"""The kind of kept work, and the record of what a prediction is of."""


def predict(
    draws: Annotated[str, DRAWS],
    material: Annotated[str, typer.Argument(help="One of the posterior's materials.")],
    protocol: ProtocolName,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help='Set a number that is not fitted, as "shell.thickness=12 nm".'),
    ] = None,
    observable: Annotated[
        list[str] | None, typer.Option(help="A result by its name; all numbers if none is named.")
    ] = None,
    cycles: Annotated[
        int | None, typer.Option(help="Number of first cycles of the protocol; all if not given.")
    ] = None,
    rates: Annotated[
        str | None,
        typer.Option(
            help='Rates of a rate test in place of its own, as "C/10, C/2, 1C"; retention is over the first '
            "block of cycles."
        ),
    ] = None,
    level: Annotated[str, LEVEL] = "particle",
    out: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Write bands, curve bands, every draw's results and figures."),
    ] = None,
    as_json: AsJson = False,
    workers: Workers = None,
) -> None:
    """Run a protocol with every draw of a posterior; print medians with 68 and 95 % intervals.

    The draws are a table that `coreshell posterior` or a guided fit wrote; the protocol may be one that
    was never measured. Every draw is a run, on all cores: fewer cycles at each rate take less time.
    """
    folder = check_folder(out)
    numbers = parse_changes(changes or [])
    from coreshell_model.infer.band_content import band_content
    from coreshell_model.infer.draws import read_posterior
    from coreshell_model.infer.prediction import predict as predict_over_draws

    posterior = read_posterior(draws)
    material = posterior.name_of(material)
    conditions = read_user_defaults().protocol(protocol)
    if rates is not None:
        with at("--rates"):
            conditions = with_rates(conditions, read_rates(rates))
    keeper = Keeper(folder, KIND)
    identity = _identity(posterior, material, conditions, numbers, cycles, level)
    if folder is not None:
        refuse_kept(folder, "predictions", allowed_kind=KIND)
        if kept_identity := keeper.piece(IDENTITY):
            check_same(kept_identity, identity, folder / IDENTITY, KIND)
    from coreshell_model.observe.quantities import full_name

    observables = [full_name(name) for name in observable or ()]
    options = {"changes": numbers, "cycles": cycles, "level": level, "observables": observables}
    options["of_what"] = _of_what(len(posterior), conditions, numbers)
    options["of_what"] += f", at {', '.join(read_rates(rates))}" if rates is not None else ""
    prediction = _over_draws(predict_over_draws, posterior, material, conditions, workers=workers, **options)
    if len(prediction.failures) == len(prediction.runs):
        typer.echo(f"coreshell: every draw failed: {prediction.failures[0]}", err=True)
        raise typer.Exit(FAILED_SOLVE)
    if folder is not None:
        from coreshell_model.infer.prediction_files import write_prediction

        with keeper.held():
            write_prediction(prediction, folder)
            keeper.keep(IDENTITY, identity)
    bands, at_rates = prediction.bands(observables), prediction.rates()
    warnings = [*posterior.misfit, *_warnings(posterior, material, numbers)]
    content = band_content(posterior, material, prediction.changes)
    if as_json:
        print_json(
            {
                "Material": prediction.material,
                "Protocol": prediction.protocol,
                "Changes": dict(prediction.changes),
                "User defaults": defaults_of(conditions),
                "Warnings": warnings,
                "Draws": len(prediction.runs),
                "Failed draws": len(prediction.failures),
                **content.record(),
                "Bands": bands,
                "Rates": at_rates,
            }
        )
    else:
        if at_rates:
            _print_rates(at_rates)
        options = "".join(f" --set {shlex.quote(change)}" for change in changes or [])
        typer.echo(content.words(_as_typed(draws, material), protocol, options))
        _print_bands(bands, observables)
        if user_defaults := in_words(conditions):
            typer.echo(user_defaults.strip())
        print_warnings(warnings)
    if folder is not None:
        of_rates = " rate_bands.csv," if at_rates else ""
        typer.echo(
            f"wrote {folder / 'bands.csv'}, curve_bands.csv,{of_rates} draws.csv and figures", err=True
        )
    _print_failures(prediction.failures, len(prediction.runs))


def losses(
    draws: Annotated[str, DRAWS],
    material: Annotated[
        str | None,
        typer.Option(help="One of the posterior's materials; if not given, its only one, or core_shell."),
    ] = None,
    protocol: Annotated[
        str | None,
        typer.Option(
            help="The protocol whose first cycle is run; if not given, that of the data, or formation."
        ),
    ] = None,
    as_json: AsJson = False,
    workers: Workers = None,
) -> None:
    """Say what the first-cycle loss is made of over the draws, beside the arithmetic from two losses.

    For each draw the first-cycle loss is split into film, trapped sodium and sodium left in the carbon;
    beside it stands the arithmetic of the literature, which takes the losses of two carbons apart.
    """
    from coreshell_model.infer.draws import read_posterior
    from coreshell_model.infer.loss_shares import loss_shares

    posterior = read_posterior(draws)
    material = material if material is not None else _usual_material(posterior)
    conditions = read_user_defaults().protocol(protocol or _usual_protocol(posterior))
    shares = _over_draws(loss_shares, posterior, material, conditions, workers=workers)
    _print_failures(shares.failures, len(posterior))
    print_warnings(shares.warnings)
    record = shares.record() | {"User defaults": defaults_of(conditions)}
    if as_json:
        print_json(record)
    else:
        _print_losses(record, conditions)


def _usual_protocol(posterior) -> str:
    """The protocol of all the posterior's data where it is shipped, since a file may have been moved."""
    usual = posterior.usual_protocol
    return usual if usual in library.names("experiments") else "formation"


def _usual_material(posterior) -> str:
    """The material of ``losses`` where none is named."""
    return next(iter(posterior.materials)) if len(posterior.materials) == 1 else "core_shell"


def _as_typed(draws: str, material: str) -> str:
    """A material of the draws as a command takes it: by its file in their folder, the fitted one if any."""
    from coreshell_model.infer.still_assumed import FITTED

    place = user_path(draws)
    folder = place if place.is_dir() else place.parent
    files = [folder / f"{material}_{FITTED}.toml"]
    files += [folder / f"{material}.toml"] if material not in library.names("parameters") else []
    return next((shlex.quote(str(file)) for file in files if file.is_file()), material)


def _of_what(draws: int, conditions, numbers: dict) -> str:
    """What every draw is taken through: basis of rates and cut-offs, which need not be those of the data."""
    window = conditions.window
    stated = {
        "1C": numbers.get("protocol.basis.one_c", conditions.basis.one_c),
        "from": numbers.get("protocol.window.upper", window.upper),
        "to": numbers.get("protocol.window.lower", window.lower),
    }
    words = ", ".join(f"{name} {value}" for name, value in stated.items())
    return f"{draws} draws through {conditions.name}: {words}"


def _identity(posterior, material: str, protocol, changes: dict, cycles: int | None, level: str) -> dict:
    """What a prediction is of; a folder with another identity is refused."""
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


def _warnings(posterior, name: str, changes: dict[str, str]) -> list[str]:
    """Warnings on the fitted material with the changes, those of the protocol aside."""
    from coreshell_model.infer.still_assumed import caution_after_fit

    material = posterior.materials[name]
    by_full_path = by_path(changes, material).items()
    of_material = {path: text for path, text in by_full_path if not path.startswith(PROTOCOL_PREFIX)}
    used = changed(material, of_material)
    fitted = posterior.drawn_of(name) - posterior.independent(name)
    return input_warnings(used.model_copy(update={"caution": caution_after_fit(used, fitted)}))


def _print_failures(failures: tuple[str, ...], draws: int) -> None:
    """Print each reason once on stderr, with the number of draws that failed for it."""
    for reason in dict.fromkeys(failures):
        typer.echo(f"{failures.count(reason)} of {draws} draws failed: {reason}", err=True)


def _over_draws(compute, posterior, *inputs, workers: int | None, of_what: str | None = None, **options):
    """Compute behind a line on stderr that shows how many draws are finished.

    ``of_what`` is printed once work begins, after everything that refuses an input.
    """
    from coreshell_model.base.pool import LostWorkersError

    try:
        with (
            stoppable(None, failures=LostWorkersError),
            status_line("building the model", every=NEWS) as show_status,
        ):
            unsaid = [of_what] if of_what is not None else []

            def say(text: str) -> None:
                while unsaid:
                    typer.echo(unsaid.pop(), err=True)
                show_status(text)

            return compute(posterior, *inputs, workers=worker_count(workers), say=say, **options)
    except OSError as error:
        raise InputError(f"{error.filename or Path()}: {error.strerror or error}") from None


def _print_bands(bands: list[dict], asked: list[str]) -> None:
    """Print a row for each result; those of single cycles where they were asked for."""
    from coreshell_model.base.intervals import MEDIAN, USUAL, interval_name, shown_interval
    from coreshell_model.observe.quantities import scope_of
    from coreshell_model.show.cli.tables import print_table, rows_table, shown

    rows = [
        {
            "result": band["Observable"],
            "median": shown(band[MEDIAN], unit_of(band["Observable"])),
            **{
                interval_name(width): shown_interval(
                    band[interval_name(width)], unit=unit_of(band["Observable"])
                )
                for width in USUAL
            },
            "draws": band["Draws"],
            "of": scope_of(band["Observable"]),
        }
        for band in bands
        if asked or not OF_A_CYCLE.search(band["Observable"])
    ]
    print_table(rows_table(rows))
    if left_out := len(bands) - len(rows):
        typer.echo(f"{left_out} results of single cycles are in --json, and in bands.csv of --out FOLDER.")


def _print_rates(rates: list[dict]) -> None:
    """Print a row for each rate of the test: retention and capacity with their intervals."""
    from coreshell_model.base.intervals import MEDIAN, USUAL, interval_name, shown_interval
    from coreshell_model.base.tables import without_unit
    from coreshell_model.infer.rate_bands import CAPACITY, RETENTION
    from coreshell_model.show.cli.tables import print_table, rows_table, shown

    rows = []
    for rate in rates:
        row = {"rate": rate["Rate"], "cycle": rate["Cycle"]}
        for name in (RETENTION, CAPACITY):
            band = rate[name] or {}
            row[name] = shown(band.get(MEDIAN), unit_of(name))
            row |= {
                f"{without_unit(name)}, {width} %": shown_interval(
                    band.get(interval_name(width)), unit=unit_of(name)
                )
                for width in USUAL
            }
        rows.append(row | {"draws": rate["Draws"]})
    print_table(rows_table(rows))


def _print_losses(record: dict, protocol) -> None:
    """Print the loss by its parts, which add up, and below them the shares."""
    from coreshell_model.base.intervals import CLAIMED, MEDIAN, interval_name, shown_interval
    from coreshell_model.infer.loss_shares import COUNTED
    from coreshell_model.show.cli.tables import print_table, rows_table

    interval = interval_name(CLAIMED)
    of_file = record["Loss with the numbers of the file [mA.h.g-1]"]
    parts = [
        {
            "first-cycle loss, mAh/g": name,
            "mean of the draws": mean,
            "numbers of the file, as `coreshell run`": of_file.get(name),
            "what is counted": COUNTED.get(name, "first sodiation less first desodiation: the sum"),
        }
        for name, mean in record["Mean loss [mA.h.g-1]"].items()
    ]
    print_table(rows_table(parts))
    arithmetic = record["SEI's share by arithmetic"]
    shares = {f"{name}, of the draws": share for name, share in record["Shares of the loss"].items()}
    shares |= {f"SEI, arithmetic of Appel et al., {name}": share for name, share in arithmetic.items()}
    rows = [
        {
            "share of the loss": name,
            "median, %": 100 * share[MEDIAN],
            f"{interval}, %": shown_interval([100 * end for end in share[interval]], 3),
        }
        for name, share in shares.items()
    ]
    print_table(rows_table(rows))
    typer.echo(
        "Means and the numbers of the file add up, medians do not. The file has one answer, the draws have "
        "all that the data allow; that one need not lie in their middle."
    )
    if not arithmetic:
        typer.echo(
            "No arithmetic from two losses: it takes the loss and area of this carbon's coating alone "
            "(coreshell_model.infer.loss_shares computes it from them)."
        )
    loss = record["First-cycle loss [mA.h.g-1]"]
    rule = protocol.end_of_sodiation.partition(" (assumed")[0]  # whose assumption it is, the protocol says
    typer.echo(
        f"first-cycle loss of {record['Material']}, {record['Protocol']}: median {loss[MEDIAN]:.4g} mAh/g, "
        f"{CLAIMED} % {shown_interval(loss[interval])}; {record['Draws']} draws, "
        f"worth {record['Effective draws']:.0f}. Sodiation ends {rule}."
        f"{in_words(protocol)}"
    )
