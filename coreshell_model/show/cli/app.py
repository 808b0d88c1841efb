"""Commands, and how they end: 0 done, 1 a solve that failed, 2 bad input, each with one line at most."""

import errno
import sys
from typing import Any

import typer

from coreshell_model.base.errors import InputError
from coreshell_model.show.cli import (
    INTERRUPTED,
    compare,
    cycle,
    data,
    design,
    eis,
    explore,
    figure,
    fit,
    materials,
    next_experiment,
    posterior,
    predict,
    protocols,
    replay,
    run,
    sensitivity,
    sorption,
    sweep,
    validate,
    verify,
)

BAD_INPUT = 2
LONGEST_LINE = 600
UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)
"""Ways in which a disk takes no more."""

# Click's, or that of the copy which newer versions of typer carry.
CommandLineError: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")

app = typer.Typer(
    help="Simulate core-shell hard-carbon particles in sodium half-cells.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(materials.app, name="materials")
app.add_typer(protocols.app, name="protocols")
app.command("run")(run.run)
app.command("cycle")(cycle.cycle)
app.command("compare")(compare.compare)
app.command("eis")(eis.eis)
app.command("explore")(explore.explore)
app.command("figure")(figure.figure)
app.command("fit")(fit.fit)
app.command("posterior")(posterior.posterior)
app.command("predict")(predict.predict)
app.command("losses")(predict.losses)
app.command("sorption")(sorption.sorption)
app.command("data")(data.data)
app.command("replay")(replay.replay)
app.command("sweep")(sweep.sweep)
app.command("design")(design.design)
app.command("next")(next_experiment.next_experiment)
app.command("sensitivity")(sensitivity.sensitivity)
app.command("verify")(verify.verify)
app.command("validate")(validate.validate)


@app.callback(invoke_without_command=True)
def _top(
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
        code = app(standalone_mode=False, prog_name="coreshell")
        if code == INTERRUPTED:  # typer makes it of KeyboardInterrupt, without a word
            _say("interrupted")
    except InputError as error:
        _say(str(error))
        code = BAD_INPUT
    except CommandLineError as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "coreshell"
        _say(f"{error.format_message().rstrip('.')}; `{command} --help` says what there is")
        code = BAD_INPUT
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        place = "the output" if error.filename is None else error.filename
        _say(
            f"{place} cannot be written: {error.strerror}; make room or choose another folder, then --resume"
        )
        code = BAD_INPUT
    except (typer.Abort, KeyboardInterrupt):
        _say("interrupted")
        code = INTERRUPTED
    sys.exit(code if isinstance(code, int) else 0)


def _say(text: str) -> None:
    """One printable line on stderr; of a very long one, its beginning and its end."""
    line = " ".join("".join(c if c.isprintable() or c.isspace() else repr(c)[1:-1] for c in text).split())
    if len(line) > LONGEST_LINE:
        line = f"{line[: LONGEST_LINE // 2]} ... {line[-LONGEST_LINE // 2 :]}"
    print(f"coreshell: {line}", file=sys.stderr)
