"""The one exception a user's input can raise."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

LONGEST_GUESSED = 100
"""Characters of a name that are compared with known ones."""


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


def did_you_mean(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The known name that comes closest, as a question to put into a complaint; "" where none comes close."""
    from difflib import get_close_matches  # no part of the start-up

    close = get_close_matches(name[:LONGEST_GUESSED], list(known), n=1, cutoff=cutoff)
    return f"did you mean {close[0]!r}? " if close else ""
