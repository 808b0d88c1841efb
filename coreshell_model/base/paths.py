"""Paths as users write them: one place that turns their text into a path, for every command and file."""

import errno
import os
from pathlib import Path

from coreshell_model.base.errors import InputError

SHOWN = 40
"""Characters that a complaint shows of a path that is too long."""


def user_path(text: str | Path) -> Path:
    """The path that a user means: ``~`` and ``~name`` are the home folders that a shell would put there.

    Parameters
    ----------
    text : as given to an option, in a file or in Python

    Raises
    ------
    InputError
        It is empty, has a null character or a name longer than the system takes, or ``~name`` names no user.
    """
    given = str(text)
    if not given.strip():
        raise InputError("a path is empty; give one")
    if "\0" in given:
        raise InputError(f"{given!r}: not a possible path; check it")
    try:
        path = Path(given).expanduser()
        os.lstat(path)
    except RuntimeError:
        raise InputError(f"{given!r}: there is no such user's home folder; write the path in full") from None
    except OSError as error:  # what else is amiss, whoever opens it says
        if error.errno == errno.ENAMETOOLONG:
            raise InputError(f"{given[:SHOWN]!r}...: a name in this path is too long; shorten it") from None
    return path
