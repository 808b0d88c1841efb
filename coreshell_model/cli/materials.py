"""``coreshell materials``: list, show, new."""

import json
import re
from pathlib import Path

import typer

app = typer.Typer(help="List the shipped materials, show one, or write a new file to edit.")


@app.callback(invoke_without_command=True)
def list_materials(context: typer.Context) -> None:
    """List the shipped materials."""
    if context.invoked_subcommand is None:
        from coreshell_model import library
        from coreshell_model.material import read_material

        for name in library.names("parameters"):
            typer.echo(f"{name:24}{read_material(name).title}")


@app.command()
def show(name: str = typer.Argument(help="A shipped material or the path of a TOML file.")) -> None:
    """Show every number of a material with its source, and the geometry that follows."""
    from coreshell_model.cli.tables import numbers_table, print_table
    from coreshell_model.material import read_material
    from coreshell_model.particle import shape_of
    from coreshell_model.usual import unusual

    material = read_material(name)
    shape = shape_of(material)
    typer.echo(f"{material.name}: {material.title}\n{material.description}\n")
    print_table(numbers_table(material))
    typer.echo(
        f"\nparticle radius {shape.radius * 1e9:.4g} nm, core radius {shape.core_radius * 1e9:.4g} nm, "
        f"shell thickness {shape.shell_thickness * 1e9:.4g} nm, density {shape.density / 1e3:.4g} g/cm3, "
        f"external area {shape.external_area / 1e3:.4g} m2/g"
    )
    for line in unusual(material):
        typer.echo(f"Warning: {line}")


@app.command()
def limits() -> None:
    """Show what each number is refused beyond and what is usual, as the tables of parameters/README.md."""
    from coreshell_model.plausibility import derived_table
    from coreshell_model.usual import table

    typer.echo(f"{table()}\n{derived_table()}", nl=False)


@app.command()
def new(
    name: str = typer.Argument(help="Name of the new material; the file NAME.toml is written here."),
    source: str = typer.Option("core_shell", "--from", help="The material to start from."),
) -> None:
    """Write a material file to edit, from an existing one."""
    from coreshell_model import library
    from coreshell_model.errors import InputError
    from coreshell_model.material import read_material

    if not name.replace("_", "").replace("-", "").isalnum():
        raise InputError(f"{name!r} cannot name a material; use letters, digits, _ and -")
    if name in library.names("parameters"):
        raise InputError(f"{name!r} is a shipped material, which its name stands for; choose another name")
    original = read_material(source).name
    path = Path(f"{name}.toml")
    text = library.read_text(library.find("parameters", source))
    text = _with_line(text, "title", f"{name}, from {original}")
    text = _with_line(
        text,
        "description",
        f"A copy of {original} to edit: say here what it is, and give each number you change its source.",
    )
    try:
        if path.exists():
            raise InputError(f"{path} exists already; choose another name or remove it")
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}; choose another name or folder"
        ) from None
    typer.echo(f"wrote {path}; edit it, then: coreshell run {path} formation")


def _with_line(text: str, field: str, value: str) -> str:
    """The file with another ``field``, where that is on one line; everything else stays as it is."""
    line = f"{field} = {json.dumps(value, ensure_ascii=False)}"
    return re.sub(
        rf'^{field}[ \t]*=[ \t]*"(?:[^"\\\n]|\\.)*"[ \t]*$', lambda _: line, text, count=1, flags=re.M
    )
