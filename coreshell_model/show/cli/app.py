"""The table of commands, and their exit codes: 0 for success, 1 for a failed solve, 2 for bad input."""

import errno
import os
import sys
from importlib import import_module
from typing import Any

import typer
import typer.core
import typer.main

from coreshell_model.base.errors import InputError, did_you_mean
from coreshell_model.show.cli import INTERRUPTED

BAD_INPUT = 2
LONGEST_LINE = 600
COMPLETING = "_CORESHELL_COMPLETE"
"""The variable in the environment by which a shell asks what may follow the words that are typed."""

SEE_HELP = "`coreshell --help` says what there is"
UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)
"""Errors of the system that mean that a file cannot be written."""

# The exception of click, or of the copy of click inside newer versions of typer.
CommandLineError: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")

COMMANDS = {
    "materials": ("materials.app", "List the shipped materials, show one, or write a new file to edit."),
    "protocols": ("protocols.app", "List the shipped protocols, or show one."),
    "run": ("run.run", "Simulate a material through a protocol and say where the charge went."),
    "cycle": (
        "cycle.cycle",
        "Take a material through many cycles; stop with Ctrl-C, go on with --resume. Memory does not grow.",
    ),
    "compare": (
        "compare.compare",
        "One table, and one figure, of several materials through a protocol, or through several.",
    ),
    "eis": (
        "eis.eis",
        "Impedance spectrum of a half-cell or a full cell, fresh or after a protocol.",
    ),
    "explore": (
        "explore.explore",
        "Open a page on this machine: a material's numbers on sliders, own data over what it does.",
    ),
    "figure": (
        "figure.figure",
        "Draw a picture of a saved solution, and write the plotted numbers beside it as CSV.",
    ),
    "fit": ("fit.fit", "Fit parameters to measurements; stop with Ctrl-C, go on with --resume."),
    "posterior": (
        "posterior.posterior",
        "Draw from the posterior of a fit problem; stop with Ctrl-C, go on with --resume.",
    ),
    "predict": (
        "predict.predict",
        "Run a protocol with every draw of a posterior; print medians with 68 and 95 % intervals.",
    ),
    "losses": (
        "predict.losses",
        "Say what the first-cycle loss is made of over the draws, beside the arithmetic from two losses.",
    ),
    "sorption": (
        "sorption.sorption",
        "Turn measured mass gain, pore volume, density and external area into the particle's geometry.",
    ),
    "data": (
        "data.data",
        "Read a measurement: what was found, what was converted, its half-cycles and its spectra.",
    ),
    "analyse": (
        "analyse.analyse",
        "Analyse measured cells, without a model: capacities, efficiencies, slope and plateau, replicates.",
    ),
    "replay": ("replay.replay", "Simulate what a measurement went through, and lay both over each other."),
    "sweep": (
        "sweep.sweep",
        "Evaluate many designs on all cores or a cluster; stop with Ctrl-C, go on with --resume.",
    ),
    "design": (
        "design.design",
        "Maps, seal laws, readings of the loss, a front of the best designs, and how likely they meet goals.",
    ),
    "next": (
        "next_experiment.next_experiment",
        "Order samples and tests by the information that they are expected to give, from posterior draws.",
    ),
    "sensitivity": (
        "sensitivity.sensitivity",
        "Derivatives at the reference, Morris' elementary effects or Sobol indices over the space.",
    ),
    "explain": (
        "explain.explain",
        "Say what a number, a result, a command or a shipped file is, and where it stands and acts.",
    ),
    "doctor": (
        "doctor.doctor",
        "Check this installation: versions, compiler, cores, extras, cache folder and a timed run.",
    ),
    "compiled": (
        "compiled.compiled",
        "Say where compiled models are kept and how much of them, or remove them.",
    ),
    "verify": (
        "verify.verify",
        "Verify the model; takes a minute or two. Exit code 1 where a number misses what is accepted.",
    ),
    "validate": (
        "validate.validate",
        "Evaluate every claim and say what the model reproduces; half a minute, and some more for the draws.",
    ),
}
"""By the name of a command: its module and function, and its line in the list of commands."""


class Commands(typer.core.TyperGroup):
    """The commands, each imported only when it is called; listing them needs this table alone."""

    listing = False

    def list_commands(self, ctx):
        """Return the names of the commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx, cmd_name):
        """Return the command of a name; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        if self.listing:
            return typer.core.TyperCommand(cmd_name, help=COMMANDS[cmd_name][1])
        if COMPLETING in os.environ:
            from coreshell_model.show.cli.completion import CompletedCommand

            return CompletedCommand(cmd_name, COMMANDS[cmd_name][1])
        return command_of(cmd_name)

    def resolve_command(self, ctx, args):
        """Return the name of a command, the command and its words; of an unknown name say what is close."""
        if not ctx.resilient_parsing and args and args[0] not in COMMANDS:
            raise InputError(f"no such command {args[0]!r}; {did_you_mean(args[0], COMMANDS)}{SEE_HELP}")
        return super().resolve_command(ctx, args)

    def format_help(self, ctx, formatter):
        """Write the list of commands without importing them."""
        self.listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self.listing = False


def command_of(name: str) -> Any:
    """The command of a name in the table, imported with its module."""
    module, _, function = COMMANDS[name][0].partition(".")
    function_or_app = getattr(import_module(f"coreshell_model.show.cli.{module}"), function)
    if isinstance(function_or_app, typer.Typer):
        command_app = function_or_app
    else:
        command_app = typer.Typer(add_completion=False)
        command_app.command(name)(function_or_app)
    command = typer.main.get_command(command_app)
    command.name = name
    return command


app = typer.Typer(
    cls=Commands,
    help="Simulate core-shell hard-carbon particles in sodium half-cells.",
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def _coreshell(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version and leave."),
) -> None:
    if version:
        from coreshell_model import __version__

        typer.echo(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        if sys.argv[1:] == ["--install-completion"]:
            from coreshell_model.show.cli.completion import remember_all

            remember_all()
        code = app(standalone_mode=False, prog_name="coreshell")
        if code == INTERRUPTED:  # typer returns it after Ctrl-C and prints nothing
            _print_error("interrupted")
    except InputError as error:
        _print_error(str(error))
        code = BAD_INPUT
    except CommandLineError as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "coreshell"
        _print_error(f"{error.format_message().rstrip('.')}; `{command} --help` says what there is")
        code = BAD_INPUT
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        path = "the output" if error.filename is None else error.filename
        _print_error(
            f"{path} cannot be written: {error.strerror}; make room or choose another folder, then --resume"
        )
        code = BAD_INPUT
    except (typer.Abort, KeyboardInterrupt):
        _print_error("interrupted")
        code = INTERRUPTED
    sys.exit(code if isinstance(code, int) else 0)


def _print_error(text: str) -> None:
    """Print one line on stderr without control characters; a very long one loses its middle."""
    line = " ".join("".join(c if c.isprintable() or c.isspace() else repr(c)[1:-1] for c in text).split())
    if len(line) > LONGEST_LINE:
        line = f"{line[: LONGEST_LINE // 2]} ... {line[-LONGEST_LINE // 2 :]}"
    print(f"coreshell: {line}", file=sys.stderr)
