"""``coreshell compare``: several materials through one protocol, side by side."""

import json
from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.cli.run import LEVEL
from coreshell_model.errors import InputError

FAILED_SOLVE = 1


def compare(
    names: Annotated[
        list[str],
        typer.Argument(metavar="MATERIAL MATERIAL ... PROTOCOL", help="Materials, then a protocol."),
    ],
    level: Annotated[str, LEVEL] = "particle",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    figure: Annotated[bool, typer.Option("--figure", help="Write compare_PROTOCOL.png here.")] = False,
) -> None:
    """One table, and one figure, of several materials through the same protocol."""
    *materials, protocol = names
    if len(materials) < 2:
        raise InputError(f"compare has {len(names)} names; give two materials or more, then a protocol")
    from coreshell_model.inputs import prepared

    pairs = [prepared(material, protocol) for material in materials]

    from coreshell_model.observables import summary
    from coreshell_model.simulation import simulate

    solutions = [simulate(*pair, level=level) for pair in pairs]
    results = [summary(solution) for solution in solutions]
    if as_json:
        typer.echo(json.dumps({"Materials": results}, allow_nan=False))
    else:
        from coreshell_model.cli.tables import comparison_table, print_table

        print_table(comparison_table(results))
    if figure:
        from coreshell_model.figures import comparison_picture, save_picture

        for path in save_picture(comparison_picture(solutions), Path(f"compare_{pairs[0][1].name}.png")):
            typer.echo(f"wrote {path}", err=True)
    if not all(solution.completed for solution in solutions):
        raise typer.Exit(FAILED_SOLVE)
