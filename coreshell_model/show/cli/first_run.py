"""What to try after the first run of all: said once, to a person at a terminal."""

import shlex
import sys
from collections.abc import Sequence

import typer

from coreshell_model.base.paths import cache_folder

SAID = "first_run"
"""Name of the file in the user's cache folder by which it is known that it was said."""


def say_what_next(material: str, protocol: str, options: Sequence[str] = ()) -> None:
    """Say in two lines what to try next, if nobody was told before; each can be typed as it stands.

    Only where stdout and stderr are terminals; and only where it can be noted that it was said, since else it
    would be said for ever.
    """
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        return
    folder = cache_folder()
    if folder is None:
        return
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / SAID).touch(exist_ok=False)
    except OSError:  # said before, or it cannot be noted
        return
    run = shlex.join(["coreshell", "run", material, protocol, *options, "--out", "results"])
    typer.echo(
        "Next, each line as it stands:\n"
        f"  {run}   # curves, figures and inputs in a folder\n"
        "  coreshell explain ICE   # what a result or a number is; coreshell --help lists the commands",
        err=True,
    )
