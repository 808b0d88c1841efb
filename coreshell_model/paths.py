"""Paths as users write them: one place that turns their text into a path, for every command and file."""

from pathlib import Path

from coreshell_model.errors import InputError


def user_path(text: str | Path) -> Path:
    """The path that a user means: ``~`` and ``~name`` are the home folders that a shell would put there.

    Parameters
    ----------
    text : as given to an option, in a file or in Python

    Raises
    ------
    InputError
        It is empty or has a null character, or ``~name`` names no user.
    """
    given = str(text)
    if not given.strip():
        raise InputError("a path is empty; give one")
    if "\0" in given:
        raise InputError(f"{given!r}: not a possible path; check it")
    try:
        return Path(given).expanduser()
    except RuntimeError:
        raise InputError(f"{given!r}: there is no such user's home folder; write the path in full") from None
