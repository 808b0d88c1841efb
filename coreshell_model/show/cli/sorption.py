"""``coreshell sorption``: the geometry of a particle from measured sorption, with checks."""

from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.base.paths import user_path
from coreshell_model.inputs.sorption_file import (
    checks,
    geometry_from_table,
    material_as_it_is,
    read_table,
    write_into,
)
from coreshell_model.show.cli.options import AsJson, print_json


def sorption(
    file: str = typer.Argument(help="A table of measured results, CSV (quantity,value,unit,source) or TOML."),
    into: Annotated[
        str | None,
        typer.Option(metavar="MATERIAL.toml", help="Write what was measured into this material file."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Turn measured mass gain, pore volume, density and external area into the particle's geometry.

    The table is a CSV file with a row for each measurement. The geometry follows from (1)-(3) of
    docs/physics.md, with a sentence for each check; --into writes it into the file of a material.
    """
    path = None if into is None else _own_material(into)
    measured = read_table(user_path(file), None if path is None else material_as_it_is(path))
    geometry = geometry_from_table(measured)
    outcomes = checks(measured, geometry)
    for number in () if path is None else write_into(measured, path):
        typer.echo(f"wrote {number} into {path}", err=True)
    results = {
        "Particle radius [nm]": geometry.particle_radius * 1e9,
        "Core radius [nm]": geometry.core_radius * 1e9,
        "Shell thickness [nm]": geometry.shell_thickness * 1e9,
        "Particle density [g.cm-3]": geometry.particle_density / 1e3,
        "Porosity of the core": geometry.porosity,
        "CVD mass gain": geometry.mass_gain,
        "External area [m2.g-1]": geometry.external_area / 1e3,
    }
    if as_json:
        records = [
            {"name": check.name, "passed": check.passed, "sentence": check.sentence} for check in outcomes
        ]
        print_json({**results, "Checks": records})
        return
    for name, value in results.items():
        typer.echo(f"{name:28}{value:.4g}")
    typer.echo("")
    if not geometry.has_shell:
        typer.echo(
            f"There is no shell: the mass gain is {geometry.mass_gain:.4g}, the share of it inside the pores "
            f"{geometry.fraction_inside:.4g}. Checks that need a shell are left out."
        )
    for check in outcomes:
        typer.echo(f"{'ok' if check.passed else 'check':7}{check.sentence}")


def _own_material(into: str) -> Path:
    """The file of a material of the user's."""
    if into in library.names("parameters"):
        raise InputError(
            f"--into {into!r} is a shipped material, which stays as it is; make one of your own with "
            f"`coreshell materials new NAME --from {into}`"
        )
    return library.find("parameters", str(user_path(into)))
