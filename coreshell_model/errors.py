"""The one exception a user's input can raise."""

from collections.abc import Iterator
from contextlib import contextmanager


class InputError(ValueError):
    """Bad input: one line saying what, where, which value and what to do.

    The command line prints the line and leaves with exit code 2.
    """


@contextmanager
def at(where: str, between: str = ": ") -> Iterator[None]:
    """Complaints of what is done inside, with their place in front."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{where}{between}{error}") from None
