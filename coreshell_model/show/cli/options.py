"""What several commands share: options, exit codes, folders, and a line of progress."""

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.base.errors import InputError
from coreshell_model.base.paths import user_path
from coreshell_model.show.cli import INTERRUPTED

SAID_EVERY = 5.0
"""Seconds between lines where stderr is no terminal."""

Tell = Callable[[int, int, str], None]
"""Called with the pieces done, all pieces, and the words for them."""


@contextmanager
def progress_line(beginning: str, plain: bool = True) -> Iterator[Tell]:
    """Tell of work whose first piece brings the start of workers or the building of a model with it.

    Parameters
    ----------
    beginning : what is done before the first piece
    plain : also say lines where stderr is no terminal
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
        time_left, said = TimeLeft(), monotonic()

        def tell(done: int, total: int, words: str) -> None:
            nonlocal said
            seconds = time_left.measure(done, total)
            left = "" if seconds is None else f"{spoken(seconds)} left"
            bar.update(task, description=words, completed=done, total=total, left=left)
            now = monotonic()
            if plain and not console.is_terminal and (now - said > SAID_EVERY or done == total):
                said = now
                typer.echo(f"coreshell: {done} of {total} {words}{left and ', '}{left}", err=True)

        yield tell


FAILED_SOLVE = 1

LEVEL = typer.Option(
    metavar="particle|electrode", help="One particle for all, or a porous electrode behind a separator."
)
MaterialName = Annotated[str, typer.Argument(help="A shipped material or the path of a TOML file.")]
ProtocolName = Annotated[str, typer.Argument(help="A shipped protocol or the path of a TOML file.")]
TIME_LIMIT = typer.Option(
    "--time-limit", help='Wall time after which no further step is begun, as "2 h"; 10 min where not given.'
)
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


def check_folder(out: str | None) -> Path | None:
    """The output folder; one that cannot be written is refused before any work is done.

    Raises
    ------
    InputError
        It is empty or a file, or lies where nothing can be written.
    """
    if out is None:
        return None
    if not out.strip():
        raise InputError("--out is empty; give a folder")
    shown = f"--out {out!r}"
    if "\0" in out:
        raise InputError(f"{shown}: not a possible path; choose another folder")
    try:
        folder = user_path(out)
    except InputError as error:
        raise InputError(f"--out {error}, or choose another folder") from None
    place = folder
    try:
        while not place.exists() and place != place.parent:
            place = place.parent
        if not place.is_dir():
            raise InputError(f"{shown}: {str(place)!r} is a file; give a folder")
        _try_to_write(folder, place)
    except OSError as error:  # also a name longer than the system allows
        raise InputError(f"{shown}: {str(place)!r}: {error.strerror}; choose another folder") from None
    return folder


def _try_to_write(folder: Path, place: Path) -> None:
    """Make a folder where results are to go and remove it: permissions alone do not tell, as in /proc.

    Where the folder is not there, its own first missing part is made, and nothing beside it.
    """
    if place == folder:
        Path(tempfile.mkdtemp(prefix=".coreshell-", dir=place)).rmdir()
        return
    first = place / folder.relative_to(place).parts[0]
    first.mkdir()
    first.rmdir()


def folder_for(what: str, out: str | None) -> Path | None:
    """The output folder of results that nothing is resumed from.

    Raises
    ------
    InputError
        As ``check_folder``, or a run keeps something there.
    """
    folder = check_folder(out)
    if folder is not None:
        from coreshell_model.base.files import refuse_kept

        refuse_kept(folder, what)
    return folder


def folder_to_resume(out: str | None, resume: bool, of: str) -> Path | None:
    """The output folder, which has to be given where it is gone on with.

    Raises
    ------
    InputError
        As ``check_folder``, or there is none to resume.
    """
    folder = check_folder(out)
    if folder is None and resume:
        raise InputError(f"--resume needs the folder of the {of}; add --out FOLDER")
    if folder is not None and resume and not folder.exists():
        raise InputError(f"{folder}: is not there to resume; leave out --resume to start one")
    return folder


@contextmanager
def stoppable(
    folder: Path | None, holds: str, lost: type[Exception] | tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    """Turn Ctrl-C into one line that says what the folder ``holds``; without a folder it stays what it is.

    Processes that are ``lost`` are one line too, with the exit code of a failed solve.
    """
    try:
        yield
    except lost as error:
        typer.echo(f"coreshell: {error}", err=True)
        raise typer.Exit(FAILED_SOLVE) from None
    except KeyboardInterrupt:
        if folder is None:
            raise
        from coreshell_model.base.files import LOCK

        if any(path.name != LOCK for path in folder.glob("*")):
            typer.echo(f"coreshell: stopped; {folder} holds {holds}, add --resume to go on", err=True)
        else:
            typer.echo("coreshell: stopped before anything was finished", err=True)
        sys.exit(INTERRUPTED)  # past typer, since its own exits of Ctrl-C have no line yet


def say_warnings(texts: Iterable[str]) -> None:
    """Each on a line of stderr."""
    for text in texts:
        typer.echo(f"warning: {text}", err=True)


@contextmanager
def status_line(beginning: str, worth: Iterable[str] = (), name: str = "") -> Iterator[Callable[[str], None]]:
    """Say what is at work on stderr: a line that changes on a terminal, elsewhere some texts, a line each.

    Parameters
    ----------
    beginning : what is done first
    worth : words of the texts that are said where stderr is no terminal
    name : what such a line begins with
    """
    from rich.console import Console

    console = Console(stderr=True)
    with console.status(beginning) as status:

        def say(text: str) -> None:
            if console.is_terminal:
                status.update(text)
            elif any(word in text for word in worth):
                typer.echo(f"{name}{text}", err=True)

        yield say


def parse_time_limit(text: str | None) -> dict[str, float]:
    """``--time-limit`` as the argument of a solve; nothing where it is not given.

    Raises
    ------
    InputError
        No time, or none above 0.
    """
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
    """``["shell.thickness=12 nm"]`` as a mapping.

    Raises
    ------
    InputError
        No "=", nothing before it, or the same number twice.
    """
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
