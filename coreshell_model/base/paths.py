"""Paths as users write them."""

import errno
import os
from pathlib import Path

from coreshell_model.base.errors import InputError

SHOWN = 40
"""Characters that a message shows of a path that is too long."""


def user_path(text: str | Path) -> Path:
    """The path that a user means, in an option, a file or Python; ``~`` and ``~name`` are home folders.

    Raises
    ------
    InputError
        The text is empty, has a null character or a name that is too long, or ``~name`` names no user.
    """
    written = str(text)
    if not written.strip():
        raise InputError("a path is empty; give one")
    if "\0" in written:
        raise InputError(f"{written!r}: not a possible path; check it")
    try:
        path = Path(written).expanduser()
        os.lstat(path)
    except RuntimeError:
        raise InputError(
            f"{written!r}: there is no such user's home folder; write the path in full"
        ) from None
    except OSError as error:  # all other errors are raised again when the path is opened
        if error.errno == errno.ENAMETOOLONG:
            raise InputError(f"{written[:SHOWN]!r}...: a name in this path is too long; shorten it") from None
    return path


def cache_folder() -> Path | None:
    """The user's folder of what can be computed again; None for a user without a home."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    try:
        return (Path(base) if Path(base).is_absolute() else user_path("~") / ".cache") / "coreshell"
    except InputError:
        return None
