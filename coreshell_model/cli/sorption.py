"""``coreshell sorption``: measured sorption results into geometry, with checks."""

import typer


def sorption(
    file: str = typer.Argument(help="A table of measured results, CSV (quantity,value,unit,source) or TOML."),
) -> None:
    """Turn measured mass gain, pore volume, density and external area into the particle's geometry."""
    from pathlib import Path

    from coreshell_model.sorption import checks, geometry_from_table, read_table

    measured = read_table(Path(file))
    geometry = geometry_from_table(measured)
    for name, value in (
        ("Particle radius [nm]", geometry.particle_radius * 1e9),
        ("Core radius [nm]", geometry.core_radius * 1e9),
        ("Shell thickness [nm]", geometry.shell_thickness * 1e9),
        ("Particle density [g.cm-3]", geometry.particle_density / 1e3),
        ("Porosity of the core", geometry.porosity),
        ("CVD mass gain", geometry.mass_gain),
        ("External area [m2.g-1]", geometry.external_area / 1e3),
    ):
        typer.echo(f"{name:28}{value:.4g}")
    typer.echo("")
    for check in checks(measured, geometry):
        typer.echo(f"{'ok' if check.passed else 'look':6}{check.sentence}")
