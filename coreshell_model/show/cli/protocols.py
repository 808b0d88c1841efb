"""``coreshell protocols``: list, show."""

import typer

from coreshell_model.base import library
from coreshell_model.inputs.changes import PROTOCOL_PREFIX
from coreshell_model.inputs.material import sources
from coreshell_model.inputs.protocol import read_protocol
from coreshell_model.inputs.user_defaults import in_words, read_user_defaults

app = typer.Typer(help="List the shipped protocols, or show one.", add_completion=False)


@app.callback(invoke_without_command=True)
def list_protocols(context: typer.Context) -> None:
    """List the shipped protocols."""
    if context.invoked_subcommand is None:
        for name in library.names("experiments"):
            typer.echo(f"{name:28}{read_protocol(name).title}")


@app.command()
def show(name: str = typer.Argument(help="A shipped protocol or the path of a TOML file.")) -> None:
    """Show a protocol's steps, its basis and where they come from."""
    protocol = read_user_defaults().protocol(name)
    typer.echo(f"{protocol.name}: {protocol.title}\n{protocol.description}\nSource: {protocol.source}")
    typer.echo(f"Sodiation ends {protocol.end_of_sodiation}.{in_words(protocol)}\n")
    _show_steps(protocol.cycles)
    typer.echo("")
    for path, number in sources(protocol).items():
        typer.echo(f"{PROTOCOL_PREFIX + path:31} {number!s:12} {number.source}")


def _show_steps(blocks, indent: str = "") -> None:
    """Print the blocks and the loops in them, each step as the file writes it."""
    for block in blocks:
        typer.echo(f"{indent}{block.repeat} x")
        for step in block.steps:
            if isinstance(step, str):
                typer.echo(f"{indent}    {step}")
            else:
                _show_steps((step,), f"{indent}    ")
