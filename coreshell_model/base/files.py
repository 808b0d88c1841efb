"""Files on disk: written whole or not at all, with checksums, in a folder that one run holds."""

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
except ImportError:  # a system without it cannot tell a second run in the folder
    fcntl = None


LOCK, RESULT, CHECKSUM = "lock", "result.json", "SHA-256"
"""The file that a run locks, and that says what its folder holds; what results are written to; and the
entry of a record with the checksum of the others."""

KINDS = ("run", "sweep", "fit", "posterior", "search", "ranking", "prediction", "set of designs")
"""What a lock may say: a file of that name with other content is the user's own."""

GO_ON = "then go on with --resume"
"""What to do about work that there was no room for, once there is."""

LONGEST_KIND = max(map(len, KINDS))
LONGEST_NAME = 200
HEX_DIGITS = 64
NO_FOLLOW, NO_WAIT = getattr(os, "O_NOFOLLOW", 0), getattr(os, "O_NONBLOCK", 0)


@contextmanager
def alone(folder: Path, kind: str) -> Iterator[None]:
    """Hold a folder, made where it is not there, against a second run in it, and against another kind of run.

    Parameters
    ----------
    folder : where the run keeps what it has done
    kind : what that is, such as "sweep"

    Raises
    ------
    InputError
        Another run is at work there, or one of another kind has left something.
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
        if made and (own := [name for name in others if not name.startswith(".")]):
            (folder / LOCK).unlink()
            raise InputError(
                f"{folder}: holds {own[0]}, which is no part of a {kind}; choose an empty or a new folder"
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
    """The lock, made where it is not there; a link is not followed, and no other file opened.

    Raises
    ------
    InputError
        The name is taken by what is no file of this program.
    """
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


def replace(path: Path, content: str | bytes) -> None:
    """Write a file so that a kill or a loss of power leaves either the old one or the new one whole.

    Raises
    ------
    OSError
        It cannot be written; what was there stays, and nothing is left of the attempt.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise _foreign(path)
    part = path.with_name(f".{path.name[-LONGEST_NAME:]}.coreshell-part")
    part.unlink(missing_ok=True)  # of a kill
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        error.filename = str(path)  # which one that has begun to be written lacks
        raise
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder are on disk, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # a system on which a folder cannot be opened
        return
    try:
        os.fsync(handle)
    except OSError:  # a file system that has no such thing
        pass
    finally:
        os.close(handle)


def append(path: Path, content: bytes, size: int) -> None:
    """Write behind the first ``size`` bytes, on disk when this returns; a failed attempt leaves nothing.

    Raises
    ------
    OSError
        It cannot be written.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | NO_FOLLOW, 0o666)
    with os.fdopen(handle, "r+b", buffering=0) as file:
        file.truncate(size)
        file.seek(size)
        left = memoryview(content)
        try:
            while left:
                left = left[file.write(left) :]
            os.fsync(file.fileno())
        except OSError as error:
            file.truncate(size)
            error.filename = str(path)
            raise


@contextmanager
def room_for(path: Path | str, then: str = "or choose another folder") -> Iterator[None]:
    """Say in one line that a disk takes no more, or nothing at all, and what to do.

    Raises
    ------
    InputError
        With the reason.
    """
    try:
        yield
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}; make room, {then}") from None


def content_of(path: Path) -> bytes:
    """What a file holds, nothing where there is none.

    Raises
    ------
    InputError
        It cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror or error}); start in another folder"
        ) from None


def checksum(content: bytes) -> str:
    """SHA-256 of what is kept."""
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
    """What ``sealed`` wrote, without its checksum.

    Raises
    ------
    InputError
        It is no such record, or was changed since.
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
    """Content that is no JSON, with its checksum behind it."""
    return content + checksum(content).encode()


def unsealed_bytes(content: bytes, place: str | Path) -> bytes:
    """What ``sealed_bytes`` was given.

    Raises
    ------
    InputError
        It is no such content, or was changed since.
    """
    content, known = content[:-HEX_DIGITS], content[-HEX_DIGITS:]
    if checksum(content).encode() != known:
        raise damaged(place)
    return content


def damaged(place: str | Path) -> InputError:
    """What is said of a file, or a line of one, that is not as it was written."""
    return InputError(
        f"{place}: is damaged, or was changed since it was written (its checksum is another); start in "
        "another folder"
    )
