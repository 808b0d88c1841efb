"""Folders in which a run keeps what it has done: one run at a time, files replaced at once."""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from coreshell_model.errors import InputError

try:
    import fcntl
except ImportError:  # a system without it cannot tell a second run in the folder
    fcntl = None


LOCK, RESULT = "lock", "result.json"
"""The file that a run locks, and that says what its folder holds; and what results are written to."""


@contextmanager
def alone(folder: Path | None, kind: str) -> Iterator[None]:
    """Hold a folder, made where it is not there, against a second run in it, and against another kind of run.

    Parameters
    ----------
    folder : where the run keeps what it has done; None where it keeps nothing
    kind : what that is, such as "sweep"

    Raises
    ------
    InputError
        Another run is at work there, or one of another kind has left something.
    """
    if folder is None:
        yield
        return
    if (folder / RESULT).exists() and not (folder / LOCK).exists():
        raise InputError(f"{folder}: holds a {RESULT} that is not of a {kind}; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a+", encoding="utf-8") as lock:
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise InputError(f"{folder}: another run is at work there; choose another folder") from None
        lock.seek(0)
        before = lock.read()
        if before not in ("", kind) and any(path.name != LOCK for path in folder.iterdir()):
            raise InputError(f"{folder}: holds a {before}, not a {kind}; choose another folder")
        lock.truncate(0)
        lock.write(kind)
        lock.flush()
        yield


def refuse_kept(folder: Path, what: str, own: str = "") -> None:
    """Refuse to write results beside what a run keeps, whose files may have the same names.

    Parameters
    ----------
    folder : where they are to go, there or not
    what : they are, such as "results of a run"
    own : a kind that is not refused

    Raises
    ------
    InputError
        A run of some kind keeps what it has done there.
    """
    try:
        kind = (folder / LOCK).read_text(encoding="utf-8")
    except OSError:  # there is no such file, or it is none of ours
        return
    if kind not in ("", own):
        raise InputError(f"{folder}: holds a {kind}, beside which {what} cannot go; choose another folder")


def begun(path: Path, record: Mapping[str, Any], kind: str, resume: bool) -> bool:
    """Write what a run is a run of, or make sure that the one to resume is the same; whether it was there.

    Parameters
    ----------
    path : the record's file, in the run's folder
    record : in what JSON has; to resume, all of it has to be the same
    kind : of run, as in ``alone``
    resume : go on with what is there

    Raises
    ------
    InputError
        A run is there and was not to be resumed, there is none to resume, or it is another one.
    """
    if not path.exists():
        if resume:
            raise InputError(f"{path.parent}: holds no {kind} to resume; leave out --resume to start one")
        replace(path, json.dumps(record, indent=2))
        return False
    if not resume:
        raise InputError(
            f"{path.parent}: holds a {kind} already; add --resume to go on, or choose another folder"
        )
    check_same(read_kept(path), record, path, kind)
    return True


def check_same(
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    path: Path | str,
    kind: str,
    aside: Collection[str] = (),
) -> None:
    """Refuse to go on with another run; what is ``aside`` may differ.

    Raises
    ------
    InputError
        What differs, by its name in the records.
    """
    plain = json.loads(json.dumps(now))
    for name in sorted({*before, *plain} - set(aside)):
        if before.get(name) != plain.get(name):
            raise InputError(
                f"{path}: another {name.lower()} than this {kind}'s; resume with what began it, or choose "
                "another folder"
            )


def read_kept(path: Path) -> dict[str, Any]:
    """A file of JSON that a run has kept.

    Raises
    ------
    InputError
        It cannot be read.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise InputError(f"{path}: cannot be read ({error}); start in another folder") from None


def replace(path: Path, text: str) -> None:
    """Write a file so that a kill leaves either the old one or the new one whole."""
    temporary = path.with_name(f"{path.name}.part")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
