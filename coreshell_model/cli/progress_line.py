"""How far long work is and how long it takes, on stderr: a bar on a terminal, else a line now and then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

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

    from coreshell_model.progress import TimeLeft, spoken

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
