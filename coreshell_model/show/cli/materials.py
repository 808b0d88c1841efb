"""``coreshell materials``: list, show, new."""

from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.base.files import replace
from coreshell_model.base.paths import user_path
from coreshell_model.inputs.copied import copied_material
from coreshell_model.inputs.full_cell import KINDS, WORDS, read_section
from coreshell_model.inputs.material import CoreShellMaterial, read_material
from coreshell_model.inputs.meanings import fields_table
from coreshell_model.inputs.particle import shape_of
from coreshell_model.inputs.ranges import all_limits, input_warnings, table
from coreshell_model.show.cli.data import Mass, Stated
from coreshell_model.show.cli.options import Areas, FirstCycle, Loading, Rate, print_written

app = typer.Typer(
    help="List the shipped materials, show one, or write a new file to edit.", add_completion=False
)


@app.callback(invoke_without_command=True)
def list_materials(context: typer.Context) -> None:
    """List the shipped materials, and what full cells are made of beside them."""
    if context.invoked_subcommand is not None:
        return
    for name in library.names("parameters"):
        typer.echo(f"{name:28}{read_material(name).title}")
    for part, kind in KINDS.items():
        typer.echo(f"\n{WORDS[part]}s of full cells:")
        for name in library.names(kind):
            typer.echo(f"{name:28}{read_section(part, name).title}")


@app.command()
def show(
    name: str = typer.Argument(
        help="A shipped material, positive electrode or stack, or the path of a material's TOML file."
    ),
    out: str | None = typer.Option(
        None,
        metavar="FILE",
        help="Draw the isotherm, dQ/dU and D(theta): PNG, PDF or SVG, and the plotted numbers as CSV.",
    ),
) -> None:
    """Show every number of a material with its source, the geometry that follows, and what it can store."""
    from coreshell_model.observe.equilibrium import isotherm
    from coreshell_model.observe.inventory import by_place
    from coreshell_model.show.cli.tables import numbers_table, print_table

    part = next((part for part, kind in KINDS.items() if name in library.names(kind)), None)
    if part is not None:
        section = read_section(part, name)
        if out is not None:
            raise InputError(
                f"--out draws the isotherm of a material; {name} is a {WORDS[part]}: leave it out"
            )
        typer.echo(f"{section.name}: {section.title}\n{section.description}\n")
        print_table(numbers_table(section))
        return
    material = read_material(name)
    shape = shape_of(material)
    typer.echo(f"{material.name}: {material.title}\n{material.description}\n")
    print_table(numbers_table(material))
    layers = ""
    if isinstance(material, CoreShellMaterial):
        core, shell = shape.core_radius * 1e9, shape.shell_thickness * 1e9
        layers = f"core radius {core:.4g} nm, shell thickness {shell:.4g} nm, "
    typer.echo(
        f"\nparticle radius {shape.radius * 1e9:.4g} nm, {layers}density {shape.density / 1e3:.4g} g/cm3, "
        f"external area {shape.external_area / 1e3:.4g} m2/g"
    )
    stored = isotherm(material)
    typer.echo(
        f"at equilibrium at 0 V it holds {stored.reversible[-1]:.4g} mAh per gram of active carbon: "
        + ", ".join(
            f"{charge[-1]:.4g} {place.partition(' [')[0].removeprefix('Sodium ').lower()}"
            for place, charge in by_place(material, stored.places).items()
            if place not in stored.lost
        )
        + "".join(
            f"; and {stored.places[place][-1]:.4g} of {place.partition(' [')[0].lower()}, "
            "which does not come back"
            for place in stored.lost
            if place in stored.places
        )
    )
    for warning in input_warnings(material):
        typer.echo(f"Warning: {warning}")
    if out is not None:
        from coreshell_model.show.figures.isotherm import isotherm_picture
        from coreshell_model.show.figures.picture import save_picture

        print_written(save_picture(isotherm_picture(material), user_path(out)))


@app.command()
def fields() -> None:
    """Show what each number of a material or protocol is, as in the table of parameters/README.md."""
    typer.echo(fields_table({path: limit.unit for path, limit in all_limits().items()}), nl=False)


@app.command()
def limits() -> None:
    """Show the bounds and the usual range of each number, as in the tables of parameters/README.md."""
    from coreshell_model.observe.plausibility import derived_table

    typer.echo(f"{table()}\n{derived_table()}", nl=False)


@app.command()
def new(
    name: str = typer.Argument(help="Name of the new material; the file NAME.toml is written here."),
    source: str = typer.Option("core_shell", "--from", help="The material to start from."),
    areas: Areas = None,
    data: Annotated[
        list[str] | None,
        typer.Option(
            "--data",
            metavar="FILE",
            help="Measured half-cycles, of which the protocol and a fit problem are written; again for more.",
        ),
    ] = None,
    mass: Mass = None,
    rate: Rate = None,
    first_cycle: FirstCycle = None,
    curve: Stated = None,
    loading: Loading = None,
) -> None:
    """Write a material file to edit, from an existing one; each number says whose it was."""
    if not name.replace("_", "").replace("-", "").isalnum():
        raise InputError(f"{name!r} cannot name a material; use letters, digits, _ and -")
    if name in library.names("parameters"):
        raise InputError(f"{name!r} is a shipped material, which its name stands for; choose another name")
    needless = (("--mass", mass), ("--rate", rate), ("--first-cycle", first_cycle), ("--curve", curve))
    needless += (("--loading", loading),)
    if data is None and (option := next((each for each, value in needless if value), None)):
        raise InputError(f"{option} goes with measured half-cycles; add --data FILE, or leave it out")
    if areas is not None or data is not None:
        from coreshell_model.show.cli.guided import new_sample

        new_sample(name, source, areas, data, mass, rate, first_cycle, curve, loading)
        return
    path, text = Path(f"{name}.toml"), copied_material(name, source)
    try:
        if path.exists():
            raise InputError(f"{path} exists already; choose another name or remove it")
        replace(path, text)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}; choose another name or folder"
        ) from None
    original = read_material(source).name
    typer.echo(
        f"wrote {path}, its numbers those of {original}; edit it, or take measured sorption into it with "
        f"`coreshell sorption FILE --into {path}`, then: coreshell run {path} formation"
    )
