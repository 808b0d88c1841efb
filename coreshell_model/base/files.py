"""Files that the program writes: whole, over nothing foreign, and what a run keeps in its folder."""

import hashlib
import json
import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from coreshell_model.base.errors import InputError

try:
    import fcntl
except ImportError:  # a system without it cannot tell a second run in the folder
    fcntl = None


WRITTEN = "files.json"
"""The list of files that a run wrote into its folder, with their checksums."""

LOCK, RESULT, CHECKSUM = "lock", "result.json", "SHA-256"
"""The file that a run locks, and that says what its folder holds; what results are written to; and the
entry of a record with the checksum of the others."""

KINDS = ("run", "sweep", "fit", "posterior", "search", "ranking", "prediction", "set of designs")
"""What a lock may say: a file of that name with other content is the user's own."""

LONGEST_KIND = max(map(len, KINDS))
LONGEST_NAME = 200
NO_FOLLOW, NO_WAIT = getattr(os, "O_NOFOLLOW", 0), getattr(os, "O_NONBLOCK", 0)


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


def check_written(folder: Path, names: Iterable[str], record: str, versions: str) -> None:
    """Refuse a folder in which files have names that are to be written but were not by this program.

    Parameters
    ----------
    folder : there or not
    names : of files that are to be written
    record : the one of them, in JSON, that says whose they all are
    versions : its entry that names this program

    Raises
    ------
    InputError
        With the first of them.
    """
    there = sorted(name for name in names if os.path.lexists(folder / name))
    if not there:
        return
    try:
        own = "coreshell_model" in json.loads((folder / record).read_bytes())[versions]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        own = False
    if not own:
        raise InputError(
            f"{folder / there[0]}: no run of this program wrote it, and it stays as it is; choose another "
            "folder"
        )


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
        replace(path, sealed(record, indent=2))
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
        text = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror or error}); start in another folder"
        ) from None
    return unsealed(text, str(path))


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


def checksum(content: bytes) -> str:
    """SHA-256 of what is kept."""
    return hashlib.sha256(content).hexdigest()


def sealed(record: Mapping[str, Any], indent: int | None = None) -> str:
    """A record as JSON with the checksum of all its other entries."""
    plain = json.loads(json.dumps(record))
    return json.dumps({**plain, CHECKSUM: _checksum_of(plain)}, indent=indent)


def unsealed(text: str | bytes, place: str) -> dict[str, Any]:
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
    kept = record.pop(CHECKSUM, None)
    if kept != _checksum_of(record):
        raise InputError(
            f"{place}: is damaged, or was changed since it was written (its checksum is another); start in "
            "another folder"
        )
    return record


def _checksum_of(record: Any) -> str:
    return checksum(json.dumps(record, sort_keys=True).encode())


def append_line(path: Path, line: str) -> None:
    """One more line, on disk when this returns; of an attempt that fails nothing is left.

    Raises
    ------
    OSError
        It cannot be written.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | NO_FOLLOW, 0o666)
    with os.fdopen(handle, "r+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        left = memoryview(f"{line}\n".encode())
        try:
            while left:
                left = left[file.write(left) :]
            os.fsync(file.fileno())
        except OSError as error:
            file.truncate(size)
            error.filename = str(path)
            raise


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The records that were appended, ``sealed``; a last one that a kill cut short is taken off the file.

    Raises
    ------
    InputError
        A line was changed since it was written; with its number.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        replace(path, whole)
    return [
        unsealed(line, f"{path}: line {number}")
        for number, line in enumerate(whole.split(b"\n")[:-1], start=1)
    ]


def list_written(folder: Path, of: str, paths: Iterable[Path]) -> Path:
    """Keep which files a command wrote into a folder, so that the next one can take its own away; where.

    Parameters
    ----------
    folder : with the list
    of : what the files are of, such as "core through formation"
    paths : of the files
    """
    sums = {
        path.name: checksum(path.read_bytes()) for path in paths if path.parent == folder and path.is_file()
    }
    replace(folder / WRITTEN, sealed({"Of": of, "Files": sums}, indent=2))
    return folder / WRITTEN


def check_listed(folder: Path, names: Iterable[str], of: str) -> None:
    """Refuse a folder in which files have names that are to be written but are not on its list, or changed.

    Parameters
    ----------
    folder : there or not
    names : of files that are to be written
    of : what they are of; files that are of something else are refused

    Raises
    ------
    InputError
        With the first of them.
    """
    before, files = _list(folder)
    if before is not None and before != of and any((folder / name).exists() for name in files):
        raise InputError(f"{folder}: holds results of {before}, not of {of}; choose another folder")
    own = {path.name for path in _listed(folder)}
    for name in sorted(names):
        if os.path.lexists(folder / name) and name not in own:
            raise InputError(
                f"{folder / name}: is not as a run of this program wrote it, and stays as it is; move it, or "
                "choose another folder"
            )


def remove_written(folder: Path) -> bool:
    """Remove what an earlier run wrote into a folder and nobody changed since; whether there was any.

    By a damaged list nothing is removed.
    """
    files = _listed(folder)
    for there in files:
        there.unlink()
    path = folder / WRITTEN
    if path.is_file() and not path.is_symlink():
        path.unlink()
    return bool(files)


def _listed(folder: Path) -> list[Path]:
    """What an earlier run wrote into a folder and nobody changed since; nothing by a damaged list."""
    found = []
    for name, known in _list(folder)[1].items():
        there = folder / Path(str(name)).name
        if there.is_file() and not there.is_symlink() and checksum(there.read_bytes()) == known:
            found.append(there)
    return found


def _list(folder: Path) -> tuple[str | None, dict[str, str]]:
    """What the files of a list are of, and their checksums by name; nothing of a damaged list."""
    path = folder / WRITTEN
    if path.is_symlink() or not path.is_file():
        return None, {}
    try:
        record = unsealed(path.read_bytes(), str(path))
        of, files = record["Of"], record["Files"]
    except (InputError, OSError, KeyError):
        return None, {}
    return (str(of), files) if isinstance(files, dict) else (None, {})


def write_files(contents: Mapping[str, str], folder: Path) -> list[Path]:
    """Texts by file name into a folder, which is made where it is not there.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            replace(folder / name, content)
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror or error}") from None
    return [folder / name for name in contents]
