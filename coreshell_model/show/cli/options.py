"""What several commands share: options, exit codes, output folders, progress and printing."""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.base.errors import InputError
from coreshell_model.base.paths import user_path
from coreshell_model.show.cli import INTERRUPTED

LINE_INTERVAL = 5.0
"""Seconds between lines of progress where stderr is no terminal."""

ShowProgress = Callable[[int, int, str], None]
"""Called with the number of finished pieces, the number of all pieces, and what a piece is called."""


@contextmanager
def progress_line(beginning: str, plain: bool = True) -> Iterator[ShowProgress]:
    """Show on stderr how many pieces of the work are finished and how much time the others still take.

    Parameters
    ----------
    beginning : what is shown until the first piece is finished, while workers start or a model is built
    plain : also print lines where stderr is no terminal
    """
    from time import monotonic

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from coreshell_model.base.progress import TimeLeft, spoken

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(beginning, total=None, left="")
        time_left, last_line = TimeLeft(), monotonic()

        def show_progress(finished: int, total: int, pieces: str) -> None:
            nonlocal last_line
            seconds = time_left.measure(finished, total)
            left = "" if seconds is None else f"{spoken(seconds)} left"
            bar.update(task, description=pieces, completed=finished, total=total, left=left)
            now = monotonic()
            if plain and not console.is_terminal and (now - last_line > LINE_INTERVAL or finished == total):
                last_line = now
                typer.echo(f"coreshell: {finished} of {total} {pieces}{left and ', '}{left}", err=True)

        yield show_progress


FAILED_SOLVE = 1
"""Exit code of a command that had a failed solve."""

LEVEL = typer.Option(
    metavar="particle|electrode", help="One particle for all, or a porous electrode behind a separator."
)
CELL = typer.Option(
    metavar="half|full",
    help="The cell that the protocol is of: against sodium metal, or against a positive electrode.",
)
Positive = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Positive electrode of a full cell: shipped, or the path of a TOML file."
    ),
]
MaterialName = Annotated[str, typer.Argument(help="A shipped material or the path of a TOML file.")]
ProtocolName = Annotated[str, typer.Argument(help="A shipped protocol or the path of a TOML file.")]
TIME_LIMIT = typer.Option(
    "--time-limit", help='Wall time after which no further step begins, as "2 h"; 10 min if not given.'
)
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help='Change a number, as "shell.thickness=12 nm" or "protocol.window.lower=10 mV".'
    ),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the work that FOLDER holds.")]
