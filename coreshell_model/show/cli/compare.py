"""``coreshell compare``: several materials through one protocol, side by side."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.full_cell import with_positive
from coreshell_model.inputs.material import Material, entries
from coreshell_model.inputs.user_defaults import read_user_defaults
from coreshell_model.show.cli.options import (
    CELL,
    FAILED_SOLVE,
    LEVEL,
    AsJson,
    Changes,
    Positive,
    parse_changes,
    print_json,
    print_warnings,
    print_written,
)
from coreshell_model.show.cli.run import figure_name


def compare(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="MATERIAL ... PROTOCOL ...",
            help="Materials, then one protocol or several; each material goes through each protocol.",
        ),
    ],
    changes: Changes = None,
    level: Annotated[str, LEVEL] = "particle",
    cell: Annotated[str | None, CELL] = None,
    positive: Positive = None,
    as_json: AsJson = False,
    with_band: Annotated[
        bool, typer.Option("--band", help="Give the band of each material that declares assumed ranges.")
    ] = False,
    figure: Annotated[
        bool, typer.Option("--figure", help="Write the figure here, as PNG, PDF and CSV.")
    ] = False,
) -> None:
    """One table, and one figure, of several materials through a protocol, or through several.

    Either several materials and one protocol, or one material and several protocols. Of two runs the
    table has their difference too. Numbers changed by --set are changed in every material and protocol.
    """
    numbers = with_positive(parse_changes(changes or []), positive)
    materials, protocols = _materials_and_protocols(names)
    defaults = read_user_defaults()
    tests = [defaults.protocol(protocol) for protocol in protocols]
    pairs = [prepared(material, protocol, numbers, cell) for material in materials for protocol in tests]

    from coreshell_model.observe.band import is_whole, prediction_band
    from coreshell_model.observe.quantities import summary
    from coreshell_model.run.simulation import simulate
    from coreshell_model.show.figures.voltage import comparison_picture, titles_of

    solutions = [simulate(*pair, level=level) for pair in pairs]
    results = [summary(solution) for solution in solutions]
    titles = titles_of([(material.name, protocol.name) for material, protocol in pairs])
    bands = [
        prediction_band(solution) if with_band and solution.material.band else None for solution in solutions
    ]
    compared = [material for material, _ in pairs[:: len(tests)]]
    distinct = len({material.name for material in compared}) == len(compared)
    by_name = {
        material.name if distinct else name: material
        for name, material in zip(materials, compared, strict=True)
    }
    differences = differing_numbers(by_name)
    if as_json:
        if with_band:
            with_bands = zip(results, bands, strict=True)
            results = [result | {"Prediction band": band} for result, band in with_bands]
        print_json({"Materials": results, "Differing numbers": differences})
    else:
        from coreshell_model.show.cli.tables import band_table, comparison_table, print_table

        print_table(comparison_table(results, titles))
        for result, title in zip(results, titles, strict=True):
            print_warnings(f"{title}: {text}" for text in result["Warnings"])
        if differences:
            _print_differences(differences)
        for result, band in zip(results, bands, strict=True):
            if band is not None:
                typer.echo(f"{result['Material']}, {result['Protocol']}")
                print_table(band_table(band))
    if figure:
        from coreshell_model.show.figures.picture import save_picture

        different = [dict.fromkeys(item.name for item in column) for column in zip(*pairs, strict=True)]
        path = Path(figure_name(["compare", *different[0], *different[1]], level, numbers))
        print_written(save_picture(comparison_picture(solutions, titles), path, [".pdf"]))
    whole = all(band is None or is_whole(band) for band in bands)
    if not whole or not all(solution.completed for solution in solutions):
        raise typer.Exit(FAILED_SOLVE)


MOST_DIFFERENCES = 30
"""Numbers that differ and are printed; materials of other carbons differ in more, which --json gives."""


def differing_numbers(materials: Mapping[str, Material]) -> dict[str, dict[str, str | None]]:
    """The numbers in which materials differ: by path, the value in each material; None where it has none."""
    by_name = {
        name: {path: str(number) for path, number in entries(material).items()}
        for name, material in materials.items()
    }
    paths = dict.fromkeys(path for numbers in by_name.values() for path in numbers)
    values = {path: {name: numbers.get(path) for name, numbers in by_name.items()} for path in paths}
    return {path: row for path, row in values.items() if len(set(row.values())) > 1}


def _print_differences(differences: dict[str, dict[str, str | None]]) -> None:
    """Print the numbers that differ, those that only some materials have last; of too many, their count."""
    from coreshell_model.show.cli.tables import print_table, text_table

    names = list(next(iter(differences.values())))
    if len(differences) > MOST_DIFFERENCES:
        typer.echo(f"{', '.join(names)} differ in {len(differences)} numbers, which --json gives")
        return
    rows = sorted(differences.items(), key=lambda item: None in item[1].values())
    head = ("number that differs", *names)
    print_table(text_table(head, ((path, *row.values()) for path, row in rows), folded=names))


def _materials_and_protocols(names: list[str]) -> tuple[list[str], list[str]]:
    """Split the names: protocols are the last name and those just before it that name no material."""
    first = len(names) - 1
    while first > 1 and library.is_there("experiments", names[first - 1]):
        if library.is_there("parameters", names[first - 1]):
            break
        first -= 1
    materials, protocols = names[:first], names[first:]
    if not materials or len(materials) * len(protocols) < 2:
        raise InputError(
            f"compare has {len(names)} names; give two materials or more, then a protocol, or a material and "
            "several protocols"
        )
    return materials, protocols
