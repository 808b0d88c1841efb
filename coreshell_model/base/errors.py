"""The exception that bad input of a user raises."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

LONGEST_GUESSED = 100
"""Characters of a name that are compared with other names."""


class InputError(ValueError):
    """Bad input: one line that says what is wrong, where, with which value, and what to do.

    The command line prints the line and exits with code 2.
    """


@contextmanager
def at(where: str, between: str = ": ") -> Iterator[None]:
    """Put a place in front of the message of an InputError that is raised inside."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{where}{between}{error}") from None


def did_you_mean(name: str, names: Iterable[str], cutoff: float = 0.6) -> str:
    """The question whether the closest of ``names`` was meant, for a message; "" where none is close."""
    from difflib import get_close_matches  # here, because it would slow down the start of every command

    close = get_close_matches(name[:LONGEST_GUESSED], list(names), n=1, cutoff=cutoff)
    return f"did you mean {close[0]!r}? " if close else ""


def one_of(name: object, names: Iterable[str]) -> str:
    """The end of a message about a name that is none of a few, with the closest of them first."""
    few = list(names)
    return f"{did_you_mean(str(name), few)}it is one of {', '.join(few)}"


def close_names(name: str, names: Iterable[str], most: int = 5) -> list[str]:
    """Names that hold a text, shortest first, then those that are like it; in whatever case."""
    from difflib import get_close_matches  # as above

    asked = name[:LONGEST_GUESSED].casefold()
    by_folded = {known.casefold(): known for known in names}
    holding = sorted((known for known in by_folded if asked and asked in known), key=len)
    alike = get_close_matches(asked, by_folded, n=most, cutoff=0.6)
    return [by_folded[known] for known in dict.fromkeys((*holding, *alike))][:most]
