"""Files on disk: written whole or not at all, with checksums, in a folder that a run locks."""

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from coreshell_model.base.errors import InputError

try:
    import fcntl
except ImportError:  # on a system without it a second run in the folder is not noticed
    fcntl = None


LOCK, RESULT, CHECKSUM = "lock", "result.json", "SHA-256"
"""Names of the file that a run locks, which also says what its folder holds, and of the file of results; and
the entry of a record with the checksum of its other entries."""

KINDS = ("run", "sweep", "fit", "posterior", "search", "ranking", "prediction", "set of designs")
"""Kinds of work, one of which a lock file holds: a file of its name with other content is the user's own."""

GO_ON = "then go on with --resume"
"""The advice where a disk is full and work is kept, after that to make room."""

LONGEST_KIND = max(map(len, KINDS))
LONGEST_NAME = 200
HEX_DIGITS = 64
NO_FOLLOW, NO_WAIT = getattr(os, "O_NOFOLLOW", 0), getattr(os, "O_NONBLOCK", 0)


@contextmanager
def alone(folder: Path, kind: str) -> Iterator[None]:
    """Lock a folder against a second run in it and against other kinds of work; make it if it is missing.

    Parameters
    ----------
    folder : where the run keeps its work
    kind : of the work, such as "sweep"

    Raises
    ------
    InputError
        Another run is at work in the folder, or it holds other files or work of another kind.
    """
    if (folder / RESULT).exists() and not (folder / LOCK).exists():
        raise InputError(f"{folder}: holds a {RESULT} that is not of a {kind}; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    made = not os.path.lexists(folder / LOCK)
    with _opened_lock(folder / LOCK) as lock:
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise InputError(f"{folder}: another run is at work there; choose another folder") from None
        before = lock.read(LONGEST_KIND + 1)
        others = sorted(path.name for path in folder.iterdir() if path.name != LOCK)
        if links := [name for name in others if (folder / name).is_symlink()]:
            raise _foreign(folder / links[0])
        if made and (foreign := [name for name in others if not name.startswith(".")]):
            (folder / LOCK).unlink()
            raise InputError(
                f"{folder}: holds {foreign[0]}, which is no part of a {kind}; choose an empty or a new folder"
            )
        if before not in KINDS and (before or (others and not made)):
            raise _foreign(folder / LOCK)
        if before not in ("", kind) and others:
            raise InputError(f"{folder}: holds a {before}, not a {kind}; choose another folder")
        if before != kind:
            lock.seek(0)
            lock.write(kind)
            lock.truncate()
            lock.flush()
            os.fsync(lock.fileno())
        yield


def _opened_lock(path: Path) -> TextIO:
    """Open the lock file, or make it; links are not followed, and only regular files are opened."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | NO_FOLLOW | NO_WAIT, 0o666)
    except OSError as error:
        if path.is_symlink() or path.is_dir():
            raise _foreign(path) from None
        raise InputError(f"{path}: cannot be written: {error.strerror}; choose another folder") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode) or os.fstat(handle).st_nlink > 1:
        os.close(handle)
        raise _foreign(path)
    return os.fdopen(handle, "r+", encoding="utf-8", errors="replace")


def _foreign(path: Path) -> InputError:
    return InputError(f"{path}: is no file of this program, and stays as it is; choose another folder")


def refuse_kept(folder: Path, what: str, allowed_kind: str = "") -> None:
    """Refuse to write results into a folder in which work is kept, whose files may have the same names.

    Parameters
    ----------
    folder : of the results, which need not exist
    what : the results in words, such as "results of a run"
    allowed_kind : kind of work that is not refused
    """
    try:
        kind = (folder / LOCK).read_text(encoding="utf-8")
    except OSError:  # there is no lock file, or it is not of this program
        return
    if kind not in ("", allowed_kind):
        raise InputError(f"{folder}: holds a {kind}, beside which {what} cannot go; choose another folder")


def replace(path: Path, content: str | bytes) -> None:
    """Write a file so that a kill or a loss of power leaves either the old file or the new one whole.

    Raises
    ------
    OSError
        The file cannot be written; an old one stays, and nothing is left of the attempt.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise _foreign(path)
    part = path.with_name(f".{path.name[-LONGEST_NAME:]}.coreshell-part")
    part.unlink(missing_ok=True)  # left by a kill
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        error.filename = str(path)  # an error while writing has no file name
        raise
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder are on disk, if the system can do that."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # a system on which a folder cannot be opened
        return
    try:
        os.fsync(handle)
    except OSError:  # a file system that cannot do it for folders
        pass
    finally:
        os.close(handle)


def append(path: Path, content: bytes, size: int) -> None:
    """Write behind the first ``size`` bytes, on disk when this returns; after an OSError only those stay."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | NO_FOLLOW, 0o666)
    with os.fdopen(handle, "r+b", buffering=0) as file:
        file.truncate(size)
        file.seek(size)
        remaining = memoryview(content)
        try:
            while remaining:
                remaining = remaining[file.write(remaining) :]
            os.fsync(file.fileno())
        except OSError as error:
            file.truncate(size)
            error.filename = str(path)
            raise


@contextmanager
def room_for(path: Path | str, then: str = "or choose another folder") -> Iterator[None]:
    """Turn an OSError of writing into an InputError that says what to do."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}; make room, {then}") from None


def content_of(path: Path) -> bytes:
    """The content of a file, b"" where there is no file; an InputError if it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror or error}); start in another folder"
        ) from None


def checksum(content: bytes) -> str:
    """SHA-256 of some content."""
    return hashlib.sha256(content).hexdigest()


def sum_of(name: str) -> str:
    """The entry of a record that holds the checksum of a file."""
    return f"{CHECKSUM} of {name}"


def fingerprint(inputs: Any) -> str:
    """SHA-256 of numbers, texts, lists and dictionaries."""
    return checksum(json.dumps(inputs, sort_keys=True).encode())


def sealed(record: Mapping[str, Any], indent: int | None = None) -> str:
    """A record as JSON with the checksum of all its other entries."""
    plain = json.loads(json.dumps(record))
    return json.dumps({**plain, CHECKSUM: fingerprint(plain)}, indent=indent)


def unsealed(text: str | bytes, place: str | Path) -> dict[str, Any]:
    """The record that ``sealed`` wrote, without its checksum.

    Raises
    ------
    InputError
        The text is not such a record, or was changed since.
    """
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{place}: is not JSON ({reason}); start in another folder") from None
    if not isinstance(record, dict):
        raise InputError(f"{place}: holds no record of a run; start in another folder")
    if record.pop(CHECKSUM, None) != fingerprint(record):
        raise damaged(place)
    return record


def sealed_bytes(content: bytes) -> bytes:
    """Content other than JSON, with its checksum behind it."""
    return content + checksum(content).encode()


def unsealed_bytes(content: bytes, place: str | Path) -> bytes:
    """The content that ``sealed_bytes`` was given; an InputError if it was changed since."""
    content, kept_checksum = content[:-HEX_DIGITS], content[-HEX_DIGITS:]
    if checksum(content).encode() != kept_checksum:
        raise damaged(place)
    return content


def damaged(place: str | Path) -> InputError:
    """The error about a file, or a line of a file, that was changed since it was written."""
    return InputError(
        f"{place}: is damaged, or was changed since it was written (its checksum is another); start in "
        "another folder"
    )