Workers = Annotated[int | None, typer.Option("--workers", help="Processes; as many as cores if not given.")]
Areas = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Measured sorption of the sample, as `coreshell sorption` reads it."),
]
Rate = Annotated[
    str | None,
    typer.Option("--rate", help='Rate of the first half-cycle: "C/20", or its current per gram, "20 mA/g".'),
]
Loading = Annotated[
    str | None,
    typer.Option(
        help='Active carbon per area, "1.1 mg/cm2"; polarisation of the cell at a rate depends on it.',
    ),
]
FirstCycle = Annotated[
    list[int] | None,
    typer.Option("--first-cycle", help="Cycle with which a file begins, where it does not say so."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


def check_folder(out: str | None) -> Path | None:
    """The output folder of ``--out``; one that cannot be written is refused before any work begins."""
    if out is None:
        return None
    if not out.strip():
        raise InputError("--out is empty; give a folder")
    option = f"--out {out!r}"
    if "\0" in out:
        raise InputError(f"{option}: not a possible path; choose another folder")
    try:
        folder = user_path(out)
    except InputError as error:
        raise InputError(f"--out {error}, or choose another folder") from None
    existing = folder
    try:
        while not existing.exists() and existing != existing.parent:
            existing = existing.parent
        if not existing.is_dir():
            raise InputError(f"{option}: {str(existing)!r} is a file; give a folder")
        _try_to_write(folder, existing)
    except OSError as error:  # also a name longer than the system allows
        raise InputError(f"{option}: {str(existing)!r}: {error.strerror}; choose another folder") from None
    return folder


def _try_to_write(folder: Path, existing: Path) -> None:
    """Make a folder in the existing one and remove it, since permissions alone do not tell, as in /proc.

    Where ``folder`` does not exist, its first missing part is the folder that is made.
    """
    if existing == folder:
        Path(tempfile.mkdtemp(prefix=".coreshell-", dir=existing)).rmdir()
        return
    first_missing = existing / folder.relative_to(existing).parts[0]
    first_missing.mkdir()
    first_missing.rmdir()


def folder_for(results: str, out: str | None) -> Path | None:
    """The output folder of results that cannot be resumed; a folder of resumable work is refused."""
    folder = check_folder(out)
    if folder is not None:
        from coreshell_model.base.files import refuse_kept

        refuse_kept(folder, results)
    return folder


def folder_to_resume(out: str | None, resume: bool, work: str) -> Path | None:
    """The output folder of work that can be resumed; ``--resume`` needs one that exists."""
    folder = check_folder(out)
    if folder is None and resume:
        raise InputError(f"--resume needs the folder of the {work}; add --out FOLDER")
    if folder is not None and resume and not folder.exists():
        raise InputError(f"{folder}: is not there to resume; leave out --resume to start one")
    return folder


@contextmanager
def stoppable(
    folder: Path | None, contents: str = "", failures: type[Exception] | tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    """End the command with one line where it is stopped by Ctrl-C or by one of the ``failures``.

    Parameters
    ----------
    folder : from which the work can be resumed; without one, Ctrl-C is left to the caller
    contents : what the folder holds of the work, for the line
    failures : exceptions, as of lost processes, that end the command as a failed solve does
    """
    try:
        yield
    except failures as error:
        typer.echo(f"coreshell: {error}", err=True)
        raise typer.Exit(FAILED_SOLVE) from None
    except KeyboardInterrupt:
        if folder is None:
            raise
        from coreshell_model.base.files import LOCK

        if any(path.name != LOCK for path in folder.glob("*")):
            typer.echo(f"coreshell: stopped; {folder} holds {contents}, add --resume to go on", err=True)
        else:
            typer.echo("coreshell: stopped before anything was finished", err=True)
        sys.exit(INTERRUPTED)  # not through typer, for which Ctrl-C would be without a line


def worker_count(workers: int | None) -> int:
    """The processes of ``--workers``; all cores where it is not given."""
    from coreshell_model.base.pool import cores

    return cores() if workers is None else workers


def print_json(record: dict) -> None:
    """Print one JSON object to stdout."""
    typer.echo(json.dumps(record, allow_nan=False))


def print_written(paths: Iterable[Path]) -> None:
    """Print the path of each file that was written, a line each on stderr."""
    for path in paths:
        typer.echo(f"wrote {path}", err=True)


def print_warnings(texts: Iterable[str]) -> None:
    """Print each warning on a line of stderr, so that stdout holds results alone."""
    for text in texts:
        typer.echo(f"warning: {text}", err=True)


@contextmanager
def status_line(
    beginning: str, printed: Iterable[str] = (), prefix: str = "", every: float | None = None
) -> Iterator[Callable[[str], None]]:
    """Show on stderr what is being computed, in one line that changes.

    Parameters
    ----------
    beginning : the first text of the line
    printed : where stderr is no terminal, only texts with one of these words are printed, a line each
    prefix : what such a printed line begins with
    every : where stderr is no terminal, seconds after which the text of that moment is printed
    """
    from rich.console import Console

    console = Console(stderr=True)
    last = time.monotonic()
    with console.status(beginning) as status:

        def show_status(text: str) -> None:
            nonlocal last
            due = every is not None and time.monotonic() - last >= every
            if console.is_terminal:
                status.update(text)
            elif due or any(word in text for word in printed):
                last = time.monotonic()
                typer.echo(f"{prefix}{text}", err=True)

        yield show_status


def parse_time_limit(text: str | None) -> dict[str, float]:
    """The keyword argument of a solve that ``--time-limit`` stands for; empty where it is not given."""
    if text is None:
        return {}
    from coreshell_model.base.units import parse_quantity, to_si

    try:
        seconds = to_si(*parse_quantity(text), "s")
    except InputError as error:
        raise InputError(f"--time-limit {error}") from None
    if not seconds > 0:
        raise InputError(f'--time-limit is {text}; give a time above 0, as "10 min"')
    return {"longest": seconds}


def parse_changes(texts: list[str]) -> dict[str, str]:
    """Texts of ``--set`` such as "shell.thickness=12 nm" as a mapping from paths to values."""
    changes: dict[str, str] = {}
    for text in texts:
        path, equals, value = text.partition("=")
        path = path.strip()
        if not equals or not path:
            raise InputError(f'--set {text!r} has no number to change; write --set "shell.thickness=12 nm"')
        if path in changes:
            raise InputError(f"--set changes {path!r} twice; give it once")
        changes[path] = value
    return changes
