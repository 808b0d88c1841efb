"""Folders in which a run keeps what it has done: one run at a time, files replaced at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coreshell_model.errors import InputError

try:
    import fcntl
except ImportError:  # a system without it cannot tell a second run in the folder
    fcntl = None


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder, made where it is not there, against a second run in it.

    Raises
    ------
    InputError
        Another run is at work there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise InputError(f"{folder}: another run is at work there; choose another folder") from None
        yield


def replace(path: Path, text: str) -> None:
    """Write a file so that a kill leaves either the old one or the new one whole."""
    temporary = path.with_name(f"{path.name}.part")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
