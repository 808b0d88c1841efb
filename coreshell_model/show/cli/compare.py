"""``coreshell compare``: several materials through one protocol, side by side."""

import json
from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.base.errors import InputError
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.user_defaults import read_user_defaults
from coreshell_model.show.cli.options import FAILED_SOLVE, LEVEL, AsJson
from coreshell_model.show.cli.run import figure_name


def compare(
    names: Annotated[
        list[str],
        typer.Argument(metavar="MATERIAL MATERIAL ... PROTOCOL", help="Materials, then a protocol."),
    ],
    level: Annotated[str, LEVEL] = "particle",
    as_json: AsJson = False,
    with_band: Annotated[
        bool, typer.Option("--band", help="Give the band of each material that declares assumed ranges.")
    ] = False,
    figure: Annotated[
        bool, typer.Option("--figure", help="Write the figure here, as PNG, PDF and CSV.")
    ] = False,
) -> None:
    """One table, and one figure, of several materials through the same protocol."""
    *materials, protocol = names
    if len(materials) < 2:
        raise InputError(f"compare has {len(names)} names; give two materials or more, then a protocol")

    words = read_user_defaults().protocol(protocol)
    pairs = [prepared(material, words) for material in materials]

    from coreshell_model.observe.quantities import summary
    from coreshell_model.run.simulation import simulate

    solutions = [simulate(*pair, level=level) for pair in pairs]
    results = [summary(solution) for solution in solutions]
    bands = [_band(solution) if with_band else None for solution in solutions]
    if as_json:
        if with_band:
            beside = zip(results, bands, strict=True)
            results = [result | {"Prediction band": band} for result, band in beside]
        typer.echo(json.dumps({"Materials": results}, allow_nan=False))
    else:
        from coreshell_model.show.cli.tables import band_table, comparison_table, print_table

        print_table(comparison_table(results))
        for result, band in zip(results, bands, strict=True):
            if band is not None:
                typer.echo(result["Material"])
                print_table(band_table(band))
    if figure:
        from coreshell_model.show.figures.picture import save_picture
        from coreshell_model.show.figures.voltage import comparison_picture

        parts = ["compare", *(material.name for material, _ in pairs), pairs[0][1].name]
        name = Path(figure_name(parts, level, {}))
        for path in save_picture(comparison_picture(solutions), name, [".pdf"]):
            typer.echo(f"wrote {path}", err=True)
    whole = all(band is None or _is_whole(band) for band in bands)
    if not whole or not all(solution.completed for solution in solutions):
        raise typer.Exit(FAILED_SOLVE)


def _band(solution) -> dict | None:
    """The band of a material that declares assumed ranges."""
    from coreshell_model.observe.band import prediction_band

    return prediction_band(solution) if solution.material.band else None


def _is_whole(band: dict) -> bool:
    from coreshell_model.observe.band import is_whole

    return is_whole(band)
