"""Commands, and how they end: 0 done, 1 a solve that failed, 2 bad input, each with one line at most."""

import sys

import click
import typer

from coreshell_model.cli import materials, protocols, run, sorption
from coreshell_model.errors import InputError

BAD_INPUT = 2
INTERRUPTED = 130

app = typer.Typer(
    help="Simulate core-shell hard-carbon particles in sodium half-cells.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(materials.app, name="materials")
app.add_typer(protocols.app, name="protocols")
app.command("run")(run.run)
app.command("sorption")(sorption.sorption)


@app.callback(invoke_without_command=True)
def _top(
    version: bool = typer.Option(False, "--version", help="Print the version and leave."),
) -> None:
    if version:
        from coreshell_model import __version__

        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        code = app(standalone_mode=False)
    except InputError as error:
        _say(str(error))
        code = BAD_INPUT
    except click.ClickException as error:
        _say(error.format_message())
        code = BAD_INPUT
    except (click.exceptions.Abort, KeyboardInterrupt):
        _say("interrupted")
        code = INTERRUPTED
    sys.exit(code if isinstance(code, int) else 0)


def _say(line: str) -> None:
    one_line = " ".join(line.split())
    print(f"coreshell: {one_line}", file=sys.stderr)
